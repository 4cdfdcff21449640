/* columns_fit.c - what the training rows say of each column: fill values, scales, categories; see columns.h. */
#include "columns.h"

#include "alike.h"
#include "statistics.h"
#include "text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The rows to learn from, and where what is learned lives. */
typedef struct learning {
    const tern__table *t;
    const size_t *rows;
    size_t n;
    double *values, *sorted; /* [n] */
    tern__arena *arena;
    tern_error *err;
} learning;

/* The smallest of those that occur most often. */
static double most_common(const double *sorted, size_t n) {
    double best = sorted[0];
    size_t most = 0;
    for (size_t i = 0, run = 0; i < n; i++) {
        run = i && sorted[i] == sorted[i - 1] ? run + 1 : 1;
        if (run > most) most = run, best = sorted[i];
    }
    return best;
}

static const double *sort_values(learning *l, size_t n) {
    memcpy(l->sorted, l->values, n * sizeof *l->sorted);
    tern__sort(l->sorted, n);
    return l->sorted;
}

/* ---- numbers ---- */

/* Copies the values that are there to `sorted`, not sorted yet; returns how many. */
static size_t copy_finite(learning *l) {
    size_t n = 0;
    for (size_t i = 0; i < l->n; i++)
        if (isfinite(l->values[i])) l->sorted[n++] = l->values[i];
    return n;
}

static tern_status fit_fill(learning *l, tern__feature *f) {
    char file[TERN__TABLE_PLACE];
    size_t n = copy_finite(l);
    tern__sort(l->sorted, n);
    bool learned =
        f->missing != TERN__MISSING_ERROR && f->missing != TERN__MISSING_ZERO && f->missing != TERN__MISSING_VALUE;
    if (!n && learned)
        return tern_error_add(l->err, TERN_ERROR_DATA, NULL, "%s: column \"%.128s\" has no value in the training rows",
                              tern__table_file(l->t, file), f->name);
    switch (f->missing) {
    case TERN__MISSING_MEAN:
    case TERN__MISSING_INDICATOR: f->fill = tern__mean(l->sorted, n); break;
    case TERN__MISSING_MEDIAN: f->fill = tern__quantile(l->sorted, n, 0.5); break;
    case TERN__MISSING_MOST_COMMON: f->fill = most_common(l->sorted, n); break;
    case TERN__MISSING_ZERO: f->fill = 0; break;
    case TERN__MISSING_VALUE: break;
    default: f->fill = (double)NAN;
    }
    if (f->type == TERN__COLUMN_BOOLEAN && f->missing == TERN__MISSING_MEDIAN) f->fill = round(f->fill);
    return TERN_OK;
}

static void fit_scale(learning *l, const tern__feature *f, size_t n, double *center, double *scale) {
    const double *sorted;
    *center = 0, *scale = 1;
    switch (f->normalize) {
    case TERN__NORMALIZE_ZSCORE: {
        *center = tern__mean(l->values, n);
        double variance = tern__variance(l->values, n, *center);
        *scale = tern__scale_or_one(tern__deviation(variance, *center, n));
        break;
    }
    case TERN__NORMALIZE_MINMAX:
        sorted = sort_values(l, n);
        *center = sorted[0], *scale = tern__scale_or_one(sorted[n - 1] - sorted[0]);
        break;
    case TERN__NORMALIZE_ROBUST:
        sorted = sort_values(l, n);
        *center = tern__quantile(sorted, n, 0.5);
        *scale = tern__scale_or_one(tern__quantile(sorted, n, 0.75) - tern__quantile(sorted, n, 0.25));
        break;
    default: break;
    }
}

static tern_status fit_scales(learning *l, const tern__table_column *c, tern__feature *f) {
    size_t parts = tern__feature_parts(f);
    if (!parts || f->normalize == TERN__NORMALIZE_NONE || f->normalize == TERN__NORMALIZE_LOG1P) return TERN_OK;
    double *center = tern__arena_alloc(l->arena, parts, sizeof *center, l->err);
    double *scale = tern__arena_alloc(l->arena, parts, sizeof *scale, l->err);
    if (!center || !scale) return TERN_ERROR_MEMORY;
    for (size_t k = 0; k < parts; k++) {
        tern_status status = tern__feature_values(f, c, l->rows, l->n, l->values, l->err);
        if (status) return status;
        size_t n = 0;
        for (size_t i = 0; i < l->n; i++) {
            double v = isnan(l->values[i]) ? tern__feature_fill(f) : l->values[i];
            if (isfinite(v)) l->values[n++] = tern__feature_part(f, k, v);
        }
        if (n) fit_scale(l, f, n, &center[k], &scale[k]);
        else scale[k] = 1;
    }
    f->center = (tern_reals){parts, center}, f->scale = (tern_reals){parts, scale};
    return TERN_OK;
}

/* ---- categories ---- */

static int compare_counts(const void *a, const void *b) {
    return strcmp(((const tern__name_count *)a)->name, ((const tern__name_count *)b)->name);
}

/* Rows of each text of the training rows, by name; writes how many texts and how many missing cells there are. */
static tern__name_count *count_texts(learning *l, const tern__table_column *c, size_t *n, size_t *missing) {
    tern__name_count *counts = tern__alloc(c->values + 1, sizeof *counts, l->err); /* one more: `fill_category` */
    if (!counts) return NULL;
    *n = *missing = 0;
    for (size_t i = 0; i < c->values; i++) counts[i].name = c->value[i];
    for (size_t i = 0; i < l->n; i++) {
        uint32_t code = c->code ? c->code[l->rows[i]] : TERN__NO_CODE;
        if (code == TERN__NO_CODE) ++*missing;
        else counts[code].rows++;
    }
    for (size_t i = 0; i < c->values; i++)
        if (counts[i].rows) counts[(*n)++] = counts[i];
    qsort(counts, *n, sizeof *counts, compare_counts);
    return counts;
}

