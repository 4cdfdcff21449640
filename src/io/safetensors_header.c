/* safetensors_header.c - reads the JSON header of a safetensors file in one pass; see safetensors_header.h.
 *
 * Not through cJSON: its tree takes 40 times the text, and what a header may say is little:
 *   {"__metadata__": {"key": "value", ...}, "name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, ...} */
#include "safetensors_header.h"
#include "memory.h"
#include "utf8.h"

#include <stdio.h>
#include <string.h>

const tern__stored_kind tern__stored_kinds[STORED_KINDS] = {
    {"BOOL", 1}, {"U8", 1},  {"I8", 1},  {"I16", 2}, {"U16", 2}, {"F16", 2}, {"BF16", 2},
    {"I32", 4},  {"U32", 4}, {"F32", 4}, {"I64", 8}, {"U64", 8}, {"F64", 8},
};

enum { MAX_METADATA = 100000 };

/* The text being read. Every step returns false (or NULL) after adding the one error. */
typedef struct source {
    unsigned char *start, *at, *end;
    tern__header *h;
    size_t tensors, metas; /* room in the header's lists */
    bool metadata;         /* was read */
    tern_error *err;
    tern_status status;
} source;

static bool fail(source *s, const char *wanted) {
    char found[24] = "its end";
    if (s->at < s->end) snprintf(found, sizeof found, *s->at > ' ' && *s->at < 0x7f ? "'%c'" : "byte 0x%02x", *s->at);
    s->status = tern_error_add(s->err, TERN_ERROR_SYNTAX, NULL, "the header at byte %zu has %s where %s is accepted",
                               8 + (size_t)(s->at - s->start), found, wanted);
    return false;
}

/* ---- tokens ---- */

static void skip_space(source *s) {
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\n' || *s->at == '\r')) s->at++;
}

static bool next_is(source *s, char c) {
    skip_space(s);
    if (s->at == s->end || *s->at != (unsigned char)c) return false;
    s->at++;
    return true;
}

static bool expect(source *s, char c, const char *wanted) { return next_is(s, c) || fail(s, wanted); }

/* The four hexadecimal digits of \uXXXX; 0, which no string may hold, where they are none. */
static uint32_t read_hex(source *s) {
    uint32_t code = 0;
    for (int i = 0; i < 4; i++, s->at++) {
        if (s->at == s->end) return 0;
        unsigned char c = *s->at, low = c | 0x20;
        if (c >= '0' && c <= '9') code = code * 16 + c - '0';
        else if (low >= 'a' && low <= 'f') code = code * 16 + low - 'a' + 10;
        else return 0;
    }
    return code;
}

/* One escape, its backslash already read, to `out`; returns the bytes written, 0 where it is not acceptable. */
static size_t read_escape(source *s, unsigned char *out) {
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    if (s->at == s->end) return 0;
    unsigned char c = *s->at++;
    const char *letter = c ? strchr(letters, c) : NULL;
    if (letter) return *out = (unsigned char)meanings[letter - letters], 1;
    if (c != 'u') return 0;
    uint32_t code = read_hex(s);
    if (code >= 0xd800 && code < 0xdc00) { /* the first half of a character above U+FFFF */
        if (s->end - s->at < 2 || s->at[0] != '\\' || s->at[1] != 'u') return 0;
        s->at += 2;
        uint32_t low = read_hex(s);
        if (low < 0xdc00 || low >= 0xe000) return 0;
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    } else if (code >= 0xdc00 && code < 0xe000) {
        return 0;
    }
    return code ? tern__utf8_put(code, out) : 0;
}

/* A string, decoded where it is: what is decoded is never longer, and the closing quote leaves room for a zero. */
static char *read_string(source *s, size_t limit) {
    if (!expect(s, '"', "a string")) return NULL;
    unsigned char *begin = s->at, *out = s->at;
    while (s->at < s->end && *s->at != '"') {
        unsigned char *from = s->at;
        if (*from < 0x20) return fail(s, "no control character"), NULL;
        if (*from == '\\') {
            s->at++;
            size_t length = read_escape(s, out);
            if (!length)
                return s->at = from, fail(s, "\\\" \\\\ \\/ \\b \\f \\n \\r \\t or \\uXXXX, but not \\u0000,"), NULL;
            out += length;
        } else {
            *out++ = *s->at++;
        }
    }
    if ((size_t)(out - begin) > limit) return s->at = begin, fail(s, "a shorter name"), NULL;
    if (!expect(s, '"', "a closing quote")) return NULL;
    *out = 0;
    return (char *)begin;
}

static bool read_size(source *s, size_t *out) {
    skip_space(s);
    unsigned char *begin = s->at;
    for (*out = 0; s->at < s->end && *s->at >= '0' && *s->at <= '9'; s->at++)
        if (__builtin_mul_overflow(*out, 10, out) || __builtin_add_overflow(*out, (size_t)(*s->at - '0'), out))
            return s->at = begin, fail(s, "a number below 2^64");
    if (s->at == begin) return fail(s, "an integer of 0 or more");
    return s->at - begin == 1 || *begin != '0' || (s->at = begin, fail(s, "an integer without leading zeros"));
}

/* [a, b, ...] of up to `limit` sizes. */
static bool read_sizes(source *s, size_t *out, size_t limit, size_t *n) {
    *n = 0;
    if (!expect(s, '[', "'['")) return false;
    if (next_is(s, ']')) return true;
    do {
        if (*n == limit) return fail(s, limit == 2 ? "a list of two offsets" : "a list of at most 5 sizes");
        if (!read_size(s, &out[(*n)++])) return false;
    } while (next_is(s, ','));
    return expect(s, ']', "',' or ']'");
}

