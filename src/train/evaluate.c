/* evaluate.c - loss and metrics in evaluation mode. The sums run over all batches, so that batches of any size give the
 * same numbers. */
#include "evaluate.h"

#include "loss_weights.h"
#include "predictor_internal.h"

#include <math.h>
#include <string.h>

/* Room for all predictions and targets of the losses whose metrics have to see them at once. */
static tern_status make_room_for_all(tern__evaluator *e, size_t rows, tern_error *err) {
    const tern__targets *t = &e->targets;
    size_t scratch = 0;
    if (!(e->kept = tern__arena_alloc(&e->arena, t->losses, sizeof *e->kept, err))) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < t->metrics; i++) {
        const tern__metric *metric = &t->metric[i];
        tern__kept *k = &e->kept[metric->loss];
        if (!metric->type->of_all) continue;
        if (metric->scratch > scratch) scratch = metric->scratch;
        if (k->pred.data) continue;
        k->pred.shape = tern_shape_batch(&t->loss[metric->loss].spec.pred, rows);
        k->target.shape = tern_shape_batch(&t->loss[metric->loss].spec.target, rows);
        k->pred.data = tern__arena_alloc(&e->arena, tern_tensor_count(&k->pred), sizeof(tern_real), err);
        k->target.data = tern__arena_alloc(&e->arena, tern_tensor_count(&k->target), sizeof(tern_real), err);
        if (!k->pred.data || !k->target.data) return TERN_ERROR_MEMORY;
    }
    if (scratch) e->scratch = tern__arena_alloc(&e->arena, scratch * rows, sizeof *e->scratch, err);
    return scratch && !e->scratch ? TERN_ERROR_MEMORY : TERN_OK;
}

tern_status tern__evaluator_make(tern__evaluator *e, const tern_model *m, const tern_target *kind, size_t rows,
                                 size_t threads, tern_error *err) {
    *e = (tern__evaluator){.m = m, .batch = m->config.train.batch_size};
    if (rows && rows < e->batch) e->batch = rows;
    tern_status status = tern__class_weight_check(m, err);
    if (!status) status = tern__targets_make(m, kind, &e->arena, &e->targets, err);
    if (!status) status = tern__tally_make(&e->targets, &e->arena, &e->tally, err);
    if (!status) status = tern__targets_allocate(&e->targets, m->targets, e->batch, &e->arena, &e->target, err);
    if (!status) status = make_room_for_all(e, rows, err);
    if (status) return status;
    if (!(e->pred = tern__arena_alloc(&e->arena, m->results, sizeof *e->pred, err))) return TERN_ERROR_MEMORY;
    for (size_t k = 0; k < m->results; k++) {
        tern_shape shape = tern__value_shape(m, m->result[k].value);
        e->pred[k].data = tern__arena_alloc(&e->arena, e->batch * tern_shape_count(&shape), sizeof(tern_real), err);
        if (!e->pred[k].data) return TERN_ERROR_MEMORY;
    }
    e->run = tern__predictor_new_gathering(m, e->batch, threads, m->results, err);
    return e->run ? TERN_OK : TERN_ERROR_MEMORY;
}

void tern__evaluator_free(tern__evaluator *e) {
    tern_predictor_free(e->run);
    tern__arena_free(&e->arena);
    *e = (tern__evaluator){0};
}

void tern__score_set(const tern__targets *targets, const tern__tally *tally, tern_score *out) {
    *out = (tern_score){.n = tally->rows, .loss = tern__tally_loss(targets, tally), .losses = targets->losses};
    for (size_t i = 0; i < targets->losses; i++) {
        const tern__loss *loss = &targets->loss[i];
        out->loss_name[i] = loss->name;
        out->loss_value[i] = tally->loss[i] / tern__loss_norm(loss, tally->weight[i]);
    }
    for (size_t i = 0; i < targets->metrics; i++) {
        const tern__metric *metric = &targets->metric[i];
        out->name[out->metrics] = metric->name;
        out->value[out->metrics++] =
            metric->type->of_all ? (double)NAN : metric->type->value(metric->self, tally->accumulators + metric->first);
    }
}

/* Counts, for each place of a class target, true class against the largest output of that place (dimension 1 is the
 * classes'). */
