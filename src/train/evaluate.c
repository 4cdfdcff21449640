/* evaluate.c - loss and metrics of a dataset, alone or by several ranks. */
#include "evaluate.h"

#include "memory.h"
#include "rows.h"

#include <string.h>

/* An evaluation in hand. */
typedef struct evaluation {
    tern__evaluator e;
    tern_rows rows;
    tern_target kind[TERN_MAX_LOSSES];
    size_t places; /* of a confusion: classes * classes */
    size_t *all;   /* the rows' numbers, where the caller gives none */
    size_t *ranks; /* [ranks][places] what each has counted */
} evaluation;

static tern_status begin(evaluation *v, tern_comm *comm, const tern_model *m, const tern_dataset *d, const size_t *rows,
                         size_t n, size_t threads, tern_error *err) {
    size_t count = rows ? n : d->n;
    tern_status status = tern_dataset_target(d, m, v->kind, err);
    if (status) return status;
    if (!count) return tern_error_add(err, TERN_ERROR_USAGE, NULL, "no rows to evaluate");
    for (size_t i = 0; rows && i < n; i++)
        if (rows[i] >= d->n)
            return tern_error_add(err, TERN_ERROR_USAGE, NULL, "row %zu of a dataset of %zu rows", rows[i], d->n);
    if (!rows && (status = tern__split_whole(d->n, &v->all, err))) return status;
    v->rows = tern_dataset_rows(d, m, rows ? rows : v->all, count);
    status = tern__evaluator_make(&v->e, m, v->kind, count, threads, comm, err);
    if (!status) status = tern__rows_count(&v->rows, m, v->kind, "evaluate", err);
    if (status) return status;
    v->places = v->e.targets.loss[0].spec.classes * v->e.targets.loss[0].spec.classes;
    if (comm) v->ranks = tern__alloc(comm->size * v->places, sizeof *v->ranks, err);
    return comm && !v->ranks ? TERN_ERROR_MEMORY : TERN_OK;
}

static void join_confusion(const evaluation *v, size_t *confusion) {
    const tern_comm *c = v->e.comm;
    c->gather(c->self, confusion, v->places * sizeof *confusion, v->ranks);
    memset(confusion, 0, v->places * sizeof *confusion);
    for (size_t i = 0; i < c->size * v->places; i++) confusion[i % v->places] += v->ranks[i];
}

/* `outputs`: to be scored in the place of the model's own; NULL: none. */
static tern_status evaluate(tern_comm *comm, const tern_model *m, const tern_dataset *d, const size_t *rows, size_t n,
                            size_t threads, const tern_real *outputs, tern_score *out, size_t *confusion,
                            tern_error *err) {
    evaluation v = {0};
    tern_comm *several = comm && comm->size > 1 ? comm : NULL;
    tern_status status = tern_comm_agree(several, begin(&v, several, m, d, rows, n, threads, err), err);
    v.e.outputs = outputs;
    if (!status && confusion) memset(confusion, 0, v.places * sizeof *confusion);
    if (!status) tern__evaluator_score(&v.e, &v.rows, out, *v.kind == TERN_TARGET_CLASSES ? confusion : NULL);
    size_t bad = status ? SIZE_MAX : v.e.nonfinite;
    if (bad != SIZE_MAX) status = tern__refuse_nonfinite(d, v.rows.row[bad], "output, or the loss,", err);
    status = tern_comm_agree(several, status, err);
    if (!status && several && confusion) join_confusion(&v, confusion);
    tern__evaluator_free(&v.e);
    tern__free(v.all);
    tern__free(v.ranks);
    return status;
}

tern_status tern_evaluate_ranks(tern_comm *comm, const tern_model *m, const tern_dataset *d, const size_t *rows,
                                size_t n, size_t threads, tern_score *out, size_t *confusion, tern_error *err) {
    return evaluate(comm, m, d, rows, n, threads, NULL, out, confusion, err);
}

tern_status tern_evaluate(const tern_model *m, const tern_dataset *d, const size_t *rows, size_t n, size_t threads,
                          tern_score *out, size_t *confusion, tern_error *err) {
    return evaluate(NULL, m, d, rows, n, threads, NULL, out, confusion, err);
}

tern_status tern_evaluate_outputs(const tern_model *m, const tern_dataset *d, const tern_tensor *outputs,
                                  tern_score *out, tern_error *err) {
    tern_shape shape = tern_model_output(m), expected = tern_shape_batch(&shape, d->n);
    if (m->outputs != 1 || tern__value_lengths(m, m->result->value) != TERN__NOWHERE ||
        !tern_shape_equal(&outputs->shape, &expected))
        return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                              "outputs are scored of a model of one, and of all %zu samples", d->n);
    size_t columns = tern_shape_count(&shape), count = tern_tensor_count(outputs);
    tern_real *own = tern__alloc(count, sizeof *own, err);
    if (!own) return TERN_ERROR_MEMORY;
    const tern__target *t = &m->config.fitted.target;
    bool scaled = tern__target_is_scaled(t, columns); /* the loss is that of normalized targets */
    for (size_t i = 0; i < count; i++)
        own[i] = scaled ? (tern_real)tern__target_scaled(t, i % columns, (double)outputs->data[i]) : outputs->data[i];
    tern_status status = evaluate(NULL, m, d, NULL, 0, 1, own, out, NULL, err);
    tern__free(own);
    return status;
}
