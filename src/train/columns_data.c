/* columns_data.c - a table as a dataset, by what was fitted; see columns_data.h. */
#include "columns_data.h"

#include "dataset_from_columns.h"
#include "fraction.h"

#include "groups.h"
#include "series_order.h"

#include <string.h>

/* What is kept of each column: what its description wants, or the target's. */
static tern__cells *want_columns(const tern__table_source *s, const tern__features *f, const tern__target *target,
                                 tern_error *err) {
    tern__cells *want = tern__alloc(s->columns, sizeof *want, err);
    for (size_t i = 0; want && i < s->columns; i++) {
        tern__cells x = tern__features_want(f, s->names[i]), y = tern__target_want(target, s->names[i]);
        bool weight = s->roles.weight && !strcmp(s->names[i], s->roles.weight);
        if (weight && x == TERN__CELLS_SKIP) x = TERN__CELLS_NUMBER;
        want[i] = x == TERN__CELLS_SKIP ? y : y == TERN__CELLS_SKIP || x == y ? x : TERN__CELLS_AUTO;
    }
    return want;
}

static tern_status name_numbers(tern_dataset *d, const tern__features *f, tern_error *err) {
    tern__arena arena = {0};
    size_t width = tern__features_width(f), at = 0;
    const char **names = tern__arena_alloc(&arena, width, sizeof *names, err);
    tern_status status = names ? TERN_OK : TERN_ERROR_MEMORY;
    for (size_t i = 0; !status && i < f->n; i++)
        for (size_t k = 0; !status && k < tern__feature_width(&f->item[i]); k++) {
            char label[200];
            tern__feature_label(&f->item[i], k, label, sizeof label);
            if (!(names[at++] = tern__arena_text(&arena, label, strlen(label), err))) status = TERN_ERROR_MEMORY;
        }
    if (!status) status = tern_dataset_label(d, d->x, width, names, err);
    tern__arena_free(&arena);
    return status;
}

/* The moments of a series' last window, for whoever goes on with it. */
static tern_status keep_times(tern_dataset *d, const tern__features *f, const tern__table *t, const tern__roles *roles,
                              tern_error *err) {
    size_t dates = 0, at = 0, window = roles->series.window, first, end;
    for (size_t i = 0; i < f->n; i++) dates += f->item[i].type == TERN__COLUMN_DATE;
    if (!window || !dates) return TERN_OK;
    if (tern__fraction(roles->from, roles->to, t->n, &first, &end, err)) return TERN_ERROR_MODEL;
    first += (d->n - 1) * roles->series.stride;
    size_t *row = tern__alloc(window, sizeof *row, err);
    double *times = row ? tern__alloc(dates * window, sizeof *times, err) : NULL;
    tern_status status = times ? TERN_OK : TERN_ERROR_MEMORY;
    for (size_t i = 0; times && i < window; i++) row[i] = first + i;
    for (size_t i = 0; !status && i < f->n; i++) {
        size_t column = tern__table_find(t, f->item[i].name);
        if (f->item[i].type != TERN__COLUMN_DATE) continue;
        status = tern__feature_values(&f->item[i], &t->column[column], row, window, times + at++ * window, err);
    }
    tern__free(row);
    if (!status) return tern__dataset_keep_times(d, times, err);
    tern__free(times);
    return status;
}

/* The numbers that a table's columns become; or, of a column of texts, sequences. */
static tern_status apply(const tern__features *f, const tern__table *t, tern_array *x, size_t **length,
                         tern_error *err) {
    const tern__feature *text = tern__features_text(f);
    size_t width = tern__features_width(f);
    *length = NULL;
    if (text) return tern__text_apply(text, t, x, length, err);
    *x = (tern_array){.dtype = TERN_F64, .shape = {1, {width}}};
    x->data = tern__alloc(t->n, width * sizeof(double), err);
    return x->data ? tern__features_apply(f, t, x->data, err) : TERN_ERROR_MEMORY;
}

static tern_dataset *make(const tern_model *m, const tern__roles *roles, const tern__table *t, bool inputs,
                          tern_error *err) {
    const tern__fitted *fitted = &m->config.fitted;
    const tern__features f = {fitted->input.columns.n, fitted->input.columns.item};
    const tern__target *target = &fitted->target;
    size_t *length;
    tern_array x, y = {0};
    if (tern__series_order_check(roles, t, &f, err)) return NULL;
    tern_status status = apply(&f, t, &x, &length, err);
    tern_status second = target->columns.n && !inputs ? tern__target_apply(target, t, &y, err) : TERN_OK;
    if (status || second) return tern__free(x.data), tern__free(length), tern__free(y.data), NULL;
    tern_dataset *d = tern__roles_dataset(roles, t, t->n, &x, t->n, &y, err);
    if (!d) tern__free(length);
    if (d && length) status = tern__dataset_keep_lengths(d, roles, length, t->n, err);
    bool classes = y.data && target->classes.n && target->encode != TERN__TARGET_ONE_HOT;
    if (d && !length) status = name_numbers(d, &f, err);
    if (d && !status) status = tern__dataset_keep_rows(d, roles, t, err);
    if (d && !status && !length) status = keep_times(d, &f, t, roles, err);
    if (d && !status && y.data) status = tern_dataset_name_columns(d, d->y, target->columns.n, target->columns.v, err);
    if (d && !status && classes) status = tern_dataset_label(d, d->y, target->classes.n, target->classes.v, err);
    size_t weight = roles->weight ? tern__table_find(t, roles->weight) : SIZE_MAX;
    if (d && !status && weight != SIZE_MAX) status = tern__roles_weigh(roles, t, weight, d, err);
    if (!status) return d;
    tern_dataset_free(d);
    return NULL;
}

