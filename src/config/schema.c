/* schema.c - the tables of options as a JSON Schema (draft 2020-12), by which editors complete and check. */
#include "config.h"
#include "schema_names.h"
#include "text.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

/* A schema in the making. cJSON's functions take NULL: a lack of memory is noticed once, at the end. */
typedef struct draft {
    const tern_registry *registry;
    bool failed;
} draft;

/* Adds an item to an object, or to a list where `key` is NULL; returns the item. */
static cJSON *put(draft *d, cJSON *to, const char *key, cJSON *item) {
    if (item && (key ? cJSON_AddItemToObject(to, key, item) : cJSON_AddItemToArray(to, item))) return item;
    cJSON_Delete(item);
    d->failed = true;
    return NULL;
}

static cJSON *put_object(draft *d, cJSON *to, const char *key) { return put(d, to, key, cJSON_CreateObject()); }
static cJSON *put_list(draft *d, cJSON *to, const char *key) { return put(d, to, key, cJSON_CreateArray()); }
static void put_text(draft *d, cJSON *to, const char *key, const char *v) { put(d, to, key, cJSON_CreateString(v)); }
static void put_number(draft *d, cJSON *to, const char *key, double v) { put(d, to, key, cJSON_CreateNumber(v)); }
/* "layer" is the definition of a kind, "layer.dense" that of a type. */
static const char *definition(tern_kind kind, const char *type, char *out, size_t size) {
    snprintf(out, size, "%s%s%s", tern_kind_name(kind), type ? "." : "", type ? type : "");
    for (char *s = out; *s; s++)
        if (*s == ' ') *s = '_';
    return out;
}

static void put_reference(draft *d, cJSON *to, tern_kind kind, const char *type) {
    char name[2 * TERN_MAX_NAME], reference[2 * TERN_MAX_NAME + 16];
    snprintf(reference, sizeof reference, "#/$defs/%s", definition(kind, type, name, sizeof name));
    put_text(d, to, "$ref", reference);
}

/* ---- rows ---- */

static void put_table(draft *d, cJSON *to, bool typed, const tern_option *own, const tern_option *common);

static void put_number_row(draft *d, cJSON *to, const tern_option *row, bool integer) {
    const double exact = 9007199254740992.0; /* integers beyond are not read */
    double min = integer && row->min < -exact ? -exact : row->min, max = integer && row->max > exact ? exact : row->max;
    put_text(d, to, "type", integer ? "integer" : "number");
    put_number(d, to, row->above_min ? "exclusiveMinimum" : "minimum", min);
    put_number(d, to, row->below_max ? "exclusiveMaximum" : "maximum", max);
}

static void put_choices(draft *d, cJSON *to, const tern_option *row) {
    cJSON *words = put_list(d, to, "enum");
    for (const char *const *word = row->choices; word && *word; word++) put(d, words, NULL, cJSON_CreateString(*word));
}

/* One element of a list. */
static void put_element(draft *d, cJSON *to, const tern_option *row) {
    if (row->kind == TERN_OPTION_BLOCKS) {
        put_table(d, to, false, row->options, NULL);
    } else if (row->kind != TERN_OPTION_STRINGS) {
        put_number_row(d, to, row, row->kind != TERN_OPTION_REALS);
    } else if (row->choices) {
        put_choices(d, to, row);
    } else {
        cJSON *types = put_list(d, to, "type");
        put(d, types, NULL, cJSON_CreateString("string"));
        put(d, types, NULL, cJSON_CreateString("integer"));
    }
}

static void put_bounds(draft *d, cJSON *to, const tern_option *row) {
    if (row->least) put_number(d, to, "minItems", (double)row->least);
    if (row->most) put_number(d, to, "maxItems", (double)row->most);
}

