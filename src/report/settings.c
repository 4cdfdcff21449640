/* settings.c - goes over the tokens of a model file; see settings.h. */
#include "settings.h"

#include "json_lexer.h"
#include "text.h"

#include <string.h>

typedef struct walk {
    tern__json_lexer lexer;
    char path[256];
    tern__setting *found;
    void *user;
} walk;

enum { VALUE_TEXT = 200 };

static void tell(const walk *w, const char *begin, const char *end) {
    char value[VALUE_TEXT] = "";
    int n = end - begin < VALUE_TEXT ? (int)(end - begin) : VALUE_TEXT;
    tern__text_add(value, sizeof value, "%.*s", n, begin);
    if (end - begin > n) tern__text_add(value, sizeof value, "...");
    w->found(w->user, w->path, value);
}

static bool walk_value(walk *w, tern__json_token token);

static bool walk_object(walk *w) {
    size_t length = strlen(w->path);
    for (tern__json_token token; (token = tern__json_next(&w->lexer)) != TERN__JSON_OBJECT_END; w->path[length] = 0) {
        char key[TERN_MAX_NAME];
        if (token != TERN__JSON_KEY || w->lexer.stop - w->lexer.begin >= (ptrdiff_t)sizeof key) return false;
        tern__json_string(&w->lexer, key);
        tern__text_add(w->path, sizeof w->path, "%s%s", length ? "." : "", key);
        token = tern__json_next(&w->lexer);
        bool left_out = !length && (!strcmp(key, "layers") || !strcmp(key, "fitted") || *key == '$');
        if (!(left_out ? tern__json_skip(&w->lexer, token) : walk_value(w, token))) return false;
    }
    return true;
}

/* A list of objects is walked through, any other is one value. */
static bool walk_list(walk *w) {
    tern__json_lexer ahead = w->lexer;
    const char *begin = w->lexer.begin;
    if (!tern__json_skip(&ahead, TERN__JSON_LIST)) return false;
    if (!memchr(begin, '{', (size_t)(ahead.stop - begin))) {
        tell(w, begin, ahead.stop);
        w->lexer = ahead;
        return true;
    }
    size_t length = strlen(w->path);
    tern__json_token token;
    for (size_t i = 0; (token = tern__json_next(&w->lexer)) != TERN__JSON_LIST_END; i++, w->path[length] = 0) {
        tern__text_add(w->path, sizeof w->path, ".%zu", i);
        if (!walk_value(w, token)) return false;
    }
    return true;
}

static bool walk_value(walk *w, tern__json_token token) {
    if (token == TERN__JSON_OBJECT) return walk_object(w);
    if (token == TERN__JSON_LIST) return walk_list(w);
    if (token != TERN__JSON_STRING_VALUE && token != TERN__JSON_NUMBER && token != TERN__JSON_WORD) return false;
    tell(w, w->lexer.begin, w->lexer.stop);
    return true;
}

void tern__settings(const char *json, tern__setting *found, void *user) {
    walk w = {.lexer = tern__json_lexer_start(json, strlen(json), TERN__JSON_STRING), .found = found, .user = user};
    walk_value(&w, tern__json_next(&w.lexer));
}
