/* options.c - reads options from JSON into the structs that tables describe. */
#include "options.h"

#include "option_text.h"

#include <math.h>
#include <string.h>

static void *field(tern__fields fields, const tern_option *row) { return (char *)fields.self + row->offset; }

static tern__outcome worse(tern__outcome a, tern__outcome b) { return a > b ? a : b; }

static tern__outcome refuse(const tern__reading *r, const tern_option *row, const cJSON *value) {
    char accepts[400], found[96];
    tern_error_add(r->err, TERN_ERROR_MODEL, NULL, "expected %s, found %s",
                   tern__option_accepts(row, accepts, sizeof accepts), tern__json_found(value, found, sizeof found));
    return row->kind == TERN_OPTION_REAL || row->kind == TERN_OPTION_REALS ? TERN__SLIGHT : TERN__WRONG;
}

static bool in_range(const tern_option *row, double v) {
    return (row->above_min ? v > row->min : v >= row->min) && (row->below_max ? v < row->max : v <= row->max);
}

static bool integer_in_range(const tern_option *row, const cJSON *value) {
    return cJSON_IsNumber(value) && in_range(row, value->valuedouble) &&
           value->valuedouble == floor(value->valuedouble) && fabs(value->valuedouble) <= 9007199254740992.0;
}

/* The index of a string among a row's words; -1: none. */
static int choice(const tern_option *row, const cJSON *value) {
    if (!cJSON_IsString(value) || !row->choices) return -1;
    for (int i = 0; row->choices[i]; i++)
        if (!strcmp(row->choices[i], value->valuestring)) return i;
    return -1;
}

/* The elements of a list; a single value counts as a list of one. */
static size_t list_length(const cJSON *value) { return cJSON_IsArray(value) ? (size_t)cJSON_GetArraySize(value) : 1; }

static const cJSON *list_first(const cJSON *value) { return cJSON_IsArray(value) ? value->child : value; }

static bool list_fits(const tern_option *row, const cJSON *value) {
    size_t n = list_length(value);
    if (cJSON_IsNull(value) || cJSON_IsObject(value)) return false;
    return n >= (row->least ? row->least : 0) && (!row->most || n <= row->most);
}

/* ---- one value of each kind: false where the value is not acceptable ---- */

static bool read_shape(const tern_option *row, const cJSON *value, tern_shape *out) {
    tern_shape shape = {0};
    const cJSON *v = list_first(value);
    for (; v; v = cJSON_IsArray(value) ? v->next : NULL) {
        if (!integer_in_range(row, v)) return false;
        shape.dim[shape.rank++] = (size_t)v->valuedouble;
    }
    *out = shape;
    return true;
}

static bool read_ints(const tern_option *row, const cJSON *value, tern_ints *out) {
    tern_ints ints = {.choice = choice(row, value) + 1};
    const cJSON *v = ints.choice ? NULL : list_first(value);
    for (; v; v = cJSON_IsArray(value) ? v->next : NULL) {
        if (!integer_in_range(row, v)) return false;
        ints.v[ints.n++] = (int64_t)v->valuedouble;
    }
    *out = ints;
    return true;
}

static bool read_reals(const tern__reading *r, const tern_option *row, const cJSON *value, tern_reals *out) {
    size_t n = 0;
    double *reals = tern__arena_alloc(r->arena, list_length(value), sizeof *reals, r->err);
    if (!reals) return false;
    for (const cJSON *v = list_first(value); v; v = cJSON_IsArray(value) ? v->next : NULL) {
        if (!cJSON_IsNumber(v) || !in_range(row, v->valuedouble)) return false;
        reals[n++] = v->valuedouble;
    }
    *out = (tern_reals){n, reals};
    return true;
}

static bool read_strings(const tern__reading *r, const tern_option *row, const cJSON *value, tern_strings *out) {
    size_t n = 0;
    const char **strings = tern__arena_alloc(r->arena, list_length(value), sizeof *strings, r->err);
    if (!strings) return false;
    for (const cJSON *v = list_first(value); v; v = cJSON_IsArray(value) ? v->next : NULL) {
        char number[32] = "";
        if (cJSON_IsNumber(v) && v->valuedouble == floor(v->valuedouble))
            tern__text_add(number, sizeof number, "%.0f", v->valuedouble);
        if (!cJSON_IsString(v) && !*number) return false;
        if (row->choices && choice(row, v) < 0) return false;
        const char *text = *number ? number : v->valuestring;
        if (!(strings[n++] = tern__arena_text(r->arena, text, strlen(text), r->err))) return false;
    }
    *out = (tern_strings){n, strings};
    return true;
}

