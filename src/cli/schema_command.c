/* schema_command.c - tern schema: the JSON Schema of model files, plugins' types included. */
#include "commands.h"

#include "schema.h"

int command_schema(const args *a, tern_error *err) {
    session s;
    int code = EXIT_DONE;
    char *text = session_open(&s, a, err) ? NULL : tern__schema_text(s.registry, err);
    if (text) fputs(text, stdout);
    else code = exit_code_of(err);
    tern_free(text);
    session_close(&s);
    return code;
}