/* What may be left out may also be null. */
static void allow_null(draft *d, cJSON *to) {
    cJSON *type = cJSON_DetachItemFromObjectCaseSensitive(to, "type"),
          *words = cJSON_GetObjectItemCaseSensitive(to, "enum"), *ways = cJSON_GetObjectItemCaseSensitive(to, "anyOf"),
          *reference = cJSON_DetachItemFromObjectCaseSensitive(to, "$ref");
    if (type) {
        cJSON *types = put_list(d, to, "type");
        put(d, types, NULL, cJSON_CreateString(type->valuestring));
        put(d, types, NULL, cJSON_CreateString("null"));
    }
    if (words) put(d, words, NULL, cJSON_CreateNull());
    if (reference) put(d, put_object(d, ways = put_list(d, to, "anyOf"), NULL), "$ref", reference);
    if (ways) put_text(d, put_object(d, ways, NULL), "type", "null");
    cJSON_Delete(type);
}

/* A list, or one value where a list of one would do, or one of the row's words. */
static void put_list_row(draft *d, cJSON *to, const tern_option *row) {
    cJSON *ways = put_list(d, to, "anyOf"), *list = put_object(d, ways, NULL);
    put_text(d, list, "type", "array");
    put_element(d, put_object(d, list, "items"), row);
    cJSON *first = row->free ? put_object(d, put_list(d, list, "prefixItems"), NULL) : NULL;
    if (first) put_element(d, first, row), allow_null(d, first);
    put_bounds(d, list, row);
    if (row->least <= 1 && row->kind != TERN_OPTION_BLOCKS) put_element(d, put_object(d, ways, NULL), row);
    if (row->choices && row->kind != TERN_OPTION_STRINGS) put_choices(d, put_object(d, ways, NULL), row);
}

/* A number under each name, or one of the row's words. */
static void put_named_row(draft *d, cJSON *to, const tern_option *row) {
    cJSON *ways = put_list(d, to, "anyOf"), *named = put_object(d, ways, NULL);
    put_text(d, named, "type", "object");
    put_number(d, named, "minProperties", 1);
    put_number_row(d, put_object(d, named, "additionalProperties"), row, false);
    if (row->choices) put_choices(d, put_object(d, ways, NULL), row);
}

/* An object with keys of the author's own. */
static void put_named(draft *d, cJSON *to, const tern_option *row) {
    put_text(d, to, "type", "object");
    cJSON *item = put_object(d, to, "additionalProperties");
    if (row->options) put_table(d, item, false, row->options, NULL);
    else put_reference(d, item, row->of, NULL);
    put(d, put_object(d, to, "patternProperties"), "^_", cJSON_CreateTrue());
    put_number(d, to, "minProperties", (double)row->least);
}

/* A type; an object that names none is of the usual one. */
static void put_type(draft *d, cJSON *to, const tern_option *row) {
    const tern_type *usual = row->usual ? tern_registry_find(d->registry, row->of, row->usual) : NULL;
    cJSON *ways = usual ? put_list(d, to, "anyOf") : NULL;
    put_reference(d, usual ? put_object(d, ways, NULL) : to, row->of, NULL);
    if (usual) put_table(d, put_object(d, ways, NULL), false, usual->options, tern_kind_options(row->of));
}

static void put_value(draft *d, cJSON *to, const tern_option *row) {
    switch (row->kind) {
    case TERN_OPTION_SIZE:
    case TERN_OPTION_INT: put_number_row(d, to, row, true); break;
    case TERN_OPTION_REAL: put_number_row(d, to, row, false); break;
    case TERN_OPTION_BOOL: put_text(d, to, "type", "boolean"); break;
    case TERN_OPTION_STRING: put_text(d, to, "type", "string"); break;
    case TERN_OPTION_CHOICE: put_choices(d, to, row); break;
    case TERN_OPTION_SHAPE:
    case TERN_OPTION_INTS:
    case TERN_OPTION_REALS:
    case TERN_OPTION_STRINGS:
    case TERN_OPTION_BLOCKS: put_list_row(d, to, row); break;
    case TERN_OPTION_NAMED_REALS: put_named_row(d, to, row); break;
    case TERN_OPTION_TYPE: put_type(d, to, row); break;
    case TERN_OPTION_TYPES:
        put_text(d, to, "type", "array");
        put_reference(d, put_object(d, to, "items"), row->of, NULL);
        put_bounds(d, to, row);
        break;
    case TERN_OPTION_BLOCK: put_table(d, to, false, row->options, NULL); break;
    case TERN_OPTION_NAMED: put_named(d, to, row); break;
    }
}

