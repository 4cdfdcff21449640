/* columns_infer.c - what a table's columns seem to be: "columns": "auto"; see columns.h. */
#include "columns.h"

#include "date.h"

#include <math.h>
#include <string.h>

enum { MANY_CATEGORIES = 1000, RARE = 5, ENOUGH = 20 };

/* What the training rows hold in a column. */
typedef struct survey {
    size_t present, missing;
    size_t numbers, booleans, dates; /* rows whose text reads as one */
    const char *format;              /* of the dates; NULL: as ISO 8601 has it */
    bool doubtful;                   /* the dates may have the day or the month first */
    size_t distinct, rare;           /* categories, and those of fewer than RARE rows */
    double low, high;
    bool counts_rows; /* each number is that of its row */
} survey;

static bool is_boolean(const char *text) {
    static const char *const words[] = {"true", "false", "True", "False", "TRUE", "FALSE", "yes", "no", "Yes", "No"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(words[i], text)) return true;
    return false;
}

static void survey_numbers(const tern__table_column *c, const size_t *rows, size_t n, survey *s) {
    s->low = (double)INFINITY, s->high = -(double)INFINITY;
    double first = n >= ENOUGH ? c->number[rows[0]] - (double)rows[0] : (double)NAN; /* as row 0 is called */
    s->counts_rows = first == 0 || first == 1;
    for (size_t i = 0; i < n; i++) {
        double v = c->number[rows[i]];
        s->counts_rows = s->counts_rows && v == (double)rows[i] + first;
        if (isnan(v)) {
            s->missing++;
            continue;
        }
        s->present++;
        s->numbers += isfinite(v) != 0;
        s->low = fmin(s->low, v), s->high = fmax(s->high, v);
    }
}

/* Rows whose text is a date of that format. */
static size_t dates_by(const char *format, const tern__table_column *c, const size_t *count) {
    size_t rows = 0;
    double ignored;
    for (size_t k = 0; k < c->values; k++)
        if (tern__date_read(c->value[k], format, &ignored)) rows += count[k];
    return rows;
}

static tern_status survey_texts(const tern__table_column *c, const size_t *rows, size_t n, survey *s, tern_error *err) {
    size_t *count = tern__alloc(c->values, sizeof *count, err);
    if (!count) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < n; i++)
        if (c->code[rows[i]] != TERN__NO_CODE) count[c->code[rows[i]]]++;
    for (size_t k = 0; k < c->values; k++) {
        double ignored;
        const char *text = c->value[k];
        s->present += count[k];
        s->distinct += count[k] > 0;
        s->rare += count[k] > 0 && count[k] < RARE;
        if (tern__cell_number(text, '.', &ignored) || tern__cell_missing(text)) s->numbers += count[k];
        if (is_boolean(text)) s->booleans += count[k];
        if (tern__date_read(text, NULL, &ignored)) s->dates += count[k];
    }
    for (const char *const *format = tern__date_formats; !s->dates && *format; format++)
        if (dates_by(*format, c, count) == s->present) s->format = *format, s->dates = s->present;
    s->doubtful = s->format && !strncmp(s->format, "%d/", 3) &&
                  dates_by(strlen(s->format) > 8 ? "%m/%d/%Y %H:%M" : "%m/%d/%Y", c, count) == s->present;
    s->missing = n - s->present;
    tern__free(count);
    return TERN_OK;
}

/* Texts of which nearly all are numbers were meant to be numbers: what is none of them is said when they are read. */
static void describe_texts(const survey *s, tern__feature *f) {
    if (s->distinct == 1 && !s->missing) f->type = TERN__COLUMN_IGNORE;
    else if (10 * s->numbers >= 9 * s->present) f->type = TERN__COLUMN_NUMBER;
    else if (s->booleans == s->present) f->type = TERN__COLUMN_BOOLEAN;
    else if (s->doubtful) f->type = TERN__COLUMN_IGNORE;
    else if (10 * s->dates >= 9 * s->present) f->type = TERN__COLUMN_DATE, f->format = s->format;
    else if (s->distinct > MANY_CATEGORIES || (s->distinct > 20 && 2 * s->distinct > s->present))
        f->type = TERN__COLUMN_IGNORE;
    else f->type = TERN__COLUMN_CATEGORY;
    if (f->type != TERN__COLUMN_CATEGORY) return;
    f->unseen = TERN__UNSEEN_UNKNOWN;
    if (s->rare && s->rare < s->distinct && s->distinct > 2) f->min_count = RARE;
}

static tern_status describe(const tern__table_column *c, const size_t *rows, size_t n, tern__feature *f,
                            tern_error *err) {
    survey s = {0};
    if (c->number) survey_numbers(c, rows, n, &s);
    else if (c->code && survey_texts(c, rows, n, &s, err)) return TERN_ERROR_MEMORY;
    *f = (tern__feature){.name = c->name, .min_count = 1, .fill = (double)NAN};
    if (!s.present) f->type = TERN__COLUMN_IGNORE;
    else if (c->number) f->type = s.low < s.high && !s.counts_rows ? TERN__COLUMN_NUMBER : TERN__COLUMN_IGNORE;
    else describe_texts(&s, f);
    if (f->type == TERN__COLUMN_NUMBER || f->type == TERN__COLUMN_DATE) f->normalize = TERN__NORMALIZE_ZSCORE;
    if (!s.missing || f->type == TERN__COLUMN_IGNORE) return TERN_OK;
    f->missing = f->type == TERN__COLUMN_CATEGORY ? TERN__MISSING_CATEGORY
                 : f->type == TERN__COLUMN_NUMBER ? TERN__MISSING_MEDIAN
                                                  : TERN__MISSING_MOST_COMMON;
    return TERN_OK;
}

tern_status tern__features_infer(const tern__table *t, const size_t *rows, size_t n, const tern_strings *except,
                                 tern__arena *arena, tern__features *out, tern_error *err) {
    *out = (tern__features){.item = tern__arena_alloc(arena, t->columns, sizeof *out->item, err)};
    if (!out->item) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < t->columns; i++) {
        bool left_out = false;
        for (size_t k = 0; k < except->n; k++) left_out = left_out || !strcmp(except->v[k], t->column[i].name);
        if (left_out) continue;
        tern__feature *f = &out->item[out->n++];
        tern_status status = describe(&t->column[i], rows, n, f, err);
        if (status) return status;
        f->name = tern__arena_text(arena, f->name, strlen(f->name), err);
        if (!f->name) return TERN_ERROR_MEMORY;
    }
    return TERN_OK;
}
