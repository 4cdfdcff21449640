/* find_nonfinite.c - the pass is taken once more, checking after each layer. */
#include "find_nonfinite.h"

#include "pass.h"
#include "reduce.h"
#include "text.h"

#include <math.h>
#include <stdio.h>

/* The places in the order in which they are checked: inputs (values of the graph), targets, outputs of layers. */
typedef struct finding {
    size_t place;       /* SIZE_MAX: all is finite */
    size_t row, column; /* in the batch; in the row */
    size_t columns;     /* of a row */
} finding;

typedef struct search {
    tern_trainer *t;
    finding *of; /* [slices], then [ranks] */
} search;

/* The first element of a tensor that is not finite; SIZE_MAX: all are. */
static size_t first_bad(const tern_tensor *t) {
    size_t n = tern_tensor_count(t);
    for (size_t i = 0; i < n; i++)
        if (!isfinite(t->data[i])) return i;
    return SIZE_MAX;
}

/* Checks a slice's tensor, whose first row is row `row` of the batch. */
static void check(finding *f, size_t place, const tern_tensor *t, size_t row) {
    size_t at = f->place == SIZE_MAX ? first_bad(t) : SIZE_MAX;
    if (at == SIZE_MAX) return;
    size_t columns = tern_tensor_count(t) / t->shape.dim[0];
    *f = (finding){place, row + at / columns, at % columns, columns};
}

static size_t places_before_layers(const tern_model *m) { return m->inputs + m->targets; }

/* A layer's output may be overwritten by the next layer, so each is checked right after it was made. */
static void search_task(void *arg, size_t worker) {
    search *s = arg;
    tern_trainer *t = s->t;
    const tern_model *m = t->m;
    tern__slice *slice = &t->group.slice[worker];
    finding *f = &s->of[worker];
    f->place = SIZE_MAX;
    tern__slice_input(slice, t->measure.batch, t->measure.target, NULL);
    for (size_t k = 0; k < m->inputs; k++) check(f, k, &slice->value[k], slice->row);
    for (size_t k = 0; k < m->targets; k++) {
        const tern_tensor *all = &t->measure.target[k];
        if (!all->data) continue; /* no loss reads it */
        tern_tensor rows = {all->shape, slice->target[k]};
        rows.shape.dim[0] = slice->rows;
        check(f, m->inputs + k, &rows, slice->row);
    }
    for (size_t i = 0; i < m->nodes; i++) {
        tern__pass_forward_node(&t->group, worker, i);
        check(f, places_before_layers(m) + i, &slice->value[tern__node_value(m, i)], slice->row);
    }
}

/* The last weight, the first to get its gradient, whose gradient is not finite; SIZE_MAX: none. */
static size_t bad_gradient(const tern_trainer *t) {
    for (size_t i = t->m->weights; i-- > 0;)
        for (size_t k = 0; k < t->group.active; k++) {
            const tern__weight *w = &t->m->weight[i];
            if (w->gradient == TERN__NOWHERE) continue;
            tern_tensor gradient = {w->param.shape, t->group.slice[k].gradients + w->gradient};
            if (first_bad(&gradient) != SIZE_MAX) return i;
        }
    return SIZE_MAX;
}

static size_t bad_weight(const tern_model *m) {
    for (size_t i = 0; i < m->weights; i++) {
        tern_tensor tensor = tern__weight_tensor(m, &m->weight[i]);
        if (first_bad(&tensor) != SIZE_MAX) return i;
    }
    return SIZE_MAX;
}

/* The first loss that is not finite, by its name; else that of their sum. */
static const char *bad_loss(const tern_trainer *t) {
    for (size_t i = 0; i < t->measure.targets.losses; i++)
        if (!isfinite(tern__measure_sum(&t->measure, &t->group, i))) return t->measure.targets.loss[i].name;
    return t->measure.targets.losses > 1 ? "the sum of all" : t->measure.targets.loss[0].name;
}

/* " in row 7, column 3 of the batch, which is row 120 of the data". Columns of what comes from the data. */
static void say_rows(const tern_trainer *t, const finding *f, char *out, size_t size) {
    *out = 0;
    if (f->place == SIZE_MAX) return;
    tern__text_add(out, size, " in row %zu", f->row);
    if (f->place < places_before_layers(t->m) && f->columns > 1) tern__text_add(out, size, ", column %zu", f->column);
    tern__text_add(out, size, " of the batch");
    if (t->measure.batch->rows)
        tern__text_add(out, size, ", which is row %zu of the data", t->measure.batch->rows[f->row]);
}

static void say_what(const tern_trainer *t, const finding *f, size_t weight, size_t gradient, char *out, size_t size) {
    const tern_model *m = t->m;
    char rows[128];
    say_rows(t, f, rows, sizeof rows);
    size_t place = f->place, layer = place - places_before_layers(m);
    if (weight != SIZE_MAX) snprintf(out, size, "the weight \"%s\"", m->weight[weight].name);
    else if (place < m->inputs) snprintf(out, size, "the %s%s", m->input[place].name, rows);
    else if (place < m->inputs + m->targets) snprintf(out, size, "the %s%s", m->target[place - m->inputs], rows);
    else if (place != SIZE_MAX)
        snprintf(out, size, "the output of layer \"%s\" (%s)%s", m->node[layer].name, m->node[layer].type->base.name,
                 rows);
    else if (!isfinite(t->pass.loss)) snprintf(out, size, "the loss (%s)", bad_loss(t));
    else if (gradient != SIZE_MAX) snprintf(out, size, "the gradient of \"%s\"", m->weight[gradient].name);
    else snprintf(out, size, "the norm of the gradient");
}

/* The earliest place; of the same place the first rows. */
static finding first_of(size_t n, const finding *of) {
    size_t first = 0;
    for (size_t k = 1; k < n; k++)
        if (of[k].place < of[first].place) first = k;
    return of[first];
}

tern_status tern__find_nonfinite(tern_trainer *t, tern_error *err) {
    const tern_comm *c = t->group.comm;
    search s = {t, tern__alloc(t->group.slices + (c ? c->size : 0), sizeof *s.of, err)};
    if (!s.of) return TERN_ERROR_MEMORY;
    size_t gradient = bad_gradient(t), weight = bad_weight(t->m);
    tern__workers_do(t->group.workers, t->group.active, search_task, &s);
    finding first = first_of(t->group.active, s.of), *ranks = s.of + t->group.slices;
    if (c) {
        c->gather(c->self, &first, sizeof first, ranks);
        first = first_of(c->size, ranks);
    }
    char what[320], last[64] = "none";
    say_what(t, &first, weight, gradient, what, sizeof what);
    tern__free(s.of);
    if (isfinite(t->last_norm)) snprintf(last, sizeof last, "%.6g", t->last_norm);
    return tern_error_add(err, TERN_ERROR_DIVERGED, NULL,
                          "step %zu: %s is not finite (NaN or infinite); lr %.6g, last finite gradient norm %s; "
                          "the weights are those before this step",
                          t->step + 1, what, t->schedule.lr, last);
}
