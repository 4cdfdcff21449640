/* course.c - a model on its data, looked at and trained step by step; see course.h. */
#include "course.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *learn_source, *learn_output;
const char *const optimizer_name[OPTIMIZERS] = {"SGD", "Momentum", "Adam"};
const char *const optimizer_key[OPTIMIZERS] = {"sgd", "momentum", "adam"};

void must(bool well, const tern_error *err) {
    if (well) return;
    tern_error_print(err, stderr);
    exit(1);
}

void picture(const char *name, const tern__plot *plot) {
    char path[4096];
    tern_error err = {0};
    snprintf(path, sizeof path, "%s/%s.svg", learn_output, name);
    must(!tern__plot_save(plot, path, &err), &err);
}

void number(double value, int decimals, const char *key, ...) {
    va_list arguments;
    va_start(arguments, key);
    vprintf(key, arguments);
    va_end(arguments);
    printf(" %.*f\n", decimals, value);
}

tern_model *open_model(const char *name, const char *const *set) {
    char path[4096];
    tern_error err = {0};
    snprintf(path, sizeof path, "%s/docs/learn/models/%s.json", learn_source, name);
    tern_model *model = tern_model_open(path, &(tern_model_options){.set = set}, &err);
    must(model, &err);
    return model;
}

/* ---- a model with its data ---- */

static course course_new(tern_model *model, size_t n, size_t in, size_t out) {
    tern_error err = {0};
    course c = {.model = model, .n = n, .in = in, .out = out};
    c.trainer = tern_trainer_new(model, &(tern_trainer_options){.threads = 1, .batch_size = n}, &err);
    must(c.trainer, &err);
    c.x = calloc(2 * n * (in + out), sizeof *c.x);
    must(c.x, &err);
    c.y = c.x + n * in;
    c.x_some = c.y + n * out;
    c.y_some = c.x_some + n * in;
    return c;
}

course course_open(const char *name, const char *const *set) {
    char data[4096];
    tern_error err = {0};
    tern_model *model = open_model(name, set);
    snprintf(data, sizeof data, "%s/data/lesson", learn_source);
    tern_dataset *d = tern_dataset_open(model, "train", data, &err);
    must(d, &err);
    course c = course_new(model, d->n, tern_shape_count(&d->x->shape), 1);
    tern_array_gather(d->x, NULL, d->n, c.x);
    tern_array_gather(d->y, NULL, d->n, c.y);
    tern_dataset_free(d);
    return c;
}

course course_of_one(const char *name, const char *const *set, size_t out, const tern_real *target) {
    course c = course_new(open_model(name, set), 1, 1, out);
    c.x[0] = 1;
    memcpy(c.y, target, out * sizeof *target);
    return c;
}

void course_close(course *c) {
    tern_trainer_free(c->trainer);
    tern_model_free(c->model);
    free(c->x);
}

/* ---- its weights ---- */

static void set_weights(course *c, const double *w) {
    for (size_t i = 0; i < tern_model_weight_count(c->model); i++) {
        tern_tensor t = tern_model_weight(c->model, i).tensor;
        for (size_t k = 0; k < tern_tensor_count(&t); k++) t.data[k] = (tern_real)*w++;
    }
}

static void get_weights(const course *c, double w[2]) {
    for (size_t i = 0, used = 0; i < tern_model_weight_count(c->model); i++) {
        tern_tensor t = tern_model_weight(c->model, i).tensor;
        for (size_t k = 0; k < tern_tensor_count(&t) && used < 2; k++) w[used++] = (double)t.data[k];
    }
}

static tern_batch batch_of(const course *c, tern_tensor of[2], size_t n, tern_real *x, tern_real *y) {
    tern_shape out = tern_model_output(c->model);
    of[0] = (tern_tensor){TERN_SHAPE(n, c->in), x};
    /* A target of fewer numbers than the model's is a class. */
    of[1] = (tern_tensor){c->out < out.dim[0] ? TERN_SHAPE(n) : TERN_SHAPE(n, c->out), y};
    return (tern_batch){.n = n, .x = &of[0], .y = &of[1]};
}

