/* test_options.c - the tables of every registered type: whole, sane, and believed by whoever reads and writes options.
 */
#include "conform.h"

#include "registry_check.h"

#include <cjson/cJSON.h>

/* ---- of each type ---- */

static bool sentence(const char *text) { return text && *text && text[strlen(text) - 1] == '.' && !strchr(text, '\n'); }

static int words(const tern_option *row) {
    int n = 0;
    while (row->choices && row->choices[n]) n++;
    return n;
}

/* Whether a default is one that its own row accepts, or lies outside its range on purpose: "left out". */
static bool sane_default(const tern_option *row) {
    if (row->required || tern__option_unset(row)) return true;
    bool excluded = (row->above_min && row->def == row->min) || (row->below_max && row->def == row->max);
    switch (row->kind) {
    case TERN_OPTION_SIZE:
    case TERN_OPTION_INT: return !excluded && row->def == floor(row->def);
    case TERN_OPTION_REAL: return !excluded;
    case TERN_OPTION_CHOICE: return row->def < words(row);
    default: return true; /* those in JSON are read when an example is */
    }
}

static void check_rows(const tern_type *type, const tern_option *table) {
    for (const tern_option *row = table; row && row->name; row++) {
        ck_assert_msg(sentence(row->doc), "%s, option %s: its sentence does not end with a full stop", type->name,
                      row->name);
        ck_assert_msg(sane_default(row), "%s, option %s: its default %g is none that it accepts", type->name, row->name,
                      row->def);
        for (const tern_option *other = table; row->alias && other->name; other++)
            ck_assert_msg(strcmp(row->alias, other->name) &&
                              (other == row || !other->alias || strcmp(row->alias, other->alias)),
                          "%s, option %s: its alias %s is taken by %s", type->name, row->name, row->alias, other->name);
    }
}

/* `_i` is a kind. */
START_TEST(types_are_whole) {
    tern_kind kind = (tern_kind)_i;
    ck_assert_uint_gt(tern_registry_count(NULL, kind), 0);
    for (size_t t = 0; t < tern_registry_count(NULL, kind); t++) {
        const tern_type *type = tern_registry_at(NULL, kind, t);
        tern_error err = {0};
        ck_assert_msg(tern__type_check(type, &err) == TERN_OK, "%s: %s", type->name, err.item[0].text);
        ck_assert_msg(sentence(type->doc), "%s: its sentence does not end with a full stop", type->name);
        ck_assert_msg(tern_registry_find(NULL, kind, type->name) == type, "%s: its name finds another type",
                      type->name);
        for (const char *const *alias = type->aliases; alias && *alias; alias++)
            ck_assert_msg(tern_registry_find(NULL, kind, *alias) == type, "%s: its alias %s finds another type",
                          type->name, *alias);
        check_rows(type, type->options);
    }
    check_rows(&(tern_type){.name = "what all share"}, tern_kind_options(kind));
}
END_TEST

/* ---- of each example ---- */

/* Reads changed options; returns how many errors there were. */
static size_t errors_of(const conform *c, const cJSON *json, tern_error *err) {
    tern__arena pool = {0};
    tern_object object;
    tern_error_clear(err);
    tern__outcome outcome = tern__object_read(&(tern__reading){NULL, &pool, err}, c->type->kind, json, &object);
    tern__arena_free(&pool);
    conform_assert(c, (outcome == TERN__READ) == (err->errors == 0),
                   "the outcome and the errors contradict each other");
    return err->errors;
}

static char *written(const conform *c, const tern_object *object) {
    cJSON *json = tern__object_write(object);
    char *text = json ? cJSON_PrintUnformatted(json) : NULL;
    conform_assert(c, text != NULL, "its options can't be written");
    cJSON_Delete(json);
    return text;
}

static void round_trip(tern_kind kind, int i) {
    conform c;
    conform_open(&c, kind, i);
    char *first = written(&c, &c.object);
    cJSON *json = cJSON_Parse(first);
    tern_object again;
    tern__outcome outcome = tern__object_read(&(tern__reading){NULL, &c.pool, &c.err}, kind, json, &again);
    conform_assert(&c, outcome == TERN__READ, "does not read what it wrote, %s: %s: %s", first, c.err.item[0].pointer,
                   c.err.item[0].text);
    char *second = written(&c, &again);
    conform_assert(&c, !strcmp(first, second), "wrote %s, read it, and wrote %s", first, second);
    cJSON_Delete(json);
    free(first);
    free(second);
    conform_close(&c);
}

