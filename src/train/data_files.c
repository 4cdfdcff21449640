/* data_files.c - the files that a reader reads; see data_files.h. */
#include "data_files.h"

#include "arrays.h"
#include "checksum.h"
#include "file.h"
#include "text_file.h"

#include <string.h>
#include <sys/stat.h>

/* A file or folder; false: it is not there. */
static bool describe(const char *path, tern__arena *arena, tern__record_file *out, tern_error *err) {
    char sum[9];
    struct stat s;
    if (stat(path, &s)) return false; /* the caller's own data: nothing was read */
    out->folder = S_ISDIR(s.st_mode);
    if (!(out->folder ? tern__folder_crc32(path, sum, &out->bytes) : tern__file_crc32(path, sum, &out->bytes)))
        return false;
    out->crc32 = tern__arena_text(arena, sum, strlen(sum), err);
    return out->crc32;
}

/* A list on its way. */
typedef struct listing {
    const char *dir;
    bool sums; /* with sizes and checksums, and without what is not there */
    tern__arena *arena;
    tern_blocks *files;
    tern_error *err;
} listing;

/* Adds a path of a model file: the files that it stands for, one by one. */
static tern_status add_path(const listing *l, const char *path) {
    const char *dir = l->dir;
    tern__arena *arena = l->arena;
    tern_blocks *files = l->files;
    tern_error *err = l->err;
    char *whole = tern__path_join(dir, path, false, NULL, err);
    size_t n = 0, before = whole ? strlen(whole) - strlen(path) : 0;
    const char *const *found = whole ? tern__text_files(whole, arena, &n, NULL) : NULL;
    tern__record_file *all = found ? tern__arena_alloc(arena, files->n + n, sizeof *all, err) : NULL;
    if (all && files->n) memcpy(all, files->item, files->n * sizeof *all);
    for (size_t i = 0; all && i < n; i++) {
        tern__record_file f = {.path = tern__arena_text(arena, found[i] + before, strlen(found[i] + before), err)};
        if (f.path && (!l->sums || describe(found[i], arena, &f, err))) all[files->n++] = f;
    }
    if (all) files->item = all;
    tern__free(whole);
    return whole && (all || !found) ? TERN_OK : TERN_ERROR_MEMORY;
}

static tern_status add_option(const listing *l, const tern_option *row, const void *field) {
    tern_status status = TERN_OK;
    const char *one = row->kind == TERN_OPTION_STRING ? *(const char *const *)field : NULL;
    const tern_strings several = row->kind == TERN_OPTION_STRINGS ? *(const tern_strings *)field : (tern_strings){0};
    if (one) status = add_path(l, one);
    for (size_t i = 0; i < several.n && !status; i++) status = add_path(l, several.v[i]);
    return status;
}

static tern_status add_reader(const listing *l, const tern_object *reader) {
    tern_status status = TERN_OK;
    for (const tern_option *row = reader->type->options; row && row->name && !status; row++)
        if (row->path) status = add_option(l, row, (const char *)reader->self + row->offset);
    return status;
}

static tern_status list(const listing *l, const tern_object *reader) {
    if (reader->type != &tern_reader_arrays.base) return add_reader(l, reader);
    const tern__arrays *arrays = reader->self;
    const tern_named *const lists[] = {&arrays->inputs, &arrays->targets};
    tern_status status = TERN_OK;
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < lists[k]->n && !status; i++)
            status = add_reader(l, (const tern_object *)lists[k]->item + i);
    return status;
}

tern_status tern__data_files(const tern_object *reader, const char *dir, tern__arena *arena, tern__record_split *out,
                             tern_error *err) {
    if (!reader->type) return TERN_OK;
    *out = (tern__record_split){.given = true, .type = reader->type->name};
    return list(&(listing){dir, true, arena, &out->files, err}, reader);
}

tern_status tern__data_paths(const tern_object *reader, const char *dir, tern__arena *arena, tern_blocks *out,
                             tern_error *err) {
    return reader->type ? list(&(listing){dir, false, arena, out, err}, reader) : TERN_OK;
}

const tern__record_file *tern__data_files_differ(const tern__record_split *before, const tern__record_split *now) {
    const tern__record_file *a = before->files.item, *b = now->files.item;
    for (size_t i = 0; i < before->files.n && i < now->files.n; i++)
        if (strcmp(a[i].path, b[i].path) != 0 || a[i].bytes != b[i].bytes || !a[i].crc32 ||
            strcmp(a[i].crc32, b[i].crc32) != 0)
            return &b[i];
    return before->files.n < now->files.n   ? &b[before->files.n]
           : before->files.n > now->files.n ? &a[now->files.n]
                                            : NULL;
}
