/* log.c - writes each line with one call, so that a reader of the file never sees half of one. */
#include "log.h"

#include "number.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE = 1 << 15 };

tern_status tern__log_open(tern__log *log, const char *path, size_t bytes, tern_error *err) {
    log->fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    log->bytes = bytes;
    if (log->fd >= 0 && !ftruncate(log->fd, (off_t)bytes) && lseek(log->fd, 0, SEEK_END) >= 0) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_IO, NULL, "%s can't be written: %s", path, strerror(errno));
}

void tern__log_close(tern__log *log) {
    if (log->fd >= 0) close(log->fd);
    log->fd = -1;
}

/* Adds `"key": number` to a line that begins with '{'. Keys are plain names; `suffix` makes "train_" and "loss" one. */
static void add(char *line, const char *key, const char *suffix, double value) {
    char number[TERN__NUMBER];
    size_t used = strlen(line);
    snprintf(line + used, LINE - used, "%s\"%s%s\": %s", used > 1 ? ", " : "", key, suffix,
             tern__number_text(value, number));
}

static tern_status put(tern__log *log, char *line, tern_error *err) {
    size_t n = strlen(line);
    if (n > LINE - 3) n = LINE - 3;
    memcpy(line + n, "}\n", 3);
    for (size_t done = 0; done < n + 2;) {
        ssize_t wrote = write(log->fd, line + done, n + 2 - done);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return tern_error_add(err, TERN_ERROR_IO, NULL, "the log can't be written: %s", strerror(errno));
        done += (size_t)wrote;
    }
    log->bytes += n + 2;
    return TERN_OK;
}

tern_status tern__log_step(tern__log *log, const tern_progress *p, tern_error *err) {
    char line[LINE] = "{";
    if (log->fd < 0) return TERN_OK;
    add(line, "step", "", (double)p->step);
    add(line, "epoch", "", (double)p->epoch);
    add(line, "loss", "", p->loss);
    add(line, "lr", "", p->lr);
    add(line, "grad_norm", "", p->grad_norm);
    return put(log, line, err);
}

static void add_score(char *line, const char *prefix, const tern_score *score) {
    add(line, prefix, "loss", score->loss);
    for (size_t i = 0; score->losses > 1 && i < score->losses; i++)
        add(line, prefix, score->loss_name[i], score->loss_value[i]);
    for (size_t i = 0; i < score->metrics; i++) add(line, prefix, score->name[i], score->value[i]);
}

tern_status tern__log_epoch(tern__log *log, const tern_progress *p, tern_error *err) {
    char line[LINE] = "{";
    if (log->fd < 0) return TERN_OK;
    add(line, "epoch", "", (double)p->epoch);
    add(line, "step", "", (double)p->step);
    add_score(line, "train_", p->train);
    if (p->valid) add_score(line, "valid_", p->valid);
    add(line, "lr", "", p->lr);
    add(line, "seconds", "", p->seconds);
    add(line, "samples_per_second", "", p->samples_per_second);
    return put(log, line, err);
}
