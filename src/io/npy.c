/* npy.c - reads and writes NumPy's .npy files; see npy.h.
 *
 * "\x93NUMPY", version, header length, then a Python dictionary, e.g. {'descr': '<f4', 'fortran_order': False, 'shape':
 * (3, 4), }. */
#include "npy.h"
#include "bytes.h"
#include "file.h"
#include "memory.h"

#include <math.h>
#include <stdio.h>

enum { MAX_HEADER = 1 << 16, MAGIC = 8 };

/* A type of NumPy's, and the one that holds its numbers here. */
typedef struct kind {
    const char *code, *name;
    size_t size;
    tern_dtype dtype;
} kind;

static const kind kinds[] = {
    {"b1", "bool", 1, TERN_U8},     {"u1", "uint8", 1, TERN_U8},    {"u2", "uint16", 2, TERN_I32},
    {"u4", "uint32", 4, TERN_I64},  {"u8", "uint64", 8, TERN_I64},  {"i1", "int8", 1, TERN_I8},
    {"i2", "int16", 2, TERN_I16},   {"i4", "int32", 4, TERN_I32},   {"i8", "int64", 8, TERN_I64},
    {"f2", "float16", 2, TERN_F32}, {"f4", "float32", 4, TERN_F32}, {"f8", "float64", 8, TERN_F64},
};

/* What a header says. */
typedef struct header {
    size_t size; /* bytes before the numbers */
    const kind *kind;
    bool swapped, fortran;
    tern_shape shape;
} header;

/* A header's text, while it is read. */
typedef struct source {
    const char *start, *at, *end;
} source;

/* ---- the dictionary ---- */

static bool next_is(source *s, const char *word) {
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\n' || *s->at == '\t')) s->at++;
    size_t length = strlen(word);
    if (length > (size_t)(s->end - s->at) || memcmp(s->at, word, length)) return false;
    s->at += length;
    return true;
}

/* A text in either kind of quotes. */
static bool read_text(source *s, const char **text, size_t *length) {
    const char *quote = next_is(s, "'") ? "'" : next_is(s, "\"") ? "\"" : NULL;
    if (!quote) return false;
    const char *end = memchr(s->at, *quote, (size_t)(s->end - s->at));
    if (!end) return false;
    *text = s->at, *length = (size_t)(end - s->at);
    s->at = end + 1;
    return true;
}

/* <f4: byte order, kind, bytes. */
static bool read_dtype(source *s, header *h) {
    const char *text;
    size_t length;
    if (!read_text(s, &text, &length) || length != 3 || !memchr("<>|=", text[0], 4)) return false;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        if (memcmp(text + 1, kinds[k].code, 2)) continue;
        h->kind = &kinds[k];
        h->swapped = text[0] == '>';
        return text[0] != '|' || text[2] == '1';
    }
    return false;
}

static bool read_size(source *s, size_t *out) {
    next_is(s, "");
    const char *begin = s->at;
    for (*out = 0; s->at < s->end && *s->at >= '0' && *s->at <= '9'; s->at++)
        if (__builtin_mul_overflow(*out, 10, out) || __builtin_add_overflow(*out, (size_t)(*s->at - '0'), out))
            return false;
    return s->at > begin;
}

/* (3, 4), (3,) or (). */
static bool read_shape(source *s, tern_shape *shape) {
    if (!next_is(s, "(")) return false;
    for (shape->rank = 0; !next_is(s, ")"); shape->rank++) {
        if (shape->rank == TERN_MAX_RANK || !read_size(s, &shape->dim[shape->rank])) return false;
        if (!next_is(s, ",") && (!shape->rank || s->at == s->end || *s->at != ')')) return false;
    }
    return true;
}

