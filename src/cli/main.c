/* main.c - tern: the table of commands. */
#include "commands.h"

#include "options.h"
#include "workers.h"

#include <string.h>

enum { MANY = 1 << 20 };

static const command commands[] = {
    {"train", TRAIN, "MODEL", 1, 1, "Train a model; write a run directory.", command_train},
    {"eval", EVAL, "MODEL", 1, 1, "Loss and metrics on a split of the data.", command_eval},
    {"predict", PREDICT, "MODEL", 1, 1, "Inputs to outputs.", command_predict},
    {"check", CHECK, "MODEL...", 1, MANY, "Every error and warning of model files; no data is touched.", command_check},
    {"summary", SUMMARY, "MODEL", 1, 1, "Layers, shapes, parameters, peak memory.", command_summary},
    {"render", RENDER, "MODEL", 1, 1, "The model file with every default filled in.", command_render},
    {"grad", GRAD, "MODEL", 1, 1, "Loss and gradients of one batch.", command_grad},
    {"gradcheck", GRADCHECK, "[MODEL|TYPE]", 0, 1,
     "Gradients of a model's layers and loss, or of types, against differences.", command_gradcheck},
    {"bench", BENCH, "MODEL", 1, 1, "Speed, and where the time of a step goes.", command_bench},
    {"inspect", INSPECT, "FILE", 1, 1, "What is in a data or weights file.", command_inspect},
    {"types", TYPES, "[NAME]", 0, 1, "Types and their options, from their tables.", command_types},
    {"new", NEW, "KIND NAME", 2, 2, "A file to start a type from: layer, loss, optimizer, ...", command_new},
    {"schema", SCHEMA, "", 0, 0, "The JSON Schema of model files.", command_schema},
    {"version", VERSION, "", 0, 0, "Version, BLAS, threads, CPU path.", command_version},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static void help(FILE *to) {
    fputs("tern - train a neural network that a JSON file describes\n\nusage: tern COMMAND [options] ...\n\n", to);
    for (size_t i = 0; i < COMMANDS; i++) {
        char left[40];
        snprintf(left, sizeof left, "%s %s", commands[i].name, commands[i].operand);
        fprintf(to, "  %-18s %s\n", left, commands[i].doc);
    }
    fputs("\ntern COMMAND --help shows a command's options.\n"
          "Exit codes: 0 done, 1 failed while running, 2 wrong usage, 3 an input file is not acceptable.\n",
          to);
}

static const command *find(const char *name) {
    for (size_t i = 0; i < COMMANDS; i++)
        if (!strcmp(commands[i].name, name)) return &commands[i];
    return NULL;
}

static int unknown(const char *name, tern_error *err) {
    const char *names[COMMANDS];
    for (size_t i = 0; i < COMMANDS; i++) names[i] = commands[i].name;
    const char *nearest = tern__name_nearest(name, COMMANDS, names);
    tern_error_add(err, TERN_ERROR_USAGE, NULL, "tern has no command \"%.60s\"%s%s%s see tern --help", name,
                   nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : ";");
    return EXIT_USAGE;
}

static int run(const command *c, int argc, char **argv, tern_error *err) {
    args a = {0};
    int code = exit_code(args_read(&a, c, argc, argv, err));
    if (a.threads > tern__cpus())
        a.threads = tern__cpus(); /* more only wait for each other: up to four times as slow as one */
    if (!code && a.help) args_help(c);
    else if (!code) code = c->run(&a, err);
    args_free(&a);
    return code;
}

static int dispatch(int argc, char **argv, tern_error *err) {
    const char *name = argc > 1 ? argv[1] : NULL;
    if (!name) {
        help(stderr);
        return EXIT_USAGE;
    }
    bool asked = !strcmp(name, "help");
    if (asked && argc > 2) {
        const command *c = find(argv[2]);
        if (!c) return unknown(argv[2], err);
        args_help(c);
        return EXIT_DONE;
    }
    if (asked || !strcmp(name, "--help") || !strcmp(name, "-h")) {
        help(stdout);
        return EXIT_DONE;
    }
    if (!strcmp(name, "--version")) name = "version";
    const command *c = find(name);
    return c ? run(c, argc - 2, argv + 2, err) : unknown(name, err);
}

int main(int argc, char **argv) {
    tern_error err = {0};
    int code = dispatch(argc, argv, &err);
    report(&err);
    /* A full disk or a closed pipe behind standard output shows only now. */
    if ((fflush(stdout) || ferror(stdout)) && !code) {
        fputs("error: standard output could not be written\n", stderr);
        code = EXIT_FAILED;
    }
    return code;
}