static void count_confusion(const tern__evaluator *e, const tern_tensor *pred, const tern_tensor *target,
                            size_t *confusion) {
    const tern_loss_spec *spec = &e->targets.loss[0].spec;
    size_t classes = spec->classes, places = tern_tensor_count(target) / target->shape.dim[0];
    for (size_t i = 0; i < tern_tensor_count(target); i++) {
        int64_t label = (int64_t)target->data[i];
        if (label < 0 || (size_t)label >= classes || (spec->has_ignore && label == spec->ignore)) continue;
        const tern_real *x = pred->data + i / places * classes * places + i % places;
        confusion[(size_t)label * classes + tern_argmax(x, classes, places)]++;
    }
}

static void keep(const tern_tensor *from, size_t first, tern_tensor *to) {
    size_t count = tern_tensor_count(from), sample = count / from->shape.dim[0];
    if (to->data) memcpy(to->data + first * sample, from->data, count * sizeof *to->data);
}

/* Adds the predictions of a batch of `n` rows, from row `first` on, of one loss. */
static void measure(tern__evaluator *e, size_t i, size_t first, size_t n, size_t *confusion) {
    const tern__loss *loss = &e->targets.loss[i];
    const tern__loss_place *place = &e->m->loss[i];
    bool input = loss->target == TERN__NOWHERE;
    tern_tensor pred = {tern_shape_batch(&loss->spec.pred, n), e->pred[place->result].data},
                target = {tern_shape_batch(&loss->spec.target, n),
                          input ? e->pred[place->input_result].data : e->target[loss->target].data};
    e->tally.weight[i] += tern__loss_weight(loss, &pred, &target, NULL);
    e->tally.loss[i] += tern__loss_eval(loss, &pred, &target, NULL, 1, NULL);
    tern__metrics_add(&e->targets, i, &pred, &target, e->tally.accumulators);
    keep(&pred, first, &e->kept[i].pred);
    keep(&target, first, &e->kept[i].target);
    if (confusion && !i) count_confusion(e, &pred, &target, confusion);
}

/* The metrics that were to see all n samples. */
static void score_all(const tern__evaluator *e, size_t n, tern_score *out) {
    for (size_t i = 0; i < e->targets.metrics; i++) {
        const tern__metric *metric = &e->targets.metric[i];
        if (!metric->type->of_all) continue;
        tern_tensor pred = e->kept[metric->loss].pred, target = e->kept[metric->loss].target;
        pred.shape.dim[0] = target.shape.dim[0] = n;
        out->value[i] = metric->type->of_all(metric->self, &pred, &target, e->scratch);
    }
}

void tern__evaluator_score(tern__evaluator *e, tern_rows *rows, tern_score *out, size_t *confusion) {
    tern__tally_clear(&e->tally);
    e->tally.rows = rows->n;
    for (size_t first = 0; first < rows->n; first += e->batch) {
        tern_batch batch = tern_rows_batch(rows, first, e->batch);
        tern__predictor_batch(e->run, &batch, e->pred, e->target);
        for (size_t i = 0; i < e->targets.losses; i++) measure(e, i, first, batch.n, confusion);
    }
    tern__score_set(&e->targets, &e->tally, out);
    score_all(e, rows->n, out);
}

tern_status tern_evaluate(const tern_model *m, const tern_dataset *d, const size_t *rows, size_t n, size_t threads,
                          tern_score *out, size_t *confusion, tern_error *err) {
    tern_target kind[TERN_MAX_LOSSES];
    tern_status status = tern_dataset_target(d, m, kind, err);
    if (status) return status;
    size_t *all = NULL, count = rows ? n : d->n;
    if (!count) return tern_error_add(err, TERN_ERROR_USAGE, NULL, "no rows to evaluate");
    for (size_t i = 0; rows && i < n; i++)
        if (rows[i] >= d->n)
            return tern_error_add(err, TERN_ERROR_USAGE, NULL, "row %zu of a dataset of %zu rows", rows[i], d->n);
    if (!rows && (status = tern__split_whole(d->n, &all, err))) return status;
    tern__evaluator e;
    tern_rows r = tern_dataset_rows(d, m, rows ? rows : all, count);
    status = tern__evaluator_make(&e, m, kind, r.n, threads, err);
    if (!status) status = tern__rows_count(&r, m, kind, "evaluate", err);
    size_t classes = status ? 0 : e.targets.loss[0].spec.classes;
    if (!status && confusion) memset(confusion, 0, classes * classes * sizeof *confusion);
    if (!status) tern__evaluator_score(&e, &r, out, kind[0] == TERN_TARGET_CLASSES ? confusion : NULL);
    tern__evaluator_free(&e);
    tern__free(all);
    return status;
}
