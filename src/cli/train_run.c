/* train_run.c - one run of tern train: trains a model and writes a run directory; see train.h. */
#include "train.h"

#include "clock.h"
#include "confusion.h"
#include "plot.h"
#include "stop.h"

#include <tern/advice.h>
#include <tern/version.h>

#include <stdio_ext.h>
#include <string.h>
#include <unistd.h>

/* A run of training. */
typedef struct training {
    const train_args *a;
    tern_model *m;
    tern_dataset *train, *valid, *test;
    cross *of; /* NULL: it is none of several */
    progress bar;
    plot plot; /* of --plot */
    double began, seconds;
    size_t step; /* done */
    trained *made;
} training;

/* ---- progress ---- */

static bool on_step(void *user, const tern_progress *p) {
    training *t = user;
    t->step = p->step;
    if (takes_text(t->bar.to ? t->bar.to : stdout)) progress_step(&t->bar, p);
    return !stop_signal();
}

static bool on_epoch(void *user, const tern_progress *p) {
    training *t = user;
    if (!takes_text(t->bar.to ? t->bar.to : stdout)) return !stop_signal();
    if (t->a->plot) plot_epoch(&t->plot, &t->bar, p);
    else if (!t->of) progress_epoch(&t->bar, p); /* of many runs, the result of each */
    return !stop_signal();
}

/* By now the first fold's model and data are known to be good: what was there need not go for nothing. */
static tern_status folds_begin(cross *f, tern_error *err) {
    if (f->run) return TERN_OK;
    f->run = tern_run_open(f->dir, err);
    if (!f->run) return TERN_ERROR_IO;
    return f->a->resume ? TERN_OK : tern_run_clear(f->run, f->a->force, err);
}

static tern_status on_begin(void *user, tern_error *err) {
    training *t = user;
    return t->of ? folds_begin(t->of, err) : TERN_OK;
}

/* ---- data ---- */

static tern_status open_split(const training *t, const char *split, bool named, tern_dataset **out, tern_error *err) {
    if (!named) return TERN_OK;
    *out = tern_dataset_open(t->m, split, t->a->data, err);
    return *out ? tern_dataset_check(*out, t->m, err) : TERN_ERROR_DATA;
}

/* All splits are opened first: a test file that is missing should not show after hours of training. */
static tern_status open_data(training *t, tern_error *err) {
    tern_model_info info = tern_model_describe(t->m);
    if (!info.train_data)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                              "the model has no training data: give it \"data\": {\"train\": ...}");
    tern_status status = open_split(t, "train", true, &t->train, err);
    if (!status) status = tern_model_learn(t->m, t->train, err);
    if (!status) status = open_split(t, "valid", info.valid_data, &t->valid, err);
    if (!status) status = open_split(t, "test", info.test_data, &t->test, err);
    const tern_splits data = {.train = t->train, .valid = t->valid, .test = t->test, .wrong_only = true};
    return status ? status : tern_dataset_advise(t->m, &data, err);
}

/* ---- what is said ---- */

static void say_start(const training *t) {
    char name[TERN_MAX_NAME], params[SHORT_TEXT], samples[SHORT_TEXT], ranks[SHORT_TEXT] = "";
    size_t threads = t->a->threads ? t->a->threads : tern_cpu_count();
    if (!t->bar.to || (t->of && t->of->run)) return; /* the first fold stands for all */
    const char *blas = tern_version().blas, *version = strchr(blas, ' ');
    int length = (int)(version ? version + 1 + strcspn(version + 1, " ") - blas : (ptrdiff_t)strlen(blas));
    if (t->a->base.comm) snprintf(ranks, sizeof ranks, "%zu ranks of ", t->a->base.comm->size);
    fprintf(t->bar.to, "%s: %s parameters, %s samples, %s%zu thread%s, %.*s\n",
            tern__text_safe(tern_model_name(t->m), name, sizeof name), count_text(tern_model_parameters(t->m), params),
            count_text(t->train->n, samples), ranks, threads, threads == 1 ? "" : "s", length, blas);
    fflush(t->bar.to);
}

/* What the validation rows say of classes that accuracy alone would not show. */
static tern_status say_remark(const training *t, FILE *to, tern_error *err) {
    const tern_dataset *d = t->valid ? t->valid : t->train;
    tern_split split = {0};
    tern_score score;
    confusion c;
    tern_status status = confusion_make(&c, t->m, d, err);
    if (!status && c.classes && !t->valid) status = tern_dataset_split(d, t->m, &split, err);
    if (!status && c.classes)
        status = tern_evaluate(t->m, d, split.valid, split.valids, t->a->threads, &score, c.count, err);
    if (!status && c.classes) confusion_remark(to, &c);
    tern_split_free(&split);
    confusion_free(&c);
    return status;
}