/* NULL, or the key whose value is not acceptable. */
static const char *read_dictionary(source *s, header *h) {
    static const char *const keys[] = {"descr", "fortran_order", "shape"};
    const char *key;
    size_t length;
    unsigned seen = 0;
    if (!next_is(s, "{")) return "start";
    while (!next_is(s, "}")) {
        unsigned k = 0;
        if (!read_text(s, &key, &length)) return "key";
        while (k < 3 && (strlen(keys[k]) != length || memcmp(key, keys[k], length))) k++;
        if (k == 3 || seen & 1u << k || !next_is(s, ":")) return "key";
        seen |= 1u << k;
        if (k == 0 && !read_dtype(s, h)) return "descr";
        if (k == 1 && !(h->fortran = next_is(s, "True")) && !next_is(s, "False")) return "fortran_order";
        if (k == 2 && !read_shape(s, &h->shape)) return "shape";
        if (!next_is(s, ",") && (s->at == s->end || *s->at != '}')) return "end";
    }
    next_is(s, "");
    return seen != 7 ? "number of keys" : s->at != s->end ? "end" : NULL;
}

/* ---- reading ---- */

/* Finds the dictionary in the file. */
static tern_status find_header(const char *path, const unsigned char *file, size_t size, source *s, tern_error *err) {
    if (size < MAGIC + 2 || memcmp(file, "\x93NUMPY", 6))
        return tern_error_add(err, TERN_ERROR_SYNTAX, NULL,
                              "\"%.256s\" is not an .npy file: it does not begin with \\x93NUMPY", path);
    unsigned version = file[6];
    if (version < 1 || version > 3)
        return tern_error_add(err, TERN_ERROR_SYNTAX, NULL,
                              "\"%.256s\" has version %u of the .npy format; accepted are 1 to 3", path, version);
    size_t field = version == 1 ? 2 : 4, at = MAGIC + field;
    size_t length = field == 2 ? tern__get16(file + MAGIC) : size < at ? SIZE_MAX : tern__get32(file + MAGIC);
    if (length > MAX_HEADER || at > size || length > size - at)
        return tern_error_add(err, TERN_ERROR_SYNTAX, NULL,
                              "\"%.256s\" announces a header of %zu bytes in a file of %zu; "
                              "accepted are up to %d",
                              path, length, size, MAX_HEADER);
    s->start = s->at = (const char *)file + at;
    s->end = s->start + length;
    return TERN_OK;
}

static tern_status read_header(const char *path, const unsigned char *file, size_t size, header *h, tern_error *err) {
    source s = {0};
    tern_status status = find_header(path, file, size, &s, err);
    if (status) return status;
    const char *fault = read_dictionary(&s, h);
    if (fault)
        return tern_error_add(
            err, TERN_ERROR_SYNTAX, NULL,
            "\"%.256s\" has a header whose %s is not acceptable near byte %zu; "
            "accepted are 'descr' b1, u1 to u8, i1 to i8 and f2 to f8 (save x.astype('float32')), 'fortran_order', and "
            "'shape' of at most %d dimensions",
            path, fault, (size_t)(s.at - (const char *)file), TERN_MAX_RANK);
    h->size = (size_t)(s.end - (const char *)file);
    char shape[TERN_SHAPE_TEXT];
    size_t count, one = h->kind->size;
    bool fits = tern_shape_count_checked(&h->shape, PTRDIFF_MAX / 8, &count);
    if (!h->shape.rank || (fits && !count))
        return tern_error_add(err, TERN_ERROR_SYNTAX, NULL, "\"%.256s\" has the shape %s, which holds no sample", path,
                              tern_shape_text(&h->shape, shape));
    if (fits && count * one == size - h->size) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_SYNTAX, NULL,
                          "\"%.256s\" has %zu bytes of numbers, but its shape is %s of %s", path, size - h->size,
                          tern_shape_text(&h->shape, shape), h->kind->name);
}

/* ---- the numbers ---- */

/* Half precision (binary16), where no compiler has to know it: 1 sign, 5 exponent, 10 fraction bits. */
static float half(uint16_t bits) {
    float sign = bits & 0x8000 ? -1 : 1, fraction = bits & 0x3ff;
    int exponent = bits >> 10 & 0x1f;
    if (exponent == 0x1f) return bits & 0x3ff ? NAN : sign * INFINITY;
    return sign * (exponent ? ldexpf(1024 + fraction, exponent - 25) : ldexpf(fraction, -24));
}

/* Moves the numbers into rows, the last dimension first; those of a file in Fortran order lie the first dimension
 * first. */
