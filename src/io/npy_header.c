/* npy_header.c - "\x93NUMPY", version, header length, then a Python dictionary, e.g. {'descr': '<f4', 'fortran_order':
 * False, 'shape': (3, 4), }. */
#include "npy_header.h"

#include "bytes.h"

enum { MAGIC = 8, MAX_HEADER = TERN__NPY_MOST - MAGIC - 4 };

static const tern__npy_kind kinds[] = {
    {"b1", "bool", 1, TERN_U8},     {"u1", "uint8", 1, TERN_U8},    {"u2", "uint16", 2, TERN_I32},
    {"u4", "uint32", 4, TERN_I64},  {"u8", "uint64", 8, TERN_I64},  {"i1", "int8", 1, TERN_I8},
    {"i2", "int16", 2, TERN_I16},   {"i4", "int32", 4, TERN_I32},   {"i8", "int64", 8, TERN_I64},
    {"f2", "float16", 2, TERN_F32}, {"f4", "float32", 4, TERN_F32}, {"f8", "float64", 8, TERN_F64},
};

/* Types that hold no numbers, or none of a size that is read: what they are, and what makes numbers of them. */
static const struct {
    char code;
    const char *what, *way_out;
} others[] = {
    {'O', "Python objects",
     "save numpy.array(x.tolist(), dtype='float32'), or the list of arrays by numpy.savez(file, *x)"},
    {'U', "texts", "of class names save numpy.unique(y, return_inverse=True)[1]; of numbers x.astype('float32')"},
    {'S', "texts", "of class names save numpy.unique(y, return_inverse=True)[1]; of numbers x.astype('float32')"},
    {'c', "complex numbers", "save numpy.stack([x.real, x.imag], -1), or numpy.abs(x)"},
    {'M', "dates", "save x.astype('datetime64[s]').astype('int64')"},
    {'m', "times", "save x.astype('timedelta64[s]').astype('int64')"},
    {'f', "floats of another size", "save x.astype('float64')"},
    {'V', "records", "save numpy.stack([x[name] for name in x.dtype.names], -1)"},
};

/* A header's text, while it is read. */
typedef struct source {
    const char *start, *at, *end;
    char other; /* the code of a type that is none of those that are read; 0: it is */
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
static bool read_dtype(source *s, tern__npy_header *h) {
    const char *text;
    size_t length;
    if (next_is(s, "[")) return s->other = 'V', false;
    if (!read_text(s, &text, &length) || length < 2 || !memchr("<>|=", text[0], 4)) return false;
    for (size_t k = 0; length == 3 && k < sizeof kinds / sizeof *kinds; k++) {
        if (memcmp(text + 1, kinds[k].code, 2)) continue;
        h->kind = &kinds[k];
        h->swapped = text[0] == '>';
        return text[0] != '|' || text[2] == '1';
    }
    s->other = text[1];
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
static const char *read_dictionary(source *s, tern__npy_header *h) {
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

static tern_status refuse(const char *path, const source *s, const char *fault, const unsigned char *file,
                          tern_error *err) {
    for (size_t k = 0; !strcmp(fault, "descr") && k < sizeof others / sizeof *others; k++)
        if (others[k].code == s->other)
            return tern_error_add(err, TERN_ERROR_SYNTAX, NULL,
                                  "\"%.256s\" holds %s; accepted are bool, integers and floats of up to 64 bits: in "
                                  "NumPy, %s",
                                  path, others[k].what, others[k].way_out);
    return tern_error_add(
        err, TERN_ERROR_SYNTAX, NULL,
        "\"%.256s\" has a header whose %s is not acceptable near byte %zu; "
        "accepted are 'descr' b1, u1 to u8, i1 to i8 and f2 to f8 (save x.astype('float32')), 'fortran_order', and "
        "'shape' of at most %d dimensions",
        path, fault, (size_t)(s->at - (const char *)file), TERN_MAX_RANK);
}

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

tern_status tern__npy_header_read(const char *path, const unsigned char *file, size_t size, tern__npy_header *h,
                                  tern_error *err) {
    source s = {0};
    tern_status status = find_header(path, file, size, &s, err);
    if (status) return status;
    const char *fault = read_dictionary(&s, h);
    if (fault) return refuse(path, &s, fault, file, err);
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
