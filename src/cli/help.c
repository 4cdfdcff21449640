/* help.c - tern help: all commands, or one. */
#include "commands.h"

static void print_commands(void) {
    const command *c;
    fputs("tern - train a neural network that a JSON file describes\n\nusage: tern COMMAND [options] ...\n\n", stdout);
    for (size_t i = 0; (c = command_at(i)); i++) {
        char left[40];
        snprintf(left, sizeof left, "%s %s", c->name, c->operand);
        help_row(left, c->doc);
    }
    puts("\ntern COMMAND --help shows a command's options.\n"
         "Exit codes: 0 done, 1 failed while running, 2 wrong usage,\n3 an input file is not acceptable.");
}

static int run(const void *self, tern_error *err) {
    const args *a = self;
    const command *c = a->operand.n ? command_find(a->operand.v[0]) : NULL;
    if (c) args_help(c);
    else if (a->operand.n) return unknown_command(a->operand.v[0], err);
    else print_commands();
    return EXIT_DONE;
}

const command command_help = {
    .name = "help",
    .operand = "[COMMAND]",
    .most = 1,
    .doc = "How a command is used.",
    .size = sizeof(args),
    .run = run,
};
