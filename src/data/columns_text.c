/* columns_text.c - a column of texts: each becomes a sequence of tokens, characters or words, by their place in a
 * vocabulary that the training rows made; see columns.h. */
#include "columns.h"

#include "remark.h"
#include "text.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

size_t tern__token_next(tern__tokens kind, const char **at, const char **token) {
    static const char spaces[] = " \t\r\n\f\v";
    uint32_t code;
    if (kind == TERN__TOKENS_WORDS) *at += strspn(*at, spaces);
    *token = *at;
    size_t left = strlen(*at), n = kind == TERN__TOKENS_WORDS ? strcspn(*at, spaces) : tern__utf8_get(*at, left, &code);
    if (!n && left) n = 1; /* a byte that is no character */
    *at += n;
    return n;
}

/* ---- the vocabulary ---- */

/* A token and how often it stands there; in a hash table with open addressing. */
typedef struct entry {
    const char *token;
    size_t size, count;
} entry;

typedef struct vocabulary {
    size_t n, room; /* room: a power of two */
    entry *slot;
} vocabulary;

static entry *find(const vocabulary *v, const char *token, size_t size) {
    uint64_t hash = 1469598103934665603u; /* FNV-1a */
    for (size_t i = 0; i < size; i++) hash = (hash ^ (unsigned char)token[i]) * 1099511628211u;
    size_t k = (size_t)(hash ^ hash >> 32) & (v->room - 1);
    while (v->slot[k].token && (v->slot[k].size != size || memcmp(v->slot[k].token, token, size)))
        k = (k + 1) & (v->room - 1);
    return &v->slot[k];
}

static tern_status grow(vocabulary *v, tern_error *err) {
    vocabulary larger = {v->n, v->room ? 2 * v->room : 256, NULL};
    if (!(larger.slot = tern__alloc(larger.room, sizeof *larger.slot, err))) return TERN_ERROR_MEMORY;
    for (size_t k = 0; k < v->room; k++)
        if (v->slot[k].token) *find(&larger, v->slot[k].token, v->slot[k].size) = v->slot[k];
    tern__free(v->slot);
    *v = larger;
    return TERN_OK;
}

/* The token's entry, a new one where there is none; NULL: no memory. */
static entry *add(vocabulary *v, const char *token, size_t size, tern_error *err) {
    if (2 * (v->n + 1) > v->room && grow(v, err)) return NULL;
    entry *e = find(v, token, size);
    if (!e->token) *e = (entry){token, size, 0}, v->n++;
    return e;
}

static int by_bytes(const void *a, const void *b) {
    const entry *x = a, *y = b;
    int order = memcmp(x->token, y->token, x->size < y->size ? x->size : y->size);
    return order ? order : x->size < y->size ? -1 : x->size > y->size;
}

/* Those that stand there often enough. */
static tern_status keep(tern__feature *f, size_t n, const entry *tokens, tern__arena *arena, tern_error *err) {
    const char **names = tern__arena_alloc(arena, n, sizeof *names, err);
    size_t kept = 0;
    if (!names) return TERN_ERROR_MEMORY;
    for (size_t k = 0; k < n; k++) {
        if (tokens[k].count < f->min_count) continue;
        if (!(names[kept++] = tern__arena_text(arena, tokens[k].token, tokens[k].size, err))) return TERN_ERROR_MEMORY;
    }
    f->categories = (tern_strings){kept, names};
    f->infrequent = kept < n;
    return TERN_OK;
}

tern_status tern__text_fit(tern__feature *f, const tern__table_column *c, const size_t *rows, size_t n,
                           tern__arena *arena, tern_error *err) {
    vocabulary v = {0};
    tern_status status = TERN_OK;
    const char *token;
    for (size_t i = 0; !status && i < n; i++) {
        uint32_t code = c->code ? c->code[rows[i]] : TERN__NO_CODE;
        const char *at = code == TERN__NO_CODE ? "" : c->value[code];
        for (size_t size; !status && (size = tern__token_next((tern__tokens)f->tokens, &at, &token));) {
            entry *e = add(&v, token, size, err);
            if (e) e->count++;
            else status = TERN_ERROR_MEMORY;
        }
    }
    size_t tokens = 0;
    for (size_t k = 0; k < v.room; k++)
        if (v.slot[k].token) v.slot[tokens++] = v.slot[k];
    if (tokens) qsort(v.slot, tokens, sizeof *v.slot, by_bytes);
    if (!status) status = keep(f, tokens, v.slot, arena, err);
    if (!status && !f->categories.n)
        status = tern_error_add(err, TERN_ERROR_DATA, NULL,
                                "column \"%.128s\" has no token that stands %zu times or more in the training rows",
                                f->name, f->min_count);
    tern__free(v.slot);
    return status;
}

