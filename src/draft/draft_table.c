/* draft_table.c - what a table's columns hold, and the model file that reads them; see draft_internal.h. */
#include "draft_internal.h"

#include "statistics.h"
#include "text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- facts ---- */

/* Numbers: how many are missing, how many different ones there are, and where they lie. */
static tern_status survey_numbers(const tern__table_column *c, size_t n, tern_draft_column *out, tern_error *err) {
    double *sorted = tern__alloc(n, sizeof *sorted, err), sum = 0;
    size_t there = 0;
    if (!sorted) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < n; i++)
        if (isfinite(c->number[i])) sorted[there++] = c->number[i];
    tern__sort(sorted, there);
    for (size_t i = 0; i < there; i++) {
        sum += sorted[i] / (double)there;
        out->distinct += !i || sorted[i] != sorted[i - 1];
    }
    out->missing = n - there - c->bad;
    if (there) out->min = sorted[0], out->max = sorted[there - 1], out->mean = sum;
    tern__free(sorted);
    return TERN_OK;
}

static void survey_texts(const tern__table_column *c, size_t n, tern_draft_column *out) {
    out->distinct = c->values;
    for (size_t i = 0; i < n; i++) out->missing += c->code[i] == TERN__NO_CODE;
}

typedef struct value {
    const char *text;
    size_t rows;
} value;

static int compare_values(const void *a, const void *b) {
    const value *x = a, *y = b;
    if (x->rows != y->rows) return x->rows > y->rows ? -1 : 1;
    return strcmp(x->text, y->text);
}

/* The texts that occur most. */
static const char *most_common(tern__draft *d, const tern__table_column *c, size_t n) {
    enum { SHOWN = 4 };
    char text[160] = "";
    value *v = tern__alloc(c->values, sizeof *v, d->err);
    if (!v) return NULL;
    for (size_t k = 0; k < c->values; k++) v[k].text = c->value[k];
    for (size_t i = 0; i < n; i++)
        if (c->code[i] != TERN__NO_CODE) v[c->code[i]].rows++;
    qsort(v, c->values, sizeof *v, compare_values);
    size_t shown = c->values > SHOWN + 1 ? SHOWN : c->values;
    for (size_t k = 0; k < shown; k++)
        tern__text_add(text, sizeof text, "%s%.24s %zu", k ? ", " : "", v[k].text, v[k].rows);
    if (shown < c->values) tern__text_add(text, sizeof text, ", %zu more", c->values - shown);
    tern__free(v);
    return tern__draft_text(d, "%s", text);
}

/* Why there is nothing to learn from a column. */
static const char *reason(tern__draft *d, const tern__draft_table *of, size_t k, bool numbers) {
    const tern__table *t = of->t;
    const tern_draft_column *c = &of->column[k];
    if (c->missing == t->n) return "no row has a value";
    if (c->distinct == 1) return "all rows have the same value";
    if (numbers) return "it counts the rows";
    if (tern__draft_doubtful_dates(&t->column[k]))
        return "dates, but is the day or the month first? \"type\": \"date\" and \"format\": \"%d/%m/%Y\" or "
               "\"%m/%d/%Y\" say so";
    return tern__draft_text(d, "%zu different texts in %zu rows", c->distinct, t->n);
}

/* A column that would be numbers but for a few cells: what they are is for a person to say. */
static tern_status leave_out_bad(tern__draft *d, tern__draft_table *t, size_t k) {
    tern__table_column *c = &t->t->column[k];
    char place[TERN__TABLE_PLACE];
    tern_status status = tern__table_make_numbers(t->t, k, t->t->decimal, d->err);
    if (status || !c->bad) return status;
    tern__feature *f = &t->features.item[k];
    *f = (tern__feature){.name = f->name, .type = TERN__COLUMN_IGNORE, .min_count = 1, .fill = (double)NAN};
    t->column[k].why = tern__draft_text(d, "%zu of its cells are no numbers, such as \"%.64s\" (%s)", c->bad,
                                        c->bad_cell[0].text, tern__table_place(t->t, c->bad_cell[0].row, place));
    return TERN_OK;
}

/* Numbers with signs around them are no categories: what they are is for a person to say. */
static void spot_numbers(tern__draft *d, tern__draft_table *t, size_t k) {
    const char *what = tern__draft_number_like(&t->t->column[k], t->t->decimal);
    tern__feature *f = &t->features.item[k];
    if (!what) return;
    *f = (tern__feature){.name = f->name, .type = TERN__COLUMN_IGNORE, .min_count = 1, .fill = (double)NAN};
    t->column[k].why = tern__draft_text(d,
                                        "numbers with %s, such as \"%.40s\": take these out of the file to learn "
                                        "from them",
                                        what, t->t->column[k].value[0]);
}

