/* json.c - the tree that cJSON makes of a checked text, where its values stand in that text, changes to it, and its
 * printing. */
#include "json.h"

#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- where a value stands: the text is walked anew for each question; there are few, and only after a mistake ---- */

static const char *skip_space(const char *at) {
    while (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r') at++;
    return at;
}

static const char *skip_string(const char *at) {
    for (at++; *at != '"'; at++)
        if (*at == '\\') at++;
    return at + 1;
}

static const char *skip_value(const char *at) {
    size_t depth = 0;
    do {
        at = skip_space(at);
        if (*at == '"') at = skip_string(at);
        else if (*at == '{' || *at == '[') depth++, at++;
        else if (*at == '}' || *at == ']') depth--, at++;
        else if (*at == ',' || *at == ':') at++;
        else at += strcspn(at, ",]} \t\r\n");
    } while (depth);
    return at;
}

/* Whether the string that begins at `at` is the pointer token of `n` bytes. Names of tern are plain, so an escape
 * decides by cJSON. */
static bool key_is(const char *at, const char *token, size_t n) {
    cJSON *key = cJSON_ParseWithLength(at, (size_t)(skip_string(at) - at));
    const char *k = key ? key->valuestring : "";
    bool same = true;
    for (size_t i = 0; i < n && same; i++, k++) {
        char c = token[i];
        if (c == '~' && i + 1 < n) c = token[++i] == '1' ? '/' : '~';
        same = *k == c;
    }
    same = same && key && !*k;
    cJSON_Delete(key);
    return same;
}

/* The member or element of the container at `at` that the token names; `key` is where its key stands. NULL: none. */
static const char *descend(const char *at, const char *token, size_t n, size_t nth, const char **key) {
    bool object = *at == '{';
    if (!object && *at != '[') return NULL;
    size_t index = object ? 0 : (size_t)strtoull(token, NULL, 10);
    for (at = skip_space(at + 1); *at != '}' && *at != ']'; at = skip_space(at)) {
        if (*at == ',') {
            at++;
            continue;
        }
        *key = at;
        bool found;
        if (object) {
            found = key_is(at, token, n) && nth-- == 0;
            at = skip_space(skip_space(skip_string(at)) + 1);
        } else {
            found = index-- == 0;
        }
        if (found) return at;
        at = skip_value(at);
    }
    return NULL;
}

size_t tern__json_find(const char *text, const char *pointer, bool at_key, size_t nth) {
    const char *at = skip_space(text), *key = at;
    while (at && *pointer == '/') {
        size_t n = strcspn(++pointer, "/");
        at = descend(at, pointer, n, pointer[n] ? 0 : nth, &key);
        pointer += n;
    }
    return at ? (size_t)((at_key ? key : at) - text) : SIZE_MAX;
}

void tern__json_place(const char *text, size_t offset, size_t *line, size_t *column) {
    *line = *column = 1;
    for (size_t i = 0; i < offset; i++) {
        if (text[i] == '\n') ++*line, *column = 1;
        else if (((unsigned char)text[i] & 0xC0) != 0x80) ++*column;
    }
}

static void set_file(tern_diagnostic *d, const char *name) {
    if (d->file[0]) return;
    snprintf(d->file, sizeof d->file, "%s", name);
}

/* The command-line change that made the value of a pointer, or NULL. */
static const char *set_of(const tern__json *j, const char *pointer) {
    for (size_t i = j->sets; i-- > 0;) {
        const char *path = j->set[2 * i];
        size_t n = strlen(path);
        if (!strncmp(pointer, path, n) && (!pointer[n] || pointer[n] == '/')) return j->set[2 * i + 1];
    }
    return NULL;
}

static bool stands_before(const tern_diagnostic *a, const tern_diagnostic *b) {
    return a->line && !strcmp(a->file, b->file) && (a->line < b->line || (a->line == b->line && a->column < b->column));
}

/* Puts what stands earlier in a file first, as it is read; there are few, and nearly in order. */
static void sort_places(tern_error *err) {
    for (size_t i = 1; err && i < err->count; i++) {
        for (size_t k = i; k && stands_before(&err->item[k], &err->item[k - 1]); k--) {
            tern_diagnostic kept = err->item[k];
            err->item[k] = err->item[k - 1];
            err->item[k - 1] = kept;
        }
    }
}

void tern__json_locate(const tern__json *j, tern_error *err) {
    for (size_t i = 0; err && i < err->count; i++) {
        tern_diagnostic *d = &err->item[i];
        if (d->line || d->file[0]) continue;
        const char *set = set_of(j, d->pointer);
        if (set) {
            snprintf(d->file, sizeof d->file, "--set %s", set);
            continue;
        }
        set_file(d, j->name);
        /* A missing key has no place of its own: then its container's is shown. */
        char pointer[TERN_MAX_POINTER];
        snprintf(pointer, sizeof pointer, "%s", d->pointer);
        size_t offset = tern__json_find(j->text, pointer, d->at_key, 0);
        while (offset == SIZE_MAX && *pointer) {
            *strrchr(pointer, '/') = 0;
            offset = tern__json_find(j->text, pointer, false, 0);
        }
        tern__json_place(j->text, offset, &d->line, &d->column);
    }
    sort_places(err);
}

/* ---- the tree ---- */

typedef struct member {
    const char *key;
    size_t order;
} member;

static int compare_members(const void *a, const void *b) {
    const member *x = a, *y = b;
    int order = strcmp(x->key, y->key);
    return order ? order : (x->order > y->order) - (x->order < y->order);
}

static void report_twice(const tern__json *j, const char *key, size_t nth, tern_error *err) {
    if (!err || err->count == TERN_MAX_DIAGNOSTICS) {
        tern_error_add(err, TERN_ERROR_MODEL, key, "is there twice");
        return;
    }
    tern_error_add(err, TERN_ERROR_MODEL, key, "%s", "");
    tern_diagnostic *d = &err->item[err->count - 1];
    size_t line, column;
    tern__json_place(j->text, tern__json_find(j->text, d->pointer, true, 0), &line, &column);
    snprintf(d->text, sizeof d->text, "this key is there twice; the first one is on line %zu, column %zu", line,
             column);
    set_file(d, j->name);
    tern__json_place(j->text, tern__json_find(j->text, d->pointer, true, nth), &d->line, &d->column);
}

/* Reports every key that an object has twice. cJSON would keep both and find the first. */
static tern_status check_twice(const tern__json *j, const cJSON *at, tern_error *err) {
    size_t n = 0, i = 0;
    const cJSON *child;
    cJSON_ArrayForEach(child, at) n++;
    if (!n) return TERN_OK;
    member *members = cJSON_IsObject(at) ? tern__alloc(n, sizeof *members, err) : NULL;
    if (cJSON_IsObject(at) && !members) return TERN_ERROR_MEMORY;
    tern_status status = TERN_OK;
    cJSON_ArrayForEach(child, at) {
        if (members) members[i] = (member){child->string, i};
        if (child->child) {
            size_t depth = tern_error_enter(err, child->string, i);
            tern_status inner = check_twice(j, child, err);
            if (inner) status = inner;
            tern_error_leave(err, depth);
        }
        i++;
    }
    if (members) qsort(members, n, sizeof *members, compare_members);
    for (size_t k = 1, nth = 0; members && k < n; k++) {
        nth = strcmp(members[k].key, members[k - 1].key) ? 0 : nth + 1;
        if (!nth) continue;
        report_twice(j, members[k].key, nth, err);
        status = TERN_ERROR_MODEL;
    }
    tern__free(members);
    return status;
}

static char *copy(const char *text, size_t length, tern_error *err) {
    char *out = tern__alloc(length + 1, 1, err);
    if (out) memcpy(out, text, length);
    return out;
}

tern_status tern__json_parse(tern__json *j, const char *text, size_t length, const char *name, tern_error *err) {
    *j = (tern__json){.name = copy(name, strlen(name), err), .length = length};
    tern_status status = tern__json_check(text, length, name, err);
    if (status) return status;
    j->text = copy(text, length, err);
    if (!j->name || !j->text) return TERN_ERROR_MEMORY;
    j->root = cJSON_ParseWithLengthOpts(j->text, length + 1, NULL, true);
    if (!j->root)
        return tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory to parse %zu bytes of JSON", length);
    return check_twice(j, j->root, err);
}

void tern__json_close(tern__json *j) {
    cJSON_Delete(j->root);
    for (size_t i = 0; i < 2 * j->sets; i++) tern__free(j->set[i]);
    tern__free(j->set);
    tern__free(j->text);
    tern__free(j->name);
    *j = (tern__json){0};
}

/* ---- changes from the command line ---- */

static tern_status remember_set(tern__json *j, const char *pointer, const char *assignment, tern_error *err) {
    char **set = tern__realloc(j->set, 2 * j->sets, 2 * (j->sets + 1), sizeof *set, err);
    if (!set) return TERN_ERROR_MEMORY;
    j->set = set;
    set[2 * j->sets] = copy(pointer, strlen(pointer), err);
    set[2 * j->sets + 1] = copy(assignment, strlen(assignment), err);
    j->sets++;
    return set[2 * j->sets - 2] && set[2 * j->sets - 1] ? TERN_OK : TERN_ERROR_MEMORY;
}

static tern_status bad_set(tern_error *err, const char *assignment, const char *why) {
    return tern_error_add(err, TERN_ERROR_USAGE, NULL, "--set %s: %s", assignment, why);
}

/* The value of an assignment: JSON where it is JSON, else a string as it stands (--set loss.type=mae). */
static cJSON *parse_set(const char *text) {
    size_t length = strlen(text);
    bool json = !tern__json_check(text, length, "", NULL);
    return json ? cJSON_ParseWithLengthOpts(text, length + 1, NULL, true) : cJSON_CreateString(text);
}

tern_status tern__json_set(tern__json *j, const char *assignment, tern_error *err) {
    const char *equals = strchr(assignment, '='), *at = assignment;
    if (!equals || equals == assignment) return bad_set(err, assignment, "expected a dotted path, '=' and a value");
    char pointer[TERN_MAX_POINTER] = "";
    cJSON *parent = j->root;
    for (;;) {
        size_t n = strcspn(at, ".="), used = strlen(pointer);
        char key[TERN_MAX_NAME];
        if (!n || n >= sizeof key || used + n + 2 > sizeof pointer)
            return bad_set(err, assignment, "a part of the path is empty or too long");
        snprintf(key, sizeof key, "%.*s", (int)n, at);
        snprintf(pointer + used, sizeof pointer - used, "/%s", key);
        at += n;
        bool last = at == equals, list = cJSON_IsArray(parent);
        if (!list && !cJSON_IsObject(parent))
            return bad_set(err, assignment, "the path goes through a value that has no parts");
        char *rest;
        unsigned long index = list ? strtoul(key, &rest, 10) : 0;
        cJSON *child = list ? cJSON_GetArrayItem(parent, *rest || index > 1u << 30 ? -1 : (int)index)
                            : cJSON_GetObjectItemCaseSensitive(parent, key);
        if (list && !child) return bad_set(err, assignment, "the list has no such element; they count from 0");
        if (!last && !child) child = cJSON_AddObjectToObject(parent, key);
        if (last) {
            cJSON *value = parse_set(equals + 1);
            bool done = value && (list    ? cJSON_ReplaceItemInArray(parent, (int)index, value)
                                  : child ? cJSON_ReplaceItemInObjectCaseSensitive(parent, key, value)
                                          : cJSON_AddItemToObject(parent, key, value));
            if (!done) return tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory");
            return remember_set(j, pointer, assignment, err);
        }
        if (!child) return tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory");
        parent = child;
        at++;
    }
}