/* Gives the missing cells to the category that takes their place. */
static void fill_categories(tern__feature *f, tern__name_count *counts, size_t *n, size_t missing) {
    if (f->missing == TERN__MISSING_MOST_COMMON && *n) {
        size_t best = 0;
        for (size_t i = 1; i < *n; i++)
            if (counts[i].rows > counts[best].rows) best = i;
        f->fill_category = counts[best].name;
    }
    if (f->missing != TERN__MISSING_MOST_COMMON && f->missing != TERN__MISSING_VALUE) f->fill_category = NULL;
    if (!f->fill_category) return;
    for (size_t i = 0; i < *n; i++)
        if (!strcmp(counts[i].name, f->fill_category)) {
            counts[i].rows += missing;
            return;
        }
    if (!missing) return;
    counts[(*n)++] = (tern__name_count){f->fill_category, missing};
    qsort(counts, *n, sizeof *counts, compare_counts);
}

static const char *keep_text(learning *l, const char *text) {
    return tern__arena_text(l->arena, text, strlen(text), l->err);
}

static tern_status keep_categories(learning *l, tern__feature *f, const tern__name_count *counts, size_t n) {
    const char **names = tern__arena_alloc(l->arena, n, sizeof *names, l->err),
               **rare = tern__arena_alloc(l->arena, n, sizeof *rare, l->err);
    if (!names || !rare) return TERN_ERROR_MEMORY;
    size_t kept = 0, rares = 0;
    for (size_t i = 0; i < n; i++) {
        const char *name = keep_text(l, counts[i].name);
        if (!name) return TERN_ERROR_MEMORY;
        if (counts[i].rows < f->min_count) rare[rares++] = name;
        else names[kept++] = name;
    }
    f->categories = (tern_strings){kept, names}, f->rare = (tern_strings){rares, rare};
    f->infrequent = rares > 0;
    if (f->fill_category && !(f->fill_category = keep_text(l, f->fill_category))) return TERN_ERROR_MEMORY;
    return TERN_OK;
}

static void warn_alike(const tern__feature *f, const tern__name_count *counts, size_t n, tern_error *err) {
    char what[100] = "";
    tern__text_add(what, sizeof what, "column \"%.64s\"", f->name);
    tern__names_warn_alike(what, n, counts, err);
}

static tern_status fit_categories(learning *l, const tern__table_column *c, tern__feature *f) {
    char file[TERN__TABLE_PLACE];
    size_t n, missing;
    tern__name_count *counts = count_texts(l, c, &n, &missing);
    if (!counts) return TERN_ERROR_MEMORY;
    fill_categories(f, counts, &n, missing);
    warn_alike(f, counts, n, l->err);
    tern_status status =
        n ? keep_categories(l, f, counts, n)
          : tern_error_add(l->err, TERN_ERROR_DATA, NULL, "%s: column \"%.128s\" has no category in the training rows",
                           tern__table_file(l->t, file), f->name);
    tern__free(counts);
    return status;
}

/* ---- all of them ---- */

/* A date's parts, where none are named: year, month, day and weekday, and the hour where some row has a time. */
static tern_status choose_parts(learning *l, const tern__table_column *c, tern__feature *f) {
    static const char *const parts[] = {"year", "month", "day", "weekday", "hour"};
    if (f->type != TERN__COLUMN_DATE || f->parts.n) return TERN_OK;
    f->parts = (tern_strings){4, parts};
    tern_status status = tern__feature_values(f, c, l->rows, l->n, l->values, l->err);
    for (size_t i = 0; !status && i < l->n; i++)
        if (isfinite(l->values[i]) && fmod(l->values[i], 86400) != 0) f->parts.n = 5;
    return status;
}

static tern_status fit_one(learning *l, tern__feature *f) {
    if (f->type == TERN__COLUMN_IGNORE) return TERN_OK;
    size_t at = tern__feature_find(f, l->t, l->err);
    if (at == SIZE_MAX) return TERN_ERROR_DATA;
    const tern__table_column *c = &l->t->column[at];
    tern_status status = choose_parts(l, c, f);
    if (status) return status;
    if (f->type == TERN__COLUMN_TEXT)
        return f->categories.n ? TERN_OK : tern__text_fit(f, c, l->rows, l->n, l->arena, l->err);
    if (f->type == TERN__COLUMN_CATEGORY) status = f->categories.n ? TERN_OK : fit_categories(l, c, f);
    else if (!(status = tern__feature_values(f, c, l->rows, l->n, l->values, l->err))) status = fit_fill(l, f);
    return status ? status : fit_scales(l, c, f);
}

tern_status tern__features_fit(const tern__features *f, const tern__table *t, const size_t *rows, size_t n,
                               tern__arena *arena, tern__features *out, tern_error *err) {
    learning l = {.t = t, .rows = rows, .n = n, .arena = arena, .err = err};
    out->n = f->n;
    out->item = tern__arena_alloc(arena, f->n, sizeof *out->item, err);
    l.values = tern__alloc(n, sizeof *l.values, err);
    l.sorted = tern__alloc(n, sizeof *l.sorted, err);
    tern_status status = out->item && l.values && l.sorted ? TERN_OK : TERN_ERROR_MEMORY;
    for (size_t i = 0; i < f->n && status != TERN_ERROR_MEMORY; i++) {
        out->item[i] = f->item[i];
        tern_status one = fit_one(&l, &out->item[i]);
        if (one) status = one;
    }
    tern__free(l.values);
    tern__free(l.sorted);
    return status;
}
