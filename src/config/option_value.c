/* option_value.c - reads what an option takes that is no type and no block: numbers, words, lists of them. */
#include "option_value.h"

#include "option_text.h"
#include "text.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <string.h>

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

/* ---- lists ---- */

static tern__outcome read_shape(const tern_option *row, const cJSON *value, tern_shape *out) {
    tern_shape shape = {0};
    const cJSON *v = list_first(value);
    for (; v; v = cJSON_IsArray(value) ? v->next : NULL) {
        bool any = row->free && !shape.rank && cJSON_IsArray(value) && cJSON_IsNull(v);
        if (!any && !integer_in_range(row, v)) return TERN__WRONG;
        shape.dim[shape.rank++] = any ? 0 : (size_t)v->valuedouble;
    }
    *out = shape;
    return TERN__READ;
}

static tern__outcome read_ints(const tern_option *row, const cJSON *value, tern_ints *out) {
    tern_ints ints = {.choice = choice(row, value) + 1};
    const cJSON *v = ints.choice ? NULL : list_first(value);
    for (; v; v = cJSON_IsArray(value) ? v->next : NULL) {
        if (!integer_in_range(row, v)) return TERN__WRONG;
        ints.v[ints.n++] = (int64_t)v->valuedouble;
    }
    *out = ints;
    return TERN__READ;
}

static tern__outcome read_reals(const tern__reading *r, const tern_option *row, const cJSON *value, tern_reals *out) {
    size_t n = 0;
    double *reals = tern__arena_alloc(r->arena, list_length(value), sizeof *reals, r->err);
    if (!reals) return TERN__OUT_OF_MEMORY;
    for (const cJSON *v = list_first(value); v; v = cJSON_IsArray(value) ? v->next : NULL) {
        if (!cJSON_IsNumber(v) || !in_range(row, v->valuedouble)) return TERN__WRONG;
        reals[n++] = v->valuedouble;
    }
    *out = (tern_reals){n, reals};
    return TERN__READ;
}

static tern__outcome read_strings(const tern__reading *r, const tern_option *row, const cJSON *value,
                                  tern_strings *out) {
    size_t n = 0;
    const char **strings = tern__arena_alloc(r->arena, list_length(value), sizeof *strings, r->err);
    if (!strings) return TERN__OUT_OF_MEMORY;
    for (const cJSON *v = list_first(value); v; v = cJSON_IsArray(value) ? v->next : NULL) {
        char number[32] = "";
        if (cJSON_IsNumber(v) && v->valuedouble == floor(v->valuedouble))
            tern__text_add(number, sizeof number, "%.0f", v->valuedouble);
        if (!cJSON_IsString(v) && !*number) return TERN__WRONG;
        if (row->choices && choice(row, v) < 0) return TERN__WRONG;
        const char *text = *number ? number : v->valuestring;
        if (!(strings[n++] = tern__arena_text(r->arena, text, strlen(text), r->err))) return TERN__OUT_OF_MEMORY;
    }
    *out = (tern_strings){n, strings};
    return TERN__READ;
}

/* Names are any: none is a comment. */
static tern__outcome read_named_reals(const tern__reading *r, const tern_option *row, const cJSON *value,
                                      tern_named_reals *out) {
    tern_named_reals named = {.choice = choice(row, value) + 1};
    size_t n = cJSON_IsObject(value) ? (size_t)cJSON_GetArraySize(value) : 0;
    if (!named.choice && !n) return TERN__WRONG;
    const char **name = tern__arena_alloc(r->arena, n, sizeof *name, r->err);
    double *reals = tern__arena_alloc(r->arena, n, sizeof *reals, r->err);
    if (!name || !reals) return TERN__OUT_OF_MEMORY;
    for (const cJSON *v = n ? value->child : NULL; v; v = v->next) {
        if (!cJSON_IsNumber(v) || !in_range(row, v->valuedouble)) return TERN__WRONG;
        reals[named.n] = v->valuedouble;
        if (!(name[named.n++] = tern__arena_text(r->arena, v->string, strlen(v->string), r->err)))
            return TERN__OUT_OF_MEMORY;
    }
    named.name = name, named.v = reals;
    *out = named;
    return TERN__READ;
}

/* ---- one value ---- */

static tern__outcome read_string(const tern__reading *r, const cJSON *value, const char **out) {
    if (!cJSON_IsString(value)) return TERN__WRONG;
    *out = tern__arena_text(r->arena, value->valuestring, strlen(value->valuestring), r->err);
    return *out ? TERN__READ : TERN__OUT_OF_MEMORY;
}

static tern__outcome read_list(const tern__reading *r, const tern_option *row, const cJSON *value, void *out) {
    if (!list_fits(row, value)) return TERN__WRONG;
    switch (row->kind) {
    case TERN_OPTION_SHAPE: return read_shape(row, value, out);
    case TERN_OPTION_INTS: return read_ints(row, value, out);
    case TERN_OPTION_REALS: return read_reals(r, row, value, out);
    default: return read_strings(r, row, value, out);
    }
}

static tern__outcome read(const tern__reading *r, const tern_option *row, const cJSON *value, void *out) {
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
    case TERN_OPTION_CHOICE:
        if ((fits = choice(row, value) >= 0)) *(int *)out = choice(row, value);
        break;
    case TERN_OPTION_STRING: return read_string(r, value, out);
    case TERN_OPTION_NAMED_REALS: return read_named_reals(r, row, value, out);
    default: return read_list(r, row, value, out);
    }
    return fits ? TERN__READ : TERN__WRONG;
}

tern__outcome tern__value_refuse(const tern__reading *r, const tern_option *row, const cJSON *value) {
    char accepts[400], found[96];
    tern_error_add(r->err, TERN_ERROR_MODEL, NULL, "expected %s, found %s",
                   tern_option_accepts(row, accepts, sizeof accepts), tern__json_found(value, found, sizeof found));
    bool numbers =
        row->kind == TERN_OPTION_REAL || row->kind == TERN_OPTION_REALS || row->kind == TERN_OPTION_NAMED_REALS;
    return numbers ? TERN__SLIGHT : TERN__WRONG;
}

tern__outcome tern__value_read(const tern__reading *r, const tern_option *row, const cJSON *value, void *out) {
    tern__outcome outcome = read(r, row, value, out);
    return outcome == TERN__WRONG ? tern__value_refuse(r, row, value) : outcome;
}
