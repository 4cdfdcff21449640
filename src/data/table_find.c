/* table_find.c - a column of a table by its name, or by its position. */
#include "table_source.h"

#include "names.h"

#include <stdint.h>
#include <string.h>

static size_t say_absent(const tern__table_source *f, const char *wanted, const char *key, tern_error *err) {
    char accepted[200] = "";
    tern__text_add_nearest(accepted, sizeof accepted, wanted, f->named ? f->columns : 0, f->names);
    if (f->roles.fitted)
        tern_error_add(err, TERN_ERROR_DATA, NULL,
                       "\"%.256s\" lacks the column \"%.128s\", which the model was trained on%s its %zu columns begin "
                       "with \"%.64s\"%s",
                       f->path, wanted, accepted, f->columns, f->names[0], f->hint);
    else if (f->named)
        tern_error_add(err, TERN_ERROR_MODEL, key,
                       "names the column \"%.128s\"%s the %zu columns of \"%.256s\" begin with \"%.128s\"%s", wanted,
                       accepted, f->columns, f->path, f->names[0], f->hint);
    else
        tern_error_add(err, TERN_ERROR_MODEL, key, "names the column \"%.128s\"; \"%.256s\" has the columns 0 to %zu%s",
                       wanted, f->path, f->columns - 1, f->hint);
    return SIZE_MAX;
}

size_t tern__table_source_find(const tern__table_source *s, const char *wanted, const char *key, tern_error *err) {
    size_t found = SIZE_MAX, position = 0;
    for (size_t i = 0; s->named && i < s->columns; i++) {
        if (strcmp(s->names[i], wanted)) continue;
        if (found != SIZE_MAX) {
            tern_error_add(err, TERN_ERROR_MODEL, key, "names the column \"%.128s\", which \"%.256s\" has twice",
                           wanted, s->path);
            return SIZE_MAX;
        }
        found = i;
    }
    if (found != SIZE_MAX) return found;
    size_t digits = strspn(wanted, "0123456789");
    for (size_t i = 0; i < digits && position < s->columns; i++) position = position * 10 + (size_t)(wanted[i] - '0');
    if (digits && !wanted[digits] && position < s->columns && !s->roles.fitted) return position;
    return say_absent(s, wanted, key, err);
}
