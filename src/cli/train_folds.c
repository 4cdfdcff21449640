/* train_folds.c - tern train --folds: a run for each fold of a cross-validation, and what they come to together. */
#include "fold_scores.h"
#include "train.h"

#include "memory.h"

#include <string.h>
#include <unistd.h>

/* ---- what is said, and written down ---- */

static void add_summary(tern__json_writer *w, const train_args *a, const scores *all) {
    tern__json_add_size(w, "folds", a->folds);
    if (a->group) tern__json_add_text(w, "group", a->group);
    if (a->in_time) tern__json_add_text(w, "split", "time");
    scores_json(w, "valid", all);
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
    scores_print(all);
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
    if (!status) scores_keep(all, fold - 1, &made.fit.valid);
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
    scores all;
    tern_status status = scores_make(&all, a->folds, err);
    if (!status) status = open_directory(a, f.dir, err);
    bool ended = true;
    for (size_t fold = 1; !status && ended && fold <= a->folds; fold++)
        status = run_fold(&f, fold, began, &all, &ended, err);
    if (!status && ended) status = write_summary(a, f.dir, &all, err);
    tern_run_close(f.run);
    if (!status && ended) say_summary(a, f.dir, &all);
    scores_free(&all);
    return status;
}
