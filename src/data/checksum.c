/* checksum.c - of a file's bytes; see checksum.h. */
#include "checksum.h"

#include "file.h"
#include "memory.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { PART = 1 << 16 };

/* Adds the bytes of a regular file to a sum. */
static bool add_file(const char *path, uLong *sum, size_t *bytes) {
    unsigned char part[PART];
    struct stat s;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO is not waited for */
    bool regular = fd >= 0 && !fstat(fd, &s) && S_ISREG(s.st_mode);
    ssize_t got = regular ? 1 : -1;
    while (got > 0) {
        got = read(fd, part, sizeof part);
        if (got > 0) *sum = crc32(*sum, part, (uInt)got), *bytes += (size_t)got;
    }
    if (fd >= 0) close(fd);
    return !got;
}

bool tern__file_crc32(const char *path, char out[9], size_t *bytes) {
    uLong sum = crc32(0, NULL, 0);
    *bytes = 0;
    bool done = add_file(path, &sum, bytes);
    snprintf(out, 9, "%08lx", sum);
    return done;
}

void tern__files_crc32(size_t n, const char *const *paths, char out[9], size_t *bytes) {
    uLong sum = crc32(0, NULL, 0);
    *bytes = 0;
    for (size_t i = 0; i < n; i++) add_file(paths[i], &sum, bytes);
    snprintf(out, 9, "%08lx", sum);
}

enum { DEEPEST = 16 };

static int compare_names(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* The names in a folder, sorted, in the arena; NULL: it can't be read. */
static char **list_names(const char *path, tern__arena *arena, size_t *n) {
    DIR *d = opendir(path);
    size_t room = 64;
    char **names = d ? tern__arena_alloc(arena, room, sizeof *names, NULL) : NULL;
    *n = 0;
    for (struct dirent *e; names && (e = readdir(d));) {
        if (*e->d_name == '.') continue;
        if (*n == room) {
            char **more = tern__arena_alloc(arena, 2 * room, sizeof *more, NULL);
            if (more) memcpy(more, names, room * sizeof *names);
            names = more, room *= 2;
        }
        if (names && !(names[(*n)++] = tern__arena_text(arena, e->d_name, strlen(e->d_name), NULL))) names = NULL;
    }
    if (d) closedir(d);
    if (names) qsort(names, *n, sizeof *names, compare_names);
    return names;
}

static bool add_folder(const char *path, size_t depth, uLong *sum, size_t *bytes) {
    tern__arena arena = {0};
    size_t n;
    char **names = depth < DEEPEST ? list_names(path, &arena, &n) : NULL;
    bool done = names;
    for (size_t i = 0; done && i < n; i++) {
        struct stat s;
        char size[32], *each = tern__path_join(path, names[i], false, NULL, NULL);
        done = each && !stat(each, &s);
        if (done) {
            bool folder = S_ISDIR(s.st_mode);
            int length = snprintf(size, sizeof size, " %ju\n", folder ? 0 : (uintmax_t)s.st_size);
            *sum = crc32(*sum, (const Bytef *)names[i], (uInt)strlen(names[i]));
            *sum = crc32(*sum, (const Bytef *)size, (uInt)length);
            if (folder) done = add_folder(each, depth + 1, sum, bytes);
            else add_file(each, sum, bytes); /* one that can't be read counts by its name and size */
        }
        tern__free(each);
    }
    tern__arena_free(&arena);
    return done;
}

bool tern__folder_crc32(const char *path, char out[9], size_t *bytes) {
    uLong sum = crc32(0, NULL, 0);
    *bytes = 0;
    bool done = add_folder(path, 0, &sum, bytes);
    snprintf(out, 9, "%08lx", sum);
    return done;
}
