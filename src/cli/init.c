/* init.c - tern init: looks at data and drafts a model file for it. */
#include "draft.h"

#include "output_path.h"

#include <errno.h>
#include <string.h>

typedef struct init_args {
    args base;
    const char *target, *query, *task, *output;
    bool force;
} init_args;

/* Data is replaced by no model file, --force or not. */
static tern_status write_file(const init_args *a, const tern_draft *d, tern_error *err) {
    for (size_t i = 0; i < a->base.operand.n; i++)
        if (tern_same_file(d->output, a->base.operand.v[i]))
            return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                                  "--output: \"%.200s\" is the data, which would be lost: write to a file of another "
                                  "name",
                                  d->output);
    FILE *file = fopen(d->output, a->force ? "w" : "wx");
    if (!file && errno == EEXIST)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                              "%s exists already: replace it by --force, or write to another file by --output",
                              d->output);
    bool failed = !file || fputs(d->model, file) < 0;
    if (file && fclose(file)) failed = true;
    if (!failed) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_IO, NULL, "cannot write \"%s\": %s", d->output, strerror(errno));
}

/* ---- what is said ---- */

/* A word of a command line, in quotes where a shell would split it. */
static const char *quoted(const char *word, char out[PATH_SIZE]) {
    bool plain = *word && !word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./,:")];
    char shown[PATH_SIZE];
    snprintf(out, PATH_SIZE, plain ? "%s" : "'%s'", tern__text_safe(word, shown, sizeof shown));
    return out;
}

/* What a file of more samples would end in: ".csv"; "" of a folder. */
static const char *ending_of(const char *path) {
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strchr(name, '.');
    return dot && dot[1] && dot[1] != '.' ? dot : "";
}

static void print_next(const init_args *a, const tern_draft *d) {
    char model[PATH_SIZE], data[PATH_SIZE], run[PATH_SIZE], input[PATH_SIZE];
    quoted(d->output, model);
    printf("\nNext:\n  tern train %s", model);
    if (d->data) printf(" --data %s", quoted(d->data, data));
    snprintf(run, sizeof run, "runs/%s", d->name);
    snprintf(input, sizeof input, "new%s", ending_of(a->base.operand.v[0]));
    printf("\n  tern predict %s --input %s\n", quoted(run, model), quoted(input, data));
    quoted(a->base.operand.v[0], input);
    if (d->forecasts) printf("  tern predict %s --input %s --forecast 10\n", model, input);
}

static void print_json(const tern_draft *d) {
    json j = {0};
    json_open(&j, NULL, '{');
    json_text(&j, "model", d->output);
    json_text(&j, "data", d->data);
    draft_json(&j, d);
    json_close(&j, '}');
    json_end();
}

static void say(const init_args *a, const tern_draft *d) {
    char path[PATH_SIZE];
    if (a->base.json) {
        print_json(d);
    } else if (!a->base.quiet) {
        draft_print(d);
        printf("\n%s is written.\n", tern__text_safe(d->output, path, sizeof path));
        print_next(a, d);
    }
}

/* ---- the command ---- */

static int run(const void *self, tern_error *err) {
    const init_args *a = self;
    session s = {0};
    tern_status status = session_open(&s, &a->base, err);
    const tern_draft_options options = {.registry = s.registry,
                                        .targets = a->base.operand.n > 1 ? a->base.operand.v[1] : NULL,
                                        .target = a->target,
                                        .query = a->query,
                                        .task = a->task,
                                        .output = a->output};
    tern_draft *d = status ? NULL : tern_draft_open(a->base.operand.v[0], &options, err);
    status = d && d->model ? write_file(a, d, err) : TERN_ERROR_DATA;
    if (!status) say(a, d);
    tern_draft_free(d);
    session_close(&s);
    return status ? exit_code_of(err) : EXIT_DONE;
}

static const option options[] = {
    TEXT(init_args, target, "target", "COLUMN",
         "The column to predict, or several: a,b,c (default: guessed, and said)."),
    TEXT(init_args, query, "query", "SQL", "The rows of an SQLite database (default: all of its only table)."),
    TEXT(init_args, task, "task", "classification|regression|multilabel|series",
         "What is to be learned (default: guessed)."),
    TEXT(init_args, output, "output", "MODEL", "The model file (default: NAME.json, called after the data)."),
    FLAG(init_args, force, "force", "Replace the model file if there is one."),
    PLUGIN_OPTION,
    {0},
};

const command command_init = {
    .name = "init",
    .operand = "DATA [Y]",
    .least = 1,
    .most = 2,
    .doc = "A model file for your data: a table, a folder of images, arrays.",
    .size = sizeof(init_args),
    .options = options,
    .run = run,
};
