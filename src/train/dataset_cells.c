/* dataset_cells.c - what a table's file says of some samples; see tern/fit.h. */
#include "data_directory.h"
#include "reader_for.h"

#include "table_source.h"

#include <tern/fit.h>
#include <tern/reader.h>

#include <string.h>

typedef struct holdings {
    tern__arena arena;
    const char **column, **cell, **place;
} holdings;

static const char *keep(holdings *h, const char *text, tern_error *err) {
    return tern__arena_text(&h->arena, text, strlen(text), err);
}

/* Without the directory, which all of a file's rows share. */
static const char *file_name(const char *place) {
    const char *slash = strrchr(place, '/');
    return slash ? slash + 1 : place;
}

static tern_status take_row(holdings *h, const tern__table *t, size_t i, size_t row, tern_error *err) {
    char place[TERN__TABLE_PLACE], number[40];
    if (row >= t->n)
        return tern_error_add(err, TERN_ERROR_DATA, NULL, "%s has no row %zu any more", tern__table_file(t, place),
                              row);
    h->place[i] = keep(h, file_name(tern__table_place(t, row, place)), err);
    bool kept = h->place[i];
    for (size_t k = 0; kept && k < t->columns; k++)
        kept = (h->cell[i * t->columns + k] = keep(h, tern__table_show(&t->column[k], row, number), err)) != NULL;
    return kept ? TERN_OK : TERN_ERROR_MEMORY;
}

static tern_status take(const tern__table *t, const tern_dataset *d, const size_t *rows, tern_cells *out,
                        tern_error *err) {
    holdings *h = out->memory = tern__alloc(1, sizeof *h, err);
    if (!h) return TERN_ERROR_MEMORY;
    h->column = tern__arena_alloc(&h->arena, t->columns, sizeof *h->column, err);
    h->cell = tern__arena_alloc(&h->arena, out->n * t->columns, sizeof *h->cell, err);
    h->place = tern__arena_alloc(&h->arena, out->n, sizeof *h->place, err);
    if (!h->column || !h->cell || !h->place) return TERN_ERROR_MEMORY;
    tern_status status = TERN_OK;
    for (size_t k = 0; !status && k < t->columns; k++)
        if (!(h->column[k] = keep(h, t->column[k].name, err))) status = TERN_ERROR_MEMORY;
    for (size_t i = 0; !status && i < out->n; i++) status = take_row(h, t, i, d->row ? d->row[rows[i]] : rows[i], err);
    out->columns = t->columns, out->column = h->column, out->cell = h->cell, out->place = h->place;
    return status;
}

static tern_status read_cells(const tern_model *m, const tern_object *reader, const char *dir, bool safe,
                              const tern_dataset *d, const size_t *rows, tern_cells *out, tern_error *err) {
    const tern_reader_type *type = (const tern_reader_type *)reader->type;
    tern__table_source s = {0};
    if (!type || !type->table || m->inputs != 1) return TERN_OK;
    if (type->table(reader->self, dir, safe, &s, err)) return TERN_ERROR_DATA;
    tern__cells *want = tern__alloc(s.columns, sizeof *want, err); /* all of them AUTO */
    tern__table *t = want && !s.roles.sequence ? s.read(s.self, want, err) : NULL;
    tern_status status = t ? take(t, d, rows, out, err) : want && s.roles.sequence ? TERN_OK : TERN_ERROR_DATA;
    tern__table_free(t);
    tern__free(want);
    tern__table_source_close(&s);
    return status;
}

tern_status tern_dataset_cells(const tern_dataset *d, const tern_model *m, const char *split, const char *dir,
                               const size_t *rows, size_t n, tern_cells *out, tern_error *err) {
    *out = (tern_cells){.n = n};
    const tern_object *reader = tern__split_reader(m, split, err);
    char *own = dir || !reader ? NULL : tern__data_directory(m, split, err);
    tern_status status = !reader ? TERN_ERROR_USAGE : dir || own ? TERN_OK : TERN_ERROR_IO;
    if (!status) status = read_cells(m, reader, dir ? dir : own, !dir, d, rows, out, err);
    tern__free(own);
    if (status) tern_cells_free(out);
    return status;
}

void tern_cells_free(tern_cells *cells) {
    holdings *h = cells->memory;
    if (h) tern__arena_free(&h->arena);
    tern__free(h);
    *cells = (tern_cells){0};
}
