/* settings.h - fills the options of a type from its own table, and from a text: "lr=0.1 betas=[0.8,0.99] mode=fan_out".
 */
#ifndef TERN_TEST_SETTINGS_H
#define TERN_TEST_SETTINGS_H

#include "test.h"
#include <tern/type.h>

/* The option struct of a type, and the lists it points to. */
typedef struct settings {
    double self[64]; /* double: aligned for all */
    double list[64];
    size_t used;
} settings;

static inline tern_reals read_list(settings *s, const char *text) {
    tern_reals list = {0, s->list + s->used};
    ck_assert_int_eq(*text, '[');
    do {
        char *end;
        ck_assert_uint_lt(s->used, COUNT(s->list));
        s->list[s->used++] = strtod(text + 1, &end);
        list.n++;
        text = end;
    } while (*text == ',');
    ck_assert_int_eq(*text, ']');
    return list;
}

/* A number, a word of the choices, or true. */
static inline double read_value(const tern_option *row, const char *text) {
    size_t length = strcspn(text, " ");
    for (int i = 0; row->choices && row->choices[i]; i++)
        if (strlen(row->choices[i]) == length && strncmp(row->choices[i], text, length) == 0) return i;
    if (row->kind == TERN_OPTION_BOOL) return strncmp(text, "true", 4) == 0;
    char *end;
    double value = strtod(text, &end);
    ck_assert_msg(end == text + length, "%s can't be %s", row->name, text);
    return value;
}

static inline void store(settings *s, const tern_option *row, double value, const char *list) {
    void *field = (char *)s->self + row->offset;
    switch (row->kind) {
    case TERN_OPTION_SIZE: *(size_t *)field = value > 0 ? (size_t)value : 0; break;
    case TERN_OPTION_INT: *(int64_t *)field = (int64_t)value; break;
    case TERN_OPTION_REAL: *(double *)field = value; break;
    case TERN_OPTION_CHOICE: *(int *)field = (int)value; break;
    case TERN_OPTION_BOOL: *(bool *)field = value > 0; break;
    case TERN_OPTION_REALS: *(tern_reals *)field = list ? read_list(s, list) : (tern_reals){0}; break;
    default: ck_abort_msg("%s is of a kind that has no text here", row->name);
    }
}

/* Defaults first, then what `text` says; values hold no spaces. */
static inline void configure(settings *s, const tern_type *type, const char *text) {
    static const tern_option none = {0};
    const tern_option *rows = type->options ? type->options : &none, *row;
    ck_assert_uint_le(type->size, sizeof s->self);
    memset(s, 0, sizeof *s);
    char list[64];
    for (row = rows; row->name; row++) {
        size_t n = 0; /* a default list, without its spaces */
        for (const char *c = row->def_json; c && *c; c++)
            if (*c != ' ') list[n++] = *c;
        list[n] = 0;
        store(s, row, row->def, row->def_json ? list : NULL);
    }
    for (text += strspn(text, " "); *text; text += strcspn(text, " "), text += strspn(text, " ")) {
        size_t length = strcspn(text, "=");
        for (row = rows; row->name && (strlen(row->name) != length || strncmp(row->name, text, length) != 0); row++) {}
        ck_assert_msg(row->name, "%s has no option %s", type->name, text);
        bool many = row->kind == TERN_OPTION_REALS;
        store(s, row, many ? 0 : read_value(row, text + length + 1), text + length + 1);
    }
}

#endif
