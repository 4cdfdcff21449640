/* draft.c - drafts a model file for data: finds what it is and calls who knows; see tern/draft.h. */
#include "draft_internal.h"

#include "error_scope.h"
#include "file.h"
#include "names.h"
#include "text_file.h"

#include <stdio.h>
#include <string.h>

/* ---- what the data is ---- */

/* What a file begins with, and who drafts it then. */
typedef struct sort {
    const char *magic;
    tern_status (*draft)(tern__draft *d);
} sort;

/* IDX begins with two zeros, which no table does; compressed, it is known by its name. */
static bool is_idx(const char *data, const char *start, size_t got) {
    return (got >= 4 && !start[0] && !start[1]) || tern__path_ends(data, "-ubyte.gz") ||
           tern__path_ends(data, ".idx.gz");
}

static tern_status draft_data(tern__draft *d, const char *data) {
    static const sort sorts[] = {
        {"SQLite format 3", tern__draft_sqlite}, {"\x93NUMPY", tern__draft_npy}, {"PK\x03\x04", tern__draft_npz}};
    char start[16] = "";
    if (tern__workbook_refuse(data, d->err)) return TERN_ERROR_DATA;
    FILE *file = fopen(data, "rb");
    size_t got = file ? fread(start, 1, sizeof start, file) : 0;
    if (file) fclose(file);
    if (d->o->query && memcmp(start, sorts[0].magic, strlen(sorts[0].magic)))
        return tern_error_add(d->err, TERN_ERROR_USAGE, NULL,
                              "a query needs an SQLite database, and \"%.256s\" is none", data);
    if (tern__path_is_directory(data)) return tern__draft_images(d);
    for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++)
        if (!memcmp(start, sorts[i].magic, strlen(sorts[i].magic))) return sorts[i].draft(d);
    return is_idx(data, start, got) ? tern__draft_idx(d) : tern__draft_csv(d);
}

static tern_status read_task(tern__draft *d) {
    if (!d->o->task) return TERN_OK;
    for (d->task = TERN__TASK_CLASSIFICATION; d->task < TERN__TASKS; d->task++)
        if (!strcmp(d->o->task, tern__task_words[d->task])) return TERN_OK;
    char text[200] = "";
    tern__text_add_accepted(text, sizeof text, d->o->task, TERN__TASKS - 1, tern__task_words + 1);
    return tern_error_add(d->err, TERN_ERROR_USAGE, NULL, "there is no task \"%.60s\"%s", d->o->task, text);
}

/* The caller named the files: there is no model file to point into. */
static void forget_pointer(const tern_locator *self, tern_diagnostic *d, bool at_key) {
    (void)self, (void)at_key;
    d->pointer[0] = 0;
}

tern_draft *tern_draft_open(const char *data, const tern_draft_options *options, tern_error *err) {
    static const tern_draft_options usual = {0};
    static const tern_locator nowhere = {forget_pointer};
    tern__draft *d = tern__alloc(1, sizeof *d, err);
    if (!d) return NULL;
    d->o = options ? options : &usual, d->err = err;
    d->shown.note = d->note;
    d->w = (tern__json_writer){.write = tern__buffer_write, .to = &d->text};
    tern__error_scope before;
    tern__error_scope_enter(err, "", &nowhere, &before);
    tern_status status = read_task(d);
    if (!status) status = tern__draft_place(d, data);
    if (!status) status = draft_data(d, data);
    tern__error_scope_leave(err, &before);
    if (!status || d->shown.rows) return &d->shown;
    tern_draft_free(&d->shown);
    return NULL;
}

void tern_draft_free(tern_draft *shown) {
    tern__draft *d = (tern__draft *)shown;
    if (!d) return;
    tern__free(d->options.text);
    tern__free(d->valid.text);
    tern__free(d->test.text);
    tern__free(d->text.text);
    tern__free(d->model);
    tern__arena_free(&d->arena);
    tern__free(d);
}
