/* idx - the files of MNIST, also compressed (.gz): 0, 0, type, rank; rank sizes; numbers; all big-endian. */
#include <tern/reader.h>

#include "dataset_from_columns.h"
#include "bytes.h"
#include "error_scope.h"
#include "file.h"
#include "gunzip.h"
#include "memory.h"

typedef struct idx {
    const char *x, *y, *sample_weight;
} idx;

enum { MAX_START = 4 + 4 * TERN_MAX_RANK };

/* A file, and what its first bytes say. */
typedef struct content {
    const char *path;
    unsigned char *file; /* as it is on disk */
    size_t size;
    bool packed, mapped;
    size_t start;   /* bytes before the numbers */
    size_t numbers; /* bytes of them */
    tern_dtype dtype;
    tern_shape shape; /* the samples included */
} content;

static uint32_t big32(const unsigned char *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* ---- the first bytes ---- */

static tern_status read_start(content *c, const unsigned char *start, size_t size, tern_error *err) {
    static const int kinds[] = {
        [8] = TERN_U8, [9] = TERN_I8, [0xb] = TERN_I16, [0xc] = TERN_I32, [0xd] = TERN_F32, [0xe] = TERN_F64};
    if (size < 4 || start[0] || start[1] || start[2] < 8 || start[2] == 0xa || start[2] > 0xe)
        return tern_error_add(err, TERN_ERROR_SYNTAX, NULL,
                              "\"%.256s\" is not an IDX file: it does not begin with 0, 0 and a type of "
                              "8, 9, 11, 12, 13 or 14",
                              c->path);
    c->dtype = (tern_dtype)kinds[start[2]];
    c->shape.rank = start[3];
    c->start = 4 + 4 * c->shape.rank;
    if (!c->shape.rank || c->shape.rank > TERN_MAX_RANK)
        return tern_error_add(err, TERN_ERROR_SYNTAX, NULL, "\"%.256s\" has %zu dimensions; accepted are 1 to %d",
                              c->path, c->shape.rank, TERN_MAX_RANK);
    if (size < c->start)
        return tern_error_add(err, TERN_ERROR_SYNTAX, NULL, "\"%.256s\" ends within its sizes", c->path);
    for (size_t i = 0; i < c->shape.rank; i++) c->shape.dim[i] = big32(start + 4 + 4 * i);
    return TERN_OK;
}

/* Whether the file can hold the numbers that its sizes announce; a plain one has to hold just these. */
static tern_status check_sizes(content *c, tern_error *err) {
    char shape[TERN_SHAPE_TEXT];
    size_t one = tern_dtype_size(c->dtype), count;
    bool fits = tern_shape_count_checked(&c->shape, PTRDIFF_MAX / 8, &count);
    if (fits && !count)
        return tern_error_add(err, TERN_ERROR_SYNTAX, NULL, "\"%.256s\" has the shape %s, which holds no sample",
                              c->path, tern_shape_text(&c->shape, shape));
    c->numbers = fits ? count * one : SIZE_MAX;
    size_t has = c->packed ? tern__gunzip_most(c->size) : c->size - c->start;
    if (c->packed ? fits && c->numbers <= has : c->numbers == has) return TERN_OK;
    return tern_error_add(
        err, TERN_ERROR_SYNTAX, NULL, "\"%.256s\" has %s%zu bytes of numbers, but its sizes are %s of %s", c->path,
        c->packed ? "at most " : "", has, tern_shape_text(&c->shape, shape), tern_dtype_name(c->dtype));
}

/* ---- the numbers ---- */

/* The file's own bytes become the numbers: they move over the header, but in a mapped file of bytes. */
static unsigned char *take_plain(content *c, tern_error *err) {
    if (read_start(c, c->file, c->size, err) || check_sizes(c, err)) return NULL;
    unsigned char *data = c->file;
    c->file = NULL;
    if (c->mapped && tern_dtype_size(c->dtype) == 1) return data + c->start;
    return memmove(data, data + c->start, c->numbers);
}

static unsigned char *bad_gzip(const content *c, const char *fault, tern_error *err) {
    tern_error_add(err, TERN_ERROR_SYNTAX, NULL, "\"%.256s\" is not a whole .gz file of its IDX sizes: %s", c->path,
                   fault);
    return NULL;
}

static unsigned char *take_unpacked(content *c, tern__gunzip *z, tern_error *err) {
    unsigned char start[MAX_START] = {0};
    size_t got = tern__gunzip_read(z, start, 4), more = start[3] <= TERN_MAX_RANK ? 4 * (size_t)start[3] : 0;
    if (got == 4) got += tern__gunzip_read(z, start + 4, more);
    if (tern__gunzip_fault(z)) return bad_gzip(c, tern__gunzip_fault(z), err);
    if (read_start(c, start, got, err) || check_sizes(c, err)) return NULL;
    unsigned char *data = tern__alloc(c->numbers, 1, err);
    if (!data) return NULL;
    got = tern__gunzip_read(z, data, c->numbers);
    const char *fault = got < c->numbers && !tern__gunzip_fault(z) ? "it ends early" : tern__gunzip_end(z);
    if (!fault) return data;
    tern__free(data);
    return bad_gzip(c, fault, err);
}

static unsigned char *take_packed(content *c, tern_error *err) {
    tern__gunzip *z = tern__gunzip_new(c->file, c->size, err);
    unsigned char *data = z ? take_unpacked(c, z, err) : NULL;
    tern__gunzip_free(z);
    return data;
}

static bool read_file(const char *path, size_t *n, tern_array *out, tern_error *err) {
    content c = {.path = path};
    c.file = tern__file_map(path, &c.size);
    c.mapped = c.file;
    if (!c.file) c.file = tern__file_read(path, PTRDIFF_MAX, &c.size, err);
    if (!c.file) return false;
    c.packed = c.size > 2 && c.file[0] == 0x1f && c.file[1] == 0x8b;
    unsigned char *data = c.packed ? take_packed(&c, err) : take_plain(&c, err);
    tern__free(c.file);
    if (!data) return false;
    size_t one = tern_dtype_size(c.dtype);
    tern__swap_bytes(data, c.numbers / one, one);
    *n = c.shape.dim[0];
    *out = (tern_array){.dtype = c.dtype, .shape = {.rank = c.shape.rank - 1}, .data = data};
    for (size_t i = 1; i < c.shape.rank; i++) out->shape.dim[i - 1] = c.shape.dim[i];
    return true;
}

static bool read_column(const char *dir, const char *name, bool safe, const char *key, size_t *n, tern_array *out,
                        tern_error *err) {
    char *path = tern__path_join(dir, name, safe, key, err);
    size_t depth = tern_error_enter(err, key, 0);
    bool ok = path && read_file(path, n, out, err);
    tern_error_leave(err, depth);
    tern__free(path);
    return ok;
}

/* ---- the reader ---- */

static tern_dataset *idx_read(const void *self, const char *dir, bool safe, tern_error *err) {
    const idx *o = self;
    tern_array x, y = {0}, w = {0};
    size_t n, n_y = 0, n_w = 0;
    if (!read_column(dir, o->x, safe, "x", &n, &x, err)) return NULL;
    if (o->y && !read_column(dir, o->y, safe, "y", &n_y, &y, err)) return tern__free(x.data), NULL;
    if (o->sample_weight && !read_column(dir, o->sample_weight, safe, "sample_weight", &n_w, &w, err))
        return tern__free(x.data), tern__free(y.data), NULL;
    tern_dataset *d = tern__dataset_from_columns(n, &x, n_y, &y, err);
    if (!d && o->y && n != n_y) tern__error_append(err, " (\"%s\" and \"%s\")", o->y, o->x);
    return tern__dataset_weighed(d, n_w, &w, err);
}

static void idx_from_files(void *self, const tern_files *files) {
    *(idx *)self = (idx){.x = files->input, .y = files->target};
}

static const tern_option options[] = {
    TERN_STRING_REQUIRED(idx, x, "File of the inputs (images); may be compressed with gzip.", .path = true),
    TERN_STRING(idx, y, NULL, "File of the targets (labels); left out: none.", .path = true),
    TERN_STRING(idx, sample_weight, NULL,
                "File of how much each sample counts in training's loss: numbers from 0; left out: all alike.",
                .path = true),
    {0},
};

static const tern_example examples[] = {
    {"{\"x\": \"train-images-idx3-ubyte\", \"y\": \"train-labels-idx1-ubyte\"}", {{0}}},
    {0},
};

const tern_reader_type tern_reader_idx = {
    .base = {TERN_READER, "idx", (const char *const[]){"mnist", NULL}, "IDX files, the format of MNIST; also .gz.",
             sizeof(idx), options, examples},
    .endings = (const char *const[]){"-ubyte", ".idx", "-ubyte.gz", ".idx.gz", ".gz", NULL},
    .read = idx_read,
    .from_files = idx_from_files,
};