static unsigned char *take_rows(unsigned char *numbers, const header *h, size_t count, tern_error *err) {
    size_t one = h->kind->size, at[TERN_MAX_RANK] = {0}, step[TERN_MAX_RANK], rank = h->shape.rank;
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
static bool widen(const kind *k, const unsigned char *from, unsigned char *to) {
    uint64_t v = k->size == 2 ? tern__get16(from) : k->size == 4 ? tern__get32(from) : tern__get64(from);
    if (k->dtype == TERN_F32) memcpy(to, &(float){half((uint16_t)v)}, 4);
    else if (k->dtype == TERN_I32) memcpy(to, &(int32_t){(int32_t)v}, 4);
    else memcpy(to, &(int64_t){(int64_t)v}, 8);
    return v <= INT64_MAX;
}

/* Puts numbers of a type that no dtype is the same as into one that holds them all, from the last on: they only grow.
 */
static tern_status convert(const char *path, const kind *k, size_t count, unsigned char *numbers, tern_error *err) {
    size_t size = tern_dtype_size(k->dtype);
    for (size_t i = 0; k->size == 1 && *k->code == 'b' && i < count; i++) numbers[i] = numbers[i] != 0;
    if (k->size == 1 || (*k->code != 'u' && k->size == size)) return TERN_OK;
    for (size_t i = count; i-- > 0;)
        if (!widen(k, numbers + i * k->size, numbers + i * size))
            return tern_error_add(err, TERN_ERROR_SYNTAX, NULL,
                                  "\"%.256s\" holds numbers over %jd; save x.astype('float64')", path,
                                  (intmax_t)INT64_MAX);
    return TERN_OK;
}

static void set_shape(const header *h, size_t *n, tern_array *column) {
    *n = h->shape.dim[0];
    *column = (tern_array){.dtype = h->kind->dtype, .shape = {.rank = h->shape.rank - 1}};
    for (size_t i = 1; i < h->shape.rank; i++) column->shape.dim[i - 1] = h->shape.dim[i];
}

/* Makes the file's bytes the column's; `file` is gone afterwards, also after an error. */
static tern_status take(const char *path, unsigned char *file, const header *h, size_t *n, tern_array *column,
                        tern_error *err) {
    size_t count = tern_shape_count(&h->shape), one = h->kind->size, size = tern_dtype_size(h->kind->dtype);
    unsigned char *numbers = file;
    set_shape(h, n, column);
    if (h->fortran && h->shape.rank > 1) numbers = take_rows(file + h->size, h, count, err);
    else memmove(file, file + h->size, count * one);
    if (numbers != file) tern__free(file);
    if (numbers && h->swapped) tern__swap_bytes(numbers, count, one);
    if (numbers && size > one) {
        unsigned char *wide = tern__realloc(numbers, count * one, count * size, 1, err);
        if (!wide) tern__free(numbers);
        numbers = wide;
    }
    if (!numbers) return TERN_ERROR_MEMORY;
    column->data = numbers;
    tern_status status = convert(path, h->kind, count, numbers, err);
    if (status) tern__free(numbers);
    return status;
}

/* A large file whose numbers are just what memory would hold stays where it is. */
static bool map(const char *path, size_t *n, tern_array *column) {
    size_t size;
    header h = {0};
    unsigned char *file = tern__file_map(path, &size);
    bool plain = file && !read_header(path, file, size, &h, NULL) && !h.swapped && *h.kind->code != 'b' &&
                 !(h.fortran && h.shape.rank > 1) && h.kind->size == tern_dtype_size(h.kind->dtype) &&
                 h.size % h.kind->size == 0;
    if (!plain) return tern__free(file), false;
    set_shape(&h, n, column);
    column->data = file + h.size;
    return true;
}

tern_status tern__npy_read(const char *path, const char *key, size_t *n, tern_array *column, tern_error *err) {
    if (map(path, n, column)) return TERN_OK;
    size_t size, depth = err ? err->depth : 0;
    if (key) tern_error_enter(err, key, 0);
    header h = {0};
    tern_status status = TERN_ERROR_IO;
    unsigned char *file = tern__file_read(path, PTRDIFF_MAX, &size, err);
    if (file) status = read_header(path, file, size, &h, err);
    if (!status) status = take(path, file, &h, n, column, err);
    else tern__free(file);
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
