/* inspect_table.c - tern inspect on a .csv file: its columns one by one, numbers or text. */
#include "inspect_parts.h"

#include "commands.h"
#include "csv_rows.h"
#include "memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* All fields of a file. */
typedef struct sheet {
    tern__csv csv;
    size_t rows;
    char **names;       /* [csv.columns]; NULL: no header */
    const char **field; /* [rows * csv.columns] */
    double *value;      /* [rows] of the column in hand */
    const char **text;  /* [rows] the same as text, sorted, where it is not all numbers */
} sheet;

/* What a column holds. */
typedef struct column {
    char name[TABLE_CELL];
    bool numbers; /* every field is a number, or empty */
    size_t empty, distinct;
    tern__stats stats; /* numbers: an empty field counts as NaN */
} column;

/* ---- reading ---- */

/* The first row names the columns unless it is all numbers: the same rule as for `predict --input`. */
static tern_status read_names(sheet *s, tern_error *err) {
    tern__csv *c = &s->csv;
    tern_status status;
    double ignored;
    bool numbers = true;
    if (!tern__csv_next(c, &status, err)) return status;
    for (size_t i = 0; i < c->columns; i++) numbers = numbers && tern__csv_number(c, c->field[i], &ignored);
    c->held = numbers;
    if (numbers) return TERN_OK;
    s->names = tern__alloc(c->columns, sizeof *s->names, err);
    for (size_t i = 0; s->names && i < c->columns; i++) s->names[i] = c->field[i];
    return s->names ? TERN_OK : TERN_ERROR_MEMORY;
}

static tern_status read_rows(sheet *s, tern_error *err) {
    tern__csv *c = &s->csv;
    tern_status status = TERN_OK;
    size_t most = tern__csv_most(c) + 1;
    s->field = tern__alloc(most * c->columns, sizeof *s->field, err);
    s->value = tern__alloc(most, sizeof *s->value, err);
    s->text = tern__alloc(most, sizeof *s->text, err);
    if (!s->field || !s->value || !s->text) return TERN_ERROR_MEMORY;
    while (s->rows < most && tern__csv_next(c, &status, err)) {
        for (size_t i = 0; i < c->columns; i++) s->field[s->rows * c->columns + i] = c->field[i];
        s->rows++;
    }
    return status;
}

/* ---- one column ---- */

