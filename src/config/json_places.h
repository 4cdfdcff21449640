/* json_places.h - where each key and value of a JSON text stands, noted while it is read: to locate an error or find a
 * duplicate key is then a look-up. */
#ifndef TERN_CONFIG_JSON_PLACES_H
#define TERN_CONFIG_JSON_PLACES_H

#include <tern/error.h>

typedef struct tern__json_node {
    const char *key; /* decoded; NULL: an element of a list, or the root */
    uint32_t parent; /* node 0 is the root, and its own parent */
    uint32_t index;  /* in a list; in an object: the first node of the same key, which is this one but for duplicates */
    uint32_t key_line, key_column, line, column;
} tern__json_node;

/* A member of an object, sorted for look-up. By hash first, and then by all that could make a hash collide. */
typedef struct tern__json_member {
    uint64_t hash;
    uint32_t node;
} tern__json_member;

typedef struct tern__json_places {
    size_t n, members;
    tern__json_node *node; /* as they stand in the text */
    tern__json_member *member;
    char *keys; /* their text, one after the other */
} tern__json_places;

/* Reads a text: RFC 8259, no byte order mark, no \u0000, and the limits of depth, string and size. Errors: MEMORY;
 * SYNTAX: then nothing was added to `err`, and `mistake` says what is wrong and `wrong` where. Free in any case. */
tern_status tern__json_places_read(tern__json_places *p, const char *text, size_t length, char mistake[128],
                                   tern_place *wrong, tern_error *err);
void tern__json_places_free(tern__json_places *p);

/* Reports every key that its object has already. */
tern_status tern__json_places_duplicates(const tern__json_places *p, tern_error *err);

/* The node that a JSON pointer names, as error messages show it; where there is none, the nearest above it that is
 * there, and `*whole` is false. */
const tern__json_node *tern__json_places_find(const tern__json_places *p, const char *pointer, bool *whole);

#endif
