/* json_path.c - see json_path.h. */
#include "json_path.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

tern__spot tern__spot_root(cJSON *root) {
    static const tern_option file = {.name = "model", .kind = TERN_OPTION_BLOCK, .options = tern__config_options};
    return (tern__spot){.value = root, .row = &file};
}

bool tern__spot_is_typed(const tern__spot *at) {
    const tern_option *row = at->row;
    return row &&
           (row->kind == TERN_OPTION_TYPE ||
            (at->element && !row->options && (row->kind == TERN_OPTION_TYPES || row->kind == TERN_OPTION_NAMED)));
}

const tern_type *tern__spot_type(const tern_registry *r, const tern__spot *at) {
    if (!tern__spot_is_typed(at)) return NULL;
    const cJSON *name = cJSON_IsString(at->value) ? at->value : cJSON_GetObjectItemCaseSensitive(at->value, "type");
    const char *named = cJSON_IsString(name) ? name->valuestring : name ? NULL : at->row->usual;
    return named ? tern_registry_find(r, at->row->of, named) : NULL;
}

void tern__spot_tables(const tern_registry *r, const tern__spot *at, const tern_option *table[2]) {
    const tern_option *row = at->row;
    const tern_type *type = tern__spot_type(r, at);
    bool block = row && row->options && (row->kind == TERN_OPTION_BLOCK || at->element);
    table[0] = block ? row->options : type ? type->options : NULL;
    table[1] = type ? tern_kind_options(type->kind) : NULL;
}

static tern__spot find_element(const tern__spot *list, const char *key) {
    char *rest;
    unsigned long index = strtoul(key, &rest, 10);
    bool digits = *key >= (key[1] ? '1' : '0') && *key <= '9' && !*rest && index < 1u << 30;
    return (tern__spot){cJSON_GetArrayItem(list->value, digits ? (int)index : -1), list->row, true};
}

tern__spot tern__spot_below(const tern_registry *r, const tern__spot *at, char key[TERN_MAX_NAME]) {
    if (cJSON_IsArray(at->value)) return find_element(at, key);
    cJSON *value = cJSON_GetObjectItemCaseSensitive(at->value, key);
    bool named = at->row && at->row->kind == TERN_OPTION_NAMED && !at->element;
    if (named) return (tern__spot){value, at->row, true};
    const tern_option *table[2];
    tern__spot_tables(r, at, table);
    const tern_option *row = tern__option_find(table[0], key);
    if (!row) row = tern__option_find(table[1], key);
    const char *other = row && row->alias ? (strcmp(key, row->name) ? row->name : row->alias) : NULL;
    if (!value && other && (value = cJSON_GetObjectItemCaseSensitive(at->value, other)))
        snprintf(key, TERN_MAX_NAME, "%s", other);
    return (tern__spot){value, row, false};
}