static tern_status survey_column(tern__draft *d, tern__draft_table *t, size_t k) {
    tern_draft_column *out = &t->column[k];
    const tern__table_column *c = &t->t->column[k];
    const double none = (double)NAN;
    *out = (tern_draft_column){.name = c->name, .min = none, .mean = none, .max = none};
    tern__feature *f = &t->features.item[k];
    bool numbers = c->number != NULL;
    tern_status status = TERN_OK;
    if (f->type == TERN__COLUMN_NUMBER && !numbers) status = leave_out_bad(d, t, k);
    if (!status && c->number) status = survey_numbers(c, t->t->n, out, d->err);
    else if (!status) survey_texts(c, t->t->n, out);
    if (!status && c->code && !c->number) out->most = most_common(d, c, t->t->n);
    if (!status && c->code && !c->number && !out->why) spot_numbers(d, t, k);
    out->type = tern__feature_types[f->type];
    if (f->type == TERN__COLUMN_IGNORE && !out->why) out->why = reason(d, t, k, numbers);
    return status;
}

static tern_status survey(tern__draft *d, tern__draft_table *t) {
    static const tern_strings none = {0};
    size_t n = t->t->n, columns = t->t->columns;
    t->column = tern__arena_alloc(&d->arena, columns, sizeof *t->column, d->err);
    t->rows = tern__arena_alloc(&d->arena, n, sizeof *t->rows, d->err);
    if (!t->column || !t->rows) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < n; i++) t->rows[i] = i;
    tern_status status = tern__features_infer(t->t, t->rows, n, &none, &d->arena, &t->features, d->err);
    for (size_t k = 0; !status && k < columns; k++) status = survey_column(d, t, k);
    return status;
}

/* ---- the model file ---- */

static void write_column(tern__draft *d, const tern__feature *f, const tern_draft_column *c) {
    tern__json_writer *w = &d->w;
    tern__json_open(w, NULL, '{');
    tern__json_add_text(w, "name", f->name);
    if (f->type != TERN__COLUMN_NUMBER) tern__json_add_text(w, "type", tern__feature_types[f->type]);
    if (f->format) tern__json_add_text(w, "format", f->format);
    if (f->missing) tern__json_add_text(w, "missing", tern__missing_words[f->missing]);
    if (f->normalize) tern__json_add_text(w, "normalize", tern__normalize_words[f->normalize]);
    if (f->unseen) tern__json_add_text(w, "unseen", "unknown");
    if (f->min_count > 1) tern__json_add_size(w, "min_count", f->min_count);
    if (c->why) tern__draft_comment(d, "_", "%s", c->why);
    tern__json_close_bracket(w, '}');
}

static void write_target(tern__draft *d, const tern__draft_table *t) {
    tern__json_writer *w = &d->w;
    tern__json_open(w, "target", '{');
    tern__json_open(w, "columns", '[');
    for (size_t i = 0; i < t->targets; i++) tern__json_add_text(w, NULL, t->column[t->target[i]].name);
    tern__json_close_bracket(w, ']');
    if (t->n_classes) {
        tern__json_open(w, "classes", '[');
        for (size_t i = 0; i < t->n_classes; i++) tern__json_add_text(w, NULL, t->classes[i]);
        tern__json_close_bracket(w, ']');
    }
    if (d->task == TERN__TASK_REGRESSION || d->task == TERN__TASK_SERIES) tern__json_add_text(w, "normalize", "zscore");
    if (t->skips) tern__json_add_text(w, "missing", "skip");
    tern__json_close_bracket(w, '}');
}

static tern_status refuse_columns(const tern__draft *d, const tern__draft_table *t) {
    char why[400] = "";
    for (size_t k = 0; k < t->t->columns; k++)
        if (t->column[k].why && !t->column[k].target)
            tern__text_add(why, sizeof why, "%s\"%s\", as %s", *why ? "; " : ": ", t->column[k].name, t->column[k].why);
    return tern_error_add(d->err, TERN_ERROR_DATA, NULL, "no column is left to learn from%s", why);
}

/* The inputs: all columns but the targets; a series goes by these, too, but by no dates. */
static tern_status choose_inputs(tern__draft *d, tern__draft_table *t, size_t *width) {
    bool series = d->task == TERN__TASK_SERIES;
    t->input = tern__arena_alloc(&d->arena, t->t->columns, sizeof *t->input, d->err);
    tern__features in = {.item = tern__arena_alloc(&d->arena, t->t->columns, sizeof *in.item, d->err)}, fitted;
    if (!t->input || !in.item) return TERN_ERROR_MEMORY;
    for (size_t k = 0; k < t->t->columns; k++) {
        if (t->column[k].target && !series) continue;
        if (series && t->features.item[k].type != TERN__COLUMN_NUMBER) {
            if (k != tern__draft_clock(t) && !t->column[k].why)
                tern__draft_note(d, "\"%s\" is not read: a series goes by numbers", t->column[k].name);
            continue;
        }
        if (series && !t->column[k].target && k == tern__draft_clock(t)) continue;
        t->input[t->inputs++] = k;
        in.item[in.n++] = t->features.item[k];
    }
    tern_status status = tern__features_fit(&in, t->t, t->rows, t->t->n, &d->arena, &fitted, d->err);
    *width = status ? 0 : tern__features_width(&fitted);
    if (status || *width) return status;
    return refuse_columns(d, t);
}

