/* folds.c - cross-validation: which samples validate in which fold; see folds.h. */
#include "folds.h"

#include "memory.h"
#include "split.h"

#include <math.h>
#include <stdlib.h>

static tern_status refuse(size_t folds, size_t n, const char *what, tern_error *err) {
    return tern_error_add(err, TERN_ERROR_DATA, NULL, "%zu folds need as many %s, but there are %zu", folds, what, n);
}

/* ---- by class ---- */

/* Those of a class follow each other, in the order of the draw, and are dealt like cards. */
tern_status tern__folds_deal(const tern_array *y, size_t n, uint64_t seed, size_t folds, size_t *fold,
                             tern_error *err) {
    if (n < folds) return refuse(folds, n, "samples", err);
    size_t *order = tern__alloc(n, sizeof *order, err);
    tern_status status = order ? tern__split_draw(y, n, seed, order, err) : TERN_ERROR_MEMORY;
    for (size_t i = 0; !status && i < n; i++) fold[order[i]] = i % folds;
    tern__free(order);
    return status;
}

/* ---- by group ---- */

typedef struct group {
    size_t number, samples;
} group;

static int compare_groups(const void *a, const void *b) {
    const group *g = a, *h = b;
    if (g->samples != h->samples) return g->samples > h->samples ? -1 : 1;
    return g->number < h->number ? -1 : g->number > h->number;
}

static size_t smallest(const size_t *samples, size_t folds) {
    size_t best = 0;
    for (size_t k = 1; k < folds; k++)
        if (samples[k] < samples[best]) best = k;
    return best;
}

/* `room`: [groups] and [folds], and the fold of each group, [groups]. */
static void deal_groups(const size_t *number, size_t n, group *groups, size_t count, size_t folds, size_t *samples,
                        size_t *home, size_t *fold) {
    for (size_t g = 0; g < count; g++) groups[g].number = g;
    for (size_t i = 0; i < n; i++) groups[number[i]].samples++;
    qsort(groups, count, sizeof *groups, compare_groups);
    for (size_t g = 0; g < count; g++) {
        size_t k = smallest(samples, folds);
        samples[k] += groups[g].samples;
        home[groups[g].number] = k;
    }
    for (size_t i = 0; i < n; i++) fold[i] = home[number[i]];
}

tern_status tern__folds_deal_groups(const size_t *number, size_t n, size_t folds, size_t *fold, tern_error *err) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (number[i] >= count) count = number[i] + 1;
    if (count < folds) return refuse(folds, count, "groups", err);
    group *groups = tern__alloc(count, sizeof *groups, err);
    size_t *samples = tern__alloc(folds, sizeof *samples, err), *home = tern__alloc(count, sizeof *home, err);
    tern_status status = groups && samples && home ? TERN_OK : TERN_ERROR_MEMORY;
    if (!status) deal_groups(number, n, groups, count, folds, samples, home, fold);
    tern__free(groups);
    tern__free(samples);
    tern__free(home);
    return status;
}

/* ---- in time ---- */

static size_t border(size_t n, size_t parts, size_t k) {
    return (size_t)floor((double)n * (double)k / (double)parts + 0.5);
}

tern_status tern__fold_in_time(size_t n, size_t folds, size_t fold, size_t overlap, size_t *trains, size_t *begin,
                               size_t *end, tern_error *err) {
    *begin = border(n, folds + 1, fold + 1), *end = border(n, folds + 1, fold + 2);
    *trains = *begin > overlap ? *begin - overlap : 0;
    if (*trains && *end > *begin) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_DATA, NULL,
                          "%zu samples are too few for %zu folds in time: of the first %zu, %zu share rows with those "
                          "that validate; ask for fewer folds",
                          n, folds, *begin, overlap < *begin ? overlap : *begin);
}
