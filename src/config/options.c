/* options.c - reads options from JSON into the structs that tables describe: tables, and the types and blocks in them,
 * which have tables of their own. */
#include "option_text.h"
#include "option_value.h"

#include "blocks.h"
#include "json.h"
#include "names.h"
#include "text.h"

#include <cjson/cJSON.h>
#include <string.h>

static void *field(tern__fields fields, const tern_option *row) { return (char *)fields.self + row->offset; }

static tern__outcome worse(tern__outcome a, tern__outcome b) { return a > b ? a : b; }

/* ---- types and blocks ---- */

enum { MOST_TYPES = 256 };

/* A list that would be cut says less than none. */
static void report_unknown_type(const tern__reading *r, tern_kind kind, const char *name, bool at_type) {
    enum { FITS = 400 };
    const char *names[MOST_TYPES];
    char accepted[8 * FITS] = "";
    size_t n = tern__error_keeps(r->err, TERN_ERROR_MODEL) ? tern_registry_count(r->registry, kind) : 0;
    if (n > MOST_TYPES) n = MOST_TYPES;
    for (size_t i = 0; i < n; i++) names[i] = tern_registry_at(r->registry, kind, i)->name;
    tern__text_add_accepted(accepted, sizeof accepted, name, n, names);
    if (strlen(accepted) > FITS) {
        *accepted = 0;
        tern__text_add_nearest(accepted, sizeof accepted, name, n, names);
        tern__text_add(accepted, sizeof accepted, " there are %zu", n);
    }
    tern_error_add(r->err, TERN_ERROR_MODEL, at_type ? "type" : NULL, "unknown %s \"%.60s\"%s", tern_kind_name(kind),
                   name, accepted);
}

/* {"type": NAME, ...} or NAME: the type, `usual` where an object names none; NULL after saying what is wrong. */
static const tern_type *read_type(const tern__reading *r, tern_kind kind, const char *usual, const cJSON *value) {
    const cJSON *type = cJSON_IsObject(value) ? cJSON_GetObjectItemCaseSensitive(value, "type") : value;
    if (!type && usual) return tern_registry_find(r->registry, kind, usual);
    bool at_type = type && type != value;
    const tern_type *t = cJSON_IsString(type) ? tern_registry_find(r->registry, kind, type->valuestring) : NULL;
    char found[96];
    if (!cJSON_IsString(type))
        tern_error_add(r->err, TERN_ERROR_MODEL, at_type ? "type" : NULL, "expected %s type%s, found %s",
                       tern_kind_name(kind), at_type ? "'s name" : ": its name, or an object with \"type\"",
                       type ? tern__json_found(type, found, sizeof found) : "an object without \"type\"");
    else if (!t) report_unknown_type(r, kind, type->valuestring, at_type);
    return t;
}

static tern__outcome read_object(const tern__reading *r, tern_kind kind, const char *usual, const cJSON *value,
                                 tern_object *out) {
    *out = (tern_object){.type = read_type(r, kind, usual, value)};
    if (!out->type) return TERN__WRONG;
    void *self = tern__arena_alloc(r->arena, 1, out->type->size ? out->type->size : 1, r->err);
    out->common = tern__arena_alloc(r->arena, 1, tern__kind_size(kind), r->err);
    if (!self || !out->common) return TERN__OUT_OF_MEMORY;
    tern__outcome outcome = tern__options_read(r, cJSON_IsObject(value) ? value : NULL, out->type->name, true,
                                               (tern__fields){out->type->options, self},
                                               (tern__fields){tern_kind_options(kind), out->common});
    if (outcome < TERN__WRONG) out->self = self;
    return outcome;
}

tern__outcome tern__object_read(const tern__reading *r, tern_kind kind, const cJSON *value, tern_object *out) {
    return read_object(r, kind, NULL, value, out);
}

static tern__outcome read_objects(const tern__reading *r, const tern_option *row, const cJSON *value,
                                  tern_objects *out) {
    size_t n = cJSON_IsArray(value) ? (size_t)cJSON_GetArraySize(value) : 0, i = 0;
    if (!cJSON_IsArray(value) || (row->most && n > row->most)) return tern__value_refuse(r, row, value);
    if (n < row->least) {
        tern_error_add(r->err, TERN_ERROR_MODEL, NULL, "is empty; at least one %s is needed", tern_kind_name(row->of));
        return TERN__WRONG;
    }
    tern__outcome outcome = TERN__READ;
    tern_object *item = tern__arena_alloc(r->arena, n, sizeof *item, r->err);
    if (!item) return TERN__OUT_OF_MEMORY;
    for (const cJSON *v = value->child; v; v = v->next, i++) {
        size_t depth = tern_error_enter(r->err, NULL, i);
        bool again = cJSON_GetObjectItemCaseSensitive(v, tern__block_again) != NULL;
        const tern__reading quiet = {.registry = r->registry, .arena = r->arena}; /* its mistakes were said */
        outcome = worse(outcome, tern__object_read(again ? &quiet : r, row->of, v, &item[i]));
        tern_error_leave(r->err, depth);
    }
    *out = (tern_objects){n, item};
    return outcome;
}

