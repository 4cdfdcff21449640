/* rig.h - one layer with memory of its own around it, poisoned with NaN so that what is not written shows. */
#ifndef TERN_TEST_RIG_H
#define TERN_TEST_RIG_H

#include "test.h"
#include <tern/layer.h>

enum { RIG_POOL = 1 << 16, RIG_SUMS = 256 };

/* Every type of the list. */
#define TERN_TYPE(name) extern const tern_layer_type tern_layer_##name;
#include "layers.def"
#undef TERN_TYPE

static const tern_layer_type *const types[] = {
#define TERN_TYPE(name) &tern_layer_##name,
#include "layers.def"
#undef TERN_TYPE
};

/* The type of that name. */
static inline const tern_layer_type *rig_find(const char *name) {
    for (size_t i = 0; i < COUNT(types); i++)
        if (!strcmp(types[i]->base.name, name)) return types[i];
    ck_abort_msg("no layer %s", name);
    return NULL;
}

/* An option by name; a choice by its index, a switch as 0 or 1. A list of them ends with a row of zeros. */
typedef struct setting {
    const char *name;
    double value;
    tern_ints sizes;
    tern_reals numbers;
} setting;

#define SET(option, number) \
    { .name = option, .value = number }
#define WORD(option, index)                         \
    {                                               \
        .name = option, .sizes = {.choice = index } \
    }
#define SIZES(option, count, ...)                                  \
    {                                                              \
        .name = option, .sizes = {.n = count, .v = {__VA_ARGS__} } \
    }
#define NUMBERS(option, count, ...)                                                  \
    {                                                                                \
        .name = option, .numbers = {.n = count, .v = (const double[]){__VA_ARGS__} } \
    }

typedef struct rig {
    const tern_layer_type *type;
    double self[128]; /* the options; double: aligned for all */
    tern_layer_spec spec;
    size_t rows, params, saves;
    tern_tensor x[TERN_MAX_INPUTS], dx[TERN_MAX_INPUTS], y, dy;
    tern_tensor param[TERN_MAX_PARAMS], dparam[TERN_MAX_PARAMS], save[TERN_MAX_SAVES], state[TERN_MAX_STATES];
    double sums[RIG_SUMS], forward_sums[RIG_SUMS]; /* of the pass in hand, and those that forward had */
    tern_real *scratch;
    size_t used;
    tern_real pool[RIG_POOL];
} rig;

static inline void rig_store(void *self, const tern_option *row, double value, const tern_ints *sizes) {
    char *field = (char *)self + row->offset;
    size_t size = value > 0 ? (size_t)value : 0;
    int64_t integer = row->kind == TERN_OPTION_INT ? (int64_t)value : 0;
    int choice = row->kind == TERN_OPTION_CHOICE ? (int)value : 0;
    bool flag = value != 0;
    tern_shape shape = {.rank = sizes->n};
    for (size_t i = 0; i < sizes->n; i++) shape.dim[i] = (size_t)sizes->v[i];
    switch (row->kind) {
    case TERN_OPTION_SIZE: memcpy(field, &size, sizeof size); break;
    case TERN_OPTION_INT: memcpy(field, &integer, sizeof integer); break;
    case TERN_OPTION_REAL: memcpy(field, &value, sizeof value); break;
    case TERN_OPTION_CHOICE: memcpy(field, &choice, sizeof choice); break;
    case TERN_OPTION_BOOL: memcpy(field, &flag, sizeof flag); break;
    case TERN_OPTION_INTS: memcpy(field, sizes, sizeof *sizes); break;
    case TERN_OPTION_SHAPE: memcpy(field, &shape, sizeof shape); break;
    default: break; /* objects stay absent */
    }
}

/* Fills the options in from the type's table: the defaults, then what is set. */
static inline void rig_configure(rig *r, const tern_layer_type *type, const setting *set) {
    memset(r, 0, sizeof *r);
    r->type = type;
    ck_assert_uint_le(type->base.size, sizeof r->self);
    static const tern_option none[] = {{0}};
    const tern_option *table = type->base.options ? type->base.options : none;
    for (const tern_option *row = table; row->name; row++) {
        bool one = row->kind == TERN_OPTION_INTS && row->def_json; /* a list's default is one integer */
        rig_store(r->self, row, row->def, &(tern_ints){.n = one, .v = {one ? atoi(row->def_json) : 0}});
    }
    for (; set && set->name; set++) {
        const tern_option *row = table;
        while (row->name && strcmp(row->name, set->name) != 0) row++;
        ck_assert_msg(row->name, "%s has no option %s", type->base.name, set->name);
        rig_store(r->self, row, set->value, &set->sizes);
        if (row->kind == TERN_OPTION_REALS) memcpy((char *)r->self + row->offset, &set->numbers, sizeof set->numbers);
    }
}

static inline tern_status rig_plan(rig *r, size_t inputs, const tern_shape *in, tern_error *err) {
    r->spec = (tern_layer_spec){.inputs = inputs};
    for (size_t k = 0; k < inputs; k++) r->spec.in[k] = in[k];
    return r->type->plan(r->self, &r->spec, err);
}

