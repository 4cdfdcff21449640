/* train_folds.c - tern train --folds: a run for each fold of a cross-validation, and what they come to together. */
#include "train.h"

#include "memory.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

/* What a fold scored on the samples that it didn't train on: the loss, then the metrics. */
enum { SCORES = TERN_MAX_METRICS + 1 };

typedef struct scores {
    size_t n;
    char name[SCORES][TERN_MAX_NAME];
    double *value; /* [folds][SCORES] */
} scores;

static void keep_scores(scores *all, size_t fold, const tern_score *s) {
    double *value = all->value + fold * SCORES;
    all->n = 1 + s->metrics;
    snprintf(all->name[0], TERN_MAX_NAME, "loss");
    value[0] = s->loss;
    for (size_t i = 0; i < s->metrics; i++) {
        snprintf(all->name[i + 1], TERN_MAX_NAME, "%s", s->name[i]);
        value[i + 1] = s->value[i];
    }
}

static double mean_of(const scores *all, size_t folds, size_t k) {
    double sum = 0;
    for (size_t i = 0; i < folds; i++) sum += all->value[i * SCORES + k];
    return sum / (double)folds;
}

/* The standard deviation, with divisor folds - 1. */
static double spread_of(const scores *all, size_t folds, size_t k) {
    double mean = mean_of(all, folds, k), sum = 0;
    for (size_t i = 0; i < folds; i++) sum += pow(all->value[i * SCORES + k] - mean, 2);
    return sqrt(sum / (double)(folds - 1));
}

/* ---- what is said, and written down ---- */

static void add_scores(tern__json_writer *w, const char *key, const scores *all, size_t folds,
                       double (*of)(const scores *all, size_t folds, size_t k)) {
    tern__json_open(w, key, '{');
    for (size_t k = 0; k < all->n; k++) tern__json_add_real(w, all->name[k], of(all, folds, k));
    tern__json_close_bracket(w, '}');
}

static void add_summary(tern__json_writer *w, const train_args *a, const scores *all) {
    tern__json_add_size(w, "folds", a->folds);
    if (a->group) tern__json_add_text(w, "group", a->group);
    if (a->in_time) tern__json_add_text(w, "split", "time");
    tern__json_open(w, "valid", '[');
    for (size_t i = 0; i < a->folds; i++) {
        tern__json_open(w, NULL, '{');
        for (size_t k = 0; k < all->n; k++) tern__json_add_real(w, all->name[k], all->value[i * SCORES + k]);
        tern__json_close_bracket(w, '}');
    }
    tern__json_close_bracket(w, ']');
    add_scores(w, "mean", all, a->folds, mean_of);
    add_scores(w, "std", all, a->folds, spread_of);
}

static tern_status write_summary(const train_args *a, const char *dir, const scores *all, tern_error *err) {
    tern__buffer text = {0};
    tern__json_writer w = {.write = tern__buffer_write, .to = &text};
    tern__json_open(&w, NULL, '{');
    add_summary(&w, a, all);
    tern__json_close_bracket(&w, '}');
    tern__buffer_write(&text, "\n", 1);
    tern_status status = text.failed ? tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory for folds.json")
                                     : tern_run_write(dir, "folds.json", text.text, err);
    tern__free(text.text);
    return status;
}

static void say_summary(const train_args *a, const char *dir, const scores *all) {
    char shown[PATH_SIZE];
    json j = {0};
    if (a->base.json) {
        json_open(&j, NULL, '{');
        json_text(&j, "out", dir);
        add_summary(&j.writer, a, all);
        json_close(&j, '}');
        json_end();
        return;
    }
    if (!a->base.quiet) printf("\n%zu folds, on the samples that each did not train on\n", a->folds);
    table t;
    table_begin(&t, 3, (const char *const[]){"score", ">mean", ">spread"});
    for (size_t k = 0; k < all->n; k++) {
        table_row(&t);
        table_set(&t, 0, "%s", tern__text_safe(all->name[k], shown, TABLE_CELL));
        table_set(&t, 1, "%.4f", mean_of(all, a->folds, k));
        table_set(&t, 2, "%.4f", spread_of(all, a->folds, k));
    }
    table_end(&t);
    if (!a->base.quiet) printf("written to %s\n", tern__text_safe(dir, shown, sizeof shown));
}