/* ---- members ---- */

static bool read_kind(source *s, tern__stored *kind) {
    const char *name = read_string(s, SIZE_MAX);
    if (!name) return false;
    for (int k = 0; k < STORED_KINDS; k++)
        if (!strcmp(name, tern__stored_kinds[k].name)) return *kind = (tern__stored)k, true;
    s->status = tern_error_add(s->err, TERN_ERROR_SYNTAX, "dtype",
                               "is \"%.32s\"; accepted are BOOL, U8, I8, I16, U16, F16, BF16, "
                               "I32, U32, F32, I64, U64 and F64",
                               name);
    return false;
}

/* One of the three members of a tensor; `seen` has a bit for each. */
static bool read_member(source *s, tern__stored_tensor *t, unsigned *seen) {
    static const char *const keys[] = {"dtype", "shape", "data_offsets"};
    skip_space(s);
    unsigned char *begin = s->at;
    const char *key = read_string(s, SIZE_MAX);
    unsigned k = 0;
    while (key && k < 3 && strcmp(key, keys[k])) k++;
    if (!key) return false;
    if (k == 3 || *seen & 1u << k) return s->at = begin, fail(s, "each of \"dtype\", \"shape\", \"data_offsets\" once");
    *seen |= 1u << k;
    if (!expect(s, ':', "':'")) return false;
    if (k == 0) return read_kind(s, &t->kind);
    if (k == 1) return read_sizes(s, t->shape.dim, TERN_MAX_RANK, &t->shape.rank);
    size_t offsets[2], n;
    if (!read_sizes(s, offsets, 2, &n)) return false;
    if (n != 2) return fail(s, "a list of two offsets before it");
    t->begin = offsets[0], t->end = offsets[1];
    return true;
}

static bool read_tensor(source *s, const char *name) {
    tern__header *h = s->h;
    if (h->n == TERN__MAX_TENSORS) return fail(s, "an end: at most 100000 tensors");
    if (h->n == s->tensors) {
        size_t room = s->tensors ? 2 * s->tensors : 64;
        tern__stored_tensor *grown = tern__realloc(h->tensor, s->tensors, room, sizeof *grown, s->err);
        if (!grown) return s->status = TERN_ERROR_MEMORY, false;
        h->tensor = grown, s->tensors = room;
    }
    tern__stored_tensor *t = &h->tensor[h->n++];
    *t = (tern__stored_tensor){.name = name};
    size_t depth = tern_error_enter(s->err, name, 0);
    unsigned seen = 0;
    bool ok = expect(s, '{', "'{'");
    do ok = ok && read_member(s, t, &seen);
    while (ok && next_is(s, ','));
    ok = ok && (seen == 7 || fail(s, "\"dtype\", \"shape\" and \"data_offsets\"")) && expect(s, '}', "',' or '}'");
    tern_error_leave(s->err, depth);
    return ok;
}

static bool read_pair(source *s) {
    tern__header *h = s->h;
    if (h->n_meta == MAX_METADATA) return fail(s, "an end: at most 100000 metadata");
    if (h->n_meta == s->metas) {
        size_t room = s->metas ? 2 * s->metas : 16;
        tern__meta *grown = tern__realloc(h->meta, s->metas, room, sizeof *grown, s->err);
        if (!grown) return s->status = TERN_ERROR_MEMORY, false;
        h->meta = grown, s->metas = room;
    }
    tern__meta *m = &h->meta[h->n_meta++];
    m->key = read_string(s, TERN__MAX_TENSOR_NAME);
    m->value = m->key && expect(s, ':', "':'") ? read_string(s, SIZE_MAX) : NULL;
    return m->value;
}

static bool read_metadata(source *s) {
    if (s->metadata) return fail(s, "\"__metadata__\" once");
    s->metadata = true;
    if (!expect(s, '{', "'{'")) return false;
    if (next_is(s, '}')) return true;
    do
        if (!read_pair(s)) return false;
    while (next_is(s, ','));
    return expect(s, '}', "',' or '}'");
}

static bool read_header(source *s) {
    if (!tern__utf8_valid(s->start, (size_t)(s->end - s->start))) {
        s->status = tern_error_add(s->err, TERN_ERROR_SYNTAX, NULL, "the header is not UTF-8 text");
        return false;
    }
    if (!expect(s, '{', "'{'")) return false;
    if (!next_is(s, '}')) {
        do {
            const char *name = read_string(s, TERN__MAX_TENSOR_NAME);
            if (!name || !expect(s, ':', "':'")) return false;
            if (!(strcmp(name, "__metadata__") ? read_tensor(s, name) : read_metadata(s))) return false;
        } while (next_is(s, ','));
        if (!expect(s, '}', "',' or '}'")) return false;
    }
    skip_space(s);
    return s->at == s->end || fail(s, "nothing more");
}

tern_status tern__header_read(unsigned char *text, size_t size, tern__header *h, tern_error *err) {
    source s = {.start = text, .at = text, .end = text + size, .h = h, .err = err};
    return read_header(&s) ? TERN_OK : s.status;
}

void tern__header_free(tern__header *h) {
    tern__free(h->tensor);
    tern__free(h->meta);
}
