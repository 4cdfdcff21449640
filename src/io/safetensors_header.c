/* safetensors_header.c - reads the JSON header of a safetensors file in one pass; see safetensors_header.h.
 *
 * Not through cJSON: its tree takes 40 times the text, and what a header may say is little:
 *   {"__metadata__": {"key": "value", ...}, "name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, ...} */
#include "safetensors_header.h"
#include "json_lexer.h"
#include "memory.h"

#include <stdio.h>
#include <string.h>

const tern__stored_kind tern__stored_kinds[STORED_KINDS] = {
    {"BOOL", 1}, {"U8", 1},  {"I8", 1},  {"I16", 2}, {"U16", 2}, {"F16", 2}, {"BF16", 2},
    {"I32", 4},  {"U32", 4}, {"F32", 4}, {"I64", 8}, {"U64", 8}, {"F64", 8},
};

enum { MAX_METADATA = 100000 };

/* The text being read. Every step returns false (or NULL) after adding the one error. */
typedef struct source {
    tern__json_lexer lexer;
    char *text;
    tern__json_token token; /* read last */
    tern__header *h;
    size_t tensors, metas; /* room in the header's lists */
    bool metadata;         /* was read */
    tern_error *err;
    tern_status status;
} source;

/* ---- tokens ---- */

static bool fail(source *s, size_t offset, const char *message) {
    enum { PREFIX = 8 };
    s->status = tern_error_add(s->err, TERN_ERROR_SYNTAX, NULL, "the header, byte %zu: %s", PREFIX + offset, message);
    return false;
}

/* The token read last is not what is accepted. */
static bool refuse(source *s, const char *accepted) {
    char message[160];
    if (s->token == TERN__JSON_MISTAKE) return fail(s, s->lexer.offset, s->lexer.mistake);
    size_t offset = (size_t)(s->lexer.begin - s->lexer.text), length = (size_t)(s->lexer.stop - s->lexer.begin);
    snprintf(message, sizeof message, "expected %s, found %.*s", accepted, length < 40 ? (int)length : 40,
             s->lexer.begin);
    return fail(s, offset, message);
}

static tern__json_token next(source *s) { return s->token = tern__json_next(&s->lexer); }

static bool expect(source *s, tern__json_token token, const char *accepted) {
    return next(s) == token || refuse(s, accepted);
}

/* The string read last, decoded where it is: its closing quote leaves room for a zero. */
static char *decode(source *s, size_t limit) {
    char *text = s->text + (s->lexer.begin - s->lexer.text);
    tern__json_string(&s->lexer, text);
    return strlen(text) <= limit ? text : (fail(s, (size_t)(text - s->text), "expected a shorter name"), NULL);
}

static bool read_size(source *s, size_t *out) {
    const char *at = s->lexer.begin;
    for (*out = 0; at < s->lexer.stop && *at >= '0' && *at <= '9'; at++)
        if (__builtin_mul_overflow(*out, 10, out) || __builtin_add_overflow(*out, (size_t)(*at - '0'), out))
            return refuse(s, "a number below 2^64");
    return (s->token == TERN__JSON_NUMBER && at == s->lexer.stop) || refuse(s, "an integer of 0 or more");
}

/* [a, b, ...] of up to `limit` sizes. */
static bool read_sizes(source *s, size_t *out, size_t limit, size_t *n) {
    *n = 0;
    if (!expect(s, TERN__JSON_LIST, "a list")) return false;
    while (next(s) != TERN__JSON_LIST_END) {
        if (*n == limit) return refuse(s, limit == 2 ? "two offsets" : "at most 5 sizes");
        if (!read_size(s, &out[(*n)++])) return false;
    }
    return true;
}

/* ---- members ---- */

static bool read_kind(source *s, tern__stored *kind) {
    const char *name = expect(s, TERN__JSON_STRING_VALUE, "a string") ? decode(s, SIZE_MAX) : NULL;
    if (!name) return false;
    for (int k = 0; k < STORED_KINDS; k++)
        if (!strcmp(name, tern__stored_kinds[k].name)) return *kind = (tern__stored)k, true;
    s->status = tern_error_add(s->err, TERN_ERROR_SYNTAX, "dtype",
                               "is \"%.32s\"; accepted are BOOL, U8, I8, I16, U16, F16, BF16, "
                               "I32, U32, F32, I64, U64 and F64",
                               name);
    return false;
}

