/* columns_apply.c - a table's cells as the numbers that a model reads, by what was fitted; see columns.h. */
#include "columns.h"

#include "names.h"
#include "outliers.h"
#include "remark.h"
#include "text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A column on its way: where it comes from, where it goes, and what was met. */
typedef struct passage {
    const tern__feature *f;
    const tern__table *t;
    const tern__table_column *c;
    double *value; /* [t->n] */
    double *x;     /* its first number in the first row */
    size_t stride;
    tern__remark missing, bad, unseen, beyond; /* beyond: log1p has no value there */
} passage;

/* ---- finding ---- */

size_t tern__feature_find(const tern__feature *f, const tern__table *t, tern_error *err) {
    size_t at = tern__table_find(t, f->name), twice = 0;
    for (size_t i = 0; i < t->columns; i++) twice += !strcmp(t->column[i].name, f->name);
    if (twice == 1) return at;
    char place[TERN__TABLE_PLACE];
    tern__table_file(t, place);
    if (twice) {
        tern_error_add(err, TERN_ERROR_DATA, NULL, "%s has %zu columns called \"%.128s\"", place, twice, f->name);
        return SIZE_MAX;
    }
    char accepted[200] = "";
    const char **names = tern__alloc(t->columns, sizeof *names, err);
    for (size_t i = 0; names && i < t->columns; i++) names[i] = t->column[i].name;
    if (names) tern__text_add_nearest(accepted, sizeof accepted, f->name, t->columns, names);
    tern__free(names);
    tern_error_add(err, TERN_ERROR_DATA, NULL, "%s has no column \"%.128s\"%s its %zu columns begin with \"%.128s\"%s",
                   place, f->name, accepted, t->columns, t->columns ? t->column[0].name : "", t->hint);
    return SIZE_MAX;
}

/* ---- what is said ---- */

/* `way_out`: what the model file could have said. */
static tern_status refuse(const passage *p, const tern__remark *r, bool texts, const char *what, const char *way_out,
                          tern_error *err) {
    char rows[TERN__REMARK_TEXT];
    bool trained = p->t->trained && !p->f->target;
    if (!r->count) return TERN_OK;
    tern__remark_show(r, p->t, p->c, texts, rows);
    return tern_error_add(err, TERN_ERROR_DATA, NULL, "column \"%.64s\": %zu of %zu cells %s: %s; %s%s%s", p->f->name,
                          r->count, p->t->n, what, rows,
                          trained ? "training allowed none: correct them, or train again (" : "", way_out,
                          trained ? ")" : "");
}

static tern_status refuse_bad(const passage *p, tern_error *err) {
    switch (p->f->type) {
    case TERN__COLUMN_BOOLEAN:
        return refuse(p, &p->bad, true, "are neither yes nor no", "\"type\": \"category\" takes any text", err);
    case TERN__COLUMN_DATE:
        return refuse(p, &p->bad, true, "are no dates",
                      "\"format\" says how dates are written (\"%d.%m.%Y\"), \"type\": \"ignore\" leaves them out",
                      err);
    default:
        return refuse(p, &p->bad, true, "are no numbers",
                      p->f->target
                          ? "a target has a number in each row"
                          : "\"type\": \"category\" takes any text, \"type\": \"ignore\" leaves the column out",
                      err);
    }
}

static tern_status refuse_missing(const passage *p, tern_error *err) {
    char allowed[200] = "\"missing\" takes them: ";
    const char *word = tern__missing_accepted(p->f->type) + strlen("error, ");
    for (size_t n; *word; word += n + strspn(word + n, ", ")) {
        n = strcspn(word, ",");
        tern__text_add(allowed, sizeof allowed, "\"%.*s\"%s", (int)n, word, word[n] ? ", " : "");
    }
    return refuse(p, &p->missing, false, "are blank",
                  p->f->target ? "a target has a value in each row; " TERN__WITHOUT_TARGET : allowed, err);
}

