/* mnist.c - tern's own runs on MNIST, as figures in a file: three optimizers, each with what a page changes; see
 * course.h. */
#include "course.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { EPOCHS = 5, CHANGES = 4 };
static const char *const optimizer[OPTIMIZERS] = {"optimizer={\"type\": \"sgd\", \"lr\": 0.1}",
                                                  "optimizer={\"type\": \"sgd\", \"lr\": 0.05, \"momentum\": 0.9}",
                                                  "optimizer={\"type\": \"adam\", \"lr\": 0.001}"};

/* What a run changes in models/mnist.json beside the optimizer. */
typedef struct plan {
    const char *run;
    size_t epochs;
    const char *set[CHANGES];
} plan;

#define SMALL "\"init\": {\"type\": \"normal\", \"std\": 0.001}, \"bias_init\": {\"type\": \"constant\", \"value\": 0}"
static const plan plans[] = {
    {"cross_entropy", EPOCHS, {NULL}},
    {"mse", EPOCHS, {"loss=mse"}},
    {"mae", EPOCHS, {"loss=mae"}},
    {"raw", EPOCHS, {"input={\"shape\": [784], \"scale\": 0.00392156862745098}"}},
    {"small",
     EPOCHS,
     {"layers=[{\"type\": \"dense\", \"units\": 64, " SMALL "}, \"tanh\", {\"type\": \"dense\", \"units\": 64, " SMALL
      "}, \"tanh\", {\"type\": \"dense\", \"units\": 10, " SMALL "}]"}},
    {"cosine", EPOCHS, {"schedule=cosine"}},
    {"batch-1", 1, {"train.batch_size=1"}},
    {"batch-64", 1, {NULL}},
    {"batch-60000", 1, {"train.batch_size=60000"}},
    {"rate-0.0001", 1, {"optimizer.lr=0.0001"}},
    {"rate-0.001", 1, {"optimizer.lr=0.001"}},
    {"rate-0.01", 1, {"optimizer.lr=0.01"}},
    {"rate-0.1", 1, {"optimizer.lr=0.1"}},
    {"rate-1", 1, {"optimizer.lr=1"}},
};
enum { PLANS = sizeof plans / sizeof *plans };

static FILE *open_figures(const char *path, const char *mode) {
    tern_error err = {0};
    FILE *file = fopen(path, mode);
    if (!file) tern_error_add(&err, TERN_ERROR_IO, NULL, "%s can't be opened", path);
    must(file, &err);
    return file;
}

void mnist_train(const char *data, const char *figures) {
    static curve c;
    FILE *out = open_figures(figures, "w");
    fprintf(out, "run,optimizer,epoch,train_loss,test_loss,test_accuracy,gradient\n");
    for (size_t r = 0; r < PLANS; r++)
        for (size_t k = 0; k < OPTIMIZERS; k++) {
            const char *set[CHANGES + 2] = {optimizer[k]};
            memcpy(set + 1, plans[r].set, sizeof plans[r].set);
            fprintf(stderr, "%s, %s\n", plans[r].run, optimizer_key[k]);
            train_curve("mnist", set, data, plans[r].epochs, true, &c);
            for (size_t e = 0; e < c.n; e++)
                fprintf(out, "%s,%s,%zu,%.4f,%.4f,%.4f,%.4f\n", plans[r].run, optimizer_key[k], e + 1, c.loss[e],
                        c.valid_loss[e], c.accuracy[e], c.gradient[e]);
        }
    tern_error err = {0};
    if (fclose(out)) tern_error_add(&err, TERN_ERROR_IO, NULL, "%s can't be written", figures);
    must(!err.errors, &err);
}

/* ---- the figures ---- */

static curve curves[PLANS][OPTIMIZERS];

static curve *find(const char *run, const char *which) {
    for (size_t r = 0; r < PLANS; r++)
        for (size_t k = 0; k < OPTIMIZERS; k++)
            if (!strcmp(plans[r].run, run) && !strcmp(optimizer_key[k], which)) return &curves[r][k];
    return NULL;
}

/* Adds a line's numbers to the run that it names; false: it isn't the next epoch of a run. */
static bool add_line(const char *line) {
    char run[32], which[32];
    size_t epoch = 0;
    double v[4];
    if (sscanf(line, "%31[^,],%31[^,],%zu,%lf,%lf,%lf,%lf", run, which, &epoch, v, v + 1, v + 2, v + 3) != 7)
        return false;
    curve *c = find(run, which);
    if (!c || epoch != c->n + 1 || epoch > EPOCHS) return false;
    c->epoch[c->n] = (double)epoch;
    c->loss[c->n] = v[0], c->valid_loss[c->n] = v[1], c->accuracy[c->n] = v[2], c->gradient[c->n] = v[3];
    c->n++;
    return true;
}

static void read_figures(const char *path) {
    char line[256];
    tern_error err = {0};
    FILE *in = open_figures(path, "r");
    for (size_t at = 1; fgets(line, sizeof line, in); at++)
        if (at > 1 && !add_line(line))
            tern_error_add(&err, TERN_ERROR_DATA, NULL, "%s:%zu: not the next epoch of a run", path, at);
    fclose(in);
    for (size_t r = 0; r < PLANS; r++)
        for (size_t k = 0; k < OPTIMIZERS; k++)
            if (curves[r][k].n != plans[r].epochs)
                tern_error_add(&err, TERN_ERROR_DATA, NULL, "%s: %zu epochs of %s with %s in place of %zu", path,
                               curves[r][k].n, plans[r].run, optimizer_key[k], plans[r].epochs);
    must(!err.errors, &err);
}

