/* schema.c - tern schema: the JSON Schema of model files, plugins' types included. */
#include "commands.h"

#include <tern/schema.h>

static int run(const void *self, tern_error *err) {
    const args *a = self;
    session s;
    int code = EXIT_DONE;
    char *text = session_open(&s, a, err) ? NULL : tern_schema(s.registry, err);
    if (text) fputs(text, stdout);
    else code = exit_code_of(err);
    tern_free(text);
    session_close(&s);
    return code;
}

static const option options[] = {PLUGIN_OPTION, {0}};

const command command_schema = {
    .name = "schema",
    .operand = "",
    .doc = "The JSON Schema of model files.",
    .size = sizeof(args),
    .options = options,
    .run = run,
};
