/* render.c - tern render: the model file with every default filled in. */
#include "commands.h"

static int run(const void *self, tern_error *err) {
    const args *a = self;
    session s;
    int code = EXIT_DONE;
    char *text = session_open_model(&s, a, a->operand.v[0], true, err) ? NULL : tern_model_render(s.model, err);
    if (text) fputs(text, stdout);
    else code = exit_code_of(err);
    tern_free(text);
    session_close(&s);
    return code;
}

static const option options[] = {MODEL_OPTIONS, {0}};

const command command_render = {
    .name = "render",
    .operand = "MODEL|RUN",
    .least = 1,
    .most = 1,
    .doc = "The model file with every default filled in.",
    .size = sizeof(args),
    .options = options,
    .run = run,
};