static cJSON *put_key(draft *d, cJSON *properties, const char *key, const char *doc, const tern_option *row) {
    cJSON *at = put_object(d, properties, key);
    put_text(d, at, "description", doc);
    put_value(d, at, row);
    if (!row->required || row->unless) allow_null(d, at);
    return at;
}

static void put_row(draft *d, cJSON *properties, const tern_option *row) {
    char def[400], doc[400];
    cJSON *at = put_key(d, properties, row->name, row->doc, row);
    if (*tern_option_default(row, def, sizeof def)) put(d, at, "default", cJSON_Parse(def));
    if (!row->alias) return;
    snprintf(doc, sizeof doc, "The same as %s: %s", row->name, row->doc);
    put_key(d, properties, row->alias, doc, row);
}

static void put_requirement(draft *d, cJSON *to, const char *a, const char *b) {
    cJSON *names = put_list(d, to, "required");
    put(d, names, NULL, cJSON_CreateString(a));
    if (b) put(d, names, NULL, cJSON_CreateString(b));
}

/* A key under its name or its alias: at least one where it is required, never both; or one of two keys. */
static void put_alias_rules(draft *d, cJSON *rules, const tern_option *row) {
    const char *other = row->unless ? row->unless : row->alias;
    if (other && !row->required) put_requirement(d, put_object(d, put_object(d, rules, NULL), "not"), row->name, other);
    if (!other || !row->required) return;
    cJSON *ways = put_list(d, put_object(d, rules, NULL), row->unless ? "anyOf" : "oneOf");
    for (int i = 0; i < 2; i++) {
        const char *name = i ? other : row->name;
        cJSON *way = put_object(d, ways, NULL);
        put_requirement(d, way, name, NULL);
        if (row->unless) put(d, put_object(d, way, "properties"), name, cJSON_Parse("{\"not\":{\"type\":\"null\"}}"));
    }
}

/* An object with the keys of one or two tables, of which it takes no other; those that begin with _ are comments. */
static void put_table(draft *d, cJSON *to, bool typed, const tern_option *own, const tern_option *common) {
    const tern_option *tables[] = {own, common};
    put_text(d, to, "type", "object");
    cJSON *properties = put_object(d, to, "properties"), *required = cJSON_CreateArray(), *rules = cJSON_CreateArray();
    if (typed) put(d, properties, "type", cJSON_CreateTrue());
    if (typed) put(d, required, NULL, cJSON_CreateString("type"));
    for (size_t i = 0; i < 2; i++)
        for (const tern_option *row = tables[i]; row && row->name; row++) {
            put_row(d, properties, row);
            put_alias_rules(d, rules, row);
            if (row->required && !row->alias && !row->unless) put(d, required, NULL, cJSON_CreateString(row->name));
        }
    put(d, put_object(d, to, "patternProperties"), "^_", cJSON_CreateTrue());
    put(d, to, "additionalProperties", cJSON_CreateFalse());
    if (cJSON_GetArraySize(required)) put(d, to, "required", required);
    else cJSON_Delete(required);
    if (cJSON_GetArraySize(rules)) put(d, to, "allOf", rules);
    else cJSON_Delete(rules);
}

/* ---- types and kinds ---- */

static bool needs_options(const tern_type *type) {
    const tern_option *tables[] = {type->options, tern_kind_options(type->kind)};
    for (size_t i = 0; i < 2; i++)
        for (const tern_option *row = tables[i]; row && row->name; row++)
            if (row->required) return true;
    return false;
}

