/* option_text.c - what an option row accepts and what a JSON value is, in words. */
#include "option_text.h"

#include "text.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static void add_number(char *out, size_t size, const char *before, double value) {
    char number[TERN__NUMBER];
    tern__text_add(out, size, "%s%s", before, tern__number_text(value, number));
}

static void add_range(const tern_option *row, const char *noun, char *out, size_t size) {
    bool low = row->min > -1e18, high = row->max < 1e18, from = low && !row->above_min;
    tern__text_add(out, size, "%s", noun);
    if (low) add_number(out, size, row->above_min ? " above " : high ? " from " : " of at least ", row->min);
    if (high && low && row->above_min) tern__text_add(out, size, " and");
    if (high)
        add_number(out, size,
                   row->below_max ? (from ? " to below " : " below ")
                   : from         ? " to "
                                  : " of at most ",
                   row->max);
}

static void add_choices(const tern_option *row, char *out, size_t size) {
    for (size_t i = 0; row->choices && row->choices[i]; i++)
        tern__text_add(out, size, "%s\"%s\"", i ? ", " : "", row->choices[i]);
}

static void add_list(const tern_option *row, const char *noun, char *out, size_t size) {
    if (row->least == row->most && row->most) tern__text_add(out, size, "%zu ", row->most);
    else if (row->most) tern__text_add(out, size, "%zu to %zu ", row->least ? row->least : 1, row->most);
    else tern__text_add(out, size, "a list of ");
    add_range(row, noun, out, size);
}

const char *tern_option_accepts(const tern_option *row, char *out, size_t size) {
    *out = 0;
    switch (row->kind) {
    case TERN_OPTION_SIZE:
    case TERN_OPTION_INT: add_range(row, "an integer", out, size); break;
    case TERN_OPTION_REAL: add_range(row, "a number", out, size); break;
    case TERN_OPTION_BOOL: tern__text_add(out, size, "true or false"); break;
    case TERN_OPTION_STRING: tern__text_add(out, size, "a string"); break;
    case TERN_OPTION_CHOICE:
        tern__text_add(out, size, "one of ");
        add_choices(row, out, size);
        break;
    case TERN_OPTION_SHAPE:
        add_list(row, "sizes", out, size);
        if (row->free) tern__text_add(out, size, " (null first: any)");
        break;
    case TERN_OPTION_INTS:
        add_list(row, "integers", out, size);
        if (row->choices) {
            tern__text_add(out, size, ", or one of ");
            add_choices(row, out, size);
        }
        break;
    case TERN_OPTION_REALS: add_list(row, "numbers", out, size); break;
    case TERN_OPTION_NAMED_REALS:
        tern__text_add(out, size, "an object of names, each with ");
        add_range(row, "a number", out, size);
        if (row->choices) {
            tern__text_add(out, size, ", or ");
            add_choices(row, out, size);
        }
        break;
    case TERN_OPTION_STRINGS:
        tern__text_add(out, size, "a list of strings");
        if (row->choices) {
            tern__text_add(out, size, " among ");
            add_choices(row, out, size);
        }
        break;
    case TERN_OPTION_TYPE:
        tern__text_add(out, size, "%s type: its name, or an object with \"type\"", tern_kind_name(row->of));
        break;
    case TERN_OPTION_TYPES:
        if (row->most) tern__text_add(out, size, "a list of up to %zu %s types", row->most, tern_kind_name(row->of));
        else tern__text_add(out, size, "a list of %s types", tern_kind_name(row->of));
        break;
    case TERN_OPTION_BLOCK: tern__text_add(out, size, "an object"); break;
    case TERN_OPTION_NAMED:
        tern__text_add(out, size, "an object of %s%s, each under its name",
                       row->options ? "objects" : tern_kind_name(row->of), row->options ? "" : " types");
        break;
    case TERN_OPTION_BLOCKS:
        tern__text_add(out, size, "a list of objects");
        if (row->choices) {
            tern__text_add(out, size, ", or ");
            add_choices(row, out, size);
        }
        break;
    }
    return out;
}

bool tern__option_unset(const tern_option *row) {
    switch (row->kind) {
    case TERN_OPTION_SIZE:
    case TERN_OPTION_INT:
    case TERN_OPTION_REAL: return isnan(row->def) || row->def < row->min || row->def > row->max;
    case TERN_OPTION_CHOICE: return row->def < 0;
    case TERN_OPTION_BOOL: return false;
    default: return !row->def_json;
    }
}

const char *tern_option_default(const tern_option *row, char *out, size_t size) {
    *out = 0;
    if (row->required || tern__option_unset(row)) return out;
    switch (row->kind) {
    case TERN_OPTION_SIZE:
    case TERN_OPTION_INT:
    case TERN_OPTION_REAL: add_number(out, size, "", row->def); break;
    case TERN_OPTION_BOOL: tern__text_add(out, size, "%s", row->def != 0 ? "true" : "false"); break;
    case TERN_OPTION_CHOICE: tern__text_add(out, size, "\"%s\"", row->choices[(size_t)row->def]); break;
    default: tern__text_add(out, size, "%s", row->def_json); break;
    }
    return out;
}

/* The first elements of a list, as they stand. */
static void add_list_found(const cJSON *list, char *out, size_t size) {
    char element[64];
    int n = cJSON_GetArraySize(list), shown = n < 6 ? n : 6;
    tern__text_add(out, size, "[");
    for (int i = 0; i < shown; i++)
        tern__text_add(out, size, "%s%s", i ? ", " : "",
                       tern__json_found(cJSON_GetArrayItem(list, i), element, sizeof element));
    tern__text_add(out, size, n > shown ? ", ... %d in all]" : "]", n);
}

const char *tern__json_found(const cJSON *value, char *out, size_t size) {
    *out = 0;
    if (cJSON_IsString(value))
        tern__text_add(out, size, "\"%.60s\"%s", value->valuestring, strlen(value->valuestring) > 60 ? "..." : "");
    else if (cJSON_IsNumber(value)) add_number(out, size, "", value->valuedouble);
    else if (cJSON_IsBool(value)) tern__text_add(out, size, "%s", cJSON_IsTrue(value) ? "true" : "false");
    else if (cJSON_IsNull(value)) tern__text_add(out, size, "null");
    else if (cJSON_IsObject(value)) tern__text_add(out, size, "an object");
    else add_list_found(value, out, size);
    return out;
}
