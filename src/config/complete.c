/* complete.c - what an assignment to an option of a model file may go on with, by the file and the tables. */
#include "file.h"
#include "json_path.h"
#include "text.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

typedef struct offer {
    const tern_registry *registry;
    const char *begun;
    char text[TERN_MAX_POINTER]; /* a whole candidate; its first `used` bytes are the path so far */
    size_t used;
    tern_completion_call *call;
    void *user;
} offer;

/* Offers the path with `name` and `end` behind it, if it begins as what is there. */
static void offer_text(offer *o, const char *name, const char *end, const char *doc) {
    if (strlen(name) + 2 > sizeof o->text - o->used) return;
    snprintf(o->text + o->used, sizeof o->text - o->used, "%s%s", name, end);
    if (!strncmp(o->text, o->begun, strlen(o->begun))) o->call(o->user, o->text, doc);
}

static void offer_types(offer *o, tern_kind kind) {
    for (size_t i = 0; i < tern_registry_count(o->registry, kind); i++) {
        const tern_type *type = tern_registry_at(o->registry, kind, i);
        offer_text(o, type->name, "", type->doc);
    }
}

/* ---- values ---- */

static void offer_values(offer *o, const tern_option *row) {
    if (!row) return;
    if (row->kind == TERN_OPTION_BOOL) offer_text(o, "true", "", ""), offer_text(o, "false", "", "");
    if (row->kind == TERN_OPTION_TYPE) offer_types(o, row->of);
    for (const char *const *word = row->choices; word && *word; word++) offer_text(o, *word, "", "");
}

/* ---- keys ---- */

static bool has_keys(const tern_option *row) { return row->kind == TERN_OPTION_BLOCK || row->kind == TERN_OPTION_TYPE; }

static bool has_elements(const tern_option *row) {
    return row->kind == TERN_OPTION_TYPES || row->kind == TERN_OPTION_BLOCKS || row->kind == TERN_OPTION_NAMED;
}

static void offer_rows(offer *o, const tern_option *row, const cJSON *object) {
    for (; row && row->name; row++) {
        const cJSON *there = cJSON_GetObjectItemCaseSensitive(object, row->name);
        if (has_keys(row) || (has_elements(row) && (cJSON_IsArray(there) || cJSON_IsObject(there))))
            offer_text(o, row->name, ".", row->doc);
        if (row->kind != TERN_OPTION_BLOCK) offer_text(o, row->name, "=", row->doc);
    }
}

/* Elements by their numbers, or names of the author's own: each with its name or type beside it. */
static void offer_elements(offer *o, const cJSON *list) {
    const cJSON *e;
    int i = 0;
    cJSON_ArrayForEach(e, list) {
        const cJSON *type = cJSON_IsString(e) ? e : cJSON_GetObjectItemCaseSensitive(e, "type"),
                    *name = cJSON_GetObjectItemCaseSensitive(e, "name"), *told = cJSON_IsString(name) ? name : type;
        char number[24], doc[TERN_MAX_NAME];
        snprintf(number, sizeof number, "%d", i++);
        tern__text_safe(cJSON_IsString(told) ? told->valuestring : "", doc, sizeof doc);
        if (!e->string) offer_text(o, number, ".", doc);
        else if (tern__text_is_safe(e->string)) offer_text(o, e->string, ".", doc);
    }
}

static void offer_keys(offer *o, const tern__spot *at) {
    const tern_option *table[2];
    if (cJSON_IsArray(at->value) || (at->row && at->row->kind == TERN_OPTION_NAMED && !at->element)) {
        offer_elements(o, at->value);
        return;
    }
    tern__spot_tables(o->registry, at, table);
    if (tern__spot_is_typed(at)) offer_text(o, "type", "=", "What it is.");
    for (size_t i = 0; i < 2; i++) offer_rows(o, table[i], at->value);
}

/* ---- the path ---- */

/* Goes down what is whole of the path, and offers what may follow. */
static void walk(offer *o, cJSON *root) {
    tern__spot at = tern__spot_root(root);
    for (const char *rest = o->begun;;) {
        char key[TERN_MAX_NAME];
        size_t n = strcspn(rest, ".=");
        o->used = (size_t)(rest - o->begun);
        if (!rest[n]) {
            offer_keys(o, &at);
            return;
        }
        if (n >= sizeof key || o->used + n + 1 >= sizeof o->text) return;
        snprintf(key, sizeof key, "%.*s", (int)n, rest);
        memcpy(o->text + o->used, rest, n + 1);
        bool type = rest[n] == '=' && !strcmp(key, "type") && tern__spot_is_typed(&at);
        rest += n + 1;
        o->used += n + 1;
        if (type) {
            offer_types(o, at.row->of);
            return;
        }
        bool list = cJSON_IsArray(at.value);
        at = tern__spot_below(o->registry, &at, key);
        if (list && !at.value) return;
        if (rest[-1] == '=') {
            offer_values(o, at.row);
            return;
        }
    }
}

tern_status tern_schema_complete(const char *model, const tern_registry *r, const char *begun,
                                 tern_completion_call *call, void *user, tern_error *err) {
    offer o = {.registry = r, .begun = begun, .call = call, .user = user};
    size_t size = 0;
    tern__json j = {0};
    unsigned char *text = model ? tern__file_read(model, TERN__JSON_SIZE, &size, err) : NULL;
    tern_status status = model && !text ? TERN_ERROR_IO : TERN_OK;
    if (text) status = tern__json_parse(&j, (const char *)text, size, model, err);
    if (!status) walk(&o, j.root);
    if (text) tern__json_close(&j);
    tern__free(text);
    return status;
}