static tern__outcome read_objects(const tern__reading *r, const tern_option *row, const cJSON *value,
                                  tern_objects *out) {
    if (!cJSON_IsArray(value) || (row->most && list_length(value) > row->most)) return refuse(r, row, value);
    size_t n = 0;
    tern__outcome outcome = TERN__READ;
    tern_object *item = tern__arena_alloc(r->arena, list_length(value), sizeof *item, r->err);
    if (!item) return TERN__WRONG;
    for (const cJSON *v = value->child; v; v = v->next, n++) {
        size_t depth = tern_error_enter(r->err, NULL, n);
        outcome = worse(outcome, tern__object_read(r, row->of, v, &item[n]));
        tern_error_leave(r->err, depth);
    }
    *out = (tern_objects){n, item};
    return outcome;
}

static tern__outcome read_block(const tern__reading *r, const tern_option *row, const cJSON *value, void *out) {
    if (!cJSON_IsObject(value)) return refuse(r, row, value);
    *(bool *)out = true; /* every block begins with `bool given` */
    return tern__options_read(r, value, row->name, false, (tern__fields){row->options, out}, (tern__fields){0});
}

/* Reads one value into its field. */
static tern__outcome read_value(const tern__reading *r, const tern_option *row, const cJSON *value, void *out) {
    bool fits = false;
    switch (row->kind) {
    case TERN_OPTION_SIZE:
        if ((fits = integer_in_range(row, value))) *(size_t *)out = (size_t)value->valuedouble;
        break;
    case TERN_OPTION_INT:
        if ((fits = integer_in_range(row, value))) *(int64_t *)out = (int64_t)value->valuedouble;
        break;
    case TERN_OPTION_REAL:
        if ((fits = cJSON_IsNumber(value) && in_range(row, value->valuedouble))) *(double *)out = value->valuedouble;
        break;
    case TERN_OPTION_BOOL:
        if ((fits = cJSON_IsBool(value))) *(bool *)out = cJSON_IsTrue(value);
        break;
    case TERN_OPTION_STRING:
        if ((fits = cJSON_IsString(value)))
            *(const char **)out = tern__arena_text(r->arena, value->valuestring, strlen(value->valuestring), r->err);
        break;
    case TERN_OPTION_CHOICE:
        if ((fits = choice(row, value) >= 0)) *(int *)out = choice(row, value);
        break;
    case TERN_OPTION_SHAPE: fits = list_fits(row, value) && read_shape(row, value, out); break;
    case TERN_OPTION_INTS: fits = list_fits(row, value) && read_ints(row, value, out); break;
    case TERN_OPTION_REALS: fits = list_fits(row, value) && read_reals(r, row, value, out); break;
    case TERN_OPTION_STRINGS: fits = list_fits(row, value) && read_strings(r, row, value, out); break;
    case TERN_OPTION_TYPE: return tern__object_read(r, row->of, value, out);
    case TERN_OPTION_TYPES: return read_objects(r, row, value, out);
    case TERN_OPTION_BLOCK: return read_block(r, row, value, out);
    }
    return fits ? TERN__READ : refuse(r, row, value);
}

/* ---- tables ---- */

static bool default_value(const tern__reading *r, const tern_option *row, void *out) {
    switch (row->kind) {
    case TERN_OPTION_SIZE: *(size_t *)out = (size_t)row->def; return true;
    case TERN_OPTION_INT: *(int64_t *)out = (int64_t)row->def; return true;
    case TERN_OPTION_REAL: *(double *)out = row->def; return true;
    case TERN_OPTION_BOOL: *(bool *)out = row->def != 0; return true;
    case TERN_OPTION_CHOICE: *(int *)out = (int)row->def; return true;
    case TERN_OPTION_BLOCK: return tern__options_default(r, (tern__fields){row->options, out});
    default: break;
    }
    if (!row->def_json) return true; /* zero-filled: absent */
    cJSON *value = cJSON_Parse(row->def_json);
    bool done = value && read_value(r, row, value, out) == TERN__READ;
    cJSON_Delete(value);
    return done;
}