size_t tern__text_indices(const tern__feature *f) {
    return f->categories.n + (f->infrequent || f->unseen == TERN__UNSEEN_UNKNOWN);
}

/* ---- the sequences ---- */

/* A column on its way. */
typedef struct passage {
    const tern__feature *f;
    const tern__table *t;
    const tern__table_column *c;
    vocabulary v;               /* the count of an entry is its index */
    tern__remark empty, unseen; /* rows, tokens */
    size_t tokens, unseen_rows;
    tern_error *err;
} passage;

static const char *text_of(const passage *p, size_t row) {
    uint32_t code = p->c->code ? p->c->code[row] : TERN__NO_CODE;
    return code == TERN__NO_CODE ? "" : p->c->value[code];
}

/* Writes the tokens of a row to `out`, unless that is NULL; returns how many there are. */
static size_t put(passage *p, size_t row, uint32_t *out) {
    const char *at = text_of(p, row), *token;
    size_t n = 0, before = p->unseen.count;
    for (size_t size; (size = tern__token_next((tern__tokens)p->f->tokens, &at, &token)); n++) {
        if (!out) continue;
        const entry *e = find(&p->v, token, size);
        out[n] = (uint32_t)(e->token ? e->count : tern__text_indices(p->f) - 1);
        if (!e->token) tern__remark_add(&p->unseen, row, token, size);
    }
    p->unseen_rows += p->unseen.count > before;
    return n;
}

static tern_status refuse_empty(const passage *p) {
    char rows[TERN__REMARK_TEXT];
    if (!p->empty.count) return TERN_OK;
    return tern_error_add(p->err, TERN_ERROR_DATA, NULL,
                          "%s: %zu of %zu cells are empty: %s; a text has a token or more", p->c->label, p->empty.count,
                          p->t->n, tern__remark_show(&p->empty, p->t, p->c, false, rows));
}

/* Tokens that are not in the vocabulary: an error, or a warning. Where training had such itself, of rare ones, it is
 * for whoever brings other texts. */
static tern_status say_unseen(const passage *p) {
    const tern__feature *f = p->f;
    bool taken = tern__text_indices(f) > f->categories.n;
    char rows[TERN__REMARK_TEXT], text[720] = "";
    if (!p->unseen.count || (f->infrequent && !p->t->trained)) return TERN_OK;
    tern__text_add(text, sizeof text, "%s: %zu of %zu tokens, in %zu of %zu rows, are ones that ", p->c->label,
                   p->unseen.count, p->tokens, p->unseen_rows, p->t->n);
    if (f->infrequent) tern__text_add(text, sizeof text, "training met fewer than %zu times", f->min_count);
    else tern__text_add(text, sizeof text, "no training row has");
    tern__remark_show(&p->unseen, p->t, p->c, true, rows);
    if (taken) return tern_error_warn(p->err, NULL, "%s, taken as unknown: %s", text, rows), TERN_OK;
    return tern_error_add(p->err, TERN_ERROR_DATA, NULL, "%s: %s; \"unseen\": \"unknown\" takes them", text, rows);
}

static tern_status fill(passage *p, tern_array *out, size_t *length) {
    size_t n = p->t->n, longest = 1;
    for (size_t i = 0; i < n; i++) {
        length[i] = put(p, i, NULL);
        p->tokens += length[i];
        if (length[i] > longest) longest = length[i];
        if (!length[i]) tern__remark_add(&p->empty, i, NULL, 0);
    }
    *out = (tern_array){.dtype = TERN_I32, .shape = {1, {longest}}, .length = length};
    tern_status status = refuse_empty(p);
    if (status || !(out->data = tern__alloc(n, longest * sizeof(uint32_t), p->err)))
        return status ? status : TERN_ERROR_MEMORY;
    for (size_t i = 0; i < n; i++) put(p, i, (uint32_t *)out->data + i * longest);
    return say_unseen(p);
}

tern_status tern__text_apply(const tern__feature *f, const tern__table *t, tern_array *out, size_t **length,
                             tern_error *err) {
    size_t at = tern__feature_find(f, t, err);
    *out = (tern_array){0};
    *length = NULL;
    if (at == SIZE_MAX) return TERN_ERROR_DATA;
    passage p = {.f = f, .t = t, .c = &t->column[at], .err = err};
    tern_status status = (*length = tern__alloc(t->n, sizeof **length, err)) ? TERN_OK : TERN_ERROR_MEMORY;
    for (size_t k = 0; !status && k < f->categories.n; k++) {
        const char *token = f->categories.v[k];
        entry *e = add(&p.v, token, strlen(token), err);
        if (e) e->count = k;
        else status = TERN_ERROR_MEMORY;
    }
    if (!status) status = fill(&p, out, *length);
    tern__free(p.v.slot);
    return status;
}
