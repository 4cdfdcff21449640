/* log.c - writes each line with one call, so that a reader of the file never sees half of one. */
#include "log.h"

#include "memory.h"
#include "retry.h"
#include "text.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static tern_status fail(const char *path, const char *why, tern_error *err) {
    return tern_error_add(err, TERN_ERROR_IO, NULL, "%s can't be written: %s", path, why);
}

/* A log of a new run: an old file goes, so that nothing is written through a link; what is no file stays. */
static tern_status create(tern__log *log, const char *path, tern_error *err) {
    struct stat s;
    if (!lstat(path, &s)) {
        if (!S_ISREG(s.st_mode)) return fail(path, "it is no regular file", err);
        unlink(path);
    }
    TERN__RETRY(log->fd, open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
    return log->fd < 0 ? fail(path, strerror(errno), err) : TERN_OK;
}

/* The end of the last whole line within the first `size` bytes. */
static size_t last_line_end(int fd, size_t size) {
    char block[4096];
    while (size) {
        size_t n = size < sizeof block ? size : sizeof block;
        ssize_t got;
        TERN__RETRY(got, pread(fd, block, n, (off_t)(size - n)));
        if (got != (ssize_t)n) return 0;
        while (n && block[n - 1] != '\n') n--, size--;
        if (n) return size;
    }
    return 0;
}

/* A log to go on with: `bytes` of it are kept, or as much as is there. */
static tern_status go_on(tern__log *log, const char *path, tern_error *err) {
    struct stat s;
    size_t wanted = log->bytes;
    if (fstat(log->fd, &s) || !S_ISREG(s.st_mode)) return fail(path, "it is no regular file", err);
    size_t there = (size_t)s.st_size;
    log->bytes = last_line_end(log->fd, there < wanted ? there : wanted);
    if (log->bytes < wanted)
        tern_error_warn(err, NULL, "%s is shorter than at the checkpoint (%zu of %zu bytes): what it lacks is lost",
                        path, log->bytes, wanted);
    int done;
    TERN__RETRY(done, ftruncate(log->fd, (off_t)log->bytes));
    return done || lseek(log->fd, 0, SEEK_END) < 0 ? fail(path, strerror(errno), err) : TERN_OK;
}

tern_status tern__log_open(tern__log *log, const char *path, size_t bytes, tern_error *err) {
    *log = (tern__log){.fd = -1, .bytes = bytes};
    if (!bytes) return create(log, path, err);
    /* O_NONBLOCK: a FIFO is refused, not waited for. */
    TERN__RETRY(log->fd, open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (log->fd >= 0) return go_on(log, path, err);
    if (errno != ENOENT) return fail(path, errno == ELOOP ? "it is a link" : strerror(errno), err);
    tern_error_warn(err, NULL, "%s is missing: what was logged before the checkpoint is lost", path);
    log->bytes = 0;
    return create(log, path, err);
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
        ssize_t wrote;
        TERN__RETRY(wrote, write(log->fd, line->text + done, line->length - done));
        if (wrote < 0) {
            int code = errno;
            if (done && ftruncate(log->fd, (off_t)log->bytes)) code = errno; /* no half line */
            return fail("log.jsonl", strerror(code), err);
        }
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
