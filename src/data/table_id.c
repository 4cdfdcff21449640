/* table_id.c - a column of a table that says how each sample is called; see table_source.h. */
#include "table_source.h"

#include "fraction.h"
#include "names.h"

#include <string.h>

/* By its name or, where none is called so, by its position. */
static size_t find(const tern__table_source *s) {
    size_t position = 0, digits = strspn(s->id, "0123456789");
    for (size_t i = 0; s->named && i < s->columns; i++)
        if (!strcmp(s->names[i], s->id)) return i;
    for (size_t i = 0; i < digits && position < s->columns; i++) position = position * 10 + (size_t)(s->id[i] - '0');
    return digits && !s->id[digits] && position < s->columns ? position : SIZE_MAX;
}

tern_status tern__table_source_want_id(const tern__table_source *s, tern__cells *want, size_t *column,
                                       tern_error *err) {
    *column = SIZE_MAX;
    if (!s->id) return TERN_OK;
    *column = find(s);
    if (*column == SIZE_MAX) {
        char accepted[400] = "";
        tern__text_add_accepted(accepted, sizeof accepted, s->id, s->columns, s->names);
        return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                              "\"%.200s\" has no column \"%.64s\" to name the samples by%s%s", s->path, s->id, accepted,
                              s->hint);
    }
    tern__cells *w = &want[*column];
    *w = *w == TERN__CELLS_SKIP || *w == TERN__CELLS_TEXT ? TERN__CELLS_TEXT : TERN__CELLS_AUTO;
    return TERN_OK;
}

tern_status tern__table_source_take_id(const tern__roles *o, const tern__table *t, size_t column, tern_dataset *d,
                                       tern_error *err) {
    size_t first, end, window = o->series.window ? o->series.window : 1,
                       stride = o->series.window ? o->series.stride : 1;
    if (column == SIZE_MAX) return TERN_OK;
    if (tern__fraction(o->from, o->to, t->n, &first, &end, err)) return TERN_ERROR_MODEL;
    tern__arena arena = {0};
    const char **names = tern__arena_alloc(&arena, d->n, sizeof *names, err);
    tern_status status = names ? TERN_OK : TERN_ERROR_MEMORY;
    for (size_t i = 0; i < d->n && !status; i++) {
        char number[40];
        const char *text = tern__table_show(&t->column[column], first + i * stride + window - 1, number);
        if (!(names[i] = tern__arena_text(&arena, text, strlen(text), err))) status = TERN_ERROR_MEMORY;
    }
    if (!status) status = tern_dataset_name_samples(d, names, err);
    tern__arena_free(&arena);
    return status;
}