/* What a run came to in its first epoch, and in its last: mnist.RUN.OPTIMIZER.WHAT.EPOCH. */
static void add_numbers(const curve *c, const char *run, const char *which) {
    for (size_t e = 0; e < c->n; e++) {
        if (e > 0 && e + 1 < c->n) continue;
        number(c->loss[e], 3, "mnist.%s.%s.loss.%zu", run, which, e + 1);
        number(c->valid_loss[e], 3, "mnist.%s.%s.test.%zu", run, which, e + 1);
        number(c->accuracy[e], 3, "mnist.%s.%s.accuracy.%zu", run, which, e + 1);
        number(c->gradient[e], 3, "mnist.%s.%s.gradient.%zu", run, which, e + 1);
    }
}

/* A name with something behind it; valid for the next sixteen calls. */
static const char *joined(const char *a, const char *b) {
    static char texts[16][64];
    static size_t used;
    char *text = texts[used++ % 16];
    snprintf(text, 64, "%s%s", a, b);
    return text;
}

typedef enum measured { LOSS, ACCURACY } measured;

/* The curves of a run's optimizers, behind those that are there; with something behind their names they are dashed. */
static size_t add_curves(size_t n, tern__series *series, const char *run, measured what, const char *suffix) {
    for (size_t k = 0; k < OPTIMIZERS; k++) {
        const curve *c = find(run, optimizer_key[k]);
        series[n + k] = (tern__series){.name = joined(optimizer_name[k], suffix),
                                       .color = k,
                                       .dashed = *suffix,
                                       .n = c->n,
                                       .x = c->epoch,
                                       .y = what == LOSS ? c->loss : c->accuracy};
    }
    return n + OPTIMIZERS;
}

static void over_epochs(const char *file, const char *title, measured what, size_t n, const tern__series *series) {
    picture(file, &(tern__plot){.title = title,
                                .x = {.label = "epoch", .whole = true},
                                .y = {.label = what == LOSS ? "training loss" : "accuracy on test pictures"},
                                .n = n,
                                .series = series});
}

static void one_run(const char *file, const char *title, measured what, const char *run) {
    tern__series series[OPTIMIZERS];
    over_epochs(file, title, what, add_curves(0, series, run, what, ""), series);
}

static void two_runs(const char *file, const char *title, measured what, const char *run, const char *dashed,
                     const char *suffix) {
    tern__series series[2 * OPTIMIZERS];
    size_t n = add_curves(0, series, run, what, "");
    over_epochs(file, title, what, add_curves(n, series, dashed, what, suffix), series);
}

static void over_rates(void) {
    static const char *const run[] = {"rate-0.0001", "rate-0.001", "rate-0.01", "rate-0.1", "rate-1"};
    enum { RATES = sizeof run / sizeof *run };
    static double rate[RATES], accuracy[OPTIMIZERS][RATES];
    tern__series series[OPTIMIZERS];
    for (size_t k = 0; k < OPTIMIZERS; k++) {
        for (size_t i = 0; i < RATES; i++) {
            const curve *c = find(run[i], optimizer_key[k]);
            rate[i] = pow(10, (double)i - 4);
            accuracy[k][i] = c->accuracy[0];
        }
        series[k] = (tern__series){
            .name = optimizer_name[k], .mark = TERN__PATH, .color = k, .n = RATES, .x = rate, .y = accuracy[k]};
    }
    picture("mnist-rates", &(tern__plot){.title = "MNIST: one epoch at five learning rates",
                                         .x = {.label = "learning rate", .log_helps = true},
                                         .y = {.label = "accuracy on test pictures"},
                                         .n = OPTIMIZERS,
                                         .series = series});
}

void mnist_chapter(const char *figures) {
    tern_model *model = open_model("mnist", NULL);
    number((double)tern_model_parameters(model), 0, "mnist.parameters");
    tern_model_free(model);
    read_figures(figures);
    for (size_t r = 0; r < PLANS; r++)
        for (size_t k = 0; k < OPTIMIZERS; k++) add_numbers(&curves[r][k], plans[r].run, optimizer_key[k]);
    two_runs("mnist-losses", "MNIST: cross-entropy and MSE", ACCURACY, "cross_entropy", "mse", ", MSE");
    one_run("mnist-descent", "MNIST: the loss falls", LOSS, "cross_entropy");
    one_run("mnist-adam", "MNIST: three optimizers", ACCURACY, "cross_entropy");
    two_runs("mnist-raw", "MNIST: pixels scaled, and as they are", LOSS, "cross_entropy", "raw", ", as they are");
    one_run("mnist-small", "MNIST: weights that start near 0", LOSS, "small");
    two_runs("mnist-cosine", "MNIST: a steady rate, and a cosine", ACCURACY, "cosine", "cross_entropy", ", steady");
    over_rates();
}
