/* trials_run.c - the one way that compare and sweep go; see trials.h. */
#include "trials.h"

#include "output_path.h"
#include "stop.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

/* ---- where things go ---- */

/* runs/NAME-compare, and its compare.html; what the model is called is told by planning it. */
static tern_status find_places(const session *s, const trials_args *a, const char *model, const char *name,
                               char out[PATH_SIZE], char page[PATH_SIZE], tern_error *err) {
    static tern_error ignored; /* whoever opens the model next says it */
    tern_error_clear(&ignored);
    tern_model *m = session_model(s, &a->base, model, true, a->out ? &ignored : err);
    if (!m && !a->out) return TERN_ERROR_MODEL;
    int n = a->out ? snprintf(out, PATH_SIZE, "%s", a->out)
                   : snprintf(out, PATH_SIZE, "runs/%s-%s", tern_model_name(m), name);
    tern_error_clear(err);
    tern_model_free(m);
    int used =
        a->output ? snprintf(page, PATH_SIZE, "%s", a->output) : snprintf(page, PATH_SIZE, "%s/%s.html", out, name);
    if (n < PATH_SIZE && used < PATH_SIZE) return check_page(s, &a->base, model, a->data, page, err);
    return tern_error_add(err, TERN_ERROR_USAGE, NULL, "--out and --output: a path is too long");
}

static tern_status check_out(const trials_args *a, const char *out, tern_error *err) {
    if (a->force && a->resume)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                              "--force starts over and --resume continues; one is accepted");
    if (a->force || a->resume || !tern_run_check(out, NULL)) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                          "%s holds trials or a trained run: go on with them by --resume, replace them by --force, or "
                          "write to another directory by --out",
                          out);
}

/* ---- while they train ---- */

static bool on_trial(void *user, const tern_trials *t, const tern_trial *trial, const char *line) {
    if (takes_text(stdout)) trials_progress_show(user, t, trial, line);
    return !stop_signal();
}

static void say_stopped(const char *out, tern_error *err) {
    char shown[PATH_SIZE];
    if (takes_text(stderr))
        fprintf(stderr, "%s: stopped; %s holds how far it has come: repeat the command with --resume to continue\n",
                stop_name(), tern__text_safe(out, shown, sizeof shown));
    tern_error_clear(err);
}

/* ---- what came of it ---- */

const char *spread_text(tern_spread s, char out[SHORT_TEXT]) {
    if (!s.n) snprintf(out, SHORT_TEXT, "-");
    else if (isnan(s.std)) snprintf(out, SHORT_TEXT, "%.4g", s.mean);
    else snprintf(out, SHORT_TEXT, "%.4g %s %.2g", s.mean, speaks_utf8() ? "±" : "+-", s.std);
    return out;
}

void json_spread(json *j, const char *key, tern_spread s) {
    json_open(j, key, '{');
    json_real(j, "mean", s.mean);
    json_real(j, "std", s.std);
    json_size(j, "n", s.n);
    json_close(j, '}');
}

static int run(const session *s, const trials_args *a, const char *name, const tern_trials_options *how,
               trials_print *print, tern_error *err) {
    char model[PATH_SIZE], from[PATH_SIZE], out[PATH_SIZE], page[PATH_SIZE];
    trials_progress bar = {0};
    tern_trials *t = NULL;
    tern_model_options open = session_options(s, &a->base);
    tern_trials_options options = *how;
    tern_status status = find_run(a->base.operand.v[0], model, from, err);
    if (!status) status = find_places(s, a, model, name, out, page, err);
    options.vary = a->vary.v, options.epochs = a->epochs, options.threads = a->threads, options.data = a->data;
    options.out = out, options.resume = a->resume, options.force = a->force;
    options.program = "/proc/self/exe", options.plugin = a->base.plugin.v;
    options.on_trial = on_trial, options.user = &bar;
    if (!status) status = (t = tern_trials_new(model, &open, &options, err)) ? TERN_OK : TERN_ERROR_MODEL;
    if (!status) status = check_out(a, out, err);
    if (!status) status = trials_progress_begin(&bar, a, t, err);
    stop_on_signals();
    if (!status) status = tern_trials_run(t, err);
    trials_progress_end(&bar);
    if (status == TERN_ERROR_CANCELLED) say_stopped(out, err);
    if (!status) status = tern_trials_write(t, page, err);
    if (!status && a->base.quiet) tern_error_clear(err);
    if (!status) {
        report(err);
        status = print(t, a->base.json, err);
        char shown[PATH_SIZE];
        if (!status && !a->base.json && !a->base.quiet)
            printf("written to %s\n", tern__text_safe(page, shown, sizeof shown));
    }
    tern_trials_free(t);
    return status == TERN_ERROR_CANCELLED ? 128 + stop_signal() : status ? exit_code_of(err) : EXIT_DONE;
}

int trials_run(const trials_args *a, const char *name, const tern_trials_options *how, trials_print *print,
               tern_error *err) {
    session s = {0};
    int code = session_open(&s, &a->base, err) ? exit_code_of(err) : run(&s, a, name, how, print, err);
    session_close(&s);
    return code;
}
