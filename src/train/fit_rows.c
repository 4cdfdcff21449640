/* fit_rows.c - the rows of a fit: which train and which validate, whether they come to anything, and their order. */
#include "fit_internal.h"

#include "rows.h"
#include "split.h"

tern_status tern__fit_rows_plan(tern__fit *f, const tern_dataset *train, const tern_dataset *valid, tern_error *err) {
    const tern__train *t = &f->m->config.train;
    tern__fit_data *d = &f->data;
    tern_split *s = &d->split;
    tern_status status;
    if (valid) {
        *s = (tern_split){.trains = train->n, .valids = valid->n};
        status = tern__split_whole(s->trains, &s->train, err);
        if (!status) status = tern__split_whole(s->valids, &s->valid, err);
    } else {
        status = tern_dataset_split(train, f->m, s, err);
    }
    if (status) return status;
    d->order = tern__alloc(s->trains, sizeof *d->order, err);
    if (!d->order) return TERN_ERROR_MEMORY;
    d->train = tern_dataset_rows(train, f->m, d->order, s->trains);
    d->valid = tern_dataset_rows(valid ? valid : train, f->m, s->valid, s->valids);
    d->batch_size = t->batch_size < s->trains ? t->batch_size : s->trains;
    d->batches = t->drop_last ? s->trains / d->batch_size : (s->trains + d->batch_size - 1) / d->batch_size;
    d->accumulate = t->accumulate;
    d->updates = tern__fit_updates(d, d->batches);
    return t->bucket ? tern__buckets_make(&d->buckets, &d->train, f->m, d->batch_size, err) : TERN_OK;
}

/* Weights that leave nothing to train on. */
static tern_status check_weight_sum(const tern__fit_data *d, tern_error *err) {
    double sum = 0;
    for (size_t i = 0; i < d->split.trains; i++) sum += tern_array_get(d->train.w, d->split.train[i]);
    if (sum > 0) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_DATA, NULL,
                          "the weights of all %zu training rows are 0: nothing would be trained", d->split.trains);
}

tern_status tern__fit_rows_check(const tern__fit *f, const tern_target *kind, tern_error *err) {
    const tern__fit_data *d = &f->data;
    tern_rows train = d->train;
    train.row = d->split.train; /* they are put into an order later */
    tern_status status = d->train.w ? check_weight_sum(d, err) : TERN_OK;
    if (!status) status = tern__rows_count(&train, f->m, kind, "train on", err);
    return status || !d->valid.n ? status : tern__rows_count(&d->valid, f->m, kind, "validate", err);
}

void tern__fit_rows_order(tern__fit *f) {
    tern__fit_data *d = &f->data;
    bool shuffle = f->m->config.train.shuffle && !f->o->no_shuffle;
    if (shuffle) tern_shuffle(f->m->config.seed, f->epochs_done, d->train.n, d->order);
    for (size_t i = 0; i < d->train.n; i++) d->order[i] = d->split.train[shuffle ? d->order[i] : i];
    if (d->buckets.steps) tern__buckets_sort(&d->buckets, f->m->config.seed, f->epochs_done, shuffle, d->order);
}
