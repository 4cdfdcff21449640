/* report.c - tern report: a page of HTML about trained runs. */
#include "ensemble.h"
#include "output_path.h"

#include <tern/report.h>

typedef struct report_args {
    args base;
    const char *data, *output;
    size_t threads;
} report_args;

/* The runs that are named, and in the place of a cross-validation its folds. */
typedef struct runs {
    size_t n;
    const char *dir[TERN_MAX_REPORTED];
    char fold[TERN_MAX_REPORTED][PATH_SIZE + 32];
} runs;

static tern_status add_run(runs *r, const char *dir, tern_error *err) {
    size_t folds;
    tern_status status = ensemble_find(dir, &folds, err);
    if (status) return status;
    if (r->n + (folds ? folds : 1) > TERN_MAX_REPORTED)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                              "%.200s %s %zu more run%s, and a report is about %d at most; name some of the folds, "
                              "%.200s/fold-1 ...",
                              dir, folds ? "has" : "is", folds ? folds : 1, folds > 1 ? "s" : "", TERN_MAX_REPORTED,
                              dir);
    if (!folds) r->dir[r->n++] = dir;
    for (size_t k = 1; k <= folds; k++) {
        snprintf(r->fold[r->n], sizeof r->fold[r->n], "%s/fold-%zu", dir, k);
        r->dir[r->n] = r->fold[r->n], r->n++;
    }
    return TERN_OK;
}

static int run(const void *self, tern_error *err) {
    const report_args *a = self;
    session s = {0};
    const char *output = a->output ? a->output : "report.html";
    static runs r;
    r.n = 0;
    tern_status status = session_open(&s, &a->base, err);
    tern_report_options options = {
        .registry = s.registry, .data = a->data, .max_memory = a->base.max_memory, .threads = a->threads};
    for (size_t i = 0; !status && i < a->base.operand.n; i++) status = add_run(&r, a->base.operand.v[i], err);
    for (size_t i = 0; !status && i < r.n; i++) status = check_page(&s, &a->base, r.dir[i], a->data, output, err);
    if (!status) status = tern_report_write(r.n, r.dir, &options, output, err);
    if (!status && a->base.json) {
        json j = {0};
        json_open(&j, NULL, '{');
        json_text(&j, "output", output);
        json_size(&j, "runs", r.n);
        json_close(&j, '}');
        json_end();
    } else if (!status && !a->base.quiet) {
        char shown[PATH_SIZE];
        printf("written to %s\n", tern__text_safe(output, shown, sizeof shown));
    }
    session_close(&s);
    return status ? exit_code_of(err) : EXIT_DONE;
}

static const option options[] = {
    DATA_OPTION(report_args),
    TEXT(report_args, output, "output", "FILE", "The page to write (default: report.html)."),
    THREADS_OPTION(report_args),
    PLUGIN_OPTION,
    {"max-memory", "SIZE", OPTION_BYTES, TERN_FIELD(args, max_memory, size_t),
     "Refuse what needs more: 512M, 2G (default: 3/4 of the machine's)."},
    {0},
};

const command command_report = {
    .name = "report",
    .operand = "RUN...",
    .least = 1,
    .most = TERN_MAX_REPORTED,
    .doc = "A page to look at: curves, mistakes, weights, settings of trained runs.",
    .size = sizeof(report_args),
    .options = options,
    .run = run,
};