/* ---- the runs ---- */

/* The changes to the model file that make it the one of a fold. */
static bool add_changes(const train_args *a, size_t fold, train_args *to, const char **set, char text[PATH_SIZE]) {
    tern__buffer group = {0};
    tern__json_writer w = {.write = tern__buffer_write, .to = &group};
    if (a->group) tern__json_write_string(&w, a->group);
    int length = snprintf(text, PATH_SIZE, "train.folds={\"of\": %zu, \"fold\": %zu%s%s}", a->folds, fold,
                          a->group ? ", \"group\": " : "", a->group && group.text ? group.text : "");
    tern__free(group.text);
    size_t n = a->base.set.n;
    for (size_t i = 0; i < n; i++) set[i] = a->base.set.v[i];
    set[n++] = text;
    if (a->in_time) set[n++] = "train.split=time";
    to->base.set = (texts){n, set};
    return length < PATH_SIZE;
}

/* A fold that was begun goes on; one that was not, begins. The first has to be there. */
static bool goes_on(const train_args *a, const char *dir, size_t fold) {
    char path[PATH_SIZE + 32];
    snprintf(path, sizeof path, "%s/checkpoint.safetensors", dir);
    return a->resume && (fold == 1 || !access(path, F_OK));
}

/* `ended`: not before its time was up. */
static tern_status run_fold(cross *f, size_t fold, double began, scores *all, bool *ended, tern_error *err) {
    const train_args *a = f->a;
    char out[PATH_SIZE], change[PATH_SIZE];
    const char **set = tern__alloc(a->base.set.n + 3, sizeof *set, err);
    if (!set) return TERN_ERROR_MEMORY;
    train_args one = *a;
    session s = {0};
    trained made;
    bool fits = snprintf(out, sizeof out, "%s/fold-%zu", f->dir, fold) < PATH_SIZE;
    fits = add_changes(a, fold, &one, set, change) && fits;
    snprintf(f->name, sizeof f->name, "fold %zu of %zu", fold, a->folds);
    one.out = out;
    one.resume = goes_on(a, out, fold);
    tern_status status = fits ? train_run(&s, &one, began, f, &made, err)
                              : tern_error_add(err, TERN_ERROR_USAGE, NULL, "--out and --group are too long");
    *ended = !status && !made.fit.out_of_time;
    if (!status) keep_scores(all, fold - 1, &made.fit.valid);
    session_close(&s);
    tern__free(set);
    return status;
}

/* Where the runs go, and whether they may: what can be told before the data is read. */
static tern_status open_directory(const train_args *a, char dir[PATH_SIZE], tern_error *err) {
    session s = {0};
    tern_status status = session_open(&s, &a->base, err);
    tern_model *m = status ? NULL : session_model(&s, &a->base, a->base.operand.v[0], true, err);
    status = m ? TERN_OK : TERN_ERROR_MODEL;
    if (m) train_directory(a, m, dir);
    if (m && tern_model_describe(m).valid_data)
        status =
            tern_error_add(err, TERN_ERROR_MODEL, NULL,
                           "--folds takes what validates from the training data, but the model has validation data, "
                           "too; leave it out: --set data.valid=null");
    tern_model_free(m);
    session_close(&s);
    if (!status && !a->resume && !a->force && tern_run_check(dir, NULL))
        status = tern_error_add(err, TERN_ERROR_USAGE, NULL,
                                "%s holds a trained run: replace it by --force, or write to another directory by --out",
                                dir);
    tern_error_clear(status ? NULL : err); /* warnings are said again by each run */
    return status;
}

tern_status train_folds(const train_args *a, double began, tern_error *err) {
    cross f = {.a = a};
    scores all = {.value = tern__alloc(a->folds, SCORES * sizeof(double), err)};
    tern_status status = all.value ? open_directory(a, f.dir, err) : TERN_ERROR_MEMORY;
    bool ended = true;
    for (size_t fold = 1; !status && ended && fold <= a->folds; fold++)
        status = run_fold(&f, fold, began, &all, &ended, err);
    if (!status && ended) status = write_summary(a, f.dir, &all, err);
    tern_run_close(f.run);
    if (!status && ended) say_summary(a, f.dir, &all);
    tern__free(all.value);
    return status;
}