/* One of the three members of a tensor, its key read; `seen` has a bit for each. */
static bool read_member(source *s, tern__stored_tensor *t, unsigned *seen) {
    static const char *const keys[] = {"dtype", "shape", "data_offsets"};
    const char *key = decode(s, SIZE_MAX);
    unsigned k = 0;
    while (k < 3 && strcmp(key, keys[k])) k++;
    if (k == 3 || *seen & 1u << k)
        return fail(s, (size_t)(s->lexer.begin - s->lexer.text),
                    "expected each of \"dtype\", \"shape\", \"data_offsets\" once");
    *seen |= 1u << k;
    if (k == 0) return read_kind(s, &t->kind);
    if (k == 1) return read_sizes(s, t->shape.dim, TERN_MAX_RANK, &t->shape.rank);
    size_t offsets[2], n;
    if (!read_sizes(s, offsets, 2, &n)) return false;
    if (n != 2) return refuse(s, "two offsets");
    t->begin = offsets[0], t->end = offsets[1];
    return true;
}

/* The members of a tensor. */
static bool read_members(source *s, tern__stored_tensor *t) {
    unsigned seen = 0;
    if (!expect(s, TERN__JSON_OBJECT, "an object")) return false;
    while (next(s) == TERN__JSON_KEY)
        if (!read_member(s, t, &seen)) return false;
    if (!s->token) return refuse(s, "");
    return seen == 7 || refuse(s, "\"dtype\", \"shape\" and \"data_offsets\"");
}

static bool read_tensor(source *s, const char *name) {
    tern__header *h = s->h;
    if (h->n == TERN__MAX_TENSORS) return refuse(s, "at most 100000 tensors");
    if (h->n == s->tensors) {
        size_t room = s->tensors ? 2 * s->tensors : 64;
        tern__stored_tensor *grown = tern__realloc(h->tensor, s->tensors, room, sizeof *grown, s->err);
        if (!grown) return s->status = TERN_ERROR_MEMORY, false;
        h->tensor = grown, s->tensors = room;
    }
    tern__stored_tensor *t = &h->tensor[h->n++];
    *t = (tern__stored_tensor){.name = name};
    size_t depth = tern_error_enter(s->err, name, 0);
    bool ok = read_members(s, t);
    tern_error_leave(s->err, depth);
    return ok;
}

/* A key and its value, the key read. */
static bool read_pair(source *s) {
    tern__header *h = s->h;
    if (h->n_meta == MAX_METADATA) return refuse(s, "at most 100000 metadata");
    if (h->n_meta == s->metas) {
        size_t room = s->metas ? 2 * s->metas : 16;
        tern__meta *grown = tern__realloc(h->meta, s->metas, room, sizeof *grown, s->err);
        if (!grown) return s->status = TERN_ERROR_MEMORY, false;
        h->meta = grown, s->metas = room;
    }
    tern__meta *m = &h->meta[h->n_meta++];
    m->key = decode(s, TERN__MAX_TENSOR_NAME);
    m->value = m->key && expect(s, TERN__JSON_STRING_VALUE, "a string") ? decode(s, SIZE_MAX) : NULL;
    return m->value;
}

static bool read_metadata(source *s) {
    if (s->metadata) return refuse(s, "\"__metadata__\" once");
    s->metadata = true;
    if (!expect(s, TERN__JSON_OBJECT, "an object")) return false;
    while (next(s) == TERN__JSON_KEY)
        if (!read_pair(s)) return false;
    return s->token || refuse(s, "");
}

static bool read_header(source *s) {
    if (!expect(s, TERN__JSON_OBJECT, "an object")) return false;
    while (next(s) == TERN__JSON_KEY) {
        const char *name = decode(s, TERN__MAX_TENSOR_NAME);
        if (!name || !(strcmp(name, "__metadata__") ? read_tensor(s, name) : read_metadata(s))) return false;
    }
    return s->token ? expect(s, TERN__JSON_END, "") : refuse(s, "");
}

tern_status tern__header_read(char *text, size_t size, tern__header *h, tern_error *err) {
    source s = {.lexer = tern__json_lexer_start(text, size, SIZE_MAX), .text = text, .h = h, .err = err};
    return read_header(&s) ? TERN_OK : s.status;
}

void tern__header_free(tern__header *h) {
    tern__free(h->tensor);
    tern__free(h->meta);
}