/* Whether a name alone will do for some type of a kind. */
static bool has_bare(const draft *d, tern_kind kind) {
    for (size_t i = 0; i < tern_registry_count(d->registry, kind); i++)
        if (!needs_options(tern_registry_at(d->registry, kind, i))) return true;
    return false;
}

/* What `type` may be: plain names, for an editor to offer, and other spellings; `bare`: those that need no options. */
static void put_names(draft *d, cJSON *to, tern_kind kind, bool bare) {
    size_t n = tern_registry_count(d->registry, kind);
    cJSON *ways = put_list(d, to, "anyOf"), *names = put_list(d, put_object(d, ways, NULL), "enum"), *others = NULL;
    if (kind == TERN_LAYER) others = put_list(d, put_object(d, put_object(d, ways, NULL), "not"), "anyOf"); /* blocks */
    for (size_t i = 0; i < n; i++) {
        const tern_type *type = tern_registry_at(d->registry, kind, i);
        if (others) put(d, put_object(d, others, NULL), "pattern", tern__schema_type_pattern(type));
        if (bare && needs_options(type)) continue;
        put(d, names, NULL, cJSON_CreateString(type->name));
        put(d, put_object(d, ways, NULL), "pattern", tern__schema_type_pattern(type));
    }
}

/* A kind: an object that its type's definition describes, or just the type's name. */
static void put_kind(draft *d, cJSON *definitions, tern_kind kind) {
    char name[TERN_MAX_NAME];
    cJSON *at = put_object(d, definitions, definition(kind, NULL, name, sizeof name));
    put_text(d, put_object(d, at, "if"), "type", "string");
    if (has_bare(d, kind)) put_names(d, put_object(d, at, "then"), kind, true);
    else put(d, at, "then", cJSON_CreateFalse());
    cJSON *object = put_object(d, at, "else");
    put_text(d, object, "type", "object");
    put_requirement(d, object, "type", NULL);
    cJSON *type = put_object(d, put_object(d, object, "properties"), "type");
    put_text(d, type, "type", "string");
    put_names(d, type, kind, false);
    cJSON *cases = put_list(d, object, "allOf");
    for (size_t i = 0; i < tern_registry_count(d->registry, kind); i++) {
        const tern_type *t = tern_registry_at(d->registry, kind, i);
        cJSON *one = put_object(d, cases, NULL), *test = put_object(d, one, "if");
        put_requirement(d, test, "type", NULL);
        type = put_object(d, put_object(d, test, "properties"), "type");
        put_text(d, type, "type", "string");
        put(d, type, "pattern", tern__schema_type_pattern(t));
        put_reference(d, put_object(d, one, "then"), kind, t->name);
    }
}

static void put_types(draft *d, cJSON *definitions, tern_kind kind) {
    char name[2 * TERN_MAX_NAME];
    for (size_t i = 0; i < tern_registry_count(d->registry, kind); i++) {
        const tern_type *t = tern_registry_at(d->registry, kind, i);
        cJSON *at = put_object(d, definitions, definition(kind, t->name, name, sizeof name));
        put_text(d, at, "description", t->doc);
        put_table(d, at, true, t->options, tern_kind_options(kind));
    }
}

char *tern_schema(const tern_registry *r, tern_error *err) {
    draft d = {.registry = r};
    cJSON *root = cJSON_CreateObject();
    put_text(&d, root, "$schema", "https://json-schema.org/draft/2020-12/schema");
    put_text(&d, root, "title", "A model file of tern");
    put_table(&d, root, false, tern__config_options, NULL);
    cJSON *definitions = put_object(&d, root, "$defs");
    for (tern_kind kind = 0; kind < TERN_KINDS; kind++) {
        if (!tern_registry_count(r, kind)) continue;
        put_kind(&d, definitions, kind);
        put_types(&d, definitions, kind);
    }
    char *text = d.failed ? NULL : tern__json_print(root, err);
    if (d.failed) tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory");
    cJSON_Delete(root);
    return text;
}
