/* import.c - tern import: a network trained elsewhere as a model file and its weights. */
#include "commands.h"

#include <tern/import.h>

typedef struct import_args {
    args base;
    const char *output;
} import_args;

static int run(const void *self, tern_error *err) {
    const import_args *a = self;
    tern_status status = TERN_OK;
    if (!a->output)
        status = tern_error_add(err, TERN_ERROR_USAGE, NULL, "import needs --output: a directory to write to");
    if (!status) status = tern_import_onnx(a->base.operand.v[0], a->output, err);
    return status ? exit_code_of(err) : EXIT_DONE;
}

static const option options[] = {
    TEXT(import_args, output, "output", "DIR", "Where to write: DIR/model.json and DIR/weights.safetensors."),
    {0},
};

const command command_import = {
    .name = "import",
    .operand = "FILE",
    .least = 1,
    .most = 1,
    .doc = "A network out of an ONNX file.",
    .size = sizeof(import_args),
    .options = options,
    .run = run,
};
