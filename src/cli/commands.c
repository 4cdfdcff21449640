/* commands.c - the table of commands. */
#include "commands.h"

#include "names.h"

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

/* What other programs call it. */
static const struct {
    const char *name, *here;
} elsewhere[] = {{"fit", "train"}, {"test", "eval"},  {"score", "eval"},    {"infer", "predict"},
                 {"run", "train"}, {"tune", "sweep"}, {"convert", "export"}};

int unknown_command(const char *given, tern_error *err) {
    const char *names[COMMANDS], *name = given;
    for (size_t i = 0; i < COMMANDS; i++) names[i] = commands[i]->name;
    char nearest[96] = "";
    for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
        if (!strcmp(name, elsewhere[i].name)) name = elsewhere[i].here;
    tern__text_add_nearest(nearest, sizeof nearest, name, COMMANDS, names);
    tern_error_add(err, TERN_ERROR_USAGE, NULL, "tern has no command \"%.60s\"%s see tern --help", given, nearest);
    return EXIT_USAGE;
}
