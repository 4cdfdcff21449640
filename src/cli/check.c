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

typedef struct splits {
    tern_dataset *train, *valid;
    size_t rows; /* that train */
} splits;

static tern_status open_splits(tern_model *m, const char *dir, splits *d, tern_error *err) {
    if (!(d->train = tern_dataset_open(m, "train", dir, err))) return TERN_ERROR_DATA;
    tern_status status = tern_dataset_check(d->train, m, err);
    if (!status) status = tern_model_learn(m, d->train, err);
    if (status) return status;
    d->rows = d->train->n;
    if (tern_model_describe(m).valid_data) {
        if (!(d->valid = tern_dataset_open(m, "valid", dir, err))) return TERN_ERROR_DATA;
        return tern_dataset_check(d->valid, m, err);
    }
    tern_split cut;
    status = tern_dataset_split(d->train, m, &cut, err);
    d->rows = cut.trains;
    tern_split_free(&cut);
    return status;
}

static tern_status advise_on_data(tern_model *m, const char *dir, tern_error *err) {
    splits d = {0};
    if (!tern_model_describe(m).train_data)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL, "the model has no training data to look at");
    tern_status status = open_splits(m, dir, &d, err);
    if (!status) status = tern_dataset_advise(m, d.train, d.rows, d.valid, err);
    tern_dataset_free(d.train);
    tern_dataset_free(d.valid);
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
