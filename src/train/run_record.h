/* run_record.h - run.json: what a run was made of, by whom, when and where. */
#ifndef TERN_TRAIN_RUN_RECORD_H
#define TERN_TRAIN_RUN_RECORD_H

#include "graph.h"
#include "record.h"

#include <tern/fit.h>

/* The record of the fit in hand. Start from a zero-filled value; what it points to lives in its arena. */
typedef struct tern__run_record {
    tern__record record;
    double began; /* on the clock */
    tern__arena arena;
} tern__run_record;

/* Fills in what is known at the start. `checksum`: of the data as numbers. Errors: MEMORY. */
tern_status tern__run_record_begin(tern__run_record *r, const tern_model *m, const tern_fit_options *o,
                                   const char *checksum, tern_error *err);

/* Keeps what a run.json says of the trainings before, each of which is one of `earlier` then. One that can't be read is
 * a warning. */
tern_status tern__run_record_go_on(tern__run_record *r, const char *path, tern_error *err);

/* Fills in when and how it ended; `done`: how, where it did not fail. */
tern_status tern__run_record_end(tern__run_record *r, tern_status status, const char *done, tern_error *err);

void tern__run_record_free(tern__run_record *r);

#endif
