/* buffer_times.h - buffers that are needed for some time, in one piece of memory. */
#ifndef TERN_GRAPH_BUFFER_TIMES_H
#define TERN_GRAPH_BUFFER_TIMES_H

#include <tern/error.h>

typedef struct tern__buffer_time {
    size_t size, start, end; /* needed from moment `start` to `end` */
    size_t offset;           /* where it is put */
} tern__buffer_time;

/* Gives each buffer an offset, so that no two that are needed at one moment overlap; and writes the size of all.
 * Errors: MEMORY. */
tern_status tern__buffers_place(size_t n, tern__buffer_time *buffer, size_t *size, tern_error *err);

#endif
