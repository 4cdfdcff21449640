/* render.c - tern render: the model file with every default filled in. */
#include "commands.h"

int command_render(const args *a, tern_error *err) {
    session s;
    int code = EXIT_DONE;
    char *text = session_open_model(&s, a, a->operand[0], true, err) ? NULL : tern_model_render(s.model, err);
    if (text) fputs(text, stdout);
    else code = exit_code_of(err);
    tern_free(text);
    session_close(&s);
    return code;
}
