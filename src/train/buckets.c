/* buckets.c - see buckets.h. */
#include "buckets.h"

#include "lengths.h"

#include <string.h>

/* The steps of a row in all inputs that hold sequences. */
static size_t steps_of(const tern_rows *rows, const tern_model *m, size_t row) {
    size_t steps = 0;
    for (size_t k = 0; k < rows->inputs; k++)
        if (m->input[k].sequences) steps += tern__array_length(rows->x[k], row);
    return steps;
}

tern_status tern__buckets_make(tern__buckets *b, const tern_rows *rows, const tern_model *m, size_t batch,
                               tern_error *err) {
    *b = (tern__buckets){.batch = batch, .batches = rows->n / batch};
    b->steps = tern__alloc(rows->d->n, sizeof *b->steps, err);
    b->sorted = tern__alloc(rows->n, sizeof *b->sorted, err);
    b->order = tern__alloc(b->batches, sizeof *b->order, err);
    if (!b->steps || !b->sorted || !b->order) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < rows->d->n; i++) {
        b->steps[i] = steps_of(rows, m, i);
        if (b->steps[i] > b->longest) b->longest = b->steps[i];
    }
    b->count = tern__alloc(b->longest + 2, sizeof *b->count, err);
    return b->count ? TERN_OK : TERN_ERROR_MEMORY;
}

void tern__buckets_free(tern__buckets *b) {
    tern__free(b->steps);
    tern__free(b->sorted);
    tern__free(b->order);
    tern__free(b->count);
    *b = (tern__buckets){0};
}

/* By counting: rows of one length stay in the epoch's order. */
static void sort(tern__buckets *b, size_t n, const size_t *row) {
    memset(b->count, 0, (b->longest + 2) * sizeof *b->count);
    for (size_t i = 0; i < n; i++) b->count[b->steps[row[i]] + 1]++;
    for (size_t t = 0; t <= b->longest; t++) b->count[t + 1] += b->count[t]; /* rows that are shorter than t + 1 */
    for (size_t i = 0; i < n; i++) b->sorted[b->count[b->steps[row[i]]]++] = row[i];
}

void tern__buckets_sort(tern__buckets *b, uint64_t seed, size_t epoch, bool shuffle, size_t *row) {
    sort(b, b->batches * b->batch, row);
    for (size_t i = 0; i < b->batches; i++) b->order[i] = i;
    if (shuffle) tern_shuffle(~seed, epoch, b->batches, b->order); /* not in the way that the rows were */
    for (size_t i = 0; i < b->batches; i++)
        memcpy(row + i * b->batch, b->sorted + b->order[i] * b->batch, b->batch * sizeof *row);
}
