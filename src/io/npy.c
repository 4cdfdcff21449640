/* npy.c - reads and writes NumPy's .npy files; see npy.h. */
#include "npy.h"
#include "bytes.h"
#include "file.h"
#include "memory.h"
#include "npy_header.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- the numbers ---- */

/* Half precision (binary16), where no compiler has to know it: 1 sign, 5 exponent, 10 fraction bits. */
static float half(uint16_t bits) {
    float sign = bits & 0x8000 ? -1 : 1, fraction = bits & 0x3ff;
    int exponent = bits >> 10 & 0x1f;
    if (exponent == 0x1f) return bits & 0x3ff ? NAN : sign * INFINITY;
    return sign * (exponent ? ldexpf(1024 + fraction, exponent - 25) : ldexpf(fraction, -24));
}

/* Moves the numbers, of `one` byte each, into rows, the last dimension first; those of a file in Fortran order lie the
 * first dimension first. */
static unsigned char *take_rows(const unsigned char *numbers, const tern__npy_header *h, size_t count, size_t one,
                                tern_error *err) {
    size_t at[TERN_MAX_RANK] = {0}, step[TERN_MAX_RANK], rank = h->shape.rank;
    unsigned char *out = tern__alloc(count, one, err);
    for (size_t i = 0, inner = one; i < rank; inner *= h->shape.dim[i++]) step[i] = inner;
    for (size_t i = 0; out && i < count; i++) {
        memcpy(out + i * one, numbers, one);
        for (size_t d = rank; d-- > 0; at[d] = 0) {
            numbers += step[d];
            if (++at[d] < h->shape.dim[d]) break;
            numbers -= step[d] * h->shape.dim[d];
        }
    }
    return out;
}

/* The number at `from`, of a type that no dtype is the same as, goes to `to`; false: it is too large. */
static bool widen(const tern__npy_kind *k, const unsigned char *from, unsigned char *to) {
    uint64_t v = k->size == 2 ? tern__get16(from) : k->size == 4 ? tern__get32(from) : tern__get64(from);
    if (k->dtype == TERN_F32) memcpy(to, &(float){half((uint16_t)v)}, 4);
    else if (k->dtype == TERN_I32) memcpy(to, &(int32_t){(int32_t)v}, 4);
    else memcpy(to, &(int64_t){(int64_t)v}, 8);
    return v <= INT64_MAX;
}

/* A stream whose first bytes were already taken. */
typedef struct rest {
    const tern__npy_stream *s;
    const unsigned char *taken;
    size_t left; /* of those */
} rest;

static tern_status next_bytes(rest *r, unsigned char *out, size_t size, tern_error *err) {
    size_t n = r->left < size ? r->left : size;
    memcpy(out, r->taken, n);
    r->taken += n, r->left -= n;
    return size > n ? r->s->next(r->s->self, out + n, size - n, err) : TERN_OK;
}

/* Numbers of a type that no dtype is the same as, a block at a time: they never lie in memory twice. */
static tern_status read_wider(rest *r, const tern__npy_header *h, size_t count, unsigned char *out, tern_error *err) {
    enum { BLOCK = 1 << 16 };
    const tern__npy_kind *k = h->kind;
    size_t size = tern_dtype_size(k->dtype);
    unsigned char *block = tern__alloc(BLOCK, k->size, err);
    tern_status status = block ? TERN_OK : TERN_ERROR_MEMORY;
    for (size_t first = 0; !status && first < count; first += BLOCK) {
        size_t n = count - first < BLOCK ? count - first : BLOCK;
        if ((status = next_bytes(r, block, n * k->size, err))) break;
        if (h->swapped) tern__swap_bytes(block, n, k->size);
        for (size_t i = 0; !status && i < n; i++)
            if (!widen(k, block + i * k->size, out + (first + i) * size))
                status = tern_error_add(err, TERN_ERROR_SYNTAX, NULL,
                                        "\"%.256s\" holds numbers over %jd; save x.astype('float64')", r->s->name,
                                        (intmax_t)INT64_MAX);
    }
    tern__free(block);
    return status;
}

/* Whether the numbers of a file are those that memory holds, but for their order of bytes: an int64 is no uint64. */
static bool is_same(const tern__npy_kind *k) {
    return k->size == 1 || (*k->code != 'u' && k->size == tern_dtype_size(k->dtype));
}

static tern_status read_numbers(rest *r, const tern__npy_header *h, size_t count, unsigned char *out, tern_error *err) {
    const tern__npy_kind *k = h->kind;
    if (!is_same(k)) return read_wider(r, h, count, out, err);
    tern_status status = next_bytes(r, out, count * k->size, err);
    if (!status && h->swapped) tern__swap_bytes(out, count, k->size);
    for (size_t i = 0; !status && *k->code == 'b' && i < count; i++) out[i] = out[i] != 0;
    return status;
}

