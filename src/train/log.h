/* log.h - log.jsonl: one JSON object per line, for each logged step and each epoch. */
#ifndef TERN_TRAIN_LOG_H
#define TERN_TRAIN_LOG_H

#include "json_writer.h"

#include <tern/fit.h>

enum { TERN__LOG_LINE = 1 << 15 }; /* bytes of a line at most */

typedef struct tern__log {
    int fd;            /* -1: no log */
    size_t bytes;      /* written so far */
    tern__buffer line; /* the current one */
} tern__log;

/* Opens `path` for adding. bytes 0: a new file in the place of an old one. Else what is beyond `bytes` (of a run that
 * went on after its last checkpoint) is cut off; a log that is missing or shorter is gone on with, with a warning. A
 * link, a FIFO or the like is refused. Errors: IO. */
tern_status tern__log_open(tern__log *log, const char *path, size_t bytes, tern_error *err);

/* Adds the line of a step, of an epoch. Errors: IO. */
tern_status tern__log_step(tern__log *log, const tern_progress *p, tern_error *err);
tern_status tern__log_epoch(tern__log *log, const tern_progress *p, tern_error *err);

void tern__log_close(tern__log *log);

#endif