static double loss_here(course *c) {
    tern_error err = {0};
    tern_tensor of[2];
    tern_batch batch = batch_of(c, of, c->n, c->x, c->y);
    double loss = 0;
    must(!tern_trainer_backward(c->trainer, &batch, &loss, &err), &err);
    return loss;
}

double course_loss(course *c, const double *w, double *gradient) {
    set_weights(c, w);
    double loss = loss_here(c);
    for (size_t i = 0; gradient && i < tern_model_weight_count(c->model); i++) {
        tern_tensor g = tern_trainer_gradient(c->trainer, i);
        for (size_t k = 0; k < tern_tensor_count(&g); k++) *gradient++ = (double)g.data[k];
    }
    return loss;
}

void course_field(course *c, size_t across, const tern__axis *x, const tern__axis *y, double value[GRID * GRID]) {
    for (size_t row = 0; row < GRID; row++)
        for (size_t column = 0; column < GRID; column++) {
            double w[2];
            w[across] = x->least + (x->most - x->least) * (double)column / (GRID - 1);
            w[1 - across] = y->least + (y->most - y->least) * (double)row / (GRID - 1);
            value[row * GRID + column] = course_loss(c, w, NULL);
        }
}

/* ---- training, step by step and epoch by epoch ---- */

static void note(course *c, walk *out) {
    double w[2];
    get_weights(c, w);
    out->w[0][out->n] = w[0], out->w[1][out->n] = w[1];
    out->loss[out->n] = loss_here(c);
    out->step[out->n] = (double)out->n;
    out->n++;
}

void course_walk(course *c, const double from[2], size_t batch, size_t steps, walk *out) {
    tern_error err = {0};
    size_t order[MOST], per_epoch = c->n / batch;
    out->n = 0;
    set_weights(c, from);
    note(c, out);
    for (size_t s = 0; s < steps && s + 1 < MOST; s++) {
        if (s % per_epoch == 0) tern_shuffle(1, s / per_epoch, c->n, order);
        for (size_t i = 0; i < batch; i++) {
            size_t row = order[s % per_epoch * batch + i];
            memcpy(c->x_some + i * c->in, c->x + row * c->in, c->in * sizeof *c->x);
            memcpy(c->y_some + i * c->out, c->y + row * c->out, c->out * sizeof *c->y);
        }
        tern_tensor of[2];
        tern_batch rows = batch_of(c, of, batch, c->x_some, c->y_some);
        must(!tern_trainer_step(c->trainer, &rows, NULL, &err), &err);
        note(c, out);
    }
}

static bool add_step(void *user, const tern_progress *p) {
    curve *c = user;
    c->gradient[c->n] += p->grad_norm / (double)p->batches;
    return true;
}

static bool add_epoch(void *user, const tern_progress *p) {
    curve *c = user;
    const tern_score *score = p->valid ? p->valid : p->train;
    c->epoch[c->n] = (double)p->epoch;
    c->loss[c->n] = p->train->loss;
    c->valid_loss[c->n] = score->loss;
    c->accuracy[c->n] = score->value[0];
    c->n++;
    return c->n < MOST;
}

void train_curve(const char *name, const char *const *set, const char *data, size_t epochs, bool tests, curve *out) {
    tern_error err = {0};
    tern_model *model = open_model(name, set);
    tern_dataset *train = tern_dataset_open(model, "train", data, &err), *test = NULL;
    must(train, &err);
    if (tests) test = tern_dataset_open(model, "test", data, &err);
    must(test || !tests, &err);
    memset(out, 0, sizeof *out);
    tern_fit_options options = {.epochs = epochs, .on_step = add_step, .on_epoch = add_epoch, .user = out};
    must(!tern_fit(model, train, test, &options, NULL, &err), &err);
    tern_dataset_free(train);
    tern_dataset_free(test);
    tern_model_free(model);
}
