/* evaluator.c - loss and metrics of rows in evaluation mode. The sums run over all batches, so that batches of any size
 * give the same numbers. */
#include "evaluate.h"

#include "comm_rows.h"
#include "loss_weights.h"
#include "predictor_internal.h"

#include <math.h>
#include <string.h>

/* Room for all predictions and targets of the losses whose metrics have to see them at once. */
static tern_status make_room_for_all(tern__evaluator *e, size_t rows, tern_error *err) {
    const tern__targets *t = &e->targets;
    size_t scratch = 0, most = 0;
    if (!(e->kept = tern__arena_alloc(&e->arena, t->losses, sizeof *e->kept, err))) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < t->metrics; i++) {
        const tern__metric *metric = &t->metric[i];
        tern__kept *k = &e->kept[metric->loss];
        if (!metric->type->of_all) continue;
        if (metric->scratch > scratch) scratch = metric->scratch;
        if (k->pred.data) continue;
        const tern__loss *loss = &t->loss[metric->loss];
        size_t answers = rows * (loss->steps ? loss->steps : 1);
        if (answers > most) most = answers;
        k->pred.shape = tern_shape_batch(&loss->spec.pred, answers);
        k->target.shape = tern_shape_batch(&loss->spec.target, answers);
        k->pred.data = tern__arena_alloc(&e->arena, tern_tensor_count(&k->pred), sizeof(tern_real), err);
        k->target.data = tern__arena_alloc(&e->arena, tern_tensor_count(&k->target), sizeof(tern_real), err);
        if (!k->pred.data || !k->target.data) return TERN_ERROR_MEMORY;
    }
    if (scratch) e->scratch = tern__arena_alloc(&e->arena, scratch * most, sizeof *e->scratch, err);
    return scratch && !e->scratch ? TERN_ERROR_MEMORY : TERN_OK;
}

static tern_status make_room_for_ranks(tern__evaluator *e, tern_error *err) {
    size_t ranks = e->comm ? e->comm->size : 0;
    if (!ranks) return TERN_OK;
    e->answers = tern__arena_alloc(&e->arena, ranks * e->targets.losses, sizeof *e->answers, err);
    return e->answers ? tern__tallies_make(&e->targets, ranks, &e->arena, &e->rank, err) : TERN_ERROR_MEMORY;
}

