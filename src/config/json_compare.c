/* json_compare.c - walks two trees side by side; see json_compare.h. */
#include "json_compare.h"

#include "json.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN = 80 };

typedef struct comparison {
    tern__json_difference *found;
    void *user;
    bool failed; /* no memory */
    char pointer[TERN_MAX_POINTER];
} comparison;

static void show(comparison *c, const cJSON *value, char out[SHOWN]) {
    char *text = value ? cJSON_PrintUnformatted(value) : NULL;
    if (value && !text) c->failed = true;
    snprintf(out, SHOWN, "%s", text ? text : "none");
    if (text && strlen(text) >= SHOWN) memcpy(out + SHOWN - 4, "...", 4);
    cJSON_free(text);
}

static void differ(comparison *c, const cJSON *before, const cJSON *after) {
    char old[SHOWN], new[SHOWN];
    show(c, before, old);
    show(c, after, new);
    c->found(c->user, c->pointer, old, new);
}

static void compare(comparison *c, const cJSON *before, const cJSON *after);

/* Goes one step down for a member or an element. */
static void descend(comparison *c, const char *key, size_t index, const cJSON *before, const cJSON *after) {
    size_t length = strlen(c->pointer);
    char *end = c->pointer + length;
    if (key) snprintf(end, sizeof c->pointer - length, "/%s", key);
    else snprintf(end, sizeof c->pointer - length, "/%zu", index);
    compare(c, before, after);
    *end = 0;
}

static void compare_objects(comparison *c, const cJSON *before, const cJSON *after) {
    const cJSON *v;
    cJSON_ArrayForEach(v, before) descend(c, v->string, 0, v, cJSON_GetObjectItemCaseSensitive(after, v->string));
    cJSON_ArrayForEach(v, after) {
        if (!cJSON_GetObjectItemCaseSensitive(before, v->string)) descend(c, v->string, 0, NULL, v);
    }
}

static void compare_lists(comparison *c, const cJSON *before, const cJSON *after) {
    const cJSON *a = before->child, *b = after->child;
    for (size_t i = 0; a || b; i++) {
        descend(c, NULL, i, a, b);
        if (a) a = a->next;
        if (b) b = b->next;
    }
}

static void compare(comparison *c, const cJSON *before, const cJSON *after) {
    if (cJSON_IsObject(before) && cJSON_IsObject(after)) compare_objects(c, before, after);
    else if (cJSON_IsArray(before) && cJSON_IsArray(after)) compare_lists(c, before, after);
    else if (!before || !after || !cJSON_Compare(before, after, true)) differ(c, before, after);
}

tern_status tern__json_compare(const char *before, const char *name, const char *after, tern__json_difference *found,
                               void *user, tern_error *err) {
    tern__json a = {0}, b = {0};
    comparison c = {.found = found, .user = user};
    tern_status status = tern__json_parse(&a, before, strlen(before), name, err);
    if (!status) status = tern__json_parse(&b, after, strlen(after), name, err);
    if (!status) compare(&c, a.root, b.root);
    if (c.failed) status = tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory");
    tern__json_close(&a);
    tern__json_close(&b);
    return status;
}

bool tern__json_below(const char *pointer, const char *const *prefixes) {
    for (; *prefixes; prefixes++) {
        size_t n = strlen(*prefixes);
        if (!strncmp(pointer, *prefixes, n) && (!pointer[n] || pointer[n] == '/')) return true;
    }
    return false;
}
