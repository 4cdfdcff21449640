/* json_set.c - changes to a model file that was read; see json_set.h. */
#include "json_set.h"

#include "json_path.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

typedef struct walk {
    tern__json *j;
    const tern_registry *registry;
    const char *at; /* the rest of the path */
    char pointer[TERN_MAX_POINTER];
    size_t used, made; /* bytes of it; of the outermost object that was missing, 0: none was */
    tern_error *err;
} walk;

static tern_status refuse(const walk *w, const char *why) {
    return tern_error_add(w->err, TERN_ERROR_USAGE, NULL, "%s", why);
}

static tern_status no_memory(const walk *w) {
    return tern_error_add(w->err, TERN_ERROR_MEMORY, NULL, "not enough memory for a change to the model file");
}

/* ---- the value ---- */

static bool is_json(const char *text) {
    tern__json_lexer l = tern__json_lexer_start(text, strlen(text), TERN__JSON_STRING);
    return tern__json_skip(&l, tern__json_next(&l)) && tern__json_next(&l) == TERN__JSON_END;
}

static tern_status read_value(const walk *w, const char *text, cJSON **out) {
    bool begins = *text && strchr("{[\"", *text), json = begins || is_json(text);
    tern__json_places places = {0};
    tern_place wrong;
    char mistake[128];
    tern_status status = json ? tern__json_places_read(&places, text, strlen(text), mistake, &wrong, w->err) : TERN_OK;
    if (status == TERN_ERROR_SYNTAX)
        tern_error_add(w->err, status = TERN_ERROR_USAGE, NULL, "the value is not JSON, column %zu: %s", wrong.column,
                       mistake);
    if (!status) status = tern__json_places_duplicates(&places, w->err);
    tern__json_places_free(&places);
    if (status) return status;
    *out = json ? cJSON_Parse(text) : cJSON_CreateString(text);
    return *out ? TERN_OK : no_memory(w);
}

/* ---- the tree: nothing is lost where memory is short ---- */

/* Puts `value` in the place of `old`, under its key. */
static void replace(cJSON *parent, cJSON *old, cJSON *value) {
    value->string = old->string;
    old->string = NULL;
    cJSON_ReplaceItemViaPointer(parent, old, value);
}

static bool add(cJSON *object, const char *key, cJSON *value) {
    if (value && cJSON_AddItemToObject(object, key, value)) return true;
    cJSON_Delete(value);
    return false;
}

/* ---- the path ---- */

/* "adam" becomes {"type": "adam"}, so that it can have options. */
static tern_status give_options(const walk *w, cJSON *parent, tern__spot *at) {
    if (!tern__spot_is_typed(at) || !cJSON_IsString(at->value)) return TERN_OK;
    cJSON *object = cJSON_CreateObject();
    if (!object || !add(object, "type", cJSON_CreateString(at->value->valuestring)))
        return cJSON_Delete(object), no_memory(w);
    replace(parent, at->value, object);
    at->value = object;
    return TERN_OK;
}

/* Reads the next step of the path into `key`. */
static tern_status next_key(walk *w, char key[TERN_MAX_NAME]) {
    size_t n = strcspn(w->at, ".=");
    if (!n || n >= TERN_MAX_NAME || w->used + 2 * n + 2 > sizeof w->pointer)
        return refuse(w, "a key of the path is empty or too long");
    memcpy(key, w->at, n);
    key[n] = 0;
    w->at += n;
    return TERN_OK;
}

/* Puts the value of the assignment where the path ends: `old` is what is there. */
static tern_status finish(const walk *w, const tern__spot *parent, const tern__spot *old, const char *key) {
    cJSON *value = NULL;
    tern_status status = read_value(w, w->at, &value);
    if (status) return status;
    if (cJSON_IsNull(value) && cJSON_IsObject(parent->value)) {
        if (old->value) cJSON_Delete(cJSON_DetachItemViaPointer(parent->value, old->value));
        cJSON_Delete(value);
        return TERN_OK;
    }
    if (old->value) replace(parent->value, old->value, value);
    else if (!add(parent->value, key, value)) return no_memory(w);
    return TERN_OK;
}

/* Walks from the root to the end of the path and makes what is missing. */
static tern_status apply(walk *w) {
    tern__spot at = tern__spot_root(w->j->root);
    char key[TERN_MAX_NAME];
    for (;;) {
        tern_status status = next_key(w, key);
        if (status) return status;
        if (!cJSON_IsArray(at.value) && !cJSON_IsObject(at.value))
            return refuse(w, "the path goes through a value that is neither an object nor a list");
        tern__spot below = tern__spot_below(w->registry, &at, key);
        if (!below.value && cJSON_IsArray(at.value))
            return refuse(w, "the list has no such element; they count from 0");
        w->used = tern__pointer_add(w->pointer, w->used, key);
        tern_error_enter(w->err, key, 0);
        if (*w->at++ == '=') return finish(w, &at, &below, key);
        if (!below.value && !w->made) w->made = w->used;
        if (!below.value && !(below.value = cJSON_AddObjectToObject(at.value, key))) return no_memory(w);
        if ((status = give_options(w, at.value, &below))) return status;
        at = below;
    }
}

/* Errors in the value, whoever finds them, name what made it. */
static tern_status remember(walk *w, const char *origin) {
    tern__json *j = w->j;
    tern__json_change *grown = tern__realloc(j->change, j->changes, j->changes + 1, sizeof *grown, w->err);
    if (!grown) return TERN_ERROR_MEMORY;
    j->change = grown;
    tern__json_change change = {tern__arena_text(&j->arena, w->pointer, w->made ? w->made : w->used, w->err), origin};
    if (!change.pointer) return TERN_ERROR_MEMORY;
    j->change[j->changes++] = change;
    return TERN_OK;
}

tern_status tern__json_set(tern__json *j, const tern_registry *r, const char *by, const char *assignment,
                           tern_error *err) {
    walk w = {.j = j, .registry = r, .at = assignment, .err = err};
    char *origin = tern__arena_alloc(&j->arena, strlen(by) + strlen(assignment) + 2, 1, err);
    if (!origin) return TERN_ERROR_MEMORY;
    sprintf(origin, "%s %s", by, assignment);
    tern__error_scope before;
    tern__error_scope_enter(err, origin, NULL, &before);
    const char *equals = strchr(assignment, '=');
    tern_status status =
        !equals || equals == assignment ? refuse(&w, "expected a dotted path, '=' and a value") : apply(&w);
    if (!status) status = remember(&w, origin);
    tern__error_scope_leave(err, &before);
    return status;
}
