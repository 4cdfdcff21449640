/* fit_columns.c - fits described columns and targets to the training rows of a table; see columns_data.h. */
#include "columns_data.h"
#include "datasets.h"

#include "fraction.h"
#include "split.h"

#include <math.h>
#include <string.h>

/* A fit on its way. */
typedef struct fitting {
    const tern_model *m;
    const tern__table_source *s;
    tern__table *t;
    tern__features described;
    tern__target target; /* columns.n 0: none */
    bool infer, indices;
    size_t *rows, n; /* that train, and room for those that validate */
    tern__arena *arena;
    tern_error *err;
} fitting;

/* ---- what is described ---- */

static const char *name_of(const tern__table_source *s, const char *wanted) {
    for (size_t i = 0; i < s->columns; i++)
        if (!strcmp(s->names[i], wanted)) return wanted;
    size_t digits = strspn(wanted, "0123456789"), at = 0;
    for (size_t i = 0; i < digits && at < s->columns; i++) at = at * 10 + (size_t)(wanted[i] - '0');
    return digits && !wanted[digits] && at < s->columns ? s->names[at] : wanted;
}

/* The target block or, without one, what the reader's options say. */
static tern_status describe_target(fitting *f) {
    const tern__roles *roles = &f->s->roles;
    f->target = f->m->config.target;
    if (f->target.given || !roles->y.n) return TERN_OK;
    const char **names = tern__arena_alloc(f->arena, roles->y.n, sizeof *names, f->err);
    if (!names) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < roles->y.n; i++) names[i] = name_of(f->s, roles->y.v[i]);
    f->target = (tern__target){.given = true, .columns = {roles->y.n, names}, .classes = roles->classes};
    return TERN_OK;
}

/* Without a list of columns: those of the reader's x, or all that are no target, as plain numbers. */
static tern_status describe_plain(fitting *f) {
    const tern__roles *roles = &f->s->roles;
    size_t n = roles->x.n ? roles->x.n : f->s->columns;
    f->described.item = tern__arena_alloc(f->arena, n, sizeof *f->described.item, f->err);
    if (!f->described.item) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < n; i++) {
        const char *name = roles->x.n ? name_of(f->s, roles->x.v[i]) : f->s->names[i];
        if (!roles->x.n && tern__target_want(&f->target, name) != TERN__CELLS_SKIP) continue;
        if (!roles->x.n && roles->weight && !strcmp(roles->weight, name)) continue;
        if (!(name = tern__arena_text(f->arena, name, strlen(name), f->err))) return TERN_ERROR_MEMORY;
        f->described.item[f->described.n++] = (tern__feature){
            .name = name, .min_count = 1, .fill = (double)NAN, .normalize = f->m->config.input.normalize};
    }
    return TERN_OK;
}

static tern_status describe(fitting *f) {
    const tern_blocks *columns = &f->m->config.input.columns;
    const tern_loss_type *loss = tern__model_loss(f->m);
    f->infer = columns->choice != 0;
    f->indices = loss && loss->targets & TERN_TARGET_CLASSES;
    f->described = (tern__features){columns->n, columns->item};
    tern_status status = describe_target(f);
    return status || columns->n || f->infer ? status : describe_plain(f);
}

static tern_status read_table(fitting *f) {
    const tern__table_source *s = f->s;
    tern__cells *want = tern__alloc(s->columns, sizeof *want, f->err);
    for (size_t i = 0; want && i < s->columns; i++) {
        tern__cells x = f->infer ? TERN__CELLS_AUTO : tern__features_want(&f->described, s->names[i]),
                    y = tern__target_want(&f->target, s->names[i]);
        want[i] = x == TERN__CELLS_SKIP ? y : y == TERN__CELLS_SKIP || x == y ? x : f->infer ? y : TERN__CELLS_AUTO;
    }
    f->t = want ? s->read(s->self, want, f->err) : NULL;
    tern__free(want);
    return f->t ? TERN_OK : TERN_ERROR_DATA;
}

/* ---- which rows ---- */

/* Writes the targets of all rows, by which the split is even; data NULL: nothing to be even by. */
static tern_status label_rows(fitting *f, const size_t *all, tern_array *y) {
    tern__target fitted;
    if (!f->target.columns.n || !f->indices) return TERN_OK;
    tern_status status = tern__target_fit(&f->target, f->t, all, f->t->n, true, f->arena, &fitted, f->err);
    return status ? status : tern__target_apply(&fitted, f->t, y, f->err);
}

/* The rows that are in samples which train, the last ones validating: the first rows. */
static tern_status split_in_time(fitting *f, size_t n, double fraction) {
    const tern__series *s = &f->s->roles.series;
    bool targets = f->target.columns.n;
    size_t trains, valids, samples = tern__series_samples(s, n, targets);
    tern_status status =
        tern__split_in_time(samples, fraction, tern__series_overlap(s, targets), &valids, &trains, f->err);
    f->n = status ? 0 : (trains - 1) * (s->window ? s->stride : 1) + tern__series_reach(s, targets);
    return status;
}

