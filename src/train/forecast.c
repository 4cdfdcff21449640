/* forecast.c - a series goes on: each prediction takes the place of the rows that are not there yet, and the next one
 * reads it. */

#include "dataset_from_columns.h"
#include "dataset_predict.h"
#include "date.h"
#include "fitted.h"
#include "memory.h"
#include "text.h"

#include <tern/fit.h>

#include <assert.h>
#include <math.h>
#include <string.h>

/* Where each row's numbers come from. */
typedef struct plan {
    const tern_model *m;
    tern_strings targets;
    size_t window, horizon;
    tern__features columns; /* of the input; n 0: `plain` */
    tern_strings plain;     /* its columns as they are */
    size_t dates;
    double *time; /* [dates][window] the moments of the rows in the window */
} plan;

static size_t find(const tern_strings *names, const char *name) {
    size_t i = 0;
    while (i < names->n && strcmp(names->v[i], name) != 0) i++;
    return i < names->n ? i : SIZE_MAX;
}

static tern_status refuse_input(const plan *p, const char *name, tern_error *err) {
    char targets[200] = "";
    for (size_t i = 0; i < p->targets.n; i++)
        tern__text_add(targets, sizeof targets, "%s\"%.64s\"", i ? ", " : "", p->targets.v[i]);
    return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                          "a forecast feeds predictions back, so that all inputs must be targets; the input \"%.64s\" "
                          "is none of them (%s): nothing says how it goes on",
                          name, targets);
}

static tern_status check_inputs(const plan *p, tern_error *err) {
    for (size_t i = 0; i < p->columns.n; i++) {
        const tern__feature *f = &p->columns.item[i];
        if (f->type != TERN__COLUMN_DATE && tern__feature_width(f) && find(&p->targets, f->name) == SIZE_MAX)
            return refuse_input(p, f->name, err);
    }
    for (size_t i = 0; i < p->plain.n; i++)
        if (find(&p->targets, p->plain.v[i]) == SIZE_MAX) return refuse_input(p, p->plain.v[i], err);
    if (p->columns.n || p->plain.n) return TERN_OK;
    return refuse_input(p, "all columns that are no target", err);
}

static tern_status make_plan(const tern_model *m, plan *p, tern_error *err) {
    const tern__fitted *fitted = &m->config.fitted;
    const size_t *window = tern__reader_option(m, "window", TERN_OPTION_SIZE),
                 *horizon = tern__reader_option(m, "horizon", TERN_OPTION_SIZE);
    const tern_strings *x = tern__reader_option(m, "x", TERN_OPTION_STRINGS),
                       *y = tern__reader_option(m, "y", TERN_OPTION_STRINGS);
    *p = (plan){.m = m, .window = window ? *window : 0, .horizon = horizon ? *horizon : 1};
    if (!p->window)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                              "a forecast goes on with a series, but the model reads none: its training data has no "
                              "\"window\"");
    if (tern__described(m)) {
        p->columns = (tern__features){fitted->input.columns.n, fitted->input.columns.item};
        p->targets = fitted->target.columns;
    } else if (x && y) {
        p->plain = *x, p->targets = *y;
    }
    if (fitted->target.classes.n || !p->targets.n)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL, "a forecast goes on with numbers; the targets are %s",
                              p->targets.n ? "classes" : "not columns of the series");
    return check_inputs(p, err);
}

size_t tern_forecast_columns(const tern_model *m, const char *const **names, tern_error *err) {
    plan p;
    if (make_plan(m, &p, err)) return 0;
    if (names) *names = p.targets.v;
    return p.targets.n;
}

/* ---- going on ---- */

/* Takes the moments of the last window. */
static tern_status take_times(plan *p, const tern_dataset *series, tern_error *err) {
    const double *times = tern__dataset_times(series);
    for (size_t i = 0; i < p->columns.n; i++) p->dates += p->columns.item[i].type == TERN__COLUMN_DATE;
    if (!p->dates) return TERN_OK;
    if (!times)
        return tern_error_add(err, TERN_ERROR_DATA, NULL,
                              "the series holds no dates: read it for this model from a file");
    if (!(p->time = tern__alloc(p->dates * p->window, sizeof *p->time, err))) return TERN_ERROR_MEMORY;
    memcpy(p->time, times, p->dates * p->window * sizeof *times);
    return TERN_OK;
}

/* Moves the moments on by a row. */
static tern_status move_times(const plan *p, tern_error *err) {
    size_t date = 0;
    for (size_t i = 0; i < p->columns.n; i++) {
        if (p->columns.item[i].type != TERN__COLUMN_DATE) continue;
        double *time = p->time + date++ * p->window, next;
        if (!tern__date_next(time, p->window, &next))
            return tern_error_add(
                err, TERN_ERROR_DATA, NULL,
                "the last %zu dates of column \"%.64s\" do not follow one another evenly, by the same "
                "time or by months, so that nothing says how they go on; \"type\": \"ignore\" in "
                "\"columns\" leaves them out",
                p->window, p->columns.item[i].name);
        memmove(time, time + 1, (p->window - 1) * sizeof *time);
        time[p->window - 1] = next;
    }
    return TERN_OK;
}

