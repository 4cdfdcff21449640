/* image_table.c - see image_table.h. */
#include "image_table.h"

#include "csv_files.h"
#include "file.h"
#include "table_arrays.h"
#include "names.h"
#include "text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A table being read. */
typedef struct reading {
    const tern__image_table *o;
    tern__table_source source;
    tern__table *t;
    size_t path, weight; /* columns; weight SIZE_MAX: none */
    tern__picks y;
    char *folder; /* where paths start */
    bool safe;
    tern__image_source *s;
    tern_error *err;
} reading;

/* ---- columns ---- */

static size_t find_column(const reading *r, const char *wanted, const char *key) {
    char accepted[400] = "";
    for (size_t i = 0; i < r->source.columns; i++)
        if (!strcmp(r->source.names[i], wanted)) return i;
    tern__text_add_accepted(accepted, sizeof accepted, wanted, r->source.columns, r->source.names);
    tern_error_add(r->err, TERN_ERROR_MODEL, key, "names the column \"%.128s\" of \"%.256s\"%s%s", wanted,
                   r->source.path, accepted, r->source.hint);
    return SIZE_MAX;
}

static tern_status find_columns(reading *r) {
    const tern__image_table *o = r->o;
    r->y = (tern__picks){.targets = true, .classes = o->classes};
    r->weight = SIZE_MAX;
    if ((r->path = find_column(r, o->path, "path")) == SIZE_MAX) return TERN_ERROR_MODEL;
    if (o->weight && (r->weight = find_column(r, o->weight, "sample_weight")) == SIZE_MAX) return TERN_ERROR_MODEL;
    if (o->classes.n && o->y.n != 1)
        return tern_error_add(r->err, TERN_ERROR_MODEL, "classes", "names the classes of one column, but y has %zu",
                              o->y.n);
    if (!(r->y.column = tern__alloc(o->y.n, sizeof *r->y.column, r->err))) return TERN_ERROR_MEMORY;
    for (; r->y.n < o->y.n; r->y.n++)
        if ((r->y.column[r->y.n] = find_column(r, o->y.v[r->y.n], "y")) == SIZE_MAX) return TERN_ERROR_MODEL;
    return TERN_OK;
}

static tern_status read_table(reading *r) {
    tern__cells *want = tern__alloc(r->source.columns, sizeof *want, r->err);
    if (!want) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < r->source.columns; i++) want[i] = TERN__CELLS_SKIP;
    tern__picks_want(&r->y, want);
    if (r->weight != SIZE_MAX) want[r->weight] = TERN__CELLS_NUMBER;
    want[r->path] = TERN__CELLS_TEXT;
    r->source.may_skip = true;
    if (r->o->skip && r->o->y.n) r->source.skip = &r->o->y;
    r->t = tern__table_source_rows(&r->source, want, r->err);
    tern__free(want);
    if (r->t && r->t->without_target) tern_error_warn(r->err, NULL, "%s", r->t->without_target);
    return r->t ? TERN_OK : TERN_ERROR_DATA;
}

/* ---- files ---- */

static tern_status list_files(reading *r) {
    const tern__table_column *c = &r->t->column[r->path];
    tern__image_list *list = &r->s->list;
    if (!(list->file = tern__alloc(r->t->n, sizeof *list->file, r->err))) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < r->t->n; i++) {
        if (c->code[i] == TERN__NO_CODE)
            return tern__table_fail(r->t, c, i, TERN_ERROR_DATA, r->err, "%s is empty; a path is accepted", c->label);
        char *path = tern__path_join(r->folder, c->value[c->code[i]], r->safe, "path", r->err);
        const char *said = c->value[c->code[i]];
        char *kept = path ? tern__arena_text(&list->arena, path, strlen(path), r->err) : NULL,
             *name = kept ? tern__arena_text(&list->arena, said, strlen(said), r->err) : NULL;
        tern__free(path);
        if (!name) return TERN_ERROR_DATA;
        list->file[list->n++] = (tern__image_file){kept, name, 0, i, tern__table_origin(r->t, i)};
    }
    return TERN_OK;
}

