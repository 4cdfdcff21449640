/* main.c - tern: finds the command and runs it. */
#include "commands.h"
#include "ranks.h"

#include "memory.h"
#include "names.h"

#include <string.h>

/* What other programs call it. */
static const struct {
    const char *name, *here;
} elsewhere[] = {{"fit", "train"}, {"test", "eval"},  {"score", "eval"},    {"infer", "predict"},
                 {"run", "train"}, {"tune", "sweep"}, {"convert", "export"}};

static int unknown(const char *given, tern_error *err) {
    enum { MOST_COMMANDS = 64 };
    const char *names[MOST_COMMANDS], *name = given;
    size_t n = 0;
    for (const command *c; n < MOST_COMMANDS && (c = command_at(n)); n++) names[n] = c->name;
    char nearest[96] = "";
    for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
        if (!strcmp(name, elsewhere[i].name)) name = elsewhere[i].here;
    tern__text_add_nearest(nearest, sizeof nearest, name, n, names);
    tern_error_add(err, TERN_ERROR_USAGE, NULL, "tern has no command \"%.60s\"%s see tern --help", given, nearest);
    return EXIT_USAGE;
}

static int run(const command *c, int argc, char **argv, const char *const *typed, tern_error *err) {
    args *a = tern__alloc(1, c->size, err);
    if (!a) return EXIT_FAILED;
    a->typed = typed;
    int code = exit_code(ranks_begin(a, c, err));
    if (!code) code = exit_code(args_read(a, c, argc, argv, err));
    if (!code) ranks_settle(a, c);
    if (!code && !a->help) code = exit_code(tern_gemm_check(err));
    if (!code && a->help) help_command(c);
    else if (!code) code = c->run(a, err);
    code = ranks_end(a, code, err);
    args_free(a, c);
    tern__free(a);
    return code;
}

static int dispatch(int argc, char **argv, tern_error *err) {
    const char *name = argc > 1 ? argv[1] : NULL;
    if (!name) {
        fputs("usage: tern COMMAND [options] ...; tern --help lists the commands\n", stderr);
        return EXIT_USAGE;
    }
    if (!strcmp(name, "--help") || !strcmp(name, "-h")) name = "help";
    if (!strcmp(name, "--version") || !strcmp(name, "-V")) name = "version";
    const command *c = command_find(name);
    return c ? run(c, argc - 2, argv + 2, (const char *const *)argv, err) : unknown(name, err);
}

int main(int argc, char **argv) {
    tern_error err = {0};
    int code = dispatch(argc, argv, &err);
    report(&err);
    if (tables_were_cut() && !code) {
        fputs("error: not enough memory for the whole table\n", stderr);
        code = EXIT_FAILED;
    }
    /* A full disk or a closed pipe behind standard output shows only now. */
    if ((fflush(stdout) || ferror(stdout)) && !code) {
        fputs("error: standard output could not be written\n", stderr);
        code = EXIT_FAILED;
    }
    return code;
}
