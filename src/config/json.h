/* json.h - a model file's JSON: the tree that cJSON makes of it, checked before, and where its values stand. */
#ifndef TERN_CONFIG_JSON_H
#define TERN_CONFIG_JSON_H

#include "error_scope.h"
#include "json_lexer.h"
#include "json_places.h"
#include "memory.h"

/* The tree of JSON that cJSON makes: known to src/config alone. */
typedef struct cJSON cJSON;

/* A value that was changed after reading. */
typedef struct tern__json_change {
    const char *pointer, *origin; /* where; how messages call what made it */
} tern__json_change;

/* Where layer i of the tree, if blocks were written out, stands in the file. */
typedef struct tern__json_origin {
    const char *pointer; /* "/blocks/encoder/layers/3" */
    const char *use;     /* what the layer is called in this use; NULL: it is in no block */
} tern__json_origin;

typedef struct tern__json {
    tern_locator locator; /* places errors by the text, or names the change that made the value */
    tern__arena arena;
    const char *name; /* of the file, for messages */
    cJSON *root;
    tern__json_places places;
    size_t changes;
    tern__json_change *change;
    size_t origins; /* of the layers; 0: they are as in the file */
    tern__json_origin *origin;
} tern__json;

/* Reads `text` strictly: RFC 8259 and the limits of json_lexer.h. Errors: MEMORY; SYNTAX, at the very line and column,
 * and then there is no root; MODEL: a key twice in one object, which does not stop. Close in any case. `j` must not
 * move afterwards. */
tern_status tern__json_parse(tern__json *j, const char *text, size_t length, const char *name, tern_error *err);
void tern__json_close(tern__json *j);

/* From here on messages are about this file, until tern__error_scope_leave(). */
void tern__json_enter(const tern__json *j, tern_error *err, tern__error_scope *before);

/* The tree of a text that is written in a program: an example, a default. NULL with SYNTAX or MEMORY in `status`. */
cJSON *tern__json_tree(const char *text, tern_status *status, tern_error *err);

/* The tree as text: what fits on a line stands on one. Ends in a newline. Free with tern__free(). */
char *tern__json_print(const cJSON *root, tern_error *err);

/* A text that is written in a program, printed so. Errors: SYNTAX, MEMORY (NULL). */
char *tern__json_pretty(const char *text, tern_error *err);

#endif
