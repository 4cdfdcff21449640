/* split_samples.c - which samples train and which validate: a part of them, or one fold of several; see
 * split_samples.h. */
#include "split_samples.h"

#include "folds.h"
#include "one_hot.h"
#include "rows.h"
#include "split.h"

const char *const tern__split_options[] = {"/seed", "/train/validation_split", "/train/split", "/train/folds", NULL};

bool tern__splits(const tern_model *m) {
    const tern__train *t = &m->config.train;
    return t->given && (t->validation_split > 0 || t->folds.given);
}

bool tern__splits_in_time(const tern_model *m, size_t overlap) {
    int split = m->config.train.split;
    return split == TERN__SPLIT_TIME || (split == TERN__SPLIT_AUTO && overlap);
}

tern_status tern__split_whole(size_t n, size_t **out, tern_error *err) {
    *out = tern__alloc(n, sizeof **out, err);
    for (size_t i = 0; *out && i < n; i++) (*out)[i] = i;
    return *out ? TERN_OK : TERN_ERROR_MEMORY;
}

void tern_split_free(tern_split *s) {
    tern__free(s->train);
    tern__free(s->valid);
    *s = (tern_split){0};
}

/* ---- a part ---- */

/* The first samples train, the last ones validate. */
static tern_status part_in_time(const tern__train *t, const tern__samples *s, tern_split *out, tern_error *err) {
    tern_status status = tern__split_in_time(s->n, t->validation_split, s->overlap, &out->valids, &out->trains, err);
    for (size_t i = 0; !status && i < out->trains; i++) out->train[i] = i;
    for (size_t i = 0; !status && i < out->valids; i++) out->valid[i] = s->n - out->valids + i;
    return status;
}

/* ---- a fold ---- */

static tern_status fold_in_time(const tern__folds *f, const tern__samples *s, tern_split *out, tern_error *err) {
    size_t begin, end;
    tern_status status = tern__fold_in_time(s->n, f->of, f->fold - 1, s->overlap, &out->trains, &begin, &end, err);
    for (size_t i = 0; !status && i < out->trains; i++) out->train[i] = i;
    for (size_t i = begin; !status && i < end; i++) out->valid[out->valids++] = i;
    return status;
}

static tern_status fold_at_random(const tern__folds *f, const tern__samples *s, uint64_t seed, tern_split *out,
                                  tern_error *err) {
    size_t *fold = tern__alloc(s->n, sizeof *fold, err);
    tern_status status = !fold      ? TERN_ERROR_MEMORY
                         : s->group ? tern__folds_deal_groups(s->group, s->n, f->of, fold, err)
                                    : tern__folds_deal(s->labels, s->n, seed, f->of, fold, err);
    out->trains = 0;
    for (size_t i = 0; !status && i < s->n; i++)
        if (fold[i] == f->fold - 1) out->valid[out->valids++] = i;
        else out->train[out->trains++] = i;
    tern__free(fold);
    return status;
}

static tern_status check_fold(const tern__train *t, bool in_time, tern_error *err) {
    const tern__folds *f = &t->folds;
    tern_status status = TERN_OK;
    size_t depth = tern_error_enter(err, "train", 0);
    tern_error_enter(err, "folds", 0);
    if (f->fold > f->of) status = tern_error_add(err, TERN_ERROR_MODEL, "fold", "is %zu of %zu folds", f->fold, f->of);
    if (f->group && in_time) status = tern_error_add(err, TERN_ERROR_MODEL, "group", "is nothing for folds in time");
    tern_error_leave(err, depth);
    return status;
}

/* ---- all ---- */

tern_status tern__split_samples(const tern_model *m, const tern__samples *s, tern_split *out, tern_error *err) {
    const tern__train *t = &m->config.train;
    *out = (tern_split){.trains = s->n};
    if (!tern__splits(m)) return tern__split_whole(s->n, &out->train, err);
    bool in_time = tern__splits_in_time(m, s->overlap);
    tern_status status = t->folds.given ? check_fold(t, in_time, err) : TERN_OK;
    if (!status && !in_time) status = tern__split_refuse_overlap(s->overlap, err);
    out->train = tern__alloc(s->n, sizeof *out->train, err);
    out->valid = tern__alloc(s->n, sizeof *out->valid, err);
    if (!out->train || !out->valid) return TERN_ERROR_MEMORY;
    if (status) return status;
    if (t->folds.given && in_time) return fold_in_time(&t->folds, s, out, err);
    if (t->folds.given) return fold_at_random(&t->folds, s, m->config.seed, out, err);
    if (in_time) return part_in_time(t, s, out, err);
    return tern__split(s->labels, s->n, t->validation_split, m->config.seed, s->labels != NULL, out->valid,
                       &out->valids, out->train, &out->trains, err);
}

/* Draws the rows that choose_rows() in fit_columns.c draws of the same file. */
tern_status tern_dataset_split(const tern_dataset *d, const tern_model *m, tern_split *out, tern_error *err) {
    tern_target kind[TERN_MAX_LOSSES];
    const tern_array *y[TERN_MAX_INPUTS] = {NULL};
    tern__samples s = {.n = d->n, .overlap = d->overlap, .group = d->group};
    *out = (tern_split){0};
    bool in_time = tern__splits(m) && tern__splits_in_time(m, d->overlap);
    if (in_time && m->config.train.split == TERN__SPLIT_AUTO)
        tern_error_warn(err, NULL,
                        "samples share rows of the series with the %zu after them: %s takes the last ones (\"split\": "
                        "\"time\"), and leaves out those on the border",
                        d->overlap, m->config.train.folds.given ? "a fold" : "validation_split");
    if (in_time || !tern__splits(m)) return tern__split_samples(m, &s, out, err);
    tern_status status = tern__split_refuse_overlap(d->overlap, err);
    if (!status) status = tern_dataset_target(d, m, kind, err);
    if (!status) status = tern__bind_targets(m, d, y, err);
    if (status) return status;
    bool classes = m->loss[0].target == 0 && kind[0] == TERN_TARGET_CLASSES;
    if (classes && tern_shape_count(&y[0]->shape) == 1) s.labels = y[0];
    int64_t *index = tern__one_hot_indices(d, &status, err); /* the same rows whatever the loss */
    const tern_array encoded = {.dtype = TERN_I64, .data = index};
    if (index) s.labels = &encoded;
    if (!status) status = tern__split_samples(m, &s, out, err);
    tern__free(index);
    return status;
}
