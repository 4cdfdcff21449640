/* text_file.c - files of text, compressed or not, and patterns for several; see text_file.h. */
#include "text_file.h"

#include "error_scope.h"
#include "file.h"
#include "gunzip.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* ---- compressed files ---- */

/* All that is packed, in pieces that double: how much it is, the file doesn't say for sure. */
static unsigned char *unpack(tern__gunzip *z, size_t packed, size_t *size, tern_error *err) {
    size_t room = 4 * packed + 4096, most = tern__gunzip_most(packed);
    unsigned char *out = tern__alloc(room + 1, 1, err);
    *size = 0;
    while (out) {
        *size += tern__gunzip_read(z, out + *size, room - *size);
        if (*size < room || room > most) break;
        unsigned char *larger = tern__realloc(out, room + 1, 2 * room + 1, 1, err);
        if (!larger) tern__free(out);
        out = larger;
        room *= 2;
    }
    const char *fault = out ? tern__gunzip_end(z) : NULL;
    if (!fault) return out;
    tern_error_add(err, TERN_ERROR_SYNTAX, NULL, "is no whole .gz file: %s", fault);
    tern__free(out);
    return NULL;
}

tern_status tern__workbook_refuse(const char *path, tern_error *err) {
    static const char *const endings[] = {".xlsx", ".xlsm", ".xls", ".ods", ".numbers"};
    const char *ending = strrchr(path, '.');
    for (size_t i = 0; ending && i < sizeof endings / sizeof *endings; i++)
        if (!strcasecmp(ending, endings[i]))
            return tern_error_add(err, TERN_ERROR_DATA, NULL,
                                  "\"%.256s\" is a workbook (of Excel or the like), which is not read: save its sheet "
                                  "as CSV there, and name that file",
                                  path);
    return TERN_OK;
}

static bool is_regular(const char *path) {
    struct stat s;
    return strcmp(path, "-") && !stat(path, &s) && S_ISREG(s.st_mode);
}

unsigned char *tern__text_file_read(const char *path, size_t *size, tern_error *err) {
    if (tern__workbook_refuse(path, err)) return NULL;
    unsigned char *bytes = is_regular(path) ? tern__file_read(path, PTRDIFF_MAX, size, err)
                                            : tern__stream_read(path, PTRDIFF_MAX, size, err);
    if (!bytes || *size < 3 || bytes[0] != 0x1f || bytes[1] != 0x8b) return bytes;
    tern__error_scope before;
    tern__error_scope_enter(err, path, NULL, &before);
    tern__gunzip *z = tern__gunzip_new(bytes, *size, err);
    unsigned char *text = z ? unpack(z, *size, size, err) : NULL;
    tern__gunzip_free(z);
    tern__free(bytes);
    tern__error_scope_leave(err, &before);
    return text;
}

/* ---- patterns ---- */

/* Takes the number that both texts go on with; which is the larger, whatever zeros are before it. */
static int compare_numbers(const char **a, const char **b) {
    static const char digits[] = "0123456789";
    *a += strspn(*a, "0"), *b += strspn(*b, "0");
    size_t m = strspn(*a, digits), n = strspn(*b, digits);
    int order = m != n ? (m > n) - (m < n) : strncmp(*a, *b, n);
    *a += m, *b += n;
    return order;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* By bytes, but for the numbers among them: s-2 comes before s-10. */
static int compare_names(const void *first, const void *second) {
    const char *a = *(const char *const *)first, *b = *(const char *const *)second;
    while (*a && *b) {
        int order =
            is_digit(*a) && is_digit(*b) ? compare_numbers(&a, &b) : (int)(unsigned char)*a++ - (unsigned char)*b++;
        if (order) return order;
    }
    if (*a || *b) return *a ? 1 : -1;
    return strcmp(*(const char *const *)first, *(const char *const *)second);
}

static const char *join(const char *path, size_t directory, const char *name, tern__arena *arena, tern_error *err) {
    char *out = tern__arena_alloc(arena, directory + strlen(name) + 1, 1, err);
    if (out) memcpy(out, path, directory), memcpy(out + directory, name, strlen(name));
    return out;
}

/* Lists the names that match; each doubling leaves the shorter list in the arena. */
static const char **list(DIR *d, const char *path, size_t directory, tern__arena *arena, size_t *n, tern_error *err) {
    size_t room = 16;
    const char **files = tern__arena_alloc(arena, room, sizeof *files, err);
    for (struct dirent *e; files && (e = readdir(d));) {
        if (fnmatch(path + directory, e->d_name, FNM_PERIOD)) continue;
        if (*n == room) {
            const char **more = tern__arena_alloc(arena, 2 * room, sizeof *more, err);
            if (more) memcpy(more, files, room * sizeof *files);
            files = more;
            room *= 2;
        }
        if (files && !(files[(*n)++] = join(path, directory, e->d_name, arena, err))) return NULL;
    }
    return files;
}

const char *const *tern__text_files(const char *path, tern__arena *arena, size_t *n, tern_error *err) {
    const char *slash = strrchr(path, '/'), **files = NULL;
    size_t directory = slash ? (size_t)(slash - path) + 1 : 0;
    *n = 0;
    if (!strpbrk(path + directory, "*?")) {
        files = tern__arena_alloc(arena, 1, sizeof *files, err);
        if (files && !(files[(*n)++] = join(path, 0, path, arena, err))) return NULL;
        return files;
    }
    const char *name = directory ? tern__arena_text(arena, path, directory, err) : ".";
    if (!name) return NULL;
    DIR *d = opendir(name);
    if (!d) {
        tern_error_add(err, TERN_ERROR_IO, NULL, "cannot read \"%.256s\": %s", name, strerror(errno));
        return NULL;
    }
    files = list(d, path, directory, arena, n, err);
    closedir(d);
    if (files && *n) return qsort(files, *n, sizeof *files, compare_names), files;
    if (files) tern_error_add(err, TERN_ERROR_IO, NULL, "no file matches \"%.256s\"", path);
    return NULL;
}
