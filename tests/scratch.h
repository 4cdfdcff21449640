/* scratch.h - files that a test makes: in a directory of its own, removed when the test's process ends. */
#ifndef TERN_SCRATCH_H
#define TERN_SCRATCH_H

#include <check.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char scratch_directory[32];
static pid_t scratch_owner; /* Check runs each test in a process of its own */

static inline int scratch_remove_one(const char *path, const struct stat *s, int kind, struct FTW *where) {
    (void)s, (void)kind, (void)where;
    return remove(path);
}

static inline void scratch_remove(void) {
    if (scratch_owner == getpid()) nftw(scratch_directory, scratch_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* The path of a file of that name in the scratch directory; static memory, valid for the next seven calls. */
static inline const char *scratch_path(const char *name) {
    static char paths[8][256];
    static int next;
    if (scratch_owner != getpid()) {
        snprintf(scratch_directory, sizeof scratch_directory, "/tmp/tern-test-XXXXXX");
        ck_assert_ptr_nonnull(mkdtemp(scratch_directory));
        scratch_owner = getpid();
        atexit(scratch_remove);
    }
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", scratch_directory, name);
    return path;
}

/* Writes the file and returns its path. */
static inline const char *scratch_file(const char *name, const void *data, size_t size) {
    const char *path = scratch_path(name);
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(data, 1, size, file), size);
    ck_assert_int_eq(fclose(file), 0);
    return path;
}

#endif
