/* json_places.c - where each key and value of a JSON text stands; see json_places.h. */
#include "json_places.h"

#include "error_scope.h"
#include "json_lexer.h"
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- reading ---- */

typedef struct reading {
    tern__json_places *p;
    size_t room, used;                                        /* nodes allocated; bytes of keys in use */
    size_t depth;                                             /* open objects and lists: */
    uint32_t open[TERN__JSON_DEPTH], count[TERN__JSON_DEPTH]; /* their nodes, and elements so far */
    tern_error *err;
} reading;

/* The next node, without a place yet; NULL: no memory. */
static tern__json_node *add_node(reading *r) {
    tern__json_places *p = r->p;
    if (p->n == r->room) {
        size_t room = 2 * r->room + 64;
        tern__json_node *grown = tern__realloc(p->node, r->room, room, sizeof *grown, r->err);
        if (!grown) return NULL;
        p->node = grown;
        r->room = room;
    }
    tern__json_node *node = &p->node[p->n];
    if (r->depth) {
        node->parent = r->open[r->depth - 1];
        node->index = r->count[r->depth - 1]++;
    }
    p->n++;
    return node;
}

static void add_key(reading *r, tern__json_node *node, const tern__json_lexer *l) {
    node->key = tern__json_string(l, r->p->keys + r->used);
    r->used += strlen(node->key) + 1;
    node->index = (uint32_t)(node - r->p->node);
    node->key_line = (uint32_t)l->place.line;
    node->key_column = (uint32_t)l->place.column;
    r->p->members++;
}

/* All of the text. A key is followed by the token of its value, which may be an opening bracket. */
static tern_status read_nodes(reading *r, tern__json_lexer *l) {
    for (tern__json_token token = tern__json_next(l); token != TERN__JSON_END; token = tern__json_next(l)) {
        if (token == TERN__JSON_OBJECT_END || token == TERN__JSON_LIST_END) {
            r->depth--;
            continue;
        }
        tern__json_node *node = token ? add_node(r) : NULL;
        if (!node) return token ? TERN_ERROR_MEMORY : TERN_ERROR_SYNTAX;
        if (token == TERN__JSON_KEY) {
            add_key(r, node, l);
            if (!(token = tern__json_next(l))) return TERN_ERROR_SYNTAX;
        }
        node->line = (uint32_t)l->place.line;
        node->column = (uint32_t)l->place.column;
        if (token == TERN__JSON_OBJECT || token == TERN__JSON_LIST) {
            r->open[r->depth] = (uint32_t)(node - r->p->node);
            r->count[r->depth++] = 0;
        }
    }
    return TERN_OK;
}

/* ---- members ---- */

/* FNV-1a over the key and its object. */
static uint64_t hash_of(uint32_t parent, const char *key) {
    uint64_t hash = 0xcbf29ce484222325u ^ parent;
    for (; *key; key++) hash = (hash ^ (unsigned char)*key) * 0x100000001b3u;
    return hash;
}

static int compare_keys(const tern__json_places *p, const tern__json_member *a, const tern__json_member *b) {
    const tern__json_node *x = &p->node[a->node], *y = &p->node[b->node];
    if (a->hash != b->hash) return a->hash < b->hash ? -1 : 1;
    if (x->parent != y->parent) return x->parent < y->parent ? -1 : 1;
    return strcmp(x->key, y->key);
}

static int compare_members(const void *a, const void *b, void *places) {
    const tern__json_member *x = a, *y = b;
    int order = compare_keys(places, x, y);
    return order ? order : (x->node > y->node) - (x->node < y->node);
}

/* Sorts the members, and gives those of the same object and key the index of the first. */
static tern_status sort_members(tern__json_places *p, tern_error *err) {
    size_t k = 0;
    if (!(p->member = tern__alloc(p->members, sizeof *p->member, err))) return TERN_ERROR_MEMORY;
    for (uint32_t i = 0; i < p->n; i++)
        if (p->node[i].key) p->member[k++] = (tern__json_member){hash_of(p->node[i].parent, p->node[i].key), i};
    qsort_r(p->member, p->members, sizeof *p->member, compare_members, p);
    for (size_t i = 1; i < p->members; i++)
        if (!compare_keys(p, &p->member[i - 1], &p->member[i]))
            p->node[p->member[i].node].index = p->node[p->member[i - 1].node].index;
    return TERN_OK;
}

