/* table_codes.c - a column's distinct texts, found by open addressing; see table_codes.h. */
#include "table_codes.h"

#include <string.h>

static uint64_t hash(const char *text) { /* FNV-1a */
    uint64_t h = 14695981039346656037u;
    for (; *text; text++) h = (h ^ (unsigned char)*text) * 1099511628211u;
    return h ^ h >> 32;
}

/* The slot of a text, or the free one where it belongs. */
static uint32_t *find_slot(const tern__table_column *c, const tern__dictionary *d, const char *text) {
    size_t at = (size_t)hash(text) & (d->slots - 1);
    while (d->slot[at] && strcmp(c->value[d->slot[at] - 1], text)) at = (at + 1) & (d->slots - 1);
    return &d->slot[at];
}

static tern_status grow_slots(const tern__table_column *c, tern__dictionary *d, tern_error *err) {
    tern__dictionary larger = {.slots = d->slots ? 2 * d->slots : 64, .room = d->room};
    if (!(larger.slot = tern__alloc(larger.slots, sizeof *larger.slot, err))) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < c->values; i++) *find_slot(c, &larger, c->value[i]) = (uint32_t)i + 1;
    tern__free(d->slot);
    *d = larger;
    return TERN_OK;
}

static tern_status add_value(tern__table *t, tern__table_column *c, const char *text, tern_error *err) {
    tern__dictionary *d = c->memory;
    if (c->values == d->room) {
        size_t room = d->room ? 2 * d->room : 16;
        const char **value = tern__realloc(c->value, d->room, room, sizeof *value, err);
        if (!value) return TERN_ERROR_MEMORY;
        c->value = value, d->room = room;
    }
    c->value[c->values] = tern__arena_text(&t->arena, text, strlen(text), err);
    return c->value[c->values] ? (c->values++, TERN_OK) : TERN_ERROR_MEMORY;
}

tern_status tern__table_encode(tern__table *t, tern__table_column *c, const char *text, uint32_t *code,
                               tern_error *err) {
    tern__dictionary *d = c->memory;
    if (2 * (c->values + 1) > d->slots && grow_slots(c, d, err)) return TERN_ERROR_MEMORY;
    uint32_t *slot = find_slot(c, d, text);
    if (!*slot) {
        if (c->values >= TERN__NO_CODE - 1)
            return tern_error_add(err, TERN_ERROR_DATA, NULL, "column \"%.128s\" has too many distinct texts", c->name);
        if (add_value(t, c, text, err)) return TERN_ERROR_MEMORY;
        *slot = (uint32_t)c->values;
    }
    *code = *slot - 1;
    return TERN_OK;
}

void tern__table_drop_dictionary(tern__table_column *c) {
    tern__dictionary *d = c->memory;
    if (d) tern__free(d->slot);
    tern__free(d);
    c->memory = NULL;
}

void tern__table_drop_codes(tern__table_column *c) {
    tern__table_drop_dictionary(c);
    tern__free(c->code);
    tern__free(c->value);
    c->code = NULL, c->value = NULL;
    c->values = 0;
}