static tern__outcome read_block(const tern__reading *r, const tern_option *row, const cJSON *value, void *out) {
    if (!cJSON_IsObject(value)) return tern__value_refuse(r, row, value);
    *(bool *)out = true; /* every block begins with `bool given` */
    return tern__options_read(r, value, row->name, false, (tern__fields){row->options, out}, (tern__fields){0});
}

/* An element of a list of blocks, or of blocks by name. */
static tern__outcome read_element(const tern__reading *r, const tern_option *row, const cJSON *value, void *out) {
    if (!cJSON_IsObject(value)) return tern__value_refuse(r, row, value);
    return tern__options_read(r, value, row->name, false, (tern__fields){row->options, out}, (tern__fields){0});
}

static tern__outcome read_blocks(const tern__reading *r, const tern_option *row, const cJSON *value, tern_blocks *out) {
    for (int i = 0; cJSON_IsString(value) && row->choices && row->choices[i]; i++)
        if (!strcmp(row->choices[i], value->valuestring)) return *out = (tern_blocks){.choice = i + 1}, TERN__READ;
    size_t n = cJSON_IsArray(value) ? (size_t)cJSON_GetArraySize(value) : 0, i = 0;
    if (!cJSON_IsArray(value) || n < row->least || (row->most && n > row->most))
        return tern__value_refuse(r, row, value);
    tern__outcome outcome = TERN__READ;
    char *item = tern__arena_alloc(r->arena, n, row->size, r->err);
    if (!item) return TERN__OUT_OF_MEMORY;
    for (const cJSON *v = value->child; v; v = v->next, i++) {
        size_t depth = tern_error_enter(r->err, NULL, i);
        outcome = worse(outcome, read_element(r, row, v, item + i * row->size));
        tern_error_leave(r->err, depth);
    }
    *out = (tern_blocks){.n = n, .item = item};
    return outcome;
}

/* Under each key a block, or a type; keys that begin with _ are comments. */
static tern__outcome read_named(const tern__reading *r, const tern_option *row, const cJSON *value, tern_named *out) {
    size_t n = cJSON_IsObject(value) ? (size_t)cJSON_GetArraySize(value) : 0, i = 0;
    const char **name = tern__arena_alloc(r->arena, n, sizeof *name, r->err);
    char *item = tern__arena_alloc(r->arena, n, row->size, r->err);
    tern__outcome outcome = TERN__READ;
    if (!name || !item) return TERN__OUT_OF_MEMORY;
    for (const cJSON *v = n ? value->child : NULL; v; v = v->next) {
        if (*v->string == '_') continue;
        void *at = item + i * row->size;
        size_t depth = tern_error_enter(r->err, v->string, 0);
        if (!(name[i++] = tern__arena_text(r->arena, v->string, strlen(v->string), r->err))) return TERN__OUT_OF_MEMORY;
        if (!row->options) outcome = worse(outcome, tern__object_read(r, row->of, v, at));
        else outcome = worse(outcome, read_element(r, row, v, at));
        tern_error_leave(r->err, depth);
    }
    if (i < row->least || !cJSON_IsObject(value) || (row->most && i > row->most))
        return tern__value_refuse(r, row, value);
    *out = (tern_named){i, name, item};
    return outcome;
}

/* Reads one value into its field. */
static tern__outcome read_value(const tern__reading *r, const tern_option *row, const cJSON *value, void *out) {
    switch (row->kind) {
    case TERN_OPTION_TYPE: return read_object(r, row->of, row->usual, value, out);
    case TERN_OPTION_TYPES: return read_objects(r, row, value, out);
    case TERN_OPTION_BLOCK: return read_block(r, row, value, out);
    case TERN_OPTION_BLOCKS: return read_blocks(r, row, value, out);
    case TERN_OPTION_NAMED: return read_named(r, row, value, out);
    default: return tern__value_read(r, row, value, out);
    }
}

/* ---- defaults ---- */

static tern__outcome default_value(const tern__reading *r, const tern_option *row, void *out) {
    switch (row->kind) {
    case TERN_OPTION_SIZE: *(size_t *)out = (size_t)row->def; return TERN__READ;
    case TERN_OPTION_INT: *(int64_t *)out = (int64_t)row->def; return TERN__READ;
    case TERN_OPTION_REAL: *(double *)out = row->def; return TERN__READ;
    case TERN_OPTION_BOOL: *(bool *)out = row->def != 0; return TERN__READ;
    case TERN_OPTION_CHOICE: *(int *)out = (int)row->def; return TERN__READ;
    case TERN_OPTION_BLOCK: return tern__options_default(r, (tern__fields){row->options, out});
    default: break;
    }
    if (!row->def_json) return TERN__READ; /* zero-filled: absent */
    tern_status status;
    cJSON *value = tern__json_tree(row->def_json, &status, r->err);
    if (!value) return status == TERN_ERROR_MEMORY ? TERN__OUT_OF_MEMORY : TERN__WRONG;
    size_t depth = tern_error_enter(r->err, row->name, 0);
    tern__outcome outcome = read_value(r, row, value, out);
    tern_error_leave(r->err, depth);
    cJSON_Delete(value);
    return outcome;
}

