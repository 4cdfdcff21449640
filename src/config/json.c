/* json.c - the tree that cJSON makes of a checked text, and the places of its values in messages; see json.h. */
#include "json.h"

#include "text.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- places ---- */

/* The change that made the value of a pointer, or NULL. */
static const tern__json_change *change_of(const tern__json *j, const char *pointer) {
    for (size_t i = j->changes; i-- > 0;) {
        size_t n = strlen(j->change[i].pointer);
        if (!strncmp(pointer, j->change[i].pointer, n) && (!pointer[n] || pointer[n] == '/')) return &j->change[i];
    }
    return NULL;
}

/* A layer that was written out of a block stands elsewhere in the file: points there, and says which use it is. */
static void point_to_origin(const tern__json *j, tern_diagnostic *d) {
    static const char layers[] = "/layers/";
    size_t n = sizeof layers - 1, digits = strncmp(d->pointer, layers, n) ? 0 : strspn(d->pointer + n, "0123456789");
    size_t i = digits ? (size_t)strtoul(d->pointer + n, NULL, 10) : j->origins;
    char pointer[TERN_MAX_POINTER] = "";
    if (i >= j->origins || (d->pointer[n + digits] && d->pointer[n + digits] != '/')) return;
    tern__text_add(pointer, sizeof pointer, "%s%s", j->origin[i].pointer, d->pointer + n + digits);
    memcpy(d->pointer, pointer, sizeof pointer);
    if (j->origin[i].use) tern__text_add(d->text, sizeof d->text, " (as layer \"%s\")", j->origin[i].use);
}

/* A missing key has no place of its own: its container's is shown. */
static void locate(const tern_locator *self, tern_diagnostic *d, bool at_key) {
    const tern__json *j = (const tern__json *)self;
    point_to_origin(j, d);
    const tern__json_change *change = change_of(j, d->pointer);
    bool whole, of_file = *d->pointer || !d->status || d->status == TERN_ERROR_MODEL;
    if (change) {
        snprintf(d->file, sizeof d->file, "%s", change->origin);
    } else if (of_file && j->places.n) {
        const tern__json_node *node = tern__json_places_find(&j->places, d->pointer, &whole);
        bool key = at_key && whole && node->key;
        d->line = key ? node->key_line : node->line;
        d->column = key ? node->key_column : node->column;
    } else if (d->status != TERN_ERROR_MEMORY) {
        *d->file = 0; /* data that do not fit, a directory that can't be made: this file is not at fault */
    }
}

void tern__json_enter(const tern__json *j, tern_error *err, tern__error_scope *before) {
    tern__error_scope_enter(err, j->name, &j->locator, before);
}

/* ---- the tree ---- */

/* Of a text that was checked, with a zero after it. */
static cJSON *make_tree(const char *text, size_t length, tern_error *err) {
    cJSON *root = cJSON_ParseWithLengthOpts(text, length, NULL, false);
    if (!root)
        tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory for a tree of %zu bytes of JSON", length);
    return root;
}

cJSON *tern__json_tree(const char *text, tern_status *status, tern_error *err) {
    tern__json_lexer l = tern__json_lexer_start(text, strlen(text), TERN__JSON_STRING);
    bool whole = tern__json_skip(&l, tern__json_next(&l)) && tern__json_next(&l) == TERN__JSON_END;
    cJSON *root = whole ? make_tree(text, strlen(text), err) : NULL;
    *status = root ? TERN_OK : whole ? TERN_ERROR_MEMORY : TERN_ERROR_SYNTAX;
    if (!whole)
        tern_error_add(err, *status, NULL, "\"%.60s\" is not JSON, column %zu: %s", text, l.wrong.column, l.mistake);
    return root;
}

static tern_status parse(tern__json *j, const char *text, size_t length, tern_error *err) {
    char mistake[128];
    tern_place wrong;
    tern_status status = tern__json_places_read(&j->places, text, length, mistake, &wrong, err);
    if (status == TERN_ERROR_SYNTAX) tern_error_at(err, status, NULL, wrong, "%s", mistake);
    if (status) return status;
    if (!(j->root = make_tree(text, length, err))) return TERN_ERROR_MEMORY;
    return tern__json_places_duplicates(&j->places, err);
}

tern_status tern__json_parse(tern__json *j, const char *text, size_t length, const char *name, tern_error *err) {
    *j = (tern__json){.locator = {locate}};
    if (!(j->name = tern__arena_text(&j->arena, name, strlen(name), err))) return TERN_ERROR_MEMORY;
    tern__error_scope before;
    tern__json_enter(j, err, &before);
    tern_status status = parse(j, text, length, err);
    tern__error_scope_leave(err, &before);
    return status;
}

void tern__json_close(tern__json *j) {
    cJSON_Delete(j->root);
    tern__free(j->change);
    tern__free(j->origin);
    tern__arena_free(&j->arena);
    tern__json_places_free(&j->places);
    *j = (tern__json){0};
}
