/* table_inspect.c - a CSV file column by column, numbers or text. */
#include "csv_rows.h"
#include "memory.h"

#include <tern/inspect.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct tern_table {
    tern__csv csv;
    size_t rows;
    char **names;       /* [csv.columns]; NULL: no header */
    const char **field; /* [rows * csv.columns] */
    double *value;      /* [rows] of the current column */
    const char *
        *text;     /* [rows] the same as text; sorted, and then the distinct ones alone, where it is not all numbers */
    size_t *count; /* [rows] of each distinct one */
};

/* ---- reading ---- */

/* The first row names the columns unless it is all numbers: the same rule as for the inputs of a prediction. */
static tern_status read_names(tern_table *t, tern_error *err) {
    tern__csv *c = &t->csv;
    tern_status status;
    double ignored;
    bool numbers = true;
    if (!tern__csv_next(c, &status, err)) return status;
    for (size_t i = 0; i < c->columns; i++) numbers = numbers && tern__csv_number(c, c->field[i], &ignored);
    c->held = numbers;
    if (numbers) return TERN_OK;
    t->names = tern__alloc(c->columns, sizeof *t->names, err);
    for (size_t i = 0; t->names && i < c->columns; i++) t->names[i] = c->field[i];
    return t->names ? TERN_OK : TERN_ERROR_MEMORY;
}

static tern_status read_rows(tern_table *t, tern_error *err) {
    tern__csv *c = &t->csv;
    tern_status status = TERN_OK;
    size_t most = tern__csv_most(c) + 1;
    t->field = tern__alloc(most * c->columns, sizeof *t->field, err);
    t->value = tern__alloc(most, sizeof *t->value, err);
    t->text = tern__alloc(most, sizeof *t->text, err);
    t->count = tern__alloc(most, sizeof *t->count, err);
    if (!t->field || !t->value || !t->text || !t->count) return TERN_ERROR_MEMORY;
    while (t->rows < most && tern__csv_next(c, &status, err)) {
        for (size_t i = 0; i < c->columns; i++) t->field[t->rows * c->columns + i] = c->field[i];
        t->rows++;
    }
    return status;
}

tern_table *tern_table_open(const char *path, tern_error *err) {
    tern_table *t = tern__alloc(1, sizeof *t, err);
    if (!t) return NULL;
    if (tern__csv_open(&t->csv, path, ',', err)) {
        tern__free(t);
        return NULL;
    }
    tern_status status = read_names(t, err);
    if (!status) status = read_rows(t, err);
    if (!status) return t;
    tern_table_free(t);
    return NULL;
}

void tern_table_free(tern_table *t) {
    if (!t) return;
    tern__csv_close(&t->csv);
    tern__free(t->names);
    tern__free(t->field);
    tern__free(t->value);
    tern__free(t->text);
    tern__free(t->count);
    tern__free(t);
}

size_t tern_table_rows(const tern_table *t) { return t->rows; }

size_t tern_table_columns(const tern_table *t) { return t->csv.columns; }

bool tern_table_has_header(const tern_table *t) { return t->names != NULL; }

/* ---- one column ---- */

static int compare_texts(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t count_texts(tern_table *t) {
    size_t distinct = 0;
    qsort(t->text, t->rows, sizeof *t->text, compare_texts);
    for (size_t i = 0; i < t->rows; i++) {
        if (!distinct || strcmp(t->text[i], t->text[distinct - 1])) {
            t->text[distinct] = t->text[i];
            t->count[distinct++] = 0;
        }
        t->count[distinct - 1]++;
    }
    return distinct;
}

/* NaN and infinity are numbers here, though no reader takes them. */
static bool not_finite(const char *field, double *out) {
    char *end;
    *out = strtod(field, &end);
    return end != field && !*end && !isfinite(*out);
}

tern_status tern_table_inspect(tern_table *t, size_t k, tern_table_column *out, tern_error *err) {
    *out = (tern_table_column){.name = t->names ? t->names[k] : NULL, .numbers = true};
    for (size_t i = 0; i < t->rows; i++) {
        const char *field = t->text[i] = t->field[i * t->csv.columns + k];
        bool empty = !*field;
        out->empty += empty;
        t->value[i] = (double)NAN;
        out->numbers = out->numbers &&
                       (empty || tern__csv_number(&t->csv, field, &t->value[i]) || not_finite(field, &t->value[i]));
    }
    out->numbers = out->numbers && out->empty < t->rows;
    if (!out->numbers) {
        out->distinct = count_texts(t);
        out->text = t->text;
        out->count = t->count;
        return TERN_OK;
    }
    tern_array column = {.dtype = TERN_F64, .data = t->value};
    tern_status status = tern_array_inspect(&column, t->rows, &out->stats, err);
    out->distinct = out->stats.values;
    return status;
}
