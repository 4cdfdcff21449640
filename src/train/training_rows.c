/* training_rows.c - a model and the rows that train it; see training_rows.h. */
#include "training_rows.h"

#include "memory.h"

static size_t count(const char *const *list) {
    size_t n = 0;
    while (list && list[n]) n++;
    return n;
}

static tern_status open_model(tern__training_rows *t, const char *path, const tern_model_options *options,
                              const char *const *set, const char *data, tern_error *err) {
    static const tern_model_options usual = {0};
    tern_model_options own = options ? *options : usual;
    size_t before = count(own.set), n = count(set);
    const char **all = tern__alloc(before + n + 1, sizeof *all, err);
    if (!all) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < before; i++) all[i] = own.set[i];
    for (size_t i = 0; i < n; i++) all[before + i] = set[i];
    own.set = all;
    t->m = tern_model_open_fitted(path, &own, data, err);
    tern__free(all);
    return t->m ? TERN_OK : TERN_ERROR_MODEL;
}

static tern_status open_data(tern__training_rows *t, const char *data, tern_error *err) {
    tern_model_info info = tern_model_describe(t->m);
    t->train = tern_dataset_open(t->m, "train", data, err);
    if (!t->train) return TERN_ERROR_DATA;
    tern_status status = tern_model_learn(t->m, t->train, err);
    if (!status) status = tern_dataset_target(t->train, t->m, t->target, err);
    bool cut = !info.valid_data && info.validation_split > 0;
    if (!status && cut) status = tern_dataset_split(t->train, t->m, &t->split, err);
    t->rows = cut ? t->split.trains : t->train->n;
    t->batch = info.batch_size < t->rows ? info.batch_size : t->rows;
    t->order = tern__alloc(2 * t->rows, sizeof *t->order, err);
    if (status || !t->order) return status ? status : TERN_ERROR_MEMORY;
    tern_rows rows = tern_dataset_rows(t->train, t->m, t->order, t->rows);
    return t->m->config.train.bucket ? tern__buckets_make(&t->buckets, &rows, t->m, t->batch, err) : TERN_OK;
}

tern_status tern__training_rows_open(tern__training_rows *t, const char *path, const tern_model_options *options,
                                     const char *const *set, const char *data, tern_error *err) {
    *t = (tern__training_rows){0};
    tern_status status = open_model(t, path, options, set, data, err);
    return status ? status : open_data(t, data, err);
}

void tern__training_rows_close(tern__training_rows *t) {
    tern__free(t->order);
    tern__buckets_free(&t->buckets);
    tern_split_free(&t->split);
    tern_dataset_free(t->train);
    tern_model_free(t->m);
    *t = (tern__training_rows){0};
}

/* The second half of the list; the first is room for tern_shuffle(). */
const size_t *tern__training_rows_shuffle(tern__training_rows *t, size_t epoch) {
    size_t *row = t->order + t->rows;
    tern_shuffle(tern_model_describe(t->m).seed, epoch, t->rows, t->order);
    for (size_t i = 0; i < t->rows; i++) row[i] = t->split.trains ? t->split.train[t->order[i]] : t->order[i];
    if (t->buckets.steps) tern__buckets_sort(&t->buckets, tern_model_describe(t->m).seed, epoch, true, row);
    return row;
}

void tern__errors_pass_on(const tern_error *from, tern_error *to) {
    for (size_t i = 0; i < from->count; i++)
        if (from->item[i].status) tern_error_add(to, from->item[i].status, NULL, "%s", from->item[i].text);
}
