/* process.h - a trial as a process: tern train, its output read line by line. */
#ifndef TERN_TRIALS_PROCESS_H
#define TERN_TRIALS_PROCESS_H

#include <tern/error.h>

#include <sys/types.h>

enum { TERN__PROCESS_LINE = 2048 };

/* A stream of a process. */
typedef struct tern__stream {
    int fd; /* -1: ended */
    size_t length;
    char line[TERN__PROCESS_LINE]; /* what has come of the line in hand */
} tern__stream;

typedef struct tern__process {
    pid_t id; /* 0: none runs */
    tern__stream out, err;
} tern__process;

/* Hears of a line without its end, and whether it came from standard error. */
typedef void tern__process_line(void *user, const char *line, bool error);

/* Starts a program, found by the PATH where its name has no '/'. It dies with the process that started it. Errors: IO.
 */
tern_status tern__process_start(tern__process *p, const char *program, const char *const *argument, tern_error *err);

/* Waits up to so many milliseconds until one of `n` processes says something or ends. */
void tern__process_wait(tern__process *const *p, size_t n, int milliseconds);

/* Reads what there is. True: it has ended, with `code`, or 128 and the signal that ended it. */
bool tern__process_read(tern__process *p, tern__process_line *hear, void *user, int *code);

/* Asks it to stop, as Ctrl-C does. */
void tern__process_stop(const tern__process *p);

#endif