static void set_shape(const tern__npy_header *h, size_t *n, tern_array *column) {
    *n = h->shape.dim[0];
    *column = (tern_array){.dtype = h->kind->dtype, .shape = {.rank = h->shape.rank - 1}};
    for (size_t i = 1; i < h->shape.rank; i++) column->shape.dim[i - 1] = h->shape.dim[i];
}

/* The numbers after a header. */
static tern_status take(rest *r, const tern__npy_header *h, size_t *n, tern_array *column, tern_error *err) {
    size_t count = tern_shape_count(&h->shape), size = tern_dtype_size(h->kind->dtype);
    set_shape(h, n, column);
    unsigned char *numbers = tern__alloc(count, size, err);
    tern_status status = numbers ? read_numbers(r, h, count, numbers, err) : TERN_ERROR_MEMORY;
    if (!status && h->fortran && h->shape.rank > 1) {
        unsigned char *rows = take_rows(numbers, h, count, size, err);
        tern__free(numbers);
        numbers = rows;
    }
    if (!status && !numbers) status = TERN_ERROR_MEMORY;
    if (status) tern__free(numbers);
    else column->data = numbers;
    return status;
}

tern_status tern__npy_take(const tern__npy_stream *s, size_t *n, tern_array *column, tern_error *err) {
    size_t first = s->size < TERN__NPY_MOST ? s->size : TERN__NPY_MOST;
    unsigned char *start = tern__alloc(first, 1, err);
    tern__npy_header h = {0};
    tern_status status = start ? s->next(s->self, start, first, err) : TERN_ERROR_MEMORY;
    if (!status) status = tern__npy_header_read(s->name, start, s->size, &h, err);
    if (!status) status = take(&(rest){s, start + h.size, first - h.size}, &h, n, column, err);
    tern__free(start);
    return status;
}

/* ---- files ---- */

/* A large file whose numbers are just what memory would hold stays where it is. */
static bool map(const char *path, size_t *n, tern_array *column) {
    size_t size;
    tern__npy_header h = {0};
    unsigned char *file = tern__file_map(path, &size);
    bool plain = file && !tern__npy_header_read(path, file, size, &h, NULL) && !h.swapped && *h.kind->code != 'b' &&
                 !(h.fortran && h.shape.rank > 1) && is_same(h.kind) && h.size % h.kind->size == 0;
    if (!plain) return tern__free(file), false;
    set_shape(&h, n, column);
    column->data = file + h.size;
    return true;
}

typedef struct file {
    int fd;
    const char *path;
} file;

static tern_status next_of_file(void *self, void *out, size_t size, tern_error *err) {
    const file *f = self;
    return tern__file_next(f->fd, f->path, out, size, err);
}

tern_status tern__npy_read(const char *path, const char *key, size_t *n, tern_array *column, tern_error *err) {
    if (map(path, n, column)) return TERN_OK;
    size_t depth = err ? err->depth : 0;
    if (key) tern_error_enter(err, key, 0);
    file f = {.path = path};
    tern__npy_stream s = {.name = path, .next = next_of_file, .self = &f};
    tern_status status = TERN_ERROR_IO;
    if ((f.fd = tern__file_open(path, &s.size, err)) >= 0) {
        status = tern__npy_take(&s, n, column, err);
        close(f.fd);
    }
    tern_error_leave(err, depth);
    return status;
}

/* ---- writing ---- */

tern_status tern__npy_write(const char *path, const tern_tensor *t, tern_error *err) {
    char shape[TERN_SHAPE_TEXT], text[192 + TERN_SHAPE_TEXT] = "\x93NUMPY\x01";
    tern_shape_text(&t->shape, shape);
    size_t inside = strlen(shape) - 2, used = 10;
    used += (size_t)snprintf(text + used, sizeof text - used,
                             "{'descr': '<f%d', 'fortran_order': False, 'shape': (%.*s%s), }", (int)sizeof(tern_real),
                             (int)inside, shape + 1, t->shape.rank == 1 ? "," : "");
    while (used % 64 != 63) text[used++] = ' ';
    text[used++] = '\n';
    text[8] = (char)((used - 10) & 0xff), text[9] = (char)((used - 10) >> 8);
    tern__replace *r = tern__replace_open(path, err);
    if (!r) return TERN_ERROR_IO;
    tern__replace_write(r, text, used);
    tern__replace_write(r, t->data, tern_tensor_count(t) * sizeof(tern_real));
    return tern__replace_commit(r, err);
}
