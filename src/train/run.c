/* run.c - a run directory is written by one process at a time, and one run does not mix with another; see run.h. */
#include "run.h"

#include "file.h"
#include "memory.h"
#include "retry.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a run writes. A directory with one of the first six holds a run. The checkpoint goes first, so that no half
 * removed run is gone on with. */
const char *const tern__run_files[] = {"checkpoint.safetensors",
                                       "weights.safetensors",
                                       "last.safetensors",
                                       "best.safetensors",
                                       "folds.json",
                                       "trials.json",
                                       "log.jsonl",
                                       "model.json",
                                       "run.json",
                                       NULL};
enum { TRAINED = 6 };

static const char lock_name[] = "run.lock";

char *tern__run_path(const tern__run *r, const char *name, tern_error *err) {
    return tern__path_join(r->dir, name, false, NULL, err);
}

/* ---- the directory ---- */

static tern_status make_directory(const char *path, tern_error *err) {
    tern__arena arena = {0};
    char *part = tern__arena_text(&arena, path, strlen(path), err);
    tern_status status = part ? TERN_OK : TERN_ERROR_MEMORY;
    for (char *at = part; at && *at && !status; at++) {
        if (at[1] != '/' && at[1]) continue;
        char kept = at[1];
        at[1] = 0;
        int made;
        TERN__RETRY(made, mkdir(part, 0777));
        if (made && errno != EEXIST)
            status = tern_error_add(err, TERN_ERROR_IO, NULL, "directory %s can't be made: %s", part, strerror(errno));
        at[1] = kept;
    }
    tern__arena_free(&arena);
    return status;
}

static tern_status refuse_lock(const tern__run *r, int fd, tern_error *err) {
    char id[24] = "";
    ssize_t got;
    TERN__RETRY(got, pread(fd, id, sizeof id - 1, 0));
    long process = got > 0 ? strtol(id, NULL, 10) : 0;
    if (process > 0)
        return tern_error_add(err, TERN_ERROR_IO, NULL, "%s is being written by process %ld; wait for it, or stop it",
                              r->dir, process);
    return tern_error_add(err, TERN_ERROR_IO, NULL, "%s is being written by another process; wait for it, or stop it",
                          r->dir);
}

/* The lock goes with the process that has it, so that a file which a dead one left is no lock. On a file system without
 * locks there is none. `again`: who had it removed the file meanwhile. */
static tern_status take_lock(tern__run *r, const char *path, bool *again, tern_error *err) {
    struct stat s;
    *again = false;
    TERN__RETRY(r->lock, open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666));
    if (r->lock < 0 || fstat(r->lock, &s) || !S_ISREG(s.st_mode))
        return tern_error_add(err, TERN_ERROR_IO, NULL, "%s can't be written: %s", path,
                              r->lock < 0 ? strerror(errno) : "it is no regular file");
    int done;
    TERN__RETRY(done, flock(r->lock, LOCK_EX | LOCK_NB));
    if (done && errno == EWOULDBLOCK) return refuse_lock(r, r->lock, err);
    *again = !fstat(r->lock, &s) && !s.st_nlink;
    if (*again) return TERN_OK;
    char id[24];
    int length = snprintf(id, sizeof id, "%ld\n", (long)getpid());
    ssize_t put = 0;
    TERN__RETRY(done, ftruncate(r->lock, 0));
    if (!done) TERN__RETRY(put, pwrite(r->lock, id, (size_t)length, 0));
    if (done || put != length)
        return tern_error_add(err, TERN_ERROR_IO, NULL, "%s can't be written: %s", path, strerror(errno));
    return TERN_OK;
}

static void close_lock(tern__run *r) {
    if (r->lock >= 0) close(r->lock);
    r->lock = -1;
}

tern_status tern__run_open(tern__run *r, const char *dir, tern_error *err) {
    *r = (tern__run){.dir = dir, .lock = -1, .log = {.fd = -1}};
    if (!dir) return TERN_OK;
    tern_status status = make_directory(dir, err);
    char *path = status ? NULL : tern__run_path(r, lock_name, err);
    if (!status && !path) status = TERN_ERROR_MEMORY;
    for (bool again = true; !status && again;) {
        status = take_lock(r, path, &again, err);
        if (status || again) close_lock(r);
    }
    tern__free(path);
    return status;
}

void tern__run_close(tern__run *r) {
    tern__log_close(&r->log);
    char *path = r->lock >= 0 ? tern__run_path(r, lock_name, NULL) : NULL;
    if (path) unlink(path);
    close_lock(r); /* after the file has gone: until then the lock is needed */
    tern__free(path);
}

/* ---- what is in it ---- */

static tern_status refuse_run(const char *dir, const char *file, tern_error *err) {
    return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                          "%s holds a trained run (%s): resume it, replace it, or write to another directory", dir,
                          file);
}

tern_status tern__run_clear_files(const tern__run *r, bool force, tern_error *err) {
    tern_status status = TERN_OK;
    for (size_t i = 0; !status && tern__run_files[i]; i++) {
        char *path = tern__run_path(r, tern__run_files[i], err);
        struct stat s;
        if (!path) return TERN_ERROR_MEMORY;
        if (!force && i < TRAINED && !lstat(path, &s)) status = refuse_run(r->dir, tern__run_files[i], err);
        if (force && unlink(path) && errno != ENOENT)
            status = tern_error_add(err, TERN_ERROR_IO, NULL, "%s can't be removed: %s", path, strerror(errno));
        tern__free(path);
    }
    return status;
}

/* ---- for callers ---- */

tern_run *tern_run_open(const char *dir, tern_error *err) {
    tern__run *r = tern__alloc(1, sizeof *r, err);
    if (r && !tern__run_open(r, dir, err)) return r;
    tern__free(r);
    return NULL;
}

void tern_run_close(tern_run *r) {
    if (r) tern__run_close(r);
    tern__free(r);
}

tern_status tern_run_write(const char *dir, const char *name, const char *text, tern_error *err) {
    return tern__run_write(&(tern__run){.dir = dir}, name, text, err);
}

tern_status tern__run_write(const tern__run *r, const char *name, const char *text, tern_error *err) {
    char *path = tern__run_path(r, name, err);
    tern__replace *file = path ? tern__replace_open(path, err) : NULL;
    tern_status status = file ? TERN_OK : path ? TERN_ERROR_IO : TERN_ERROR_MEMORY;
    if (file) {
        tern__replace_write(file, text, strlen(text));
        status = tern__replace_commit(file, err);
    }
    tern__free(path);
    return status;
}