static tern_status say_end(const training *t, tern_error *err) {
    const tern_fit_result *r = &t->made->fit;
    char out[PATH_SIZE];
    bool quiet = !t->bar.to && !t->a->base.json && !t->of; /* the result is said all the same */
    FILE *to = quiet ? stdout : t->bar.to;
    if (!to) return TERN_OK;
    if (!quiet && !t->of && r->stopped_early) fprintf(to, "stopped early: no better epoch since %zu\n", r->best_epoch);
    if (quiet || t->of || r->restored_best) {
        fprintf(to, "%s: epoch %zu", t->of ? t->of->name : "result", r->restored_best ? r->best_epoch : r->epochs);
        if (r->train.n) fputs("  train ", to), print_score(to, &r->train);
        if (r->valid.n) fputs("  valid ", to), print_score(to, &r->valid);
        fputc('\n', to);
    }
    tern_status status = r->valid.n && !t->of ? say_remark(t, to, err) : TERN_OK;
    if (status) return status;
    if (t->made->test.n) {
        fprintf(to, "test, %s weights  ", r->restored_best ? "best" : "last");
        print_score(to, &t->made->test);
        fputc('\n', to);
    }
    tern__text_safe(t->made->out, out, sizeof out);
    if (quiet) return TERN_OK;
    if (r->out_of_time)
        fprintf(to,
                "--max-time: stopped after step %zu, with a checkpoint in %s; repeat the command with --resume to "
                "continue\n",
                r->steps, out);
    if (t->of) return TERN_OK;
    fprintf(to, "%zu epoch%s, %zu step%s in %.1f s; written to %s\n", r->epochs, r->epochs == 1 ? "" : "s", r->steps,
            r->steps == 1 ? "" : "s", t->seconds, out);
    return TERN_OK;
}

static void say_json(const training *t) {
    const tern_fit_result *r = &t->made->fit;
    json j = {0};
    json_open(&j, NULL, '{');
    json_text(&j, "name", tern_model_name(t->m));
    json_text(&j, "out", t->made->out);
    json_size(&j, "epochs", r->epochs);
    json_size(&j, "steps", r->steps);
    if (r->train.n) json_score(&j, "train_", &r->train);
    if (r->valid.n) json_score(&j, "valid_", &r->valid);
    if (t->made->test.n) json_score(&j, "test_", &t->made->test);
    if (r->best_epoch) json_size(&j, "best_epoch", r->best_epoch), json_real(&j, "best", r->best);
    json_bool(&j, "stopped_early", r->stopped_early);
    json_bool(&j, "out_of_time", r->out_of_time);
    json_bool(&j, "restored_best", r->restored_best);
    json_real(&j, "seconds", t->seconds);
    json_close(&j, '}');
    json_end();
}

/* Stopping on request is not an error: one line says how to continue. */
static void say_stopped(training *t, tern_error *err) {
    char out[PATH_SIZE];
    const tern_comm *c = t->a->base.comm;
    if (takes_text(stdout)) progress_clear(&t->bar);
    if (takes_text(stderr) && !(c && c->rank))
        fprintf(stderr,
                "%s: stopped after step %zu, with a checkpoint in %s; repeat the command with --resume to continue\n",
                stop_signal() ? stop_name() : "another rank", t->step, tern__text_safe(t->made->out, out, sizeof out));
    tern_error_clear(err);
    if (!takes_text(stdout)) __fpurge(stdout); /* what is left would be waited for at the exit */
}

/* ---- the run directory ---- */

static tern_status check_out(const training *t, tern_error *err) {
    char checkpoint[PATH_SIZE + 32];
    snprintf(checkpoint, sizeof checkpoint, "%s/checkpoint.safetensors", t->made->out);
    if (t->a->resume && access(checkpoint, F_OK))
        return tern_error_add(err, TERN_ERROR_IO, NULL,
                              "--resume: there is no checkpoint in %s yet, so there is nothing to go on with; start "
                              "with --force",
                              t->made->out);
    const char *dirs[] = {t->made->out, t->of ? t->of->dir : NULL};
    for (size_t i = 0; !t->a->resume && i < 2 && dirs[i]; i++)
        if (tern_run_check_output(t->m, dirs[i], t->a->data, err)) return TERN_ERROR_USAGE;
    if (t->a->resume || t->a->force || !tern_run_check(t->made->out, NULL)) return TERN_OK;
    size_t n = count_folds(t->made->out);
    if (n)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                              "%s holds %zu folds: replace them by --force, or write to another directory by --out",
                              t->made->out, n);
    return tern_error_add(
        err, TERN_ERROR_USAGE, NULL,
        "%s holds a trained run: go on with it by --resume, replace it by --force, or write to another "
        "directory by --out",
        t->made->out);
}

