/* objects.c - reads {"type": NAME, ...}: finds the type by its name and lets its tables read the rest. */
#include "options.h"

#include "option_text.h"

#include <string.h>

enum { MOST_TYPES = 256 };

static void report_unknown_type(const tern__reading *r, tern_kind kind, const char *name, bool at_type) {
    const char *names[MOST_TYPES];
    char known[480] = "";
    size_t n = tern_registry_count(r->registry, kind);
    if (n > MOST_TYPES) n = MOST_TYPES;
    for (size_t i = 0; i < n; i++) {
        names[i] = tern_registry_at(r->registry, kind, i)->name;
        tern__text_add(known, sizeof known, "%s%s", i ? ", " : "", names[i]);
    }
    const char *nearest = tern__name_nearest(name, n, names);
    tern_error_add(r->err, TERN_ERROR_MODEL, at_type ? "type" : NULL, "unknown %s \"%.60s\"%s%s%s accepted: %s",
                   tern_kind_name(kind), name, nearest ? "; did you mean \"" : "", nearest ? nearest : "",
                   nearest ? "\"?" : ";", known);
}

tern__outcome tern__object_read(const tern__reading *r, tern_kind kind, const cJSON *value, tern_object *out) {
    *out = (tern_object){0};
    const cJSON *type = cJSON_IsObject(value) ? cJSON_GetObjectItemCaseSensitive(value, "type") : value;
    if (!cJSON_IsString(type)) {
        char found[96];
        tern_error_add(r->err, TERN_ERROR_MODEL, type && type != value ? "type" : NULL, "expected %s type%s, found %s",
                       tern_kind_name(kind),
                       type && type != value ? "'s name" : ": its name, or an object with \"type\"",
                       type ? tern__json_found(type, found, sizeof found) : "an object without \"type\"");
        return TERN__WRONG;
    }
    const tern_type *t = tern_registry_find(r->registry, kind, type->valuestring);
    if (!t) {
        report_unknown_type(r, kind, type->valuestring, type != value);
        return TERN__WRONG;
    }
    out->type = t;
    out->self = tern__arena_alloc(r->arena, 1, t->size ? t->size : 1, r->err);
    out->common = tern__arena_alloc(r->arena, 1, tern__kind_size(kind), r->err);
    if (!out->self || !out->common) return TERN__WRONG;
    return tern__options_read(r, cJSON_IsObject(value) ? value : NULL, t->name, true,
                              (tern__fields){t->options, out->self},
                              (tern__fields){tern_kind_options(kind), out->common});
}

tern_status tern__example_read(const tern_registry *r, const tern_type *type, const tern_example *example,
                               tern__arena *arena, tern_object *out, tern_error *err) {
    tern__reading reading = {r, arena, err};
    cJSON *options = cJSON_Parse(example->options);
    bool whole = options && cJSON_AddStringToObject(options, "type", type->name);
    tern_status status = TERN_OK;
    if (!whole) status = tern_error_add(err, TERN_ERROR_MODEL, NULL, "an example of %s is no JSON object", type->name);
    else if (tern__object_read(&reading, type->kind, options, out)) status = TERN_ERROR_MODEL;
    cJSON_Delete(options);
    return status;
}

const tern_option *tern__options_block(const tern_option *table, const char *name) {
    for (const tern_option *row = table; row && row->name; row++) {
        if (row->kind != TERN_OPTION_BLOCK) continue;
        if (!strcmp(row->name, name)) return row->options;
        const tern_option *below = tern__options_block(row->options, name);
        if (below) return below;
    }
    return NULL;
}
