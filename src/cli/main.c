/* main.c - tern: finds the command and runs it. */
#include "commands.h"

#include "memory.h"

#include <string.h>

static int run(const command *c, int argc, char **argv, const char *const *typed, tern_error *err) {
    args *a = tern__alloc(1, c->size, err);
    if (!a) return EXIT_FAILED;
    a->typed = typed;
    int code = exit_code(args_read(a, c, argc, argv, err));
    if (!code && !a->help) code = exit_code(tern_gemm_check(err));
    if (!code && a->help) args_help(c);
    else if (!code) code = c->run(a, err);
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
    return c ? run(c, argc - 2, argv + 2, (const char *const *)argv, err) : unknown_command(name, err);
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