static void say_changes(const training *t, tern_error *err) {
    size_t n = t->made->fit.changes;
    if (n)
        tern_error_add(err, TERN_ERROR_DATA, NULL,
                       "--resume goes on with what the run was made of, but for --epochs, --steps and --threads; to go "
                       "on with %s all the same, add --changed",
                       n == 1 ? "this change" : "these changes");
}

/* ---- the command ---- */

/* Of --max-time, which counts from the start of the command; 0: it is not given. */
static double time_left(const training *t) {
    double left = (double)t->a->max_time - (tern__clock() - t->began);
    return !t->a->max_time ? 0 : left > 1e-9 ? left : 1e-9;
}

static tern_status fit(training *t, tern_error *err) {
    const train_args *a = t->a;
    tern_fit_options options = {.out = t->made->out,
                                .resume = a->resume,
                                .force = a->force,
                                .changed = a->changed,
                                .no_shuffle = a->no_shuffle,
                                .epochs = a->epochs,
                                .until = a->until,
                                .steps = a->steps,
                                .seconds = time_left(t),
                                .log_every = a->log_every,
                                .threads = a->threads,
                                .command = a->base.typed,
                                .data = a->data,
                                .on_begin = on_begin,
                                .on_step = on_step,
                                .on_epoch = on_epoch,
                                .user = t,
                                .comm = a->base.comm};
    double start = tern__clock();
    stop_on_signals();
    tern_status status = tern_fit(t->m, t->train, t->valid, &options, &t->made->fit, err);
    t->seconds = tern__clock() - start;
    if (status == TERN_ERROR_CANCELLED) say_stopped(t, err);
    else progress_clear(&t->bar);
    plot_end(&t->plot, status != TERN_ERROR_CANCELLED);
    if (status) say_changes(t, err);
    if (!status && t->test && !t->made->fit.out_of_time)
        status =
            tern_evaluate_ranks(a->base.comm, t->m, t->test, NULL, t->test->n, a->threads, &t->made->test, NULL, err);
    return status;
}

static tern_status open_model(session *s, const train_args *a, tern_error *err) {
    tern_status status = session_open(s, &a->base, err);
    tern_model_options options = session_options(s, &a->base);
    char path[PATH_SIZE];
    if (!status) status = find_run(a->base.operand.v[0], path, s->run, err);
    return status ? status : session_take_model(s, &a->base, tern_model_open_fitted(path, &options, a->data, err), err);
}

void train_directory(const train_args *a, const tern_model *m, char out[PATH_SIZE]) {
    if (a->out) snprintf(out, PATH_SIZE, "%s", a->out);
    else snprintf(out, PATH_SIZE, "runs/%s%s", tern_model_name(m), a->folds ? "-folds" : "");
}

tern_status train_run(session *s, const train_args *a, double began, cross *of, trained *out, tern_error *err) {
    training t = {.a = a, .began = began, .of = of, .made = out};
    *out = (trained){0};
    tern_status status = open_model(s, a, err);
    if (status) return status;
    t.m = s->model;
    t.bar = progress_begin(&a->base);
    t.plot = plot_begin(&t.bar);
    train_directory(a, t.m, out->out);
    if (!a->out && a->resume && *s->run) snprintf(out->out, PATH_SIZE, "%s", s->run); /* where it was begun */
    status = check_out(&t, err);
    if (!status && a->init && !a->init_partial) status = load_start(s, &a->base, a->init, false, err);
    if (!status) status = open_data(&t, err);
    if (!status && a->init_partial) status = load_start(s, &a->base, a->init, true, err); /* now names are known */
    if (!status) {
        if (a->base.quiet) tern_error_clear(err);
        else report(err); /* what was said about the data */
        say_start(&t);
        status = fit(&t, err);
    }
    if (!status) status = say_end(&t, err);
    if (!status && a->base.json && !of) say_json(&t);
    tern_dataset_free(t.train);
    tern_dataset_free(t.valid);
    tern_dataset_free(t.test);
    return status;
}