/* Whether the names are those of the columns that the model reads, in any order. */
static bool are_inputs(const tern_strings *names, const tern__input *input) {
    const tern__feature *f = input->columns.item;
    size_t read = 0, found = 0;
    for (size_t i = 0; i < input->columns.n; i++) {
        if (f[i].type == TERN__COLUMN_IGNORE) continue;
        read++;
        for (size_t k = 0; k < names->n; k++) found += !strcmp(names->v[k], f[i].name);
    }
    return found == read && read == names->n;
}

static bool are_targets(const tern_strings *names, const tern_strings *targets) {
    bool same = names->n == targets->n;
    for (size_t i = 0; same && i < names->n; i++) same = !strcmp(names->v[i], targets->v[i]);
    return same;
}

tern_status tern__described_check(const tern_model *m, const tern__roles *o, tern_error *err) {
    const tern__input *input = &m->config.input;
    const tern_strings *target = &m->config.target.columns;
    bool x = o->x.n && (input->columns.n || input->columns.choice) && !are_inputs(&o->x, input),
         y = o->y.n && target->n && !are_targets(&o->y, target);
    const char *what = "names other columns than";
    if (x) tern_error_add(err, TERN_ERROR_MODEL, "x", "%s \"input.columns\": take one of the two out", what);
    if (y) tern_error_add(err, TERN_ERROR_MODEL, "y", "%s \"target.columns\": take one of the two out", what);
    return x || y ? TERN_ERROR_MODEL : TERN_OK;
}

tern_status tern__targets_skip(const tern_model *m, tern__table_source *s, tern_error *err) {
    const tern_strings *described = &m->config.target.columns;
    const char *tied = s->roles.series.window ? "the samples of a series follow each other"
                       : s->roles.sequence    ? "a row is a step of a sequence"
                       : s->targets           ? "the targets are in a file of their own"
                                              : NULL;
    s->may_skip = !tied;
    if (m->config.target.missing != TERN__TARGET_SKIP) return TERN_OK;
    if (!tied) return s->skip = described->n ? described : &s->roles.y, TERN_OK;
    return tern_error_add(
        err, TERN_ERROR_MODEL, NULL,
        "\"target\": {\"missing\": \"skip\"} can't leave rows of \"%.256s\" out: %s; fill in the blank "
        "targets, or take their rows out of the file",
        s->path, tied);
}

tern_dataset *tern__described_read(const tern_model *m, tern__table_source *s, bool inputs, tern_error *err) {
    static const tern__target none = {0};
    const tern__fitted *fitted = &m->config.fitted;
    const tern__features f = {fitted->input.columns.n, fitted->input.columns.item};
    tern_status status;
    tern__roles_find_weight(s, &status, err);
    if (!status) status = tern__roles_check_classes(s, err);
    if (!status) status = tern__described_check(m, &s->roles, err);
    if (!status && s->roles.sequence)
        status = tern_error_add(err, TERN_ERROR_MODEL, "sequence",
                                "is for a table whose columns are read as they are; take the columns out of \"input\", "
                                "and \"target\"");
    if (status) return NULL;
    tern__cells *want = want_columns(s, &f, inputs ? &none : &fitted->target, err);
    size_t id;
    if (want) tern__series_want_dates(s, want);
    tern__table *t =
        want && !tern__table_source_want_id(s, want, &id, err) ? tern__table_source_rows(s, want, err) : NULL;
    tern__free(want);
    if (t) t->trained = s->trained;
    if (t && t->without_target) tern_error_warn(err, NULL, "%s", t->without_target);
    tern__error_scope before; /* what the cells say is no part of the model file */
    tern__error_scope_enter(err, "", NULL, &before);
    bool read = t && !tern__features_take_numbers(&f, t, err) &&
                (inputs || !tern__target_take_numbers(&fitted->target, true, t, err));
    tern_dataset *d = read ? make(m, &s->roles, t, inputs, err) : NULL;
    if (d && tern__table_source_take_id(&s->roles, t, id, d, err)) tern_dataset_free(d), d = NULL;
    tern__error_scope_leave(err, &before);
    tern__table_free(t);
    return d;
}

tern_status tern__group_rows(tern__table_source *s, const char *column, tern_dataset *d, tern_error *err) {
    const tern__roles *o = &s->roles;
    size_t first, end;
    if (o->series.window)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL, "a series has no groups: its samples follow each other");
    tern__cells *want = tern__alloc(s->columns, sizeof *want, err);
    for (size_t i = 0; want && i < s->columns; i++)
        want[i] = strcmp(s->names[i], column) ? TERN__CELLS_SKIP : TERN__CELLS_TEXT;
    tern__table *t = want ? tern__table_source_rows(s, want, err) : NULL;
    tern__free(want);
    size_t *group = t ? tern__alloc(t->n, sizeof *group, err) : NULL;
    tern_status status = group ? tern__groups_find(t, column, group, err) : TERN_ERROR_DATA;
    if (!status) status = tern__fraction(o->from, o->to, t->n, &first, &end, err);
    tern__table_free(t);
    if (status) return tern__free(group), status;
    d->group = group + first;
    return tern__dataset_own(d, group, tern__free, err);
}
