/* find_nonfinite.c - which number was the first that is not finite: the pass is taken once more, looking after every
 * layer. */
#include "trainer_internal.h"

#include "pass.h"

#include <math.h>
#include <stdio.h>

/* The first number of a tensor that is not finite; SIZE_MAX: all are. */
static size_t first_bad(const tern_tensor *t) {
    size_t n = tern_tensor_count(t);
    for (size_t i = 0; i < n; i++)
        if (!isfinite(t->data[i])) return i;
    return SIZE_MAX;
}

/* Value numbers count the input as 0, so "none" is one beyond the last. */
static void look(tern_trainer *t, size_t worker, size_t value) {
    tern__slice *s = &t->group.slice[worker];
    if (t->bad_node[worker] != SIZE_MAX) return;
    size_t at = first_bad(&s->value[value]);
    if (at == SIZE_MAX) return;
    t->bad_node[worker] = value;
    t->bad_row[worker] = s->row + at / (tern_tensor_count(&s->value[value]) / s->rows);
}

/* A layer's output may be overwritten by the next layer, so each is looked at right after it was made. */
static void search_task(void *arg, size_t worker) {
    tern_trainer *t = arg;
    t->bad_node[worker] = SIZE_MAX;
    tern__slice_input(&t->group.slice[worker], t->batch, t->target);
    look(t, worker, 0);
    for (size_t i = 0; i < t->m->nodes; i++) {
        tern__slice_forward_node(&t->group, worker, i);
        look(t, worker, i + 1);
    }
}

/* The last weight, the first to get its gradient, whose gradient is not finite; SIZE_MAX: none. */
static size_t bad_gradient(const tern_trainer *t) {
    for (size_t i = t->m->weights; i-- > 0;)
        for (size_t k = 0; t->m->weight[i].trained && k < t->group.active; k++)
            if (first_bad(&t->group.slice[k].dweight[i]) != SIZE_MAX) return i;
    return SIZE_MAX;
}

static size_t bad_weight(const tern_model *m) {
    for (size_t i = 0; i < m->weights; i++) {
        tern_tensor tensor = tern__weight_tensor(m, &m->weight[i]);
        if (first_bad(&tensor) != SIZE_MAX) return i;
    }
    return SIZE_MAX;
}

tern_status tern__trainer_find_nonfinite(tern_trainer *t, tern_error *err) {
    const tern_model *m = t->m;
    size_t gradient = bad_gradient(t), weight = bad_weight(m), first = 0;
    tern__workers_do(t->group.workers, t->group.active, search_task, t);
    tern__trainer_restore_states(t);
    for (size_t k = 1; k < t->group.active; k++)
        if (t->bad_node[k] < t->bad_node[first]) first = k;
    size_t value = t->bad_node[first], row = t->bad_row[first];

    char what[320] = "", rows[96] = "", last[64] = "";
    if (value != SIZE_MAX) {
        snprintf(rows, sizeof rows, " in row %zu of the batch", row);
        if (t->batch->rows)
            snprintf(rows, sizeof rows, " in row %zu of the batch, which is row %zu of the data", row,
                     t->batch->rows[row]);
    }
    if (weight != SIZE_MAX) snprintf(what, sizeof what, "the weight \"%s\"", m->weight[weight].name);
    else if (value == 0) snprintf(what, sizeof what, "the input%s", rows);
    else if (value != SIZE_MAX)
        snprintf(what, sizeof what, "the output of layer \"%s\" (%s)%s", m->node[value - 1].name,
                 m->node[value - 1].type->base.name, rows);
    else if (!isfinite(t->loss)) snprintf(what, sizeof what, "the loss (%s)", t->targets.loss[0].name);
    else if (gradient != SIZE_MAX) snprintf(what, sizeof what, "the gradient of \"%s\"", m->weight[gradient].name);
    else snprintf(what, sizeof what, "the norm of the gradient");
    if (isfinite(t->last_norm)) snprintf(last, sizeof last, "%.6g", t->last_norm);
    return tern_error_add(err, TERN_ERROR_DIVERGED, NULL,
                          "step %zu: %s is not finite (NaN or infinite); lr %.6g, last finite gradient norm %s; "
                          "the weights are those before this step",
                          t->step + 1, what, t->lr, *last ? last : "none");
}
