/* target.c - targets of a table; see target.h. */
#include "target.h"

#include "alike.h"
#include "statistics.h"

#include <math.h>
#include <string.h>

const char *const tern__target_encode_words[] = {"auto", "index", "one_hot", NULL};
static const char *const missing_words[] = {"error", "skip", NULL};

/* clang-format off: one row each. */
#define TARGET_OPTIONS                                                                                                \
    TERN_STRINGS(tern__target, columns, 1, 0, "The columns of the targets, by their names."),                         \
        TERN_STRINGS(tern__target, classes, 1, 0,                                                                     \
                     "The class names in the order of their indices; left out: those of the training rows, sorted."), \
        TERN_CHOICE(tern__target, encode, TERN__TARGET_AUTO, tern__target_encode_words,                               \
                    "Classes as an index, or as a number each of which one is 1; auto: as the loss takes them."),     \
        TERN_CHOICE(tern__target, normalize, TERN__NORMALIZE_NONE, tern__normalize_words,                             \
                    "How numbers are scaled by the training rows; predictions and metrics come back in their unit.")

const tern_option tern__target_options[] = {
    TARGET_OPTIONS,
    TERN_CHOICE(tern__target, missing, TERN__TARGET_ERROR, missing_words,
                "What a row of a table becomes whose target is blank: an error, or left out and counted."),
    {0},
};

const tern_option tern__fitted_target_options[] = {
    TARGET_OPTIONS,
    TERN_REALS(tern__target, center, NULL, -1.7e308, 1.7e308, 1, 0, "What is subtracted of each column's numbers."),
    TERN_REALS(tern__target, scale, NULL, 0, 1.7e308, 1, 0, "What they are then divided by.", .above_min = true),
    TERN_REALS(tern__target, class_weight, NULL, 0, 1e30, 1, 0, "What each class counts for in the loss."),
    {0},
};
/* clang-format on */

tern__cells tern__target_want(const tern__target *t, const char *name) {
    for (size_t i = 0; i < t->columns.n; i++) {
        if (strcmp(t->columns.v[i], name)) continue;
        if (t->classes.n) return TERN__CELLS_TEXT;
        return t->columns.n > 1 ? TERN__CELLS_NUMBER : TERN__CELLS_AUTO;
    }
    return TERN__CELLS_SKIP;
}

/* A column as the described one that it is. */
static tern__feature describe(const tern__target *t, size_t i) {
    tern__feature f = {.name = t->columns.v[i], .min_count = 1, .fill = (double)NAN, .target = true};
    if (!t->classes.n) {
        f.normalize = t->normalize;
        if (t->scale.n > i) f.center = (tern_reals){1, t->center.v + i}, f.scale = (tern_reals){1, t->scale.v + i};
        return f;
    }
    f.type = TERN__COLUMN_CATEGORY;
    f.encode = t->encode == TERN__TARGET_ONE_HOT ? TERN__ENCODE_ONE_HOT : TERN__ENCODE_ORDINAL;
    f.categories = t->classes;
    return f;
}

/* Whether more cells of a column of texts read as numbers than do not. */
static bool mostly_numbers(const tern__table *table, const tern__table_column *c) {
    size_t numbers = 0, others = 0;
    double ignored;
    for (size_t i = 0; i < table->n; i++) {
        if (c->code[i] == TERN__NO_CODE) continue;
        const char *text = c->value[c->code[i]];
        if (tern__cell_number(text, table->decimal, &ignored)) numbers++;
        else others += !tern__cell_missing(text);
    }
    return numbers > others;
}

tern_status tern__target_take_numbers(const tern__target *t, bool fitted, tern__table *table, tern_error *err) {
    tern_status status = TERN_OK;
    for (size_t i = 0; !status && !t->classes.n && i < t->columns.n; i++) {
        size_t at = tern__table_find(table, t->columns.v[i]);
        if (at == SIZE_MAX || !table->column[at].code || table->column[at].number) continue;
        if (fitted || mostly_numbers(table, &table->column[at]))
            status = tern__table_make_numbers(table, at, table->decimal, err);
    }
    return status;
}

/* ---- fit ---- */

static tern_status check(const tern__target *t, tern_error *err) {
    if (!t->columns.n)
        return tern_error_add(err, TERN_ERROR_MODEL, "columns", "is missing: which columns are targets?");
    if (t->classes.n && t->columns.n > 1)
        return tern_error_add(err, TERN_ERROR_MODEL, "classes", "names the classes of one column, but there are %zu",
                              t->columns.n);
    if (t->classes.n && t->normalize)
        return tern_error_add(err, TERN_ERROR_MODEL, "normalize", "scales numbers; the target is classes");
    return TERN_OK;
}

/* Whether a single column without names holds names. */
static tern_status find_classes(const tern__table *table, const size_t *rows, size_t n, tern__arena *arena,
                                tern__target *t, tern_error *err) {
    tern__feature f = describe(t, 0), fitted;
    size_t at = tern__feature_find(&f, table, err);
    if (at == SIZE_MAX) return TERN_ERROR_DATA;
    if (table->column[at].number) return TERN_OK;
    f.type = TERN__COLUMN_CATEGORY;
    tern__features out;
    tern_status status = tern__features_fit(&(tern__features){1, &f}, table, rows, n, arena, &out, err);
    if (status) return status;
    fitted = out.item[0];
    t->classes = fitted.categories;
    return check(t, err);
}

