/* evaluate.c - loss and metrics in evaluation mode. The sums run over all batches, so that batches of any size give the
 * same numbers. */
#include "evaluate.h"

#include "predictor_internal.h"

#include <math.h>
#include <string.h>

tern_status tern__evaluator_make(tern__evaluator *e, const tern_model *m, tern_target kind, size_t rows, size_t threads,
                                 tern_error *err) {
    *e = (tern__evaluator){.m = m, .batch = m->config.train.batch_size};
    if (rows && rows < e->batch) e->batch = rows;
    size_t metrics = m->config.metrics.n;
    tern_shape out = tern_model_output(m);
    if (!(e->sum = tern__alloc(metrics, sizeof *e->sum, err))) return TERN_ERROR_MEMORY;
    tern_status status = tern__model_plan_targets(m, kind, &e->spec, e->sum, err);
    if (status) return status;
    for (size_t i = 0; i < metrics; i++) e->n_sums += e->sum[i];
    e->target_count = tern_shape_count(&e->spec.target);
    e->sums = tern__alloc(e->n_sums, sizeof *e->sums, err);
    e->pred = tern__alloc(e->batch * tern_shape_count(&out), sizeof *e->pred, err);
    e->target = tern__alloc(e->batch * e->target_count, sizeof *e->target, err);
    e->run = tern__predictor_new_gathering(m, e->batch, threads, err);
    return e->sums && e->pred && e->target && e->run ? TERN_OK : TERN_ERROR_MEMORY;
}

void tern__evaluator_free(tern__evaluator *e) {
    tern_predictor_free(e->run);
    tern__free(e->sum);
    tern__free(e->sums);
    tern__free(e->pred);
    tern__free(e->target);
    *e = (tern__evaluator){0};
}

void tern__score_set(const tern_model *m, const size_t *sum, size_t n, double loss, double weight, const double *sums,
                     tern_score *out) {
    *out = (tern_score){.n = n, .loss = loss / tern__loss_norm(m, weight, n), .losses = 1};
    out->loss_name[0] = m->config.loss.type->name;
    out->loss_value[0] = out->loss;
    for (size_t i = 0; i < m->config.metrics.n; sums += sum[i++]) {
        const tern_object *o = &m->config.metrics.item[i];
        out->name[out->metrics] = tern__metric_name(o);
        out->value[out->metrics++] = ((const tern_metric_type *)o->type)->value(o->self, sums);
    }
}

/* Counts, for each place of a class target, true class against the largest output of that place (dimension 1 is the
 * classes'). */
static void count_confusion(const tern__evaluator *e, const tern_tensor *pred, const tern_tensor *target,
                            size_t *confusion) {
    size_t classes = e->spec.classes, places = tern_tensor_count(target) / target->shape.dim[0];
    for (size_t i = 0; i < tern_tensor_count(target); i++) {
        int64_t label = (int64_t)target->data[i];
        if (label < 0 || (size_t)label >= classes || (e->spec.has_ignore && label == e->spec.ignore)) continue;
        const tern_real *x = pred->data + i / places * classes * places + i % places;
        size_t best = 0;
        for (size_t c = 1; c < classes; c++)
            if (x[c * places] > x[best * places]) best = c;
        confusion[(size_t)label * classes + best]++;
    }
}

void tern__evaluator_score(tern__evaluator *e, tern__rows *rows, tern_score *out, size_t *confusion) {
    const tern_model *m = e->m;
    const tern_loss_type *loss = tern__model_loss(m);
    tern_shape output = tern_model_output(m);
    double total = 0, weight = 0;
    memset(e->sums, 0, e->n_sums * sizeof *e->sums);
    for (size_t first = 0; first < rows->n; first += e->batch) {
        tern_batch batch = tern__rows_batch(rows, first, e->batch);
        tern__predictor_batch(e->run, &batch, e->pred, e->target, e->target_count);
        tern_tensor pred = {tern_shape_batch(&output, batch.n), e->pred},
                    target = {tern_shape_batch(&e->spec.target, batch.n), e->target};
        weight += tern__loss_weight(m, &pred, &target);
        total += loss->eval(m->config.loss.self, &pred, &target, 1, NULL);
        double *sums = e->sums;
        for (size_t i = 0; i < m->config.metrics.n; sums += e->sum[i++]) {
            const tern_object *o = &m->config.metrics.item[i];
            ((const tern_metric_type *)o->type)->add(o->self, &pred, &target, sums);
        }
        if (confusion) count_confusion(e, &pred, &target, confusion);
    }
    tern__score_set(m, e->sum, rows->n, total, weight, e->sums, out);
}

tern_status tern_evaluate(const tern_model *m, const tern_dataset *d, const size_t *rows, size_t n, size_t threads,
                          tern_score *out, size_t *confusion, tern_error *err) {
    tern_target kind;
    tern_status status = tern__dataset_target(m, d, &kind, err);
    if (status) return status;
    size_t *all = NULL;
    if (!rows && (status = tern__split_whole(d->n, &all, err))) return status;
    tern__evaluator e;
    tern__rows r = {.m = m, .d = d, .row = rows ? rows : all, .n = rows ? n : d->n};
    status = tern__evaluator_make(&e, m, kind, r.n, threads, err);
    if (!status && confusion) memset(confusion, 0, e.spec.classes * e.spec.classes * sizeof *confusion);
    if (!status) tern__evaluator_score(&e, &r, out, kind == TERN_TARGET_CLASSES ? confusion : NULL);
    tern__evaluator_free(&e);
    tern__free(all);
    return status;
}
