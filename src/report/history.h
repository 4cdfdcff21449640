/* history.h - what log.jsonl says: a number for each epoch, and for each step that was logged. */
#ifndef TERN_REPORT_HISTORY_H
#define TERN_REPORT_HISTORY_H

#include "memory.h"

enum { TERN__LOG_KEYS = 2 * TERN_MAX_METRICS + 2 * TERN_MAX_LOSSES + 16, TERN__LOG_NAME = 2 * TERN_MAX_NAME };

/* A key of the log, over epochs or over steps. */
typedef struct tern__logged {
    char name[TERN__LOG_NAME]; /* "valid_loss" */
    bool steps;                /* x is the step; else the epoch */
    size_t n, capacity;
    double *x, *y; /* y may be NAN: null in the log */
} tern__logged;

typedef struct tern__history {
    size_t n;
    tern__logged *record; /* [n] in the order in which they first came */
    size_t epochs, steps; /* the last that the log knows */
    double seconds;       /* of all epochs together */
} tern__history;

/* Reads a log. Lines that are no JSON object, as after a crash, are left out and counted as a warning. For
 * tern__history_free() in any case. Errors: IO, MEMORY. */
tern_status tern__history_read(tern__history *h, const char *path, tern_error *err);
void tern__history_free(tern__history *h);

/* A record by its key; NULL: the log has none. */
const tern__logged *tern__history_find(const tern__history *h, bool steps, const char *name);

/* The epoch with the best value of a key; NAN: none. */
double tern__history_best(const tern__history *h, const char *name, bool higher, double *value);

#endif