/* Puts `value` in the place of an option, whatever name the example used for it. */
static void replace(cJSON *json, const tern_option *row, cJSON *value) {
    cJSON_DeleteItemFromObjectCaseSensitive(json, row->name);
    if (row->alias) cJSON_DeleteItemFromObjectCaseSensitive(json, row->alias);
    if (value) cJSON_AddItemToObject(json, row->name, value);
}

/* Reads the example with one option changed; there must be one error, and at that option, where it is not `good`. */
static void expect(const conform *c, const tern_option *row, cJSON *value, bool good, const char *what) {
    tern_error err;
    cJSON *json = conform_json(c);
    replace(json, row, value);
    size_t errors = errors_of(c, json, &err);
    conform_assert(c, errors == !good, "option %s with %s: %zu errors, \"%s\"", row->name, what, errors,
                   err.item[0].text);
    char pointer[TERN_MAX_NAME + 1];
    snprintf(pointer, sizeof pointer, "%s%s", value ? "/" : "", value ? row->name : "");
    conform_assert(c, good || !strcmp(err.item[0].pointer, pointer), "option %s with %s: the error is at \"%s\"",
                   row->name, what, err.item[0].pointer);
    cJSON_Delete(json);
}

static void check_bounds(const conform *c, const tern_option *row) {
    if (row->kind > TERN_OPTION_REAL) return;
    bool integer = row->kind != TERN_OPTION_REAL;
    expect(c, row, cJSON_CreateNumber(row->min), !row->above_min, "its least value");
    expect(c, row, cJSON_CreateNumber(row->min - fmax(1, fabs(row->min))), false, "less than its least value");
    if (row->max < 0x1p53) {
        expect(c, row, cJSON_CreateNumber(row->max), !row->below_max, "its greatest value");
        expect(c, row, cJSON_CreateNumber(row->max + fmax(1, fabs(row->max))), false, "more than its greatest value");
    }
    if (row->below_max)
        expect(c, row, cJSON_CreateNumber(nextafter(row->max, row->min)), true, "less than its excluded bound");
    if (row->above_min)
        expect(c, row, cJSON_CreateNumber(nextafter(row->min, row->max)), true, "more than its excluded bound");
    if (integer) expect(c, row, cJSON_CreateNumber(row->min + 0.5), false, "half a number");
}

/* A value of a kind that the row does not take. */
static cJSON *stranger(const tern_option *row) {
    bool takes_strings = row->kind == TERN_OPTION_STRING || row->kind == TERN_OPTION_STRINGS;
    return takes_strings ? cJSON_CreateTrue() : cJSON_CreateString("nothing of the sort");
}

static void refusals(tern_kind kind, int i) {
    conform c;
    tern_error err;
    conform_open(&c, kind, i);
    cJSON *json = conform_json(&c);
    cJSON_AddNumberToObject(json, "_comment", 1);
    conform_assert(&c, errors_of(&c, json, &err) == 0, "refuses a comment: %s", err.item[0].text);
    cJSON_AddNumberToObject(json, "no_such_option", 1);
    conform_assert(&c, errors_of(&c, json, &err) == 1, "takes an unknown option");
    conform_assert(&c, !strcmp(err.item[0].pointer, "/no_such_option"), "the error is at \"%s\"", err.item[0].pointer);
    cJSON_Delete(json);
    const tern_option *tables[] = {c.type->options, tern_kind_options(kind)};
    for (size_t t = 0; t < COUNT(tables); t++)
        for (const tern_option *row = tables[t]; row && row->name; row++) {
            if (row->kind < TERN_OPTION_TYPE) expect(&c, row, stranger(row), false, "a value of another kind");
            bool other = row->unless && strstr(c.example->options, row->unless); /* which stands for it */
            if (row->required) expect(&c, row, NULL, other, "no value");
            check_bounds(&c, row);
        }
    conform_close(&c);
}

/* ---- all kinds: `_i` counts the examples of all ---- */

static void each(int i, void (*test)(tern_kind kind, int i)) {
    int kind = 0;
    while (i >= conform_examples((tern_kind)kind)) i -= conform_examples((tern_kind)kind++);
    test((tern_kind)kind, i);
}

START_TEST(options_round_trip) { each(_i, round_trip); }
END_TEST

START_TEST(options_refuse_what_is_wrong) { each(_i, refusals); }
END_TEST

TCase *conform_options_case(void) {
    int examples = 0;
    for (int kind = 0; kind < TERN_KINDS; kind++) examples += conform_examples((tern_kind)kind);
    TCase *t = tcase_create("options");
    tcase_add_loop_test(t, types_are_whole, 0, TERN_KINDS);
    tcase_add_loop_test(t, options_round_trip, 0, examples);
    tcase_add_loop_test(t, options_refuse_what_is_wrong, 0, examples);
    return t;
}
