/* log.c - writes each line with one call, so that a reader of the file never sees half of one. */
#include "log.h"

#include "memory.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

tern_status tern__log_open(tern__log *log, const char *path, size_t bytes, tern_error *err) {
    log->fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    log->bytes = bytes;
    if (log->fd >= 0 && !ftruncate(log->fd, (off_t)bytes) && lseek(log->fd, 0, SEEK_END) >= 0) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_IO, NULL, "%s can't be written: %s", path, strerror(errno));
}

void tern__log_close(tern__log *log) {
    if (log->fd >= 0) close(log->fd);
    tern__free(log->line.text);
    *log = (tern__log){.fd = -1};
}

/* Begins a line; its memory is that of the line before. */
static tern__json_writer begin_line(tern__log *log) {
    tern__json_writer w = {.write = tern__buffer_write, .to = &log->line};
    log->line.length = 0;
    tern__json_open(&w, NULL, '{');
    return w;
}

static tern_status end_line(tern__log *log, tern__json_writer *w, tern_error *err) {
    const tern__buffer *line = &log->line;
    tern__json_close_bracket(w, '}');
    tern__buffer_write(&log->line, "\n", 1);
    if (line->failed) return tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory for a line of the log");
    for (size_t done = 0; done < line->length;) {
        ssize_t wrote = write(log->fd, line->text + done, line->length - done);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return tern_error_add(err, TERN_ERROR_IO, NULL, "the log can't be written: %s", strerror(errno));
        done += (size_t)wrote;
    }
    log->bytes += line->length;
    return TERN_OK;
}

tern_status tern__log_step(tern__log *log, const tern_progress *p, tern_error *err) {
    if (log->fd < 0) return TERN_OK;
    tern__json_writer w = begin_line(log);
    tern__json_add_size(&w, "step", p->step);
    tern__json_add_size(&w, "epoch", p->epoch);
    tern__json_add_real(&w, "loss", p->loss);
    tern__json_add_real(&w, "lr", p->lr);
    tern__json_add_real(&w, "grad_norm", p->grad_norm);
    return end_line(log, &w, err);
}

/* "train_" and "loss" make one key. */
static void add_number(tern__json_writer *w, const char *prefix, const char *name, double value) {
    char key[2 * TERN_MAX_NAME] = "";
    tern__text_add(key, sizeof key, "%s%s", prefix, name);
    tern__json_add_real(w, key, value);
}

static void add_score(tern__json_writer *w, const char *prefix, const tern_score *score) {
    add_number(w, prefix, "loss", score->loss);
    for (size_t i = 0; score->losses > 1 && i < score->losses; i++)
        add_number(w, prefix, score->loss_name[i], score->loss_value[i]);
    for (size_t i = 0; i < score->metrics; i++) add_number(w, prefix, score->name[i], score->value[i]);
}

tern_status tern__log_epoch(tern__log *log, const tern_progress *p, tern_error *err) {
    if (log->fd < 0) return TERN_OK;
    tern__json_writer w = begin_line(log);
    tern__json_add_size(&w, "epoch", p->epoch);
    tern__json_add_size(&w, "step", p->step);
    add_score(&w, "train_", p->train);
    if (p->valid) add_score(&w, "valid_", p->valid);
    tern__json_add_real(&w, "lr", p->lr);
    tern__json_add_real(&w, "seconds", p->seconds);
    tern__json_add_real(&w, "samples_per_second", p->samples_per_second);
    return end_line(log, &w, err);
}
