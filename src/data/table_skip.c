/* table_skip.c - rows of a table without a target, which a model file may leave out; see table_source.h. */
#include "table_source.h"

#include "text.h"

#include <math.h>
#include <string.h>

static bool is_blank(const tern__table_column *c, size_t row) {
    return c->number ? isnan(c->number[row]) : c->code[row] == TERN__NO_CODE;
}

/* The columns whose cells decide, each read as it is wanted or, where nobody wants it, as it comes. */
static size_t *find_targets(const tern__table_source *s, tern__cells *want, tern_error *err) {
    size_t *column = tern__alloc(s->skip->n, sizeof *column, err);
    for (size_t i = 0; column && i < s->skip->n; i++) {
        column[i] = tern__table_source_find(s, s->skip->v[i], "y", err);
        if (column[i] == SIZE_MAX) return tern__free(column), NULL;
        if (want[column[i]] == TERN__CELLS_SKIP) want[column[i]] = TERN__CELLS_AUTO;
    }
    return column;
}

/* "3 of 17 rows are left out, for their target is blank: shop.csv, line 3, ..." */
static tern_status tell(tern__table *t, const bool *gone, size_t count, tern_error *err) {
    char text[600] = "", place[TERN__TABLE_PLACE];
    tern__text_add(text, sizeof text,
                   "%zu of %zu rows %s left out, for %s target is blank (\"missing\": \"skip\"): ", count, t->n,
                   count == 1 ? "is" : "are", count == 1 ? "its" : "their");
    for (size_t i = 0, shown = 0; i < t->n && shown < TERN__TABLE_NOTED; i++)
        if (gone[i]) tern__text_add(text, sizeof text, "%s%.120s", shown++ ? ", " : "", tern__table_place(t, i, place));
    if (count > TERN__TABLE_NOTED) tern__text_add(text, sizeof text, ", ...");
    t->without_target = tern__arena_text(&t->arena, text, strlen(text), err);
    return t->without_target ? TERN_OK : TERN_ERROR_MEMORY;
}

static tern_status leave_out(const tern__table_source *s, tern__table *t, const size_t *column, tern_error *err) {
    bool *gone = tern__alloc(t->n, sizeof *gone, err);
    size_t count = 0;
    if (!gone) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < t->n; i++) {
        for (size_t k = 0; k < s->skip->n; k++) gone[i] = gone[i] || is_blank(&t->column[column[k]], i);
        count += gone[i];
    }
    tern_status status = TERN_OK;
    if (count && count == t->n)
        status = tern_error_add(err, TERN_ERROR_DATA, NULL, "\"%.256s\": the target is blank in all %zu rows", s->path,
                                t->n);
    else if (count) status = tell(t, gone, count, err);
    if (!status && count) status = tern__table_leave_out(t, gone, err);
    tern__free(gone);
    return status;
}

tern__table *tern__table_source_rows(const tern__table_source *s, tern__cells *want, tern_error *err) {
    size_t *column = s->skip ? find_targets(s, want, err) : NULL;
    if (s->skip && !column) return NULL;
    tern__table *t = s->read(s->self, want, err);
    if (t) t->may_skip = s->may_skip;
    if (t && column && leave_out(s, t, column, err)) tern__table_free(t), t = NULL;
    tern__free(column);
    return t;
}