static int compare_texts(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void look_at_text(const sheet *s, column *c) {
    qsort(s->text, s->rows, sizeof *s->text, compare_texts);
    for (size_t i = 0; i < s->rows; i++) c->distinct += !i || strcmp(s->text[i], s->text[i - 1]);
}

/* NaN and infinity are numbers to look at here, though no reader takes them. */
static bool not_finite(const char *field, double *out) {
    char *end;
    *out = strtod(field, &end);
    return end != field && !*end && !isfinite(*out);
}

static tern_status look(const sheet *s, size_t k, column *c, tern_error *err) {
    *c = (column){.numbers = true};
    if (s->names) tern__text_safe(s->names[k], c->name, sizeof c->name);
    else snprintf(c->name, sizeof c->name, "%zu", k);
    for (size_t i = 0; i < s->rows; i++) {
        const char *field = s->text[i] = s->field[i * s->csv.columns + k];
        bool empty = !*field;
        c->empty += empty;
        s->value[i] = (double)NAN;
        c->numbers =
            c->numbers && (empty || tern__csv_number(&s->csv, field, &s->value[i]) || not_finite(field, &s->value[i]));
    }
    c->numbers = c->numbers && c->empty < s->rows;
    if (!c->numbers) {
        look_at_text(s, c);
        return TERN_OK;
    }
    tern_status status =
        tern__column_stats(&(tern_column){.dtype = TERN_F64, .data = s->value}, s->rows, &c->stats, err);
    c->distinct = c->stats.values;
    return status;
}

/* ---- showing ---- */

static void add_row(table *t, const column *c) {
    table_row(t);
    table_set(t, 0, "%s", c->name);
    if (c->numbers) {
        table_set(t, 1, "%.6g", c->stats.min);
        table_set(t, 2, "%.6g", c->stats.max);
        table_set(t, 3, "%.6g", c->stats.mean);
        table_set(t, 4, "%.6g", c->stats.std);
        table_set(t, 6, "%zu", c->stats.nans + c->stats.infs - c->empty);
    } else {
        table_set(t, 1, "text");
    }
    table_set(t, 5, "%zu", c->empty);
    if (c->distinct) table_set(t, 7, "%zu", c->distinct);
}

/* Calls back for each distinct text of a sorted column, with its count. */
static void each_text(const sheet *s, void (*call)(void *user, const char *text, size_t count), void *user) {
    for (size_t i = 0, next; i < s->rows; i = next) {
        for (next = i + 1; next < s->rows && !strcmp(s->text[i], s->text[next]);) next++;
        call(user, s->text[i], next - i);
    }
}

static void print_text(void *user, const char *text, size_t count) {
    char shown[TABLE_CELL];
    (void)user;
    printf("  %6zu  %s\n", count, tern__text_safe(text, shown, sizeof shown));
}

static void json_count(void *user, const char *text, size_t count) { json_size(user, text, count); }

static void json_column(json *j, const sheet *s, size_t k, const column *c) {
    json_open(j, NULL, '{');
    json_text(j, "name", s->names ? s->names[k] : c->name);
    json_text(j, "type", c->numbers ? "number" : "text");
    json_size(j, "empty", c->empty);
    if (c->numbers) json_stats(j, &c->stats);
    if (!c->numbers) json_size(j, "distinct", c->distinct);
    if (!c->numbers && c->distinct <= TERN__MAX_HISTOGRAM) {
        json_open(j, "histogram", '{');
        each_text(s, json_count, j);
        json_close(j, '}');
    }
    json_close(j, '}');
}

static tern_status show_text(const sheet *s, const args *a, tern_error *err) {
    char path[PATH_SIZE], count[SHORT_TEXT];
    column c;
    table t;
    tern_status status = TERN_OK;
    printf("%s: %s rows, %zu columns, %s\n\n", tern__text_safe(a->operand.v[0], path, sizeof path),
           count_text(s->rows, count), s->csv.columns, s->names ? "with a header" : "no header");
    table_begin(&t, 8,
                (const char *const[]){"column", ">min", ">max", ">mean", ">std", ">empty", ">NaN, inf", ">distinct"});
    for (size_t k = 0; !status && k < s->csv.columns; k++)
        if (!(status = look(s, k, &c, err))) add_row(&t, &c);
    table_end(&t);
    for (size_t k = 0; !status && k < s->csv.columns; k++) {
        status = look(s, k, &c, err);
        if (status || c.numbers || c.distinct > TERN__MAX_HISTOGRAM) continue;
        printf("\n%s\n", c.name);
        each_text(s, print_text, NULL);
    }
    return status;
}

static tern_status show_json(const sheet *s, const args *a, tern_error *err) {
    json j = {0};
    column c;
    tern_status status = TERN_OK;
    json_open(&j, NULL, '{');
    json_text(&j, "file", a->operand.v[0]);
    json_size(&j, "samples", s->rows);
    json_bool(&j, "header", s->names != NULL);
    json_open(&j, "columns", '[');
    for (size_t k = 0; !status && k < s->csv.columns; k++)
        if (!(status = look(s, k, &c, err))) json_column(&j, s, k, &c);
    json_close(&j, ']');
    json_close(&j, '}');
    json_end();
    return status;
}

tern_status inspect_table(const args *a, tern_error *err) {
    sheet s = {0};
    tern_status status = tern__csv_open(&s.csv, a->operand.v[0], ',', err);
    if (status) return status;
    status = read_names(&s, err);
    if (!status) status = read_rows(&s, err);
    if (!status) status = a->json ? show_json(&s, a, err) : show_text(&s, a, err);
    tern__csv_close(&s.csv);
    tern__free(s.names);
    tern__free(s.field);
    tern__free(s.value);
    tern__free(s.text);
    return status;
}
