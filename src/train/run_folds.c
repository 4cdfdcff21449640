/* run_folds.c - runs within a run directory: the folds of a cross-validation, trials; see run.h. */
#include "run.h"

#include "file.h"
#include "memory.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether a directory has a name that folds or trials are given, and a run's record: no other is touched. */
static bool is_part(const char *path, const char *name) {
    static const char *const prefixes[] = {"fold-", "trial-"};
    struct stat s;
    bool named = !strcmp(name, "best");
    for (size_t i = 0; i < 2; i++) {
        size_t n = strlen(prefixes[i]);
        named = named || (!strncmp(name, prefixes[i], n) && name[n] && !name[n + strspn(name + n, "0123456789")]);
    }
    if (!named) return false;
    char *record = tern__path_join(path, "run.json", false, NULL, NULL);
    bool there = record && !lstat(path, &s) && S_ISDIR(s.st_mode) && !lstat(record, &s);
    tern__free(record);
    return there;
}

/* Up to the first that fails. */
static tern_status each_part(const tern__run *r, tern_status (*call)(const char *part, tern_error *err),
                             tern_error *err) {
    DIR *d = opendir(r->dir);
    tern_status status = TERN_OK;
    if (!d && errno != ENOENT)
        return tern_error_add(err, TERN_ERROR_IO, NULL, "%s can't be read: %s", r->dir, strerror(errno));
    for (struct dirent *e; d && !status && (e = readdir(d));) {
        char *path = tern__run_path(r, e->d_name, err);
        if (!path) status = TERN_ERROR_MEMORY;
        else if (is_part(path, e->d_name)) status = call(path, err);
        tern__free(path);
    }
    if (d) closedir(d);
    return status;
}

static tern_status refuse(const char *part, tern_error *err) {
    return tern__run_clear_files(&(tern__run){.dir = part}, false, err);
}

static tern_status check_lock(const char *part, tern_error *err) {
    tern__run r;
    tern_status status = tern__run_open(&r, part, err);
    tern__run_close(&r);
    return status;
}

static tern_status clear(const char *part, tern_error *err) {
    tern__run r;
    tern_status status = tern__run_open(&r, part, err);
    if (!status) status = tern__run_clear_files(&r, true, err);
    tern__run_close(&r);
    if (!status) rmdir(part); /* which stays where it holds anything else */
    return status;
}

tern_status tern__run_folds_refuse(const tern__run *r, tern_error *err) { return each_part(r, refuse, err); }

/* None is removed where one is being written. */
tern_status tern__run_folds_clear(const tern__run *r, tern_error *err) {
    tern_status status = each_part(r, check_lock, err);
    return status ? status : each_part(r, clear, err);
}

/* They come first, as one of them may be in another's hands. */
tern_status tern__run_clear(const tern__run *r, bool force, tern_error *err) {
    tern_status status = force ? tern__run_folds_clear(r, err) : tern__run_folds_refuse(r, err);
    return status ? status : tern__run_clear_files(r, force, err);
}

tern_status tern_run_clear(const tern_run *r, bool force, tern_error *err) { return tern__run_clear(r, force, err); }

tern_status tern_run_check(const char *dir, tern_error *err) {
    return tern__run_clear(&(tern__run){.dir = dir}, false, err);
}