/* The reader is to make windows. */
static tern_status add_window(tern__draft *d) {
    tern__json_writer w = {.write = tern__buffer_write, .to = &d->options, .comma = true};
    d->options.length--; /* the bracket */
    tern__json_add_size(&w, "window", d->window);
    tern__json_close_bracket(&w, '}');
    return d->options.failed ? TERN_ERROR_MEMORY : TERN_OK;
}

/* Rows that a network's size goes by: where a class is rare, many of the others teach little. */
static size_t telling_rows(const tern__draft *d, const tern__draft_table *t) {
    size_t balanced = 5 * t->least * t->n_classes;
    return d->task == TERN__TASK_CLASSIFICATION && balanced < t->t->n ? balanced : t->t->n;
}

static tern_status write_model(tern__draft *d, tern__draft_table *t) {
    size_t width;
    tern_status status = choose_inputs(d, t, &width);
    if (!status && d->window) status = add_window(d);
    if (status) return status;
    if (d->window) tern__draft_note_forecast(d, t);
    tern__draft_begin(d);
    tern__json_open(&d->w, "input", '{');
    if (d->window) {
        tern__json_open(&d->w, "shape", '[');
        tern__json_add_size(&d->w, NULL, d->window), tern__json_add_size(&d->w, NULL, width);
        tern__json_close_bracket(&d->w, ']');
    }
    tern__json_open(&d->w, "columns", '[');
    for (size_t i = 0; i < t->inputs; i++) write_column(d, &t->features.item[t->input[i]], &t->column[t->input[i]]);
    tern__json_close_bracket(&d->w, ']');
    tern__json_close_bracket(&d->w, '}');
    write_target(d, t);
    if (d->window) tern__draft_series_layers(d);
    else tern__draft_dense_layers(d, telling_rows(d, t), width, false);
    return tern__draft_end(d, t->t->n);
}

/* ---- all of it ---- */

/* `skip`: columns without a value in which a row is left out; NULL: none is. */
static tern__table *read_table(tern__draft *d, const tern_strings *skip) {
    const tern_reader_type *type = (const tern_reader_type *)d->object.type;
    tern__table_source s = {0};
    tern__table *t = NULL;
    if (type->table(d->object.self, d->base, false, &s, d->err)) return NULL;
    for (size_t i = 0; i < s.columns; i++)
        for (size_t k = 0; k < i; k++)
            if (!strcmp(s.names[i], s.names[k])) {
                tern_error_add(d->err, TERN_ERROR_DATA, NULL,
                               "\"%.256s\" has two columns \"%.128s\", %zu and %zu (counted from 0); rename one",
                               s.path, s.names[i], k, i);
                return tern__table_source_close(&s), NULL;
            }
    tern__cells *want = tern__alloc(s.columns, sizeof *want, d->err); /* all of them AUTO */
    s.skip = skip;
    if (want) t = tern__table_source_rows(&s, want, d->err);
    tern__free(want);
    tern__table_source_close(&s);
    return t;
}

/* Rows without a target teach nothing: the table is read again without them, as training will read it. */
static tern_status skip_rows(tern__draft *d, tern__draft_table *t) {
    if (!tern__draft_may_skip(d, t)) return TERN_OK;
    const char **name = tern__arena_alloc(&d->arena, t->targets, sizeof *name, d->err);
    for (size_t i = 0; name && i < t->targets; i++) name[i] = tern__draft_text(d, "%s", t->column[t->target[i]].name);
    tern__table_free(t->t);
    t->t = name ? read_table(d, &(tern_strings){t->targets, name}) : NULL;
    if (!t->t) return TERN_ERROR_DATA;
    t->skips = true;
    tern__draft_note(d, "%s", t->t->without_target);
    tern_status status = survey(d, t);
    for (size_t i = 0; !status && i < t->targets; i++) t->column[t->target[i]].target = true;
    return status;
}

tern_status tern__draft_from_table(tern__draft *d) {
    tern__draft_table t = {.t = read_table(d, NULL)};
    if (!t.t) return TERN_ERROR_DATA;
    tern_status status = survey(d, &t);
    if (!status) status = tern__draft_find_targets(d, &t);
    if (!status) status = skip_rows(d, &t);
    if (!t.t) return status;
    if (!status) {
        d->shown.rows = t.t->n, d->shown.columns = t.t->columns, d->shown.column = t.column;
        d->shown.found =
            tern__draft_text(d, "%s: %zu rows, %zu columns, %s", d->path, t.t->n, t.t->columns, d->shown.found);
        status = tern__draft_choose(d, &t);
    }
    if (!status) status = write_model(d, &t);
    for (size_t k = 0; k < d->shown.columns; k++) /* the table's names go with it */
        t.column[k].name = tern__draft_text(d, "%s", t.column[k].name);
    tern__table_free(t.t);
    return status;
}
