/* json.h - a JSON text held strictly: checked before cJSON sees it, and able to say where a value stands. */
#ifndef TERN_CONFIG_JSON_H
#define TERN_CONFIG_JSON_H

#include <tern/error.h>
#include <cjson/cJSON.h>

enum { TERN__JSON_DEPTH = 64, TERN__JSON_STRING = 4096, TERN__JSON_SIZE = 4 << 20 };

typedef struct tern__json {
    char *name; /* of the file, for messages */
    char *text;
    size_t length;
    cJSON *root;
    size_t sets; /* changes made by tern__json_set(): JSON pointer and the text that made it, in turn */
    char **set;
} tern__json;

/* Takes a copy of `text`, checks it as RFC 8259 says (and: no byte order mark, no \u0000, depth, string and file size
 * limits), parses it. A syntax error names the very line and column; keys twice in one object are errors that do not
 * stop. On a syntax error the value is empty. Close in any case. */
tern_status tern__json_parse(tern__json *j, const char *text, size_t length, const char *name, tern_error *err);
void tern__json_close(tern__json *j);

/* Applies "a.b.0.c=VALUE": dotted path of keys and indices; VALUE is JSON, or else a string as it stands. Missing keys
 * on the way are made. */
tern_status tern__json_set(tern__json *j, const char *assignment, tern_error *err);

/* Fills in file, line and column of the diagnostics that have none: from their pointers; and sorts them by it. */
void tern__json_locate(const tern__json *j, tern_error *err);

/* Checks the syntax alone; the first mistake goes to `err` with its line and column. */
tern_status tern__json_check(const char *text, size_t length, const char *name, tern_error *err);

/* The offset in a well-formed text of the value (or the key) that a JSON pointer names, the `nth` of its key from 0;
 * SIZE_MAX: none. */
size_t tern__json_find(const char *text, const char *pointer, bool at_key, size_t nth);

/* The line and column, from 1, of an offset; columns count characters. */
void tern__json_place(const char *text, size_t offset, size_t *line, size_t *column);

/* The tree as text: what fits on a line stands on one. Ends in a newline. Free with tern__free(). */
char *tern__json_print(const cJSON *root, tern_error *err);

#endif