/* The numbers of an input's row after the last one of the series, from the targets `y` that were predicted for it. */
static void put_row(const plan *p, const tern_real *y, double *out) {
    for (size_t i = 0; i < p->plain.n; i++) *out++ = (double)y[find(&p->targets, p->plain.v[i])];
    for (size_t i = 0, date = 0; i < p->columns.n; i++) {
        const tern__feature *f = &p->columns.item[i];
        size_t width = tern__feature_width(f);
        bool is_date = f->type == TERN__COLUMN_DATE;
        double time = is_date ? p->time[date++ * p->window + p->window - 1] : 0;
        if (!width) continue;
        memset(out, 0, width * sizeof *out);
        tern__feature_put(f, is_date ? time : (double)y[find(&p->targets, f->name)], out);
        out += width;
    }
}

static tern_status check_shapes(const plan *p, const tern_dataset *d, const tern_tensor *y, tern_error *err) {
    tern_shape out = tern_model_output(p->m);
    char found[TERN_SHAPE_TEXT];
    tern_status status = tern_dataset_check_input(d, p->m, err);
    if (!status && (d->x->shape.rank != 2 || d->x->shape.dim[0] != p->window))
        status = tern_error_add(err, TERN_ERROR_DATA, NULL, "a sample of the series is %s; expected %zu rows of it",
                                tern_shape_text(&d->x->shape, found), p->window);
    if (!status && tern_shape_count(&out) != p->horizon * p->targets.n)
        status = tern_error_add(err, TERN_ERROR_MODEL, NULL,
                                "the model's output is %s; a forecast of %zu rows (horizon) of %zu targets needs %zu "
                                "numbers",
                                tern_shape_text(&out, found), p->horizon, p->targets.n, p->horizon * p->targets.n);
    if (!status && (y->shape.rank != 2 || y->shape.dim[1] != p->targets.n))
        status = tern_error_add(err, TERN_ERROR_USAGE, NULL, "y is %s; expected rows of %zu targets",
                                tern_shape_text(&y->shape, found), p->targets.n);
    return status;
}

/* Predicts from the window and moves it on, until y is full. */
static tern_status go_on(const plan *p, const tern_dataset *window, tern_real *next, size_t threads, tern_tensor *y,
                         tern_error *err) {
    size_t targets = p->targets.n, row = window->x->shape.dim[1], numbers = p->window * row;
    tern_shape out = tern_model_output(p->m);
    tern_tensor one = {tern_shape_batch(&out, 1), next};
    double *x = window->x->data;
    assert(x && y->data);
    for (size_t done = 0; done < y->shape.dim[0];) {
        tern_status status = tern__dataset_outputs(window, p->m, threads, &one, err);
        if (status) return status;
        for (size_t h = 0; h < p->horizon && done < y->shape.dim[0]; h++, done++) {
            memcpy(y->data + done * targets, next + h * targets, targets * sizeof *next);
            if ((status = move_times(p, err))) return status;
            memmove(x, x + row, (numbers - row) * sizeof *x);
            put_row(p, next + h * targets, x + numbers - row);
            bool finite = true;
            for (size_t k = 0; k < targets; k++) finite = finite && isfinite(next[h * targets + k]);
            for (size_t k = 0; k < row; k++) finite = finite && isfinite(x[numbers - row + k]);
            if (!finite)
                return tern_error_add(err, TERN_ERROR_DATA, NULL, "row %zu of the forecast is not finite", done);
        }
    }
    return TERN_OK;
}

tern_status tern_dataset_forecast(const tern_dataset *series, const tern_model *m, size_t threads, tern_tensor *y,
                                  tern_error *err) {
    plan p;
    tern_status status = make_plan(m, &p, err);
    if (!status) status = check_shapes(&p, series, y, err);
    if (!status) status = take_times(&p, series, err);
    if (status) return status;
    tern_array x = {.dtype = TERN_F64, .shape = series->x->shape};
    tern_dataset *window = tern_dataset_new(1, &x, NULL, err);
    tern_shape out = tern_model_output(m);
    tern_real *next = tern__alloc(tern_shape_count(&out), sizeof *next, err);
    size_t numbers = tern_shape_count(&x.shape);
    double *first = window ? window->x->data : NULL;
    for (size_t i = 0; first && i < numbers; i++) first[i] = tern_array_get(series->x, (series->n - 1) * numbers + i);
    status = window && next ? go_on(&p, window, next, threads, y, err) : TERN_ERROR_MEMORY;
    tern__free(next);
    tern__free(p.time);
    tern_dataset_free(window);
    return status;
}