/* A plan that must be refused, with one error. */
static inline void rig_refuses(rig *r, const char *type, const setting *set, size_t inputs, const tern_shape *in,
                               const char *pointer, const char *text) {
    tern_error err = {0};
    rig_configure(r, rig_find(type), set);
    ck_assert_int_eq(rig_plan(r, inputs, in, &err), TERN_ERROR_MODEL);
    ck_assert_uint_eq(err.count, 1);
    ck_assert_str_eq(err.item[0].pointer, pointer);
    ck_contains(err.item[0].text, text);
}

static inline tern_tensor rig_tensor(rig *r, tern_shape shape) {
    tern_tensor t = {shape, r->pool + r->used};
    r->used += tern_shape_count(&shape);
    ck_assert_uint_le(r->used, RIG_POOL);
    tern_tensor_fill(&t, (tern_real)NAN);
    return t;
}

/* Plans and lays out. In place: y over x[0] and dx[0] over dy, where the flags allow it. */
static inline void rig_lay_out(rig *r, size_t rows, size_t inputs, const tern_shape *in, bool in_place) {
    tern_error err = {0};
    ck_assert_msg(rig_plan(r, inputs, in, &err) == TERN_OK, "%s: %s", r->type->base.name, err.item[0].text);
    ck_assert_uint_eq(err.count, 0);
    r->rows = rows;
    for (size_t k = 0; k < inputs; k++) {
        r->x[k] = rig_tensor(r, tern_shape_batch(&in[k], rows));
        r->dx[k] = rig_tensor(r, r->x[k].shape);
    }
    r->y = rig_tensor(r, tern_shape_batch(&r->spec.out, rows));
    r->dy = rig_tensor(r, r->y.shape);
    if (in_place && (r->type->flags & TERN_IN_PLACE)) {
        if (!(r->type->flags & TERN_READS_X)) r->y.data = r->x[0].data;
        r->dx[0].data = r->dy.data;
    }
    for (size_t k = 0; r->spec.param[k].shape.rank; k++, r->params++) {
        r->param[k] = rig_tensor(r, r->spec.param[k].shape);
        r->dparam[k] = rig_tensor(r, r->spec.param[k].shape);
    }
    for (size_t k = 0; r->spec.save[k].rank; k++, r->saves++)
        r->save[k] = rig_tensor(r, tern_shape_batch(&r->spec.save[k], rows));
    for (size_t k = 0; r->spec.state[k].shape.rank; k++) {
        r->state[k] = rig_tensor(r, r->spec.state[k].shape);
        tern_tensor_fill(&r->state[k], (tern_real)r->spec.state[k].a);
    }
    ck_assert_uint_le(r->spec.sums, RIG_SUMS);
    size_t scratch = r->spec.scratch + rows * (r->spec.scratch_row + r->spec.evaluation_row);
    if (scratch) r->scratch = rig_tensor(r, TERN_SHAPE(scratch)).data;
}

static inline void rig_fill(tern_tensor *t, size_t k, double (*at)(size_t k, size_t i)) {
    for (size_t i = 0, n = tern_tensor_count(t); i < n; i++) t->data[i] = (tern_real)at(k, i);
}

/* Runs forward as the slice that begins at `row` of the batch. */
static inline void rig_forward(rig *r, size_t row, bool training) {
    const tern_tensor *x[TERN_MAX_INPUTS] = {0};
    for (size_t k = 0; k < r->spec.inputs; k++) x[k] = &r->x[k];
    tern_forward f = {.rows = r->rows,
                      .row = row,
                      .x = x,
                      .y = &r->y,
                      .param = r->param,
                      .save = training ? r->save : NULL,
                      .state = r->state,
                      .sums = r->sums,
                      .scratch = r->scratch,
                      .training = training,
                      .random = {7, TERN_RANDOM_LAYER, 2, 3}};
    memset(r->sums, 0, sizeof r->sums);
    if (r->type->forward_sums) r->type->forward_sums(r->self, &f);
    memcpy(r->forward_sums, r->sums, sizeof r->sums);
    r->type->forward(r->self, &f);
}

/* Runs backward. What the layer did not say it reads is absent; dx is, where it is not wanted. */
static inline void rig_backward(rig *r, bool wanted) {
    const tern_tensor *x[TERN_MAX_INPUTS] = {0};
    tern_tensor *dx[TERN_MAX_INPUTS] = {0};
    for (size_t k = 0; k < r->spec.inputs; k++) {
        if (r->type->flags & TERN_READS_X) x[k] = &r->x[k];
        if (wanted) dx[k] = &r->dx[k];
    }
    tern_backward b = {.rows = r->rows,
                       .x = x,
                       .y = r->type->flags & TERN_READS_Y ? &r->y : NULL,
                       .dy = &r->dy,
                       .param = r->param,
                       .dparam = r->dparam,
                       .save = r->save,
                       .dx = dx,
                       .state = r->state,
                       .sums = r->sums,
                       .forward_sums = r->forward_sums,
                       .scratch = r->scratch};
    memset(r->sums, 0, sizeof r->sums);
    if (r->type->backward_sums) r->type->backward_sums(r->self, &b);
    r->type->backward(r->self, &b);
}

#endif
