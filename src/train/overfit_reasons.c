/* overfit_reasons.c - why one batch can't be learned by heart; see overfit.h. */
#include "overfit.h"

#include "memory.h"

#include <math.h>
#include <string.h>

/* ---- samples that are the same but for their targets ---- */

static bool same_sample(size_t arrays, const tern_array *list, size_t a, size_t b) {
    for (size_t k = 0; k < arrays; k++) {
        size_t n = tern_shape_count(&list[k].shape);
        for (size_t i = 0; i < n; i++)
            if (tern_array_get(&list[k], a * n + i) != tern_array_get(&list[k], b * n + i)) return false;
    }
    return true;
}

static void contradictions(const tern_dataset *d, const size_t *row, size_t n, tern_error *err) {
    size_t pairs = 0, one = 0, two = 0;
    for (size_t k = 0; k < d->inputs; k++)
        if (d->x[k].fetch) return;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++) {
            if (!same_sample(d->inputs, d->x, row[i], row[k]) || same_sample(d->targets, d->y, row[i], row[k]))
                continue;
            if (!pairs++) one = row[k], two = row[i];
        }
    if (pairs)
        tern_error_warn(err, NULL,
                        "%zu pair%s of samples in the batch have the same input but different targets, rows %zu and "
                        "%zu (counted from 0) for one: no model can learn both; are the labels right?",
                        pairs, pairs == 1 ? "" : "s", one, two);
}

/* ---- layers whose output is zero ---- */

static bool cuts_off(const char *type) {
    return !strcmp(type, "relu") || !strcmp(type, "relu6") || !strcmp(type, "hardsigmoid");
}

/* The batch as a dataset of its own; NULL: no memory. */
static tern_dataset *lone_batch(const tern_dataset *d, const size_t *row, size_t n, tern_error *err) {
    tern_array x = {.dtype = sizeof(tern_real) == sizeof(float) ? TERN_F32 : TERN_F64, .shape = d->x->shape};
    tern_dataset *out = tern_dataset_new(n, &x, NULL, err);
    if (out) tern_array_gather(d->x, row, n, out->x->data);
    return out;
}

static tern_status dead_layers(const tern__training_rows *t, const size_t *row, size_t n, size_t threads,
                               tern_error *err) {
    const tern_model *m = t->m;
    if (m->inputs != 1 || t->train->inputs != 1) return TERN_OK;
    tern_dataset *batch = lone_batch(t->train, row, n, err);
    tern_status status = batch ? TERN_OK : TERN_ERROR_MEMORY;
    for (size_t i = 0; !status && i < m->nodes; i++) {
        const tern__node *node = &m->node[i];
        if (!cuts_off(node->type->base.name)) continue;
        tern_tensor y = {.shape = {1 + node->out.rank, {n}}};
        memcpy(y.shape.dim + 1, node->out.dim, node->out.rank * sizeof *node->out.dim);
        size_t count = tern_shape_count(&y.shape), zeros = 0;
        y.data = tern__alloc(count, sizeof *y.data, err);
        status = y.data ? tern_dataset_layer(batch, m, node->name, threads, &y, err) : TERN_ERROR_MEMORY;
        for (size_t k = 0; !status && k < count; k++) zeros += y.data[k] == 0;
        if (!status && zeros == count)
            tern_error_warn(err, NULL,
                            "layer \"%s\" (%s) is 0 for all samples of the batch: dead, it passes no gradient; take "
                            "a smaller learning rate, leaky_relu in its place, or another initializer",
                            node->name, node->type->base.name);
        tern__free(y.data);
    }
    tern_dataset_free(batch);
    return status;
}

/* ---- all ---- */

static bool has_layer(const tern_model *m, const char *type) {
    for (size_t i = 0; i < m->nodes; i++)
        if (!strcmp(m->node[i].type->base.name, type)) return true;
    return false;
}

static size_t trained_numbers(const tern_model *m) {
    size_t n = 0;
    for (size_t i = 0; i < tern_model_weight_count(m); i++) {
        tern_weight w = tern_model_weight(m, i);
        if (w.trained && !w.frozen) n += tern_tensor_count(&w.tensor);
    }
    return n;
}

static void about_rate(const tern_overfit *f, tern_error *err) {
    if (!isnan(f->other_lr))
        tern_error_warn(err, NULL, "with a learning rate of %g in place of %g it fits: --set optimizer.lr=%g",
                        f->other_lr, f->lr ? f->lr : f->other_lr, f->other_lr);
    else if (f->diverged)
        tern_error_warn(err, NULL,
                        "training diverged, also with a tenth of the learning rate: tern find-lr shows which rates it "
                        "bears; are the inputs scaled?");
    else if (f->last > f->first)
        tern_error_warn(err, NULL, "the loss rose from %.4g to %.4g: is the learning rate, %g, too large?", f->first,
                        f->last, f->lr);
}

static void about_loss(const tern__training_rows *t, const tern_overfit *f, tern_error *err) {
    const tern_loss_type *loss = tern__model_loss(t->m);
    size_t n = trained_numbers(t->m);
    if (f->grad_norm < 1e-12)
        tern_error_warn(err, NULL, "the gradient is 0 while the loss is %.4g: nothing changes any more", f->last);
    else if (n < f->samples)
        tern_error_warn(err, NULL, "%zu weights for %zu samples: the model may be too small to tell them apart", n,
                        f->samples);
    if (has_layer(t->m, "dropout"))
        tern_error_warn(err, NULL, "dropout keeps a batch from being learned by heart: try without, p = 0");
    if (loss && !strcmp(loss->base.name, "poisson_nll"))
        tern_error_warn(err, NULL, "the least that %s can be is not 0", loss->base.name);
}

tern_status tern__overfit_reasons(const tern__training_rows *t, const size_t *row, const tern_overfit *found,
                                  size_t threads, tern_error *err) {
    size_t before = err ? err->count : 0;
    contradictions(t->train, row, found->samples, err);
    tern_status status = dead_layers(t, row, found->samples, threads, err);
    if (status) return status;
    about_rate(found, err);
    about_loss(t, found, err);
    if (err && err->count == before)
        tern_error_warn(err, NULL,
                        "the loss fell from %.4g to %.4g in %zu steps: more --steps may do, or more weights; what else "
                        "is unusual tern check says",
                        found->first, found->last, found->steps);
    return TERN_OK;
}
