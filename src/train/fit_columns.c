/* fit_columns.c - fits described columns and targets to the training rows of a table; see columns_data.h. */
#include "columns_data.h"

#include "fraction.h"
#include "groups.h"
#include "split_samples.h"

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

/* The target block; what it leaves open the reader's options say. */
static tern_status describe_target(fitting *f) {
    const tern__roles *roles = &f->s->roles;
    f->target = f->m->config.target;
    if (f->target.columns.n || (!f->target.given && !roles->y.n)) return TERN_OK;
    size_t depth = tern_error_enter(f->err, "target", 0);
    if (!roles->y.n)
        tern_error_add(f->err, TERN_ERROR_MODEL, "columns", "is missing: which columns of the table are targets?");
    tern_error_leave(f->err, depth);
    if (!roles->y.n) return TERN_ERROR_MODEL;
    const char **names = tern__arena_alloc(f->arena, roles->y.n, sizeof *names, f->err);
    if (!names) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < roles->y.n; i++) names[i] = name_of(f->s, roles->y.v[i]);
    f->target.given = true;
    f->target.columns = (tern_strings){roles->y.n, names};
    if (!f->target.classes.n) f->target.classes = roles->classes;
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

/* The columns that are read, without those to be ignored. */
static tern_status check_leaks(const fitting *f) {
    const char **name = tern__arena_alloc(f->arena, f->described.n, sizeof *name, f->err);
    if (!name) return TERN_ERROR_MEMORY;
    size_t n = 0;
    for (size_t i = 0; i < f->described.n; i++)
        if (f->described.item[i].type != TERN__COLUMN_IGNORE) name[n++] = f->described.item[i].name;
    size_t depth = tern_error_enter(f->err, "input", 0);
    tern_status status = tern__roles_check_inputs(&f->s->roles, n, name, &f->target.columns, "columns", f->err);
    tern_error_leave(f->err, depth);
    return status;
}

static tern_status describe(fitting *f) {
    const tern_blocks *columns = &f->m->config.input.columns;
    const tern_loss_type *loss = tern__model_loss(f->m);
    f->infer = columns->choice != 0;
    f->indices = loss && loss->targets & TERN_TARGET_CLASSES;
    f->described = (tern__features){columns->n, columns->item};
    size_t depth = tern_error_enter(f->err, "data", 0);
    tern_error_enter(f->err, "train", 0);
    tern_status status = tern__described_check(f->m, &f->s->roles, f->err);
    tern_error_leave(f->err, depth);
    if (!status) status = describe_target(f);
    if (!status && f->s->roles.sequence)
        return tern_error_add(
            f->err, TERN_ERROR_MODEL, "input",
            "describes its columns, or \"target\" does, but rows with a \"sequence\" are read as they "
            "are");
    if (!status && !columns->n && !f->infer) status = describe_plain(f);
    return status || f->infer ? status : check_leaks(f);
}

