/* check.c - tern check: every error and warning of model files, with the very place. No data is touched. */
#include "commands.h"

#include <tern/summary.h>

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
    if (!fitted) printf("; its columns were never fitted: layers and sizes are checked when it is trained");
    putchar('\n');
}

/* Checks one file; returns its exit code. */
static int check_file(const session *s, const args *a, const char *path, json *j, tern_error *err) {
    tern_model *m = session_model(s, a, path, true, err);
    int code = m ? exit_code(tern_model_check(m, err)) : exit_code_of(err);
    size_t warnings = err->count + err->dropped;
    bool fitted = m && tern_model_fitted(m);
    tern_model_free(m);
    if (a->json) add_json(j, err, path);
    else report(err);
    tern_error_clear(err);
    if (!code && !a->quiet && !a->json) say_ok(path, fitted, warnings);
    return code;
}

static int run(const void *self, tern_error *err) {
    const args *a = self;
    session s;
    json j = {0};
    int code = exit_code(session_open(&s, a, err));
    if (code) {
        session_close(&s);
        return code;
    }
    if (a->json) json_open(&j, NULL, '[');
    for (size_t i = 0; i < a->operand.n; i++) {
        int one = check_file(&s, a, a->operand.v[i], &j, err);
        if (one > code) code = one;
    }
    if (a->json) {
        json_close(&j, ']');
        json_end();
    }
    session_close(&s);
    return code;
}

static const option options[] = {MODEL_OPTIONS, {0}};

const command command_check = {
    .name = "check",
    .operand = "MODEL...",
    .least = 1,
    .most = SIZE_MAX,
    .doc = "Every error and warning of model files; no data is touched.",
    .size = sizeof(args),
    .options = options,
    .run = run,
};
