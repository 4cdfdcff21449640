/* columns_values.c - what the cells of a described column say, before anything is filled in or scaled; see columns.h.
 */
#include "columns.h"

#include "date.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *const tern__boolean_words[] = {"false", "true", "no", "yes", "0",  "1", "f",
                                           "t",     "n",    "y",  "off", "on", NULL};

static double boolean_value(const char *text) {
    const char *const *words = tern__boolean_words;
    text += strspn(text, " \t");
    size_t length = strcspn(text, " \t");
    for (size_t i = 0; words[i]; i++)
        if (strlen(words[i]) == length && !strncasecmp(words[i], text, length) && tern__cell_blank(text + length))
            return i % 2 ? 1 : 0;
    return tern__cell_missing(text) ? (double)NAN : (double)INFINITY;
}

static double date_value(const char *text, const char *format) {
    double seconds;
    if (tern__date_read(text, format, &seconds)) return seconds;
    return tern__cell_missing(text) ? (double)NAN : (double)INFINITY;
}

/* A category and its value: its place in the description, or that it is rare. */
typedef struct entry {
    const char *name;
    double value;
} entry;

static int compare_entries(const void *a, const void *b) {
    return strcmp(((const entry *)a)->name, ((const entry *)b)->name);
}

static tern_status map_categories(const tern__feature *f, const tern__table_column *c, double *map, tern_error *err) {
    static const double unseen = -1, rare = -2;
    size_t known = f->categories.n, n = known + f->rare.n;
    entry *sorted = tern__alloc(n, sizeof *sorted, err);
    if (!sorted) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < known; i++) sorted[i] = (entry){f->categories.v[i], (double)i};
    for (size_t i = known; i < n; i++) sorted[i] = (entry){f->rare.v[i - known], rare};
    qsort(sorted, n, sizeof *sorted, compare_entries);
    for (size_t i = 0; i < c->values; i++) {
        const entry *at = bsearch(&(entry){c->value[i], 0}, sorted, n, sizeof *sorted, compare_entries);
        map[i] = at ? at->value : unseen;
    }
    tern__free(sorted);
    return TERN_OK;
}

static tern_status map_texts(const tern__feature *f, const tern__table_column *c, double *map, tern_error *err) {
    if (f->type == TERN__COLUMN_CATEGORY) return map_categories(f, c, map, err);
    for (size_t i = 0; i < c->values; i++)
        map[i] = f->type == TERN__COLUMN_BOOLEAN ? boolean_value(c->value[i]) : date_value(c->value[i], f->format);
    return TERN_OK;
}

tern_status tern__features_take_numbers(const tern__features *f, tern__table *t, tern_error *err) {
    tern_status status = TERN_OK;
    for (size_t i = 0; i < f->n && !status; i++) {
        size_t at = f->item[i].type == TERN__COLUMN_NUMBER ? tern__table_find(t, f->item[i].name) : SIZE_MAX;
        if (at != SIZE_MAX) status = tern__table_make_numbers(t, at, t->decimal, err);
    }
    return status;
}

tern_status tern__feature_values(const tern__feature *f, const tern__table_column *c, const size_t *rows, size_t count,
                                 double *out, tern_error *err) {
    if (f->type == TERN__COLUMN_NUMBER) {
        for (size_t i = 0; i < count; i++) out[i] = c->number ? c->number[rows ? rows[i] : i] : (double)NAN;
        return TERN_OK;
    }
    double *map = tern__alloc(c->values, sizeof *map, err);
    if (!map) return TERN_ERROR_MEMORY;
    tern_status status = map_texts(f, c, map, err);
    for (size_t i = 0; !status && i < count; i++) {
        uint32_t code = c->code ? c->code[rows ? rows[i] : i] : TERN__NO_CODE;
        out[i] = code == TERN__NO_CODE ? (double)NAN : map[code];
    }
    tern__free(map);
    return status;
}

double tern__feature_fill(const tern__feature *f) {
    if (f->type != TERN__COLUMN_CATEGORY) return f->fill;
    for (size_t i = 0; f->fill_category && i < f->categories.n; i++)
        if (!strcmp(f->categories.v[i], f->fill_category)) return (double)i;
    return -1;
}

double tern__feature_part(const tern__feature *f, size_t k, double value) {
    double v = f->type == TERN__COLUMN_DATE ? tern__date_part(value, f->parts.v[k]) : value;
    return f->normalize == TERN__NORMALIZE_LOG1P ? log1p(v) : v;
}

void tern__feature_put(const tern__feature *f, double value, double *out) {
    for (size_t k = 0; k < tern__feature_parts(f); k++) {
        double part = tern__feature_part(f, k, value);
        out[k] = f->scale.n ? (part - f->center.v[k]) / f->scale.v[k] : part;
    }
}

void tern__feature_cell(const tern__feature *f, double value, double fill, double *out) {
    bool missing = isnan(value);
    double v = !missing ? isinf(value) ? 0 : value : isnan(fill) ? 0 : fill;
    tern__feature_put(f, v, out);
    if (tern__feature_flags_missing(f)) out[tern__feature_width(f) - 1] = missing;
    size_t indices = tern__feature_indices(f);
    if (f->type != TERN__COLUMN_CATEGORY || tern__feature_parts(f)) return;
    if (indices) *out = v >= 0 ? v : (double)(missing ? indices - 1 : f->categories.n);
    else if (v >= 0) out[(size_t)v] = 1;
    else if (!missing && f->infrequent) out[f->categories.n] = 1;
}
