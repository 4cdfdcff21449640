/* json_path.h - the way down a model file's tree by the keys of a dotted path, "optimizer.lr", and the rows beside it.
 */
#ifndef TERN_CONFIG_JSON_PATH_H
#define TERN_CONFIG_JSON_PATH_H

#include "config.h"

/* A value on the way. */
typedef struct tern__spot {
    cJSON *value;           /* NULL: it is not there */
    const tern_option *row; /* the option whose value it is, or of whose list it is an element; NULL: unknown */
    bool element;
} tern__spot;

/* The whole file. */
tern__spot tern__spot_root(cJSON *root);

/* Whether a spot holds a type, by its name or with its options; and that type, or the usual one where none is named;
 * NULL: there is none, or it is unknown. */
bool tern__spot_is_typed(const tern__spot *at);
const tern_type *tern__spot_type(const tern_registry *r, const tern__spot *at);

/* The tables of the keys that the object at a spot may have; NULL where there is none. */
void tern__spot_tables(const tern_registry *r, const tern__spot *at, const tern_option *table[2]);

/* What is below a spot: the element of a list that a key counts off, or the member of an object that it names, by the
 * option's name or its alias; `key` becomes what the file has. */
tern__spot tern__spot_below(const tern_registry *r, const tern__spot *at, char key[TERN_MAX_NAME]);

#endif
