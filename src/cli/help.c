/* help.c - tern help: all commands, one of them, or a topic; the same as man pages. */
#include "commands.h"
#include "page.h"

#include "manual.h"
#include "names.h"

#include <string.h>

#define TERN_COMMAND(name) extern const command command_##name;
#include "commands.def"
#undef TERN_COMMAND

/* clang-format off: one macro a row, read as a table. */
#define TERN_COMMAND(name)          {.text = name##_manual, .command = &command_##name},
#define TERN_TOPIC(topic, sentence) {.text = topic##_manual, .name = #topic, .doc = sentence},
static const page pages[] = {
    {.text = tern_manual, .name = "tern", .doc = "Trains a neural network that a JSON file describes."},
#include "commands.def"
#include "topics.def"
    {0}};
#undef TERN_COMMAND
#undef TERN_TOPIC
/* clang-format on */

static const char *name_of(const page *p) { return p->command ? p->command->name : p->name; }

static const page *find_page(const char *name) {
    for (const page *p = pages + 1; p->text; p++)
        if (!strcmp(name, name_of(p))) return p;
    return NULL;
}

void help_topics(void (*call)(void *user, const char *name, const char *doc), void *user) {
    for (const page *p = pages + 1; p->text; p++)
        if (!p->command) call(user, p->name, p->doc);
}

static void print_row(void *user, const char *name, const char *doc) {
    (void)user;
    help_row(name, doc);
}

static void print_all(void) {
    const command *c;
    fputs("tern - train a neural network that a JSON file describes\n\nusage: tern COMMAND [options] ...\n\n", stdout);
    for (size_t i = 0; (c = command_at(i)); i++) {
        char left[40];
        snprintf(left, sizeof left, "%s %s", c->name, c->operand);
        help_row(left, c->doc);
    }
    puts("\ntern COMMAND --help shows a command's options. tern help TOPIC explains:\n");
    help_topics(print_row, NULL);
    puts("\nExit codes: 0 done, 1 failed while running, 2 wrong usage,\n3 an input file is not acceptable.");
}

void help_command(const command *c) {
    const page *p = find_page(c->name);
    args_help(c);
    if (p) page_print_text(p->text);
}

/* ---- the command ---- */

static int unknown(const char *given, tern_error *err) {
    enum { PAGES = sizeof pages / sizeof *pages - 2 }; /* but for the program's, and the end */
    const char *names[PAGES];
    for (size_t i = 0; i < PAGES; i++) names[i] = name_of(pages + 1 + i);
    char nearest[96] = "";
    tern__text_add_nearest(nearest, sizeof nearest, given, PAGES, names);
    tern_error_add(err, TERN_ERROR_USAGE, NULL, "there is no command or topic \"%.60s\"%s see tern --help", given,
                   nearest);
    return EXIT_USAGE;
}

typedef struct help_args {
    args base;
    bool man;
} help_args;

static int run(const void *self, tern_error *err) {
    const help_args *a = self;
    const char *name = a->base.operand.n ? a->base.operand.v[0] : NULL;
    const page *p = name ? find_page(name) : pages;
    if (!p) return unknown(name, err);
    if (a->man) page_print_man(p, pages);
    else if (p == pages) print_all();
    else if (p->command) help_command(p->command);
    else printf("%s: %s\n", p->name, p->doc), page_print_text(p->text);
    return EXIT_DONE;
}

static const option options[] = {FLAG(help_args, man, "man", "As a man page, for man -l and its like."), {0}};

const command command_help = {
    .name = "help",
    .operand = "[COMMAND|TOPIC]",
    .most = 1,
    .doc = "How a command is used, or what a topic is about.",
    .size = sizeof(help_args),
    .options = options,
    .run = run,
};