bool tern__options_default(const tern__reading *r, tern__fields fields) {
    for (const tern_option *row = fields.table; row && row->name; row++)
        if (!default_value(r, row, field(fields, row))) return false;
    return true;
}

static const tern_option *find_row(const tern_option *table, const char *key) {
    for (const tern_option *row = table; row && row->name; row++)
        if (!strcmp(row->name, key) || (row->alias && !strcmp(row->alias, key))) return row;
    return NULL;
}

enum { MOST_KEYS = 128 };

static size_t list_keys(const tern_option *table, size_t n, const char **keys) {
    for (const tern_option *row = table; row && row->name && n < MOST_KEYS; row++) keys[n++] = row->name;
    return n;
}

static void report_unknown(const tern__reading *r, const char *key, const char *what, bool typed,
                           const tern_option *own, const tern_option *common) {
    const char *keys[MOST_KEYS + 1];
    char accepted[480] = "";
    size_t n = 0;
    if (typed) keys[n++] = "type";
    n = list_keys(common, list_keys(own, n, keys), keys);
    for (size_t i = 0; i < n; i++) tern__text_add(accepted, sizeof accepted, "%s%s", i ? ", " : "", keys[i]);
    const char *nearest = tern__name_nearest(key, n, keys);
    tern_error_add(r->err, TERN_ERROR_MODEL, key, "%s has no such option%s%s%s accepted: %s", what,
                   nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : ";",
                   n ? accepted : "nothing");
    if (r->err && r->err->count && !r->err->dropped) r->err->item[r->err->count - 1].at_key = true;
}

/* Whether a row was given, under its name or its alias; both at once is a mistake. */
static bool given(const tern__reading *r, const tern_option *row, const cJSON *object, tern__outcome *outcome) {
    bool name = cJSON_GetObjectItemCaseSensitive(object, row->name),
         alias = row->alias && cJSON_GetObjectItemCaseSensitive(object, row->alias);
    if (name && alias) {
        tern_error_add(r->err, TERN_ERROR_MODEL, row->alias, "means the same as \"%s\", which is there too", row->name);
        *outcome = TERN__WRONG;
    }
    return name || alias;
}

static tern__outcome check_required(const tern__reading *r, const cJSON *object, const char *what,
                                    const tern_option *table) {
    tern__outcome outcome = TERN__READ;
    for (const tern_option *row = table; row && row->name; row++) {
        char accepts[400];
        if (given(r, row, object, &outcome) || !row->required) continue;
        tern_error_add(r->err, TERN_ERROR_MODEL, NULL, "%s needs the option \"%s\": %s", what, row->name,
                       tern__option_accepts(row, accepts, sizeof accepts));
        outcome = TERN__WRONG;
    }
    return outcome;
}

tern__outcome tern__options_read(const tern__reading *r, const cJSON *object, const char *what, bool typed,
                                 tern__fields own, tern__fields common) {
    if (!tern__options_default(r, own) || !tern__options_default(r, common)) {
        tern_error_add(r->err, TERN_ERROR_MEMORY, NULL,
                       "not enough memory, or a default of %s that its own option refuses", what);
        return TERN__WRONG;
    }
    tern__outcome outcome = TERN__READ;
    const cJSON *value;
    cJSON_ArrayForEach(value, object) {
        if (*value->string == '_' || (typed && !strcmp(value->string, "type"))) continue;
        const tern_option *row = find_row(own.table, value->string);
        tern__fields fields = row ? own : common;
        if (!row) row = find_row(common.table, value->string);
        if (!row) {
            report_unknown(r, value->string, what, typed, own.table, common.table);
            outcome = worse(outcome, TERN__SLIGHT);
            continue;
        }
        size_t depth = tern_error_enter(r->err, value->string, 0);
        outcome = worse(outcome, read_value(r, row, value, field(fields, row)));
        tern_error_leave(r->err, depth);
    }
    outcome = worse(outcome, check_required(r, object, what, own.table));
    return worse(outcome, check_required(r, object, what, common.table));
}