tern_status tern__json_places_read(tern__json_places *p, const char *text, size_t length, char mistake[128],
                                   tern_place *wrong, tern_error *err) {
    *p = (tern__json_places){0};
    *wrong = (tern_place){1, 1};
    if (length > TERN__JSON_SIZE) {
        snprintf(mistake, 128, "is %zu bytes long; model files are at most %d", length, TERN__JSON_SIZE);
        return TERN_ERROR_SYNTAX;
    }
    if (!(p->keys = tern__alloc(length + 1, 1, err))) return TERN_ERROR_MEMORY;
    reading r = {.p = p, .err = err};
    tern__json_lexer l = tern__json_lexer_start(text, length, TERN__JSON_STRING);
    tern_status status = read_nodes(&r, &l);
    if (!status) return sort_members(p, err);
    memcpy(mistake, l.mistake, sizeof l.mistake);
    *wrong = l.wrong;
    return status;
}

void tern__json_places_free(tern__json_places *p) {
    tern__free(p->node);
    tern__free(p->member);
    tern__free(p->keys);
    *p = (tern__json_places){0};
}

/* ---- duplicates ---- */

/* Makes the current path that of a node's container. */
static void enter_parents(const tern__json_places *p, uint32_t node, tern_error *err) {
    uint32_t chain[TERN__JSON_DEPTH], n = 0;
    for (uint32_t i = p->node[node].parent; i; i = p->node[i].parent) chain[n++] = i;
    while (n-- > 0) tern_error_enter(err, p->node[chain[n]].key, p->node[chain[n]].index);
}

tern_status tern__json_places_duplicates(const tern__json_places *p, tern_error *err) {
    tern_status status = TERN_OK;
    for (uint32_t i = 0; i < p->n; i++) {
        const tern__json_node *node = &p->node[i], *first = &p->node[node->key ? node->index : i];
        if (first == node) continue;
        size_t depth = err ? err->depth : 0;
        if (tern__error_keeps(err, TERN_ERROR_MODEL)) enter_parents(p, i, err);
        status = tern_error_at(err, TERN_ERROR_MODEL, node->key, (tern_place){node->key_line, node->key_column},
                               "duplicate key; the first one is on line %u, column %u", (unsigned)first->key_line,
                               (unsigned)first->key_column);
        tern_error_leave(err, depth);
    }
    return status;
}

/* ---- look-up ---- */

/* The token of a pointer with ~0 and ~1 decoded. */
static void read_token(const char *token, size_t n, char out[TERN_MAX_POINTER]) {
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        bool escape = token[i] == '~' && i + 1 < n;
        out[used++] = !escape ? token[i] : token[++i] == '1' ? '/' : '~';
    }
    out[used] = 0;
}

/* Whether a key is shown as the first `n` bytes of `token`. What steers a terminal is escaped there, and what is long
 * is cut, so that this is asked where no key is the same as the token. */
static bool shown_as(const char *key, const char *token, size_t n, bool cut) {
    char shown[TERN_MAX_POINTER];
    size_t length = tern__pointer_add(shown, 0, key) - 1;
    return cut ? length >= n && !memcmp(shown + 1, token, n) : length == n && !memcmp(shown + 1, token, n);
}

static uint32_t find_member(const tern__json_places *p, uint32_t object, const char *token, size_t n) {
    char key[TERN_MAX_POINTER];
    read_token(token, n, key);
    uint64_t hash = hash_of(object, key);
    size_t low = 0, high = p->members;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (p->member[middle].hash < hash) low = middle + 1;
        else high = middle;
    }
    for (; low < p->members && p->member[low].hash == hash; low++) {
        const tern__json_node *node = &p->node[p->member[low].node];
        if (node->parent == object && !strcmp(node->key, key)) return p->member[low].node;
    }
    bool cut = !token[n] && n > TERN_MAX_POINTER / 2, escaped = memchr(token, '\\', n);
    for (uint32_t i = object + 1; (cut || escaped) && i < p->n; i++)
        if (p->node[i].key && p->node[i].parent == object && shown_as(p->node[i].key, token, n, cut)) return i;
    return 0;
}

/* The elements of a list stand in the order of the nodes, with what they hold in between: a binary search. */
static uint32_t find_element(const tern__json_places *p, uint32_t list, unsigned long index) {
    uint32_t low = list + 1, high = (uint32_t)p->n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2, at = middle;
        while (at && p->node[at].parent != list) at = p->node[at].parent;
        if (at && p->node[at].index == index) return at;
        if (at && p->node[at].index < index) low = middle + 1;
        else high = middle; /* the element comes before, or the list has ended */
    }
    return 0;
}

const tern__json_node *tern__json_places_find(const tern__json_places *p, const char *pointer, bool *whole) {
    uint32_t at = 0;
    *whole = true;
    while (*pointer == '/') {
        size_t n = strcspn(++pointer, "/");
        bool list = at + 1 < p->n && p->node[at + 1].parent == at && !p->node[at + 1].key;
        uint32_t below = list ? find_element(p, at, strtoul(pointer, NULL, 10)) : find_member(p, at, pointer, n);
        *whole = below;
        if (!below) break;
        at = below;
        pointer += n;
    }
    return &p->node[at];
}
