/* export.c - tern export: a trained model as code that needs no tern. */
#include "output_path.h"

#include <tern/export.h>

#include <string.h>

typedef struct export_args {
    args base;
    const char *to, *weights;
    bool raw;
    size_t batch; /* 0: any number */
} export_args;

static tern_status to_c(const tern_model *m, const export_args *a, tern_error *err) {
    return tern_export_c(m, a->base.operand.v[1], &(tern_export_c_options){.raw = a->raw}, err);
}

static tern_status to_onnx(const tern_model *m, const export_args *a, tern_error *err) {
    tern_export_onnx_options options = {.raw = a->raw, .batch = a->batch};
    return tern_export_onnx(m, a->base.operand.v[1], &options, err);
}

static const struct form {
    const char *name;
    bool file; /* writes one, for several samples at a time */
    tern_status (*write)(const tern_model *m, const export_args *a, tern_error *err);
} forms[] = {{"c", false, to_c}, {"onnx", true, to_onnx}};

/* The form that --to names or, without it, that where it is written tells. */
static tern_status find_form(const export_args *a, const struct form **out, tern_error *err) {
    const char *path = a->base.operand.v[1], *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    bool plain = !*name || !strchr(name + 1, '.');
    const char *to = a->to ? a->to : ends_in(path, ".onnx") ? "onnx" : plain ? "c" : NULL;
    *out = NULL;
    for (size_t i = 0; to && i < sizeof forms / sizeof *forms; i++)
        if (!strcmp(to, forms[i].name)) *out = &forms[i];
    if (!to)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                              "export needs --to: c or onnx; \"%.200s\" is neither FILE.onnx nor a directory", path);
    if (!*out) return tern_error_add(err, TERN_ERROR_USAGE, NULL, "--to %s: accepted are c and onnx", to);
    if (a->batch && !(*out)->file)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "--batch is for --to onnx; %s predicts one sample at a time",
                              to);
    return TERN_OK;
}

static int run(const void *self, tern_error *err) {
    const export_args *a = self;
    const struct form *form;
    session s = {0};
    char used[PATH_SIZE];
    tern_status status = find_form(a, &form, err);
    if (!status) status = session_open_trained(&s, &a->base, a->base.operand.v[0], a->weights, err);
    if (!status) status = load_weights(&s, &a->base, a->weights, used, err);
    sources read = {.model = s.model, .weights = used};
    if (!status && form->file) status = check_output(a->base.operand.v[1], &read, err);
    if (!status) status = form->write(s.model, a, err);
    if (!status && !a->base.quiet) say_written(a->base.operand.v[1]);
    session_close(&s);
    return status ? exit_code_of(err) : EXIT_DONE;
}

static const option options[] = {
    TEXT(export_args, to, "to", "c|onnx",
         "What to write: c, one C file with its header into a directory; onnx, a file (default: by FILE's ending)."),
    FLAG(export_args, raw, "raw", "The network's outputs as they are, no probabilities, names or units."),
    COUNT(export_args, batch, "batch", "N", "onnx: the number of samples of each run (default: any)."),
    WEIGHTS_OPTION(export_args),
    MODEL_OPTIONS,
    {0},
};

const command command_export = {
    .name = "export",
    .operand = "MODEL|RUN DIR|FILE",
    .least = 2,
    .most = 2,
    .doc = "A trained model as code that needs no tern.",
    .size = sizeof(export_args),
    .options = options,
    .run = run,
};
