/* vocabulary.c - see vocabulary.h. */
#include "vocabulary.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

enum { BYTES = 256 };

/* A token and its place. */
typedef struct entry {
    const char *token;
    uint32_t place;
} entry;

static int by_bytes(const void *a, const void *b) {
    return strcmp(((const entry *)a)->token, ((const entry *)b)->token);
}

/* Whether a text that is cut up gives this token as a whole. */
static bool is_one(const tern__vocabulary *v, const char *token) {
    const char *at = token, *first;
    size_t n = tern__token_next((tern__tokens)v->kind, &at, &first);
    return n && first == token && n == strlen(token);
}

static tern_status check(const tern__vocabulary *v, const entry *e, tern_error *err) {
    static const char *const kinds[] = {"one character", "a word without spaces"};
    for (size_t k = 0; k < v->tokens.n; k++) {
        if (!is_one(v, e[k].token))
            return tern_error_add(err, TERN_ERROR_MODEL, "vocabulary", "has \"%.60s\", which is not %s", e[k].token,
                                  kinds[v->kind]);
        if (k && !strcmp(e[k - 1].token, e[k].token))
            return tern_error_add(err, TERN_ERROR_MODEL, "vocabulary", "has \"%.60s\" twice", e[k].token);
    }
    return TERN_OK;
}

tern_status tern__vocabulary_sort(tern__vocabulary *v, tern_error *err) {
    size_t n = v->tokens.n;
    if (!n && v->kind == TERN__TOKENS_WORDS)
        return tern_error_add(err, TERN_ERROR_MODEL, "vocabulary", "is missing: which words are there?");
    entry *e = tern__alloc(n, sizeof *e, err);
    v->sorted = e ? tern__alloc(n, sizeof *v->sorted, err) : NULL;
    tern_status status = v->sorted ? TERN_OK : TERN_ERROR_MEMORY;
    for (size_t k = 0; !status && k < n; k++) e[k] = (entry){v->tokens.v[k], (uint32_t)k};
    if (!status && n) qsort(e, n, sizeof *e, by_bytes);
    for (size_t k = 0; !status && k < n; k++) v->sorted[k] = e[k].place;
    if (!status) status = check(v, e, err);
    tern__free(e);
    return status;
}

/* The number of a token; 0: it has none. */
static uint32_t find(const tern__vocabulary *v, const char *token, size_t size) {
    size_t low = 0, high = v->tokens.n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const char *other = v->tokens.v[v->sorted[middle]];
        int order = strncmp(token, other, size);
        if (!order) order = other[size] ? -1 : 0;
        if (!order) return v->sorted[middle] + 1;
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    return 0;
}

size_t tern__vocabulary_encode(const tern__vocabulary *v, const char *text, uint32_t *out, const char **unseen,
                               size_t *size) {
    size_t n = 0, bytes;
    *unseen = NULL;
    if (!v->tokens.n) {
        for (; text[n]; n++)
            if (out) out[n] = (unsigned char)text[n];
        return n;
    }
    for (const char *token; (bytes = tern__token_next((tern__tokens)v->kind, &text, &token)); n++) {
        uint32_t number = out || !v->unknown ? find(v, token, bytes) : 0;
        if (!number && !v->unknown && !*unseen) *unseen = token, *size = bytes;
        if (out) out[n] = number || !v->unknown ? number : (uint32_t)v->tokens.n + 1;
    }
    return n;
}

size_t tern__vocabulary_size(const tern__vocabulary *v) { return v->tokens.n ? v->tokens.n + 1 + v->unknown : BYTES; }
