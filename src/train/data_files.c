/* data_files.c - the files that a reader reads; see data_files.h. */
#include "data_files.h"

#include "arrays.h"
#include "checksum.h"
#include "dataset_from_columns.h"
#include "file.h"
#include "image_table.h"
#include "text.h"
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

/* A table of pictures is as little as its own bytes: what it names trains. */
static tern_status add_pictures(const listing *l, const tern_object *reader) {
    char sum[9];
    size_t bytes;
    tern__record_file *f = l->files->n ? (tern__record_file *)l->files->item + l->files->n - 1 : NULL;
    if (!f || !tern__images_crc32(reader->self, l->dir, sum, &bytes)) return TERN_OK;
    f->pictures = (tern__record_pictures){true, bytes, tern__arena_text(l->arena, sum, strlen(sum), l->err)};
    return f->pictures.crc32 ? TERN_OK : TERN_ERROR_MEMORY;
}

static tern_status add_reader(const listing *l, const tern_object *reader) {
    tern_status status = TERN_OK;
    for (const tern_option *row = reader->type->options; row && row->name && !status; row++)
        if (row->path) status = add_option(l, row, (const char *)reader->self + row->offset);
    bool pictures = l->sums && reader->type == &tern_reader_images.base;
    return !status && pictures ? add_pictures(l, reader) : status;
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

tern_status tern__data_say_from(tern_dataset *d, const char *split, const tern_object *reader, const char *dir,
                                tern_error *err) {
    enum { SHOWN = 3 };
    tern__arena arena = {0};
    tern_blocks paths = {0};
    char text[320] = "";
    tern_status status = tern__data_paths(reader, dir, &arena, &paths, err);
    const tern__record_file *file = paths.item;
    tern__text_add(text, sizeof text, "the %s data", split);
    for (size_t i = 0; i < paths.n && i < SHOWN; i++) tern__text_add(text, sizeof text, ", \"%.80s\"", file[i].path);
    if (paths.n > SHOWN) tern__text_add(text, sizeof text, " and %zu more", paths.n - SHOWN);
    if (!status) status = tern__dataset_set_from(d, text, err);
    tern__arena_free(&arena);
    return status;
}

/* ---- what was changed ---- */

/* The file of a path: most often the one in the same place. */
static const tern__record_file *find(const tern__record_split *split, const char *path, size_t place) {
    const tern__record_file *f = split->files.item;
    if (place < split->files.n && !strcmp(f[place].path, path)) return &f[place];
    for (size_t i = 0; i < split->files.n; i++)
        if (!strcmp(f[i].path, path)) return &f[i];
    return NULL;
}

static bool same_sum(size_t bytes, const char *crc32, size_t other_bytes, const char *other_crc32) {
    return bytes == other_bytes && crc32 && other_crc32 && !strcmp(crc32, other_crc32);
}

static bool same_bytes(const tern__record_file *a, const tern__record_file *b) {
    return same_sum(a->bytes, a->crc32, b->bytes, b->crc32);
}

/* Pictures of which there was no record, or that are not there any more, are for others to speak of. */
static bool same_pictures(const tern__record_file *a, const tern__record_file *b) {
    const tern__record_pictures *p = &a->pictures, *q = &b->pictures;
    return !p->given || !q->given || same_sum(p->bytes, p->crc32, q->bytes, q->crc32);
}

bool tern__data_files_differ(const tern__record_split *before, const tern__record_split *now, tern__file_change *out) {
    const tern__record_file *a = before->files.item, *b = now->files.item;
    for (size_t i = 0; i < before->files.n; i++) {
        *out = (tern__file_change){&a[i], find(now, a[i].path, i)};
        if (!out->now || !same_bytes(&a[i], out->now) || !same_pictures(&a[i], out->now)) return true;
    }
    for (size_t i = 0; i < now->files.n; i++) {
        *out = (tern__file_change){find(before, b[i].path, i), &b[i]};
        if (!out->before) return true;
    }
    return false;
}

static void add_sum(char out[TERN__CHANGE_TEXT], const char *when, size_t bytes, const char *crc32) {
    tern__text_add(out, TERN__CHANGE_TEXT, "%s %zu bytes with the CRC-32 %.16s", when, bytes,
                   crc32 ? crc32 : "unknown");
}

const char *tern__file_change_text(const tern__file_change *c, const char *dir, char out[TERN__CHANGE_TEXT]) {
    const tern__record_file *any = c->now ? c->now : c->before;
    bool pictures = c->now && c->before && same_bytes(c->before, c->now);
    *out = 0;
    tern__text_add(out, TERN__CHANGE_TEXT, "%s\"%.160s\" in \"%.160s\" ", pictures ? "of the pictures that " : "",
                   any->path, dir);
    if (pictures) {
        tern__text_add(out, TERN__CHANGE_TEXT, "names, some are not what they were when the run was made: they had");
        add_sum(out, "", c->before->pictures.bytes, c->before->pictures.crc32);
        add_sum(out, ", and now have", c->now->pictures.bytes, c->now->pictures.crc32);
    } else if (c->now && c->before) {
        tern__text_add(out, TERN__CHANGE_TEXT, "is not what it was when the run was made: it had");
        add_sum(out, "", c->before->bytes, c->before->crc32);
        add_sum(out, ", and now has", c->now->bytes, c->now->crc32);
    } else {
        tern__text_add(out, TERN__CHANGE_TEXT,
                       any == c->now ? "is new among the data: it was not there when the run was made"
                                     : "is no more among the data, as it was when the run was made");
    }
    return out;
}
