/* check.c - tern check: every error and warning of model files, with the very place; data is read only where it is
 * asked for. */
#include "commands.h"

#include <tern/advice.h>
#include <tern/summary.h>

typedef struct check_args {
    args base;
    const char *data;
} check_args;

static void add_json(json *j, const tern_error *err, const char *path) {
    for (size_t i = 0; i < err->count; i++) {
        const tern_diagnostic *d = &err->item[i];
        json_open(j, NULL, '{');
        json_text(j, "file", d->file[0] ? d->file : path);
        json_size(j, "line", d->line);
        json_size(j, "column", d->column);
        json_text(j, "severity", d->status ? "error" : "warning");
        json_text(j, "pointer", d->pointer);
        json_text(j, "message", d->text);
        json_close(j, '}');
    }
}

static void say_ok(const char *path, bool fitted, size_t warnings) {
    char shown[PATH_SIZE];
    printf("%s: ok", tern__text_safe(path, shown, sizeof shown));
    if (warnings) printf(", %zu warning%s", warnings, warnings == 1 ? "" : "s");
    if (!fitted) printf("; its columns were never fitted: --data DIR fits them, and then layers and sizes are checked");
    putchar('\n');
}

/* ---- with its data ---- */

enum { TRAIN, VALID, TEST, SPLITS };

static tern_status open_split(const tern_model *m, const char *split, const char *dir, tern_dataset **d,
                              tern_error *err) {
    *d = tern_dataset_open(m, split, dir, err);
    return *d ? tern_dataset_check(*d, m, err) : TERN_ERROR_DATA;
}

static tern_status open_splits(tern_model *m, const char *dir, tern_dataset *d[SPLITS], tern_error *err) {
    tern_model_info info = tern_model_describe(m);
    tern_status status = open_split(m, "train", dir, &d[TRAIN], err);
    if (!status) status = tern_model_learn(m, d[TRAIN], err);
    if (!status && info.valid_data) status = open_split(m, "valid", dir, &d[VALID], err);
    if (!status && info.test_data) status = open_split(m, "test", dir, &d[TEST], err);
    return status;
}

/* The samples that are left to train where others validate. */
static tern_status count_rows(const tern_model *m, tern_dataset *const d[SPLITS], size_t *rows, tern_error *err) {
    tern_split cut;
    *rows = d[TRAIN]->n;
    if (d[VALID]) return TERN_OK;
    tern_status status = tern_dataset_split(d[TRAIN], m, &cut, err);
    *rows = cut.trains;
    tern_split_free(&cut);
    return status;
}

static tern_status advise_on_data(tern_model *m, const char *dir, tern_error *err) {
    tern_dataset *d[SPLITS] = {0};
    size_t rows = 0;
    if (!tern_model_describe(m).train_data)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL, "the model has no training data to look at");
    tern_status status = open_splits(m, dir, d, err);
    if (!status) status = count_rows(m, d, &rows, err);
    const tern_splits data = {.train = d[TRAIN], .valid = d[VALID], .test = d[TEST], .rows = rows};
    if (!status) status = tern_dataset_advise(m, &data, err);
    for (size_t k = 0; k < SPLITS; k++) tern_dataset_free(d[k]);
    return status;
}

/* ---- the command ---- */

static tern_model *open_file(const session *s, const check_args *a, const char *path, tern_error *err) {
    if (!a->data) return session_model(s, &a->base, path, true, err);
    tern_model_options options = session_options(s, &a->base);
    char model[PATH_SIZE], run[PATH_SIZE];
    options.plan_only = true;
    return find_run(path, model, run, err) ? NULL : tern_model_open_fitted(model, &options, a->data, err);
}

/* Checks one file; returns its exit code. */
static int check_file(const session *s, const check_args *a, const char *path, json *j, tern_error *err) {
    tern_model *m = open_file(s, a, path, err);
    int code = m ? exit_code(tern_model_check(m, err)) : exit_code_of(err);
    if (!code) tern_model_advise(m, err);
    if (!code && a->data && advise_on_data(m, a->data, err)) code = exit_code_of(err);
    size_t warnings = err->count + err->dropped;
    bool fitted = m && tern_model_fitted(m);
    tern_model_free(m);
    if (a->base.json) add_json(j, err, path);
    else report(err);
    tern_error_clear(err);
    if (!code && !a->base.quiet && !a->base.json) say_ok(path, fitted, warnings);
    return code;
}

static int run(const void *self, tern_error *err) {
    const check_args *a = self;
    session s;
    json j = {0};
    int code = exit_code(session_open(&s, &a->base, err));
    if (code) {
        session_close(&s);
        return code;
    }
    if (a->base.json) json_open(&j, NULL, '[');
    for (size_t i = 0; i < a->base.operand.n; i++) {
        int one = check_file(&s, a, a->base.operand.v[i], &j, err);
        if (one > code) code = one;
    }
    if (a->base.json) {
        json_close(&j, ']');
        json_end();
    }
    session_close(&s);
    return code;
}

static const option options[] = {
    TEXT(check_args, data, "data", "DIR", "Look at the data too; DIR is where the model file's data paths start."),
    MODEL_OPTIONS,
    {0},
};

const command command_check = {
    .name = "check",
    .operand = "MODEL...",
    .least = 1,
    .most = SIZE_MAX,
    .doc = "Every error of model files, and what seldom trains well.",
    .size = sizeof(check_args),
    .options = options,
    .run = run,
};
