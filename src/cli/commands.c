/* commands.c - the table of commands. */
#include "commands.h"

#include <string.h>

#define TERN_COMMAND(name) extern const command command_##name;
#include "commands.def"
#undef TERN_COMMAND

#define TERN_COMMAND(name) &command_##name,
static const command *const commands[] = {
#include "commands.def"
};
#undef TERN_COMMAND
enum { COMMANDS = sizeof commands / sizeof *commands };

const command *command_at(size_t i) { return i < COMMANDS ? commands[i] : NULL; }

const command *command_find(const char *name) {
    for (size_t i = 0; i < COMMANDS; i++)
        if (!strcmp(commands[i]->name, name)) return commands[i];
    return NULL;
}