tern_status tern__evaluator_make(tern__evaluator *e, const tern_model *m, const tern_target *kind, size_t rows,
                                 size_t threads, tern_comm *comm, tern_error *err) {
    *e = (tern__evaluator){.m = m, .batch = m->config.train.batch_size, .comm = comm};
    if (rows && rows < e->batch) e->batch = rows;
    tern_status status = tern__class_weight_check(m, err);
    if (!status) status = tern__targets_make(m, kind, &e->arena, &e->targets, err);
    if (!status) status = tern__tally_make(&e->targets, &e->arena, &e->tally, err);
    if (!status) status = tern__targets_allocate(&e->targets, m->targets, e->batch, &e->arena, &e->target, err);
    if (!status) status = make_room_for_all(e, rows, err);
    if (!status) status = make_room_for_ranks(e, err);
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

void tern__score_set(const tern__targets *targets, const tern__tally *tally, const double *of_all, tern_score *out) {
    *out = (tern_score){.n = tally->rows, .loss = tern__tally_loss(targets, tally), .losses = targets->losses};
    for (size_t i = 0; i < targets->losses; i++) {
        const tern__loss *loss = &targets->loss[i];
        out->loss_name[i] = loss->name;
        out->loss_value[i] = tally->loss[i] / tern__loss_norm(loss, tally->weight[i]);
    }
    for (size_t i = 0; i < targets->metrics; i++) {
        const tern__metric *metric = &targets->metric[i];
        if (metric->type->of_all && !of_all) continue;
        out->name[out->metrics] = metric->name;
        out->value[out->metrics++] =
            metric->type->of_all ? of_all[i] : metric->type->value(metric->self, tally->accumulators + metric->first);
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

static void keep(const tern_tensor *from, size_t n, tern_tensor *to) {
    size_t count = tern_tensor_count(from), answer = count / from->shape.dim[0];
    if (to->data) memcpy(to->data + n * answer, from->data, count * sizeof *to->data);
}

tern__pairs tern__evaluator_pairs(const tern__evaluator *e, size_t i, size_t row, size_t rows) {
    const tern__loss *loss = &e->targets.loss[i];
    const tern__loss_place *place = &e->m->loss[i];
    bool input = loss->input != TERN__NOWHERE, own = loss->target != TERN__NOWHERE;
    tern_real *target = input ? e->pred[place->input_result].data : own ? e->target[loss->target].data : NULL;
    const size_t *length =
        loss->steps ? tern__predictor_lengths(e->run, tern__value_lengths(e->m, loss->value)) + row : NULL;
    size_t steps = loss->steps ? loss->steps : 1, from = row * steps;
    return tern__loss_pairs(loss, rows, e->pred[place->result].data + from * tern_shape_count(&loss->spec.pred),
                            target ? target + from * loss->target_count : NULL, length);
}

static bool all_finite(const tern_tensor *t) {
    bool finite = true;
    for (size_t i = 0, n = tern_tensor_count(t); i < n; i++) finite = finite && isfinite(t->data[i]);
    return finite;
}

/* The first of `n` rows of the batch in hand with an output or a loss that is not finite, which there is. */
static size_t find_nonfinite(const tern__evaluator *e, size_t i, size_t n) {
    size_t row = 0;
    for (; row + 1 < n; row++) {
        const tern__pairs one = tern__evaluator_pairs(e, i, row, 1);
        bool finite = isfinite(tern__loss_eval(&e->targets.loss[i], &one, 1, NULL));
        tern_tensor pred, target;
        for (size_t at = 0; tern__pairs_next(&one, &at, &pred, &target);) finite = finite && all_finite(&pred);
        if (!finite) break;
    }
    return row;
}

/* Adds the predictions of a batch of `n` rows from row `first` on, of one loss. */
static void measure(tern__evaluator *e, size_t i, size_t first, size_t n, size_t *confusion) {
    const tern__loss *loss = &e->targets.loss[i];
    const tern__pairs all = tern__evaluator_pairs(e, i, 0, n);
    tern__kept *kept = &e->kept[i];
    tern_tensor pred, target;
    double sum = tern__loss_eval(loss, &all, 1, NULL);
    bool finite = isfinite(sum);
    e->tally.weight[i] += tern__loss_weight(loss, &all);
    e->tally.loss[i] += sum;
    tern__metrics_add(&e->targets, i, &all, e->tally.accumulators);
    for (size_t row = 0; tern__pairs_next(&all, &row, &pred, &target); kept->n += pred.shape.dim[0]) {
        keep(&pred, kept->n, &kept->pred);
        keep(&target, kept->n, &kept->target);
        if (confusion && !i) count_confusion(e, &pred, &target, confusion);
        finite = finite && all_finite(&pred);
    }
    if (!finite && e->nonfinite == SIZE_MAX) e->nonfinite = first + find_nonfinite(e, i, n);
}

/* Puts what each rank keeps of an array behind that of the ranks before it. */
static void join_kept(const tern__evaluator *e, size_t loss, tern_tensor *t) {
    const tern_comm *c = e->comm;
    if (!t->data) return;
    size_t each = tern_tensor_count(t) / t->shape.dim[0], before = 0;
    for (size_t k = 0; k < c->rank; k++) before += e->answers[k * e->targets.losses + loss];
    memmove(t->data + before * each, t->data, e->kept[loss].n * each * sizeof *t->data);
    tern_real *to = t->data;
    for (size_t k = 0; k < c->size; k++) {
        size_t n = e->answers[k * e->targets.losses + loss] * each;
        if (n) c->broadcast(c->self, to, n * sizeof *to, k);
        to += n;
    }
}

/* Makes of what each rank has measured that of all samples. */
static void join_ranks(tern__evaluator *e) {
    const tern_comm *c = e->comm;
    size_t losses = e->targets.losses, own[TERN_MAX_LOSSES], rows = e->tally.rows;
    for (size_t i = 0; i < losses; i++) own[i] = e->kept[i].n;
    c->gather(c->self, own, losses * sizeof *own, e->answers);
    c->gather(c->self, e->tally.all, e->tally.n * sizeof *e->tally.all, e->rank->all);
    tern__tally_clear(&e->tally);
    for (size_t k = 0; k < c->size; k++)
        if (tern__comm_row(c, rows, k) < tern__comm_row(c, rows, k + 1))
            tern__tally_add(&e->targets, &e->rank[k], &e->tally);
    e->tally.rows = rows;
    for (size_t i = 0; i < losses; i++) {
        join_kept(e, i, &e->kept[i].pred);
        join_kept(e, i, &e->kept[i].target);
        for (size_t k = e->kept[i].n = 0; k < c->size; k++) e->kept[i].n += e->answers[k * losses + i];
    }
}

/* The metrics that were to see all samples. */
static void measure_all(const tern__evaluator *e, double *of_all) {
    for (size_t i = 0; i < e->targets.metrics; i++) {
        const tern__metric *metric = &e->targets.metric[i];
        const tern__kept *kept = &e->kept[metric->loss];
        if (!metric->type->of_all) continue;
        tern_tensor pred = kept->pred, target = kept->target;
        pred.shape.dim[0] = target.shape.dim[0] = kept->n;
        of_all[i] = metric->type->of_all(metric->self, &pred, &target, e->scratch);
    }
}

static void take_outputs(tern__evaluator *e, size_t first, size_t n) {
    tern_shape shape = tern_model_output(e->m);
    size_t count = tern_shape_count(&shape);
    memcpy(e->pred->data, e->outputs + first * count, n * count * sizeof *e->outputs);
}

void tern__evaluator_score(tern__evaluator *e, tern_rows *rows, tern_score *out, size_t *confusion) {
    double of_all[TERN_MAX_METRICS];
    tern__tally_clear(&e->tally);
    e->tally.rows = rows->n;
    e->nonfinite = SIZE_MAX;
    for (size_t i = 0; i < e->targets.losses; i++) e->kept[i].n = 0;
    size_t rank = e->comm ? e->comm->rank : 0, end = tern__comm_row(e->comm, rows->n, rank + 1);
    for (size_t first = tern__comm_row(e->comm, rows->n, rank); first < end; first += e->batch) {
        tern_batch batch = tern_rows_batch(rows, first, end - first < e->batch ? end - first : e->batch);
        tern__predictor_batch(e->run, &batch, e->pred, e->target);
        if (e->outputs) take_outputs(e, first, batch.n);
        for (size_t i = 0; i < e->targets.losses; i++) measure(e, i, first, batch.n, confusion);
    }
    if (e->comm) join_ranks(e);
    measure_all(e, of_all);
    tern__score_set(&e->targets, &e->tally, of_all, out);
}