/* The same of samples drawn at random, which share no rows; `y` are the targets of all rows. */
static tern_status split_at_random(fitting *f, size_t first, size_t n, const tern_array *y, double fraction) {
    const tern__series *s = &f->s->roles.series;
    bool targets = f->target.columns.n, classes = y->data && y->dtype == TERN_I64 && (!s->window || s->horizon == 1);
    size_t reach = tern__series_reach(s, targets), stride = s->window ? s->stride : 1, trains, valids,
           samples = tern__series_samples(s, n, targets);
    tern_status status = tern__split_refuse_overlap(tern__series_overlap(s, targets), f->err);
    size_t *part = status ? NULL : tern__alloc(3 * samples, sizeof *part, f->err);
    if (!part) return status ? status : TERN_ERROR_MEMORY;
    size_t *valid = part + samples, *train = valid + samples;
    for (size_t i = 0; classes && i < samples; i++) /* the label of a sample is that of its last row */
        memcpy(&part[i], (const int64_t *)y->data + first + i * stride + reach - 1, sizeof *part);
    const tern_array labels = {.dtype = TERN_I64, .data = part};
    status = tern__split(classes ? &labels : NULL, samples, fraction, f->m->config.seed, classes, valid, &valids, train,
                         &trains, f->err);
    f->n = 0;
    for (size_t i = 0; !status && i < trains; i++)
        for (size_t k = 0; k < reach; k++) f->rows[f->n++] = train[i] * stride + k;
    tern__free(part);
    return status;
}

/* Lists the rows that train: those of the part, less those that validate, as tern_dataset_split() will choose them. */
static tern_status choose_rows(fitting *f) {
    const tern__roles *roles = &f->s->roles;
    const tern__train *train = &f->m->config.train;
    size_t first, end, n = f->t->n;
    f->rows = tern__alloc(n, sizeof *f->rows, f->err);
    if (!f->rows) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < n; i++) f->rows[i] = i;
    tern_array y = {0};
    bool splits = !f->m->config.data.valid.type && train->validation_split > 0,
         in_time = tern__splits_in_time(f->m, tern__series_overlap(&roles->series, f->target.columns.n));
    tern_status status = tern__fraction(roles->from, roles->to, n, &first, &end, f->err);
    if (!status && splits && !in_time) status = label_rows(f, f->rows, &y);
    f->n = status ? 0 : end - first;
    if (!status && splits)
        status = in_time ? split_in_time(f, f->n, train->validation_split)
                         : split_at_random(f, first, f->n, &y, train->validation_split);
    for (size_t i = 0; i < f->n; i++) f->rows[i] += first;
    tern__free(y.data);
    return status;
}

/* ---- the fit ---- */

/* A column of texts that nearly all are numbers is one of numbers. */
static tern_status infer(fitting *f, tern__features *inferred) {
    const char *weight = f->s->roles.weight;
    size_t targets = f->target.columns.n;
    const char **except = tern__arena_alloc(f->arena, targets + 1, sizeof *except, f->err);
    if (!except) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < targets; i++) except[i] = f->target.columns.v[i];
    except[targets] = weight;
    const tern_strings others = {targets + (weight != NULL), except};
    tern_status status = tern__features_infer(f->t, f->rows, f->n, &others, f->arena, inferred, f->err);
    for (size_t i = 0; !status && i < inferred->n; i++) {
        size_t at = tern__table_find(f->t, inferred->item[i].name);
        if (inferred->item[i].type == TERN__COLUMN_NUMBER)
            status = tern__table_make_numbers(f->t, at, f->t->decimal, f->err);
    }
    f->described = *inferred;
    return status;
}

static tern_status fit(fitting *f, tern__fitted *out, tern__features *inferred) {
    tern_status status = f->infer ? infer(f, inferred) : TERN_OK;
    tern__features fitted = {0};
    if (!status) status = tern__features_fit(&f->described, f->t, f->rows, f->n, f->arena, &fitted, f->err);
    *out = (tern__fitted){.given = true, .input = {.given = true, .columns = {fitted.n, fitted.item, 0}}};
    if (status || !f->target.columns.n) return status;
    status = tern__target_fit(&f->target, f->t, f->rows, f->n, f->indices, f->arena, &out->target, f->err);
    out->target.given = true;
    return status;
}

tern_status tern__described_fit(const tern_model *m, tern__table_source *s, tern__arena *arena, tern__fitted *out,
                                tern__features *inferred, tern_error *err) {
    fitting f = {.m = m, .s = s, .arena = arena, .err = err};
    *inferred = (tern__features){0};
    tern_status status = describe(&f);
    if (!status) status = read_table(&f);
    if (!status) status = choose_rows(&f);
    if (!status) status = fit(&f, out, inferred);
    tern__free(f.rows);
    tern__table_free(f.t);
    return status;
}