tern__outcome tern__options_default(const tern__reading *r, tern__fields fields) {
    tern__outcome outcome = TERN__READ;
    for (const tern_option *row = fields.table; row && row->name; row++)
        outcome = worse(outcome, default_value(r, row, field(fields, row)));
    return outcome;
}

/* ---- tables ---- */

const tern_option *tern__option_find(const tern_option *table, const char *key) {
    for (const tern_option *row = table; row && row->name; row++)
        if (!strcmp(row->name, key) || (row->alias && !strcmp(row->alias, key))) return row;
    return NULL;
}

enum { MOST_KEYS = 128 };

static size_t list_keys(const tern_option *table, size_t n, const char **keys) {
    for (const tern_option *row = table; row && row->name && n < MOST_KEYS; row++) keys[n++] = row->name;
    return n;
}

static void report_unknown_key(const tern__reading *r, const char *key, const char *what, bool typed,
                               const tern_option *own, const tern_option *common) {
    const char *keys[MOST_KEYS + 1];
    char accepted[560] = "";
    if (tern__error_keeps(r->err, TERN_ERROR_MODEL)) {
        size_t n = 0;
        if (typed) keys[n++] = "type";
        n = list_keys(common, list_keys(own, n, keys), keys);
        tern__text_add_accepted(accepted, sizeof accepted, key, n, keys);
    }
    tern_error_add_key(r->err, TERN_ERROR_MODEL, key, "%s has no such option%s", what, accepted);
}

/* What is asked of a row as a whole: given once, and given at all where it is required. null is as if left out. */
static tern__outcome check_row(const tern__reading *r, const cJSON *object, const char *what, const tern_option *row) {
    const cJSON *name = cJSON_GetObjectItemCaseSensitive(object, row->name),
                *alias = row->alias ? cJSON_GetObjectItemCaseSensitive(object, row->alias) : NULL;
    char accepts[400];
    if (name && alias) {
        tern_error_add(r->err, TERN_ERROR_MODEL, row->alias, "means the same as \"%s\", which is given too", row->name);
        return TERN__WRONG;
    }
    const cJSON *given = name ? name : alias;
    if (!row->required || (given && !cJSON_IsNull(given))) return TERN__READ;
    const cJSON *other = row->unless ? cJSON_GetObjectItemCaseSensitive(object, row->unless) : NULL;
    if (other && !cJSON_IsNull(other)) return TERN__READ;
    tern_error_add(r->err, TERN_ERROR_MODEL, NULL, "%s needs the option \"%s\": %s", what, row->name,
                   tern_option_accepts(row, accepts, sizeof accepts));
    return TERN__WRONG;
}

tern__outcome tern__options_read(const tern__reading *r, const cJSON *object, const char *what, bool typed,
                                 tern__fields own, tern__fields common) {
    tern__outcome outcome = worse(tern__options_default(r, own), tern__options_default(r, common));
    const cJSON *value;
    cJSON_ArrayForEach(value, object) {
        if (outcome == TERN__OUT_OF_MEMORY) return outcome;
        if (*value->string == '_' || (typed && !strcmp(value->string, "type"))) continue;
        const tern_option *row = tern__option_find(own.table, value->string);
        tern__fields fields = row ? own : common;
        if (!row) row = tern__option_find(common.table, value->string);
        if (!row) {
            report_unknown_key(r, value->string, what, typed, own.table, common.table);
            outcome = worse(outcome, TERN__SLIGHT);
        } else if (!cJSON_IsNull(value)) {
            size_t depth = tern_error_enter(r->err, value->string, 0);
            outcome = worse(outcome, read_value(r, row, value, field(fields, row)));
            tern_error_leave(r->err, depth);
        }
    }
    const tern_option *tables[] = {own.table, common.table};
    for (size_t i = 0; i < 2; i++)
        for (const tern_option *row = tables[i]; row && row->name; row++)
            outcome = worse(outcome, check_row(r, object, what, row));
    return outcome;
}

/* ---- what is read or asked elsewhere ---- */

tern_status tern__example_read(const tern_registry *r, const tern_type *type, const tern_example *example,
                               tern__arena *arena, tern_object *out, tern_error *err) {
    tern__reading reading = {r, arena, err};
    tern_status status;
    cJSON *options = tern__json_tree(example->options, &status, err);
    if (options && !cJSON_AddStringToObject(options, "type", type->name))
        status = tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory for an example of %s", type->name);
    tern__outcome outcome = status ? TERN__READ : tern__object_read(&reading, type->kind, options, out);
    cJSON_Delete(options);
    if (outcome) status = outcome == TERN__OUT_OF_MEMORY ? TERN_ERROR_MEMORY : TERN_ERROR_MODEL;
    return status;
}