static tern_status fit_scales(const tern__table *table, const size_t *rows, size_t n, tern__arena *arena,
                              tern__target *t, tern_error *err) {
    size_t columns = t->columns.n;
    tern__feature *f = tern__arena_alloc(arena, columns, sizeof *f, err);
    double *center = tern__arena_alloc(arena, columns, sizeof *center, err);
    double *scale = tern__arena_alloc(arena, columns, sizeof *scale, err);
    if (!f || !center || !scale) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < columns; i++) f[i] = describe(t, i);
    tern__features out;
    tern_status status = tern__features_fit(&(tern__features){columns, f}, table, rows, n, arena, &out, err);
    if (status || !out.item[0].scale.n) return status;
    for (size_t i = 0; i < columns; i++) center[i] = *out.item[i].center.v, scale[i] = *out.item[i].scale.v;
    t->center = (tern_reals){columns, center}, t->scale = (tern_reals){columns, scale};
    return TERN_OK;
}

tern_status tern__target_fit(const tern__target *t, const tern__table *table, const size_t *rows, size_t n,
                             bool indices, tern__arena *arena, tern__target *out, tern_error *err) {
    *out = *t;
    tern_status status = check(t, err);
    if (!status && !t->classes.n && t->columns.n == 1) status = find_classes(table, rows, n, arena, out, err);
    if (status) return status;
    if (out->encode == TERN__TARGET_AUTO)
        out->encode = out->classes.n && !indices ? TERN__TARGET_ONE_HOT : TERN__TARGET_INDEX;
    return out->classes.n ? TERN_OK : fit_scales(table, rows, n, arena, out, err);
}

void tern__target_warn_alike(const tern__target *t, const tern__table *table, const size_t *rows, size_t n,
                             tern_error *err) {
    const tern__table_column *c = &table->column[tern__table_find(table, *t->columns.v)];
    size_t classes = t->classes.n, *count = tern__alloc(c->values, sizeof *count, NULL);
    tern__name_count *names = count ? tern__alloc(classes, sizeof *names, NULL) : NULL;
    for (size_t i = 0; names && i < n; i++)
        if (c->code[rows[i]] != TERN__NO_CODE) count[c->code[rows[i]]]++;
    for (size_t k = 0; names && k < classes; k++) {
        names[k].name = t->classes.v[k];
        for (size_t v = 0; v < c->values; v++)
            if (!strcmp(c->value[v], t->classes.v[k])) names[k].rows = count[v];
    }
    if (names) tern__names_warn_alike("the target's classes", classes, names, err);
    tern__free(names);
    tern__free(count);
}

/* ---- apply ---- */

tern_status tern__target_apply(const tern__target *t, const tern__table *table, tern_array *out, tern_error *err) {
    size_t columns = t->columns.n;
    tern__feature *f = tern__alloc(columns, sizeof *f, err);
    if (!f) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < columns; i++) f[i] = describe(t, i);
    const tern__features all = {columns, f};
    size_t width = tern__features_width(&all);
    double *y = tern__alloc(table->n, width * sizeof *y, err);
    tern_status status = y ? tern__features_apply(&all, table, y, err) : TERN_ERROR_MEMORY;
    tern__free(f);
    if (status) return tern__free(y), status;
    *out = (tern_array){.dtype = TERN_F64, .shape = {1, {width}}, .data = y};
    if (columns > 1 || t->encode == TERN__TARGET_ONE_HOT) return TERN_OK;
    out->shape = (tern_shape){0};
    if (t->normalize || !tern__all_whole(y, table->n)) return TERN_OK;
    tern__to_integers(y, table->n);
    out->dtype = TERN_I64;
    return TERN_OK;
}

/* ---- arrays ---- */

bool tern__target_is_table(const tern__target *t) {
    return t->columns.n || t->classes.n || t->encode != TERN__TARGET_AUTO || (t->given && !t->normalize && !t->missing);
}

double tern__target_scaled(const tern__target *t, size_t k, double v) {
    if (t->normalize == TERN__NORMALIZE_LOG1P) return log1p(v);
    return (v - t->center.v[k % t->scale.n]) / t->scale.v[k % t->scale.n];
}

/* ---- back again ---- */

bool tern__target_is_scaled(const tern__target *t, size_t columns) {
    return t->normalize == TERN__NORMALIZE_LOG1P || (t->normalize && t->scale.n && columns % t->scale.n == 0);
}

void tern__target_restore(const tern__target *t, size_t columns, size_t n, bool differences, const tern_real *x,
                          tern_real *out) {
    bool log = t->normalize == TERN__NORMALIZE_LOG1P;
    for (size_t i = 0; i < n * columns; i++) {
        size_t column = log ? 0 : i % t->scale.n;
        double v = (double)x[i], shift = differences || log ? 0 : t->center.v[column];
        out[i] = (tern_real)(log ? expm1(v) : v * t->scale.v[column] + shift);
    }
}
