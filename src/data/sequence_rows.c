/* sequence_rows.c - rows of a table as sequences: those that have one value in a column belong together. */
#include "dataset_from_columns.h"
#include "fraction.h"
#include "table_source.h"

#include <string.h>

const char *const tern__target_of_words[] = {"sequence", "step", NULL};

tern_status tern__sequence_want(const tern__table_source *s, tern__cells *want, size_t *column, tern_error *err) {
    const tern__roles *o = &s->roles;
    const char *apart = s->targets ? "y_file" : o->series.window ? "window" : o->weight ? "sample_weight" : NULL;
    *column = SIZE_MAX;
    if (!o->sequence) return TERN_OK;
    if (apart || s->id)
        return tern_error_add(err, TERN_ERROR_MODEL, "sequence", "and %s say both what a sample is; give one",
                              apart ? apart : "a column that names the rows");
    *column = tern__table_source_find(s, o->sequence, "sequence", err);
    if (*column == SIZE_MAX) return TERN_ERROR_MODEL;
    want[*column] = want[*column] == TERN__CELLS_SKIP ? TERN__CELLS_TEXT : TERN__CELLS_AUTO;
    return TERN_OK;
}

tern_status tern__dataset_keep_lengths(tern_dataset *d, const tern__roles *o, size_t *length, size_t n,
                                       tern_error *err) {
    size_t first, end;
    bool steps = d->targets && d->y->length;
    tern_status status = tern__dataset_own(d, length, tern__free, err);
    if (!status) status = tern__fraction(o->from, o->to, n, &first, &end, err);
    if (status) return status;
    d->x->length = length + first;
    if (steps) d->y->length = d->x->length;
    return TERN_OK;
}

/* Which sequence each row belongs to, and how long they are. */
typedef struct grouping {
    const tern__table *t;
    const tern__table_column *c;
    size_t rows, n, longest;
    size_t *sequence, *step; /* [rows] */
    size_t *length;          /* [n], room for rows */
} grouping;

/* Rows belong together by their texts, wherever they stand. */
static tern_status group(grouping *g, tern_error *err) {
    size_t *of = tern__alloc(g->c->values, sizeof *of, err); /* by code: the sequence, from 1 */
    tern_status status = of ? TERN_OK : TERN_ERROR_MEMORY;
    for (size_t i = 0; !status && i < g->rows; i++) {
        uint32_t code = g->c->code ? g->c->code[i] : TERN__NO_CODE;
        if (code == TERN__NO_CODE) {
            status = tern__table_fail(g->t, g->c, i, TERN_ERROR_DATA, err,
                                      "%s is empty; it says to which sequence the row belongs", g->c->label);
            continue;
        }
        if (!of[code]) of[code] = ++g->n;
        g->sequence[i] = of[code] - 1;
        g->step[i] = g->length[g->sequence[i]]++;
        if (g->step[i] >= g->longest) g->longest = g->step[i] + 1;
    }
    tern__free(of);
    return status;
}

static size_t row_bytes(const tern_array *a) { return tern_shape_count(&a->shape) * tern_dtype_size(a->dtype); }

/* [n, ...] becomes [sequences, longest, ...]. */
static void *by_steps(const grouping *g, const tern_array *a, tern_error *err) {
    size_t size = row_bytes(a);
    unsigned char *out = tern__alloc(g->n, g->longest * size, err);
    for (size_t i = 0; out && i < g->rows; i++)
        memcpy(out + (g->sequence[i] * g->longest + g->step[i]) * size, (const unsigned char *)a->data + i * size,
               size);
    return out;
}

/* One for each sequence, which its rows agree on. */
static void *by_sequences(const grouping *g, const tern_array *a, tern_error *err) {
    size_t size = row_bytes(a);
    unsigned char *out = tern__alloc(g->n, size, err);
    for (size_t i = 0; out && i < g->rows; i++) {
        const unsigned char *row = (const unsigned char *)a->data + i * size;
        unsigned char *own = out + g->sequence[i] * size;
        if (!g->step[i]) memcpy(own, row, size);
        if (!memcmp(own, row, size)) continue;
        tern__table_fail(g->t, NULL, i, TERN_ERROR_DATA, err,
                         "the rows of the sequence \"%.64s\" have different targets; \"target_of\": \"step\" takes one "
                         "for each",
                         g->c->value[g->c->code[i]]);
        return tern__free(out), NULL;
    }
    return out;
}

static void put_steps_in_front(tern_array *a, size_t steps) { a->shape = tern_shape_batch(&a->shape, steps); }

static tern_status rearrange(const tern__roles *o, grouping *g, tern_array *x, tern_array *y, tern_error *err) {
    bool steps = o->target_of == TERN__TARGET_OF_STEP;
    void *new_x = by_steps(g, x, err), *new_y = NULL;
    if (new_x && y->data) new_y = steps ? by_steps(g, y, err) : by_sequences(g, y, err);
    if (!new_x || (y->data && !new_y)) return tern__free(new_x), TERN_ERROR_DATA;
    tern__free(x->data);
    tern__free(y->data);
    x->data = new_x, y->data = new_y;
    x->length = g->length;
    put_steps_in_front(x, g->longest);
    if (!new_y || !steps) return TERN_OK;
    y->length = g->length;
    put_steps_in_front(y, g->longest);
    return TERN_OK;
}

tern_status tern__sequence_rows(const tern__roles *o, const tern__table *t, size_t column, tern_array *x, tern_array *y,
                                size_t *n, size_t **length, tern_error *err) {
    *length = NULL;
    if (column == SIZE_MAX) return TERN_OK;
    grouping g = {.t = t, .c = &t->column[column], .rows = *n};
    g.sequence = tern__alloc(g.rows, sizeof *g.sequence, err);
    g.step = tern__alloc(g.rows, sizeof *g.step, err);
    g.length = tern__alloc(g.rows, sizeof *g.length, err);
    tern_status status = g.sequence && g.step && g.length ? group(&g, err) : TERN_ERROR_MEMORY;
    if (!status) status = rearrange(o, &g, x, y, err);
    tern__free(g.sequence);
    tern__free(g.step);
    if (status) return tern__free(g.length), status;
    *n = g.n;
    *length = g.length;
    return TERN_OK;
}
