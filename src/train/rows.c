/* rows.c - from a dataset's rows to what a step takes. */
#include "rows.h"

#include "error_scope.h"
#include "labels.h"
#include "lengths.h"
#include "outliers.h"
#include "text.h"

#include <tern/fit.h>

#include <math.h>
#include <string.h>

/* ---- binding ---- */

static const tern_array *find_array(size_t n, const tern_array *arrays, const char *name) {
    for (size_t i = 0; i < n; i++)
        if (arrays[i].name && !strcmp(arrays[i].name, name)) return &arrays[i];
    return NULL;
}

static tern_status refuse_arrays(const char *what, const char *name, size_t n, const tern_array *arrays,
                                 tern_error *err) {
    char there[240] = "";
    for (size_t i = 0; i < n; i++)
        tern__text_add(there, sizeof there, "%s%s", i ? ", " : "",
                       arrays[i].name ? arrays[i].name : "(without a name)");
    return tern_error_add(err, TERN_ERROR_DATA, NULL, "the model reads the %s \"%s\", the data has: %s", what, name,
                          there);
}

tern_status tern__bind_inputs(const tern_model *m, const tern_dataset *d, const tern_array **x, tern_error *err) {
    for (size_t k = 0; k < m->inputs; k++) {
        const char *name = m->input[k].name;
        x[k] = m->inputs == 1 && d->inputs == 1 ? d->x : find_array(d->inputs, d->x, name);
        if (!x[k]) return refuse_arrays("input", name, d->inputs, d->x, err);
    }
    return TERN_OK;
}

tern_status tern__bind_targets(const tern_model *m, const tern_dataset *d, const tern_array **y, tern_error *err) {
    if (!d->targets && m->targets) return tern_error_add(err, TERN_ERROR_DATA, NULL, "the data has no targets");
    for (size_t k = 0; k < m->targets; k++) {
        y[k] = m->targets == 1 && d->targets == 1 ? d->y : find_array(d->targets, d->y, m->target[k]);
        if (!y[k]) return refuse_arrays("target", m->target[k], d->targets, d->y, err);
    }
    return TERN_OK;
}

tern_rows tern_dataset_rows(const tern_dataset *d, const tern_model *m, const size_t *row, size_t n) {
    tern_rows rows = {.d = d, .row = row, .n = n, .inputs = m->inputs};
    tern__bind_inputs(m, d, rows.x, NULL);
    if (!tern__bind_targets(m, d, rows.y, NULL)) rows.targets = m->targets;
    if (d->weights) rows.w = d->w;
    if (rows.targets == 1) rows.m = m;
    return rows;
}

/* ---- batches ---- */

/* What an array's target is normalized by, as far as it is known by now. */
static const tern__target *scaled_by(const tern_rows *r) {
    return r->m ? tern__target_of_array(r->m, tern_shape_count(&r->y[0]->shape)) : NULL;
}

double tern__rows_target(const tern_rows *r, size_t k, size_t row, size_t i) {
    double v = tern_array_get(r->y[k], row * tern_shape_count(&r->y[k]->shape) + i);
    const tern__target *t = scaled_by(r);
    return t ? tern__target_scaled(t, i, v) : v;
}

/* In double, for targets that are large against their deviation. */
static void gather_scaled(const tern_rows *r, const size_t *row, size_t n, tern_real *y) {
    size_t count = tern_shape_count(&r->y[0]->shape);
    for (size_t i = 0; i < n * count; i++) y[i] = (tern_real)tern__rows_target(r, 0, row[i / count], i % count);
}

static void gather_lengths(const tern_rows *r, const size_t *row, const tern_gather *to) {
    for (size_t k = 0; k < r->inputs; k++)
        for (size_t i = 0; to->length[k] && i < to->n; i++) to->length[k][i] = tern__array_length(r->x[k], row[i]);
}

static void gather_targets(const tern_rows *r, const size_t *row, const tern_gather *to) {
    static const double one = 1, zero = 0;
    for (size_t k = 0; k < r->targets; k++) {
        size_t steps = to->y_steps ? to->y_steps[k] : 0;
        if (steps) tern__array_gather_steps(r->y[k], row, to->n, 1, &one, &zero, steps, to->y[k]);
        else tern_array_gather(r->y[k], row, to->n, to->y[k]);
    }
}

static void gather(const void *source, const tern_gather *to) {
    const tern_rows *r = source;
    const size_t *row = r->row + r->first + to->first;
    if (to->length) {
        gather_lengths(r, row, to);
        return;
    }
    for (size_t k = 0; k < r->inputs; k++) {
        const tern_scaling *s = &to->scaling[k];
        if (to->steps && to->steps[k]) {
            tern__array_gather_steps(r->x[k], row, to->n, s->channels, s->gain, s->shift, to->steps[k], to->x[k]);
            continue;
        }
        size_t inner = tern_shape_count(&r->x[k]->shape) / s->channels;
        tern_array_gather_scaled(r->x[k], row, to->n, s->channels, inner, s->gain, s->shift, to->x[k]);
    }
    if (to->y && scaled_by(r)) gather_scaled(r, row, to->n, to->y[0]);
    else if (to->y) gather_targets(r, row, to);
    if (to->weight) tern_array_gather(r->w, row, to->n, to->weight);
}

tern_batch tern_rows_batch(tern_rows *r, size_t first, size_t most) {
    r->first = first;
    size_t left = r->n - first;
    return (tern_batch){.n = left < most ? left : most,
                        .gather = gather,
                        .source = r,
                        .weighted = r->w != NULL,
                        .rows = r->row + first};
}
