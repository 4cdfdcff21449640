/* export.c - tern export: a trained model as code that needs no tern. */
#include "commands.h"

#include <tern/export.h>

#include <string.h>

typedef struct export_args {
    args base;
    const char *to, *weights;
    bool raw;
} export_args;

static tern_status check_args(const export_args *a, tern_error *err) {
    if (a->to && !strcmp(a->to, "c")) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_USAGE, NULL, a->to ? "--to %s: accepted is c" : "export needs --to%s: c",
                          a->to ? a->to : "");
}

static int run(const void *self, tern_error *err) {
    const export_args *a = self;
    session s = {0};
    char used[PATH_SIZE];
    tern_status status = check_args(a, err);
    if (!status) status = session_open_trained(&s, &a->base, a->base.operand.v[0], a->weights, err);
    if (!status) status = load_weights(&s, &a->base, a->weights, used, err);
    tern_export_c_options options = {.raw = a->raw};
    if (!status) status = tern_export_c(s.model, a->base.operand.v[1], &options, err);
    session_close(&s);
    return status ? exit_code_of(err) : EXIT_DONE;
}

static const option options[] = {
    TEXT(export_args, to, "to", "FORM", "What to write: c, one C file with its header."),
    FLAG(export_args, raw, "raw", "The network's outputs as they are, no probabilities, names or units."),
    WEIGHTS_OPTION(export_args),
    MODEL_OPTIONS,
    {0},
};

const command command_export = {
    .name = "export",
    .operand = "MODEL|RUN DIR",
    .least = 2,
    .most = 2,
    .doc = "A trained model as code that needs no tern.",
    .size = sizeof(export_args),
    .options = options,
    .run = run,
};