/* Errors of a column, all that there are; the worst is returned. */
static tern_status refuse_all(const passage *p, tern_error *err) {
    const tern__feature *f = p->f;
    tern_status status = refuse_bad(p, err);
    if (f->missing == TERN__MISSING_ERROR && refuse_missing(p, err)) status = TERN_ERROR_DATA;
    if (refuse(p, &p->beyond, true, "have no log1p", "it takes numbers above -1; \"normalize\": \"zscore\" takes any",
               err))
        status = TERN_ERROR_DATA;
    if (!p->unseen.count) return status;
    if (f->unseen == TERN__UNSEEN_ERROR)
        return refuse(p, &p->unseen, true,
                      f->target ? "are none of the classes" : "have a category that the training rows don't have",
                      f->target ? "\"classes\" in \"target\" lists them" : "\"unseen\": \"unknown\" takes them", err);
    char rows[TERN__REMARK_TEXT];
    tern_error_warn(err, NULL,
                    "column \"%.64s\": %zu of %zu cells have a category that no training row has, taken as "
                    "unknown: %s",
                    f->name, p->unseen.count, p->t->n, tern__remark_show(&p->unseen, p->t, p->c, true, rows));
    return status;
}

/* ---- the numbers ---- */

/* One cell, `value` as tern__feature_values() gave it; `x` is zero before. */
static void put_cell(passage *p, size_t row, double fill, size_t parts) {
    double *out = p->x + row * p->stride, v = p->value[row];
    if (isinf(v)) tern__remark_add(&p->bad, row, NULL, 0);
    if (isnan(v)) tern__remark_add(&p->missing, row, NULL, 0);
    tern__feature_cell(p->f, v, fill, out);
    for (size_t k = 0; k < parts; k++)
        if (!isfinite(out[k]) && !isnan(v)) tern__remark_add(&p->beyond, row, NULL, 0);
    if (p->f->type == TERN__COLUMN_CATEGORY && v == -1)
        tern__remark_add(&p->unseen, row, NULL, 0); /* a rare one is -2 */
}

/* Says whether a number of a known scale is written in another unit; `p->value` is used up. */
static void say_far(const passage *p, tern_error *err) {
    const tern__feature *f = p->f;
    char what[96];
    size_t n = 0;
    if (f->type != TERN__COLUMN_NUMBER || f->target || !f->scale.n) return;
    for (size_t i = 0; i < p->t->n; i++)
        if (isfinite(p->value[i])) p->value[n++] = fabs(p->x[i * p->stride]);
    double median = tern__far(p->value, n);
    snprintf(what, sizeof what, "column \"%.64s\"", f->name);
    if (median > 0) tern__far_say(what, median, n, f->center.v[0], f->scale.v[0], err);
}

static tern_status apply_one(passage *p, tern_error *err) {
    size_t at = tern__feature_find(p->f, p->t, err);
    if (at == SIZE_MAX) return TERN_ERROR_DATA;
    p->c = &p->t->column[at];
    tern_status status = tern__feature_values(p->f, p->c, NULL, p->t->n, p->value, err);
    if (status) return status;
    double fill = tern__feature_fill(p->f);
    size_t parts = tern__feature_parts(p->f);
    for (size_t i = 0; i < p->t->n; i++) put_cell(p, i, fill, parts);
    status = refuse_all(p, err);
    if (!status) say_far(p, err);
    return status;
}

tern_status tern__features_apply(const tern__features *f, const tern__table *t, double *x, tern_error *err) {
    size_t width = tern__features_width(f), first = 0;
    double *value = tern__alloc(t->n, sizeof *value, err);
    tern_status status = value ? TERN_OK : TERN_ERROR_MEMORY;
    memset(x, 0, t->n * width * sizeof *x);
    for (size_t i = 0; i < f->n && status != TERN_ERROR_MEMORY; i++) {
        passage p = {.f = &f->item[i], .t = t, .value = value, .x = x + first, .stride = width};
        if (p.f->type == TERN__COLUMN_IGNORE) continue;
        tern_status one = apply_one(&p, err);
        if (one) status = one;
        first += tern__feature_width(p.f);
    }
    tern__free(value);
    return status;
}
