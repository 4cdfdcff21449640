/* inspect.c - tern inspect: what is in a data or a weights file. */
#include "inspect.h"

static int run(const void *self, tern_error *err) {
    const args *a = self;
    const char *path = a->operand.v[0];
    tern_status status = ends_in(path, ".safetensors") ? inspect_weights(a, err)
                         : ends_in(path, ".csv")       ? inspect_table(a, err)
                                                       : inspect_data(a, err);
    return status ? exit_code_of(err) : EXIT_DONE;
}

static const option options[] = {PLUGIN_OPTION, {0}};

const command command_inspect = {
    .name = "inspect",
    .operand = "FILE",
    .least = 1,
    .most = 1,
    .doc = "What is in a data or weights file.",
    .size = sizeof(args),
    .options = options,
    .run = run,
};