static tern_status read_table(fitting *f) {
    const tern__table_source *s = f->s;
    tern__cells *want = tern__alloc(s->columns, sizeof *want, f->err);
    for (size_t i = 0; want && i < s->columns; i++) {
        tern__cells x = f->infer ? TERN__CELLS_AUTO : tern__features_want(&f->described, s->names[i]),
                    y = tern__target_want(&f->target, s->names[i]);
        want[i] = x == TERN__CELLS_SKIP ? y : y == TERN__CELLS_SKIP || x == y ? x : f->infer ? y : TERN__CELLS_AUTO;
    }
    const char *group = f->m->config.train.folds.group;
    for (size_t i = 0; want && group && i < s->columns; i++)
        if (want[i] == TERN__CELLS_SKIP && !strcmp(s->names[i], group)) want[i] = TERN__CELLS_TEXT;
    f->t = want ? tern__table_source_rows(s, want, f->err) : NULL;
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

/* What a division of the rows first .. first + n - 1 goes by; the memory is the arena's. */
static tern_status describe_samples(fitting *f, size_t first, size_t n, const tern_array *y, tern_array *labels,
                                    tern__samples *out) {
    const tern__series *s = &f->s->roles.series;
    const char *group = f->m->config.train.folds.group;
    bool targets = f->target.columns.n;
    size_t reach = tern__series_reach(s, targets), stride = s->window ? s->stride : 1;
    *out = (tern__samples){.n = tern__series_samples(s, n, targets), .overlap = tern__series_overlap(s, targets)};
    if (y->data && y->dtype == TERN_I64 && (!s->window || s->horizon == 1)) {
        int64_t *label = tern__arena_alloc(f->arena, out->n, sizeof *label, f->err);
        if (!label) return TERN_ERROR_MEMORY;
        for (size_t i = 0; i < out->n; i++) /* that of a sample's last row */
            label[i] = ((const int64_t *)y->data)[first + i * stride + reach - 1];
        *labels = (tern_array){.dtype = TERN_I64, .data = label};
        out->labels = labels;
    }
    if (!group) return TERN_OK;
    size_t *all = tern__arena_alloc(f->arena, f->t->n, sizeof *all, f->err);
    out->group = all ? all + first : NULL;
    return all ? tern__groups_find(f->t, group, all, f->err) : TERN_ERROR_MEMORY;
}

/* The rows of the samples that train, each once. */
static tern_status rows_that_train(fitting *f, size_t first, size_t n, const tern_array *y) {
    const tern__series *s = &f->s->roles.series;
    size_t reach = tern__series_reach(s, f->target.columns.n), stride = s->window ? s->stride : 1, next = 0;
    tern_array labels;
    tern__samples samples;
    tern_split split = {0};
    tern_status status = describe_samples(f, first, n, y, &labels, &samples);
    if (!status) status = tern__split_samples(f->m, &samples, &split, f->err);
    f->n = 0;
    for (size_t i = 0; !status && i < split.trains; i++) {
        size_t begin = split.train[i] * stride, end = begin + reach;
        for (size_t row = begin < next ? next : begin; row < end; row++) f->rows[f->n++] = row;
        next = end;
    }
    tern_split_free(&split);
    return status;
}

/* Lists the rows that train: those of the part, less those that validate, as tern_dataset_split() will choose them. */
static tern_status choose_rows(fitting *f) {
    const tern__roles *roles = &f->s->roles;
    size_t first, end, n = f->t->n;
    f->rows = tern__alloc(n, sizeof *f->rows, f->err);
    if (!f->rows) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < n; i++) f->rows[i] = i;
    tern_array y = {0};
    bool splits = !f->m->config.data.valid.type && tern__splits(f->m),
         in_time = tern__splits_in_time(f->m, tern__series_overlap(&roles->series, f->target.columns.n));
    tern_status status = tern__fraction(roles->from, roles->to, n, &first, &end, f->err);
    if (!status && splits && !in_time) status = label_rows(f, f->rows, &y);
    f->n = status ? 0 : end - first;
    if (!status && splits) status = rows_that_train(f, first, f->n, &y);
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

/* Classes become numbers only for a loss that says so. */
static tern_status check_encoding(const fitting *f, const tern__target *t) {
    const tern_loss_type *loss = tern__model_loss(f->m);
    bool asked = f->target.encode != TERN__TARGET_AUTO;
    if (!loss || asked || t->encode != TERN__TARGET_ONE_HOT || loss->one_hot) return TERN_OK;
    return tern_error_add(f->err, TERN_ERROR_DATA, NULL,
                          "column \"%.64s\" holds %zu classes by name, but the loss %s takes numbers and no classes: "
                          "cross_entropy is for classes",
                          t->columns.v[0], t->classes.n, loss->base.name);
}

static tern_status fit(fitting *f, tern__fitted *out, tern__features *inferred) {
    tern_status status = f->infer ? infer(f, inferred) : TERN_OK;
    tern__features fitted = {0};
    if (!status) status = tern__features_take_numbers(&f->described, f->t, f->err);
    if (!status && !f->indices) status = tern__target_take_numbers(&f->target, false, f->t, f->err);
    if (!status) status = tern__features_fit(&f->described, f->t, f->rows, f->n, f->arena, &fitted, f->err);
    const tern__fitted_input input = {
        .given = true, .columns = {fitted.n, fitted.item, 0}, .least = (double)NAN, .most = (double)NAN};
    *out = (tern__fitted){.given = true, .input = input};
    if (status || !f->target.columns.n) return status;
    status = tern__target_fit(&f->target, f->t, f->rows, f->n, f->indices, f->arena, &out->target, f->err);
    out->target.given = true;
    if (!status && f->target.classes.n) tern__target_warn_alike(&f->target, f->t, f->rows, f->n, f->err);
    return status ? status : check_encoding(f, &out->target);
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
