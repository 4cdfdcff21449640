/* schema_names.c - see schema_names.h. */
#include "schema_names.h"

#include "text.h"

#include <cjson/cJSON.h>
#include <ctype.h>
#include <stdio.h>

enum { PATTERN_SIZE = 16384 };

/* Adds the expression of a name: case and underscores do not count, so "relu" becomes [rR]_*[eE]_*[lL]_*[uU]_*. */
static void add_name_pattern(const char *name, char *out, size_t size) {
    for (; *name; name++) {
        int c = tolower((unsigned char)*name);
        if (c == '_') continue;
        if (isalpha(c)) tern__text_add(out, size, "[%c%c]_*", c, toupper(c));
        else tern__text_add(out, size, isalnum(c) ? "%c_*" : "[%c]_*", c);
    }
}

/* Adds the expression of all names of a type, without anchors. */
static void add_type_pattern(const tern_type *type, char *out, size_t size) {
    add_name_pattern(type->name, out, size);
    for (const char *const *alias = type->aliases; alias && *alias; alias++) {
        tern__text_add(out, size, "|");
        add_name_pattern(*alias, out, size);
    }
}

cJSON *tern__schema_type_pattern(const tern_type *type) {
    char names[PATTERN_SIZE] = "", pattern[PATTERN_SIZE + 16];
    add_type_pattern(type, names, sizeof names);
    snprintf(pattern, sizeof pattern, "^_*(%s)$", names);
    return cJSON_CreateString(pattern);
}
