/* buffer_times.c - the largest buffers first, each at the lowest place that is free all its time. */
#include "buffer_times.h"

#include "memory.h"

#include <stdlib.h>

static int larger_first(const void *a, const void *b) {
    const tern__buffer_time *x = *(tern__buffer_time *const *)a, *y = *(tern__buffer_time *const *)b;
    if (x->size != y->size) return x->size < y->size ? 1 : -1;
    return (x > y) - (x < y);
}

/* Places one among `n` that are placed, by rising offset. */
static void place(tern__buffer_time *b, size_t n, tern__buffer_time **placed) {
    size_t offset = 0, at;
    for (size_t k = 0; k < n; k++) {
        if (placed[k]->start > b->end || placed[k]->end < b->start) continue;
        if (offset + b->size <= placed[k]->offset) break;
        if (offset < placed[k]->offset + placed[k]->size) offset = placed[k]->offset + placed[k]->size;
    }
    b->offset = offset;
    for (at = n; at && placed[at - 1]->offset > offset; at--) placed[at] = placed[at - 1];
    placed[at] = b;
}

tern_status tern__buffers_place(size_t n, tern__buffer_time *buffer, size_t *size, tern_error *err) {
    tern__buffer_time **order = tern__alloc(n, sizeof *order, err), **placed = tern__alloc(n, sizeof *placed, err);
    tern_status status = order && placed ? TERN_OK : TERN_ERROR_MEMORY;
    *size = 0;
    for (size_t i = 0; !status && i < n; i++) order[i] = &buffer[i];
    if (!status) qsort(order, n, sizeof *order, larger_first);
    for (size_t i = 0; !status && i < n; i++) {
        place(order[i], i, placed);
        if (*size < order[i]->offset + order[i]->size) *size = order[i]->offset + order[i]->size;
    }
    tern__free(order);
    tern__free(placed);
    return status;
}