/* Names the files that are not there, many in a message. */
static tern_status refuse_missing(const reading *r) {
    enum { MESSAGES = 24, LENGTH = 560 };
    char names[LENGTH + 1] = "", one[360];
    size_t missing = 0, messages = 0;
    const tern__image_list *list = &r->s->list;
    for (size_t i = 0; i < list->n; i++) {
        char place[TERN__TABLE_PLACE];
        if (!access(list->file[i].path, F_OK)) continue;
        missing++;
        snprintf(one, sizeof one, "%s%.200s (%.120s)", *names ? ", " : "", list->file[i].path,
                 tern__table_place(r->t, i, place));
        if (strlen(names) + strlen(one) >= LENGTH) {
            if (messages++ < MESSAGES) tern_error_add(r->err, TERN_ERROR_IO, NULL, "not there: %s", names);
            snprintf(names, sizeof names, "%s", one + 2);
        } else tern__text_add(names, sizeof names, "%s", one);
    }
    if (!missing) return TERN_OK;
    if (messages < MESSAGES) tern_error_add(r->err, TERN_ERROR_IO, NULL, "not there: %s", names);
    return tern_error_add(r->err, TERN_ERROR_IO, "file",
                          "%zu of %zu images are not there%s; take their rows out, or say \"on_error\": \"skip\"",
                          missing, list->n, messages > MESSAGES ? ", the first of them named here" : "");
}

/* ---- targets ---- */

/* Copies names into the list's memory; NULL: there is none left. */
static const char **keep_names(reading *r, const tern_strings *names) {
    tern__arena *arena = &r->s->list.arena;
    const char **kept = tern__arena_alloc(arena, names->n, sizeof *kept, r->err);
    for (size_t k = 0; kept && k < names->n; k++)
        if (!(kept[k] = tern__arena_text(arena, names->v[k], strlen(names->v[k]), r->err))) return NULL;
    return kept;
}

static tern_status take_targets(reading *r) {
    tern__image_list *list = &r->s->list;
    tern__picks *y = &r->y;
    if (!y->n) return TERN_OK;
    tern_status status = tern__picks_fill(y, r->t, r->err);
    if (status) return status;
    const tern_strings names = y->classes.n ? y->classes : (tern_strings){y->n_found, y->found};
    const char **columns = keep_names(r, &r->o->y);
    list->class_name = keep_names(r, &names);
    if (!columns || !list->class_name) return TERN_ERROR_MEMORY;
    list->classes = names.n;
    r->s->y = tern__picks_take(y, r->t->n);
    r->s->y.columns = r->o->y.n, r->s->y.column = columns;
    return TERN_OK;
}

static tern_status take_weights(reading *r) {
    if (r->weight == SIZE_MAX) return TERN_OK;
    const tern__table_column *c = &r->t->column[r->weight];
    tern_status status = tern__weights_column_check(r->t, c, 0, r->t->n, r->err);
    if (status) return status;
    if (!(r->s->weight = tern__alloc(r->t->n, sizeof *r->s->weight, r->err))) return TERN_ERROR_MEMORY;
    memcpy(r->s->weight, c->number, r->t->n * sizeof *r->s->weight);
    return TERN_OK;
}

/* ---- all of it ---- */

/* Where paths start: the folder that is named, or that of the table. */
static tern_status set_folder(reading *r, const char *dir) {
    const char *path = r->source.path, *slash = strrchr(path, '/');
    if (r->o->folder) r->folder = tern__path_join(dir, r->o->folder, r->safe, "folder", r->err);
    else if ((r->folder = tern__alloc(strlen(path) + 2, 1, r->err)))
        memcpy(r->folder, slash ? path : ".", slash ? (size_t)(slash - path) + (slash == path) : 1);
    return r->folder ? TERN_OK : TERN_ERROR_MODEL;
}

tern_status tern__image_table_read(const tern__image_table *o, const char *dir, bool safe, tern__image_source *s,
                                   tern_error *err) {
    const tern_strings file = {1, &o->file};
    const tern__csv_form form = {o->separator, o->decimal, TERN__ENCODING_UTF8, true, false};
    reading r = {.o = o, .s = s, .safe = safe, .err = err};
    tern_status status = tern__csv_files_open(&file, "file", dir, safe, &form, &r.source, err);
    if (status) return status;
    status = set_folder(&r, dir);
    if (!status) status = find_columns(&r);
    if (!status) status = read_table(&r);
    if (!status) status = list_files(&r);
    if (!status && !s->skip) status = refuse_missing(&r);
    if (!status) status = take_targets(&r);
    if (!status) status = take_weights(&r);
    tern__picks_free(&r.y);
    tern__table_free(r.t);
    tern__free(r.folder);
    tern__table_source_close(&r.source);
    return status;
}
