/* args.h - the command line as a struct. One table describes every option: parsing, help and messages go by it. */
#ifndef TERN_CLI_ARGS_H
#define TERN_CLI_ARGS_H

#include <tern/error.h>

/* The commands, as bits: an option says which of them take it. */
typedef enum command_bit {
    TRAIN = 1 << 0,
    EVAL = 1 << 1,
    PREDICT = 1 << 2,
    CHECK = 1 << 3,
    SUMMARY = 1 << 4,
    RENDER = 1 << 5,
    GRAD = 1 << 6,
    GRADCHECK = 1 << 7,
    INSPECT = 1 << 8,
    TYPES = 1 << 9,
    SCHEMA = 1 << 10,
    VERSION = 1 << 11,
    BENCH = 1 << 12,
    NEW = 1 << 13,
    READS_MODEL = TRAIN | EVAL | PREDICT | CHECK | SUMMARY | RENDER | GRAD | GRADCHECK | BENCH,
    EVERY = (1 << 14) - 1
} command_bit;

typedef struct args {
    size_t operands, sets, plugins;
    const char **operand, **set, **plugin; /* NULL at the end */
    const char *data, *weights, *out, *init, *split, *input, *target, *output, *prompt, *temperature;
    size_t threads, max_memory, epochs, steps, log_every, generate;
    bool resume, no_shuffle, all, json, quiet, help;
    char seed[32]; /* "seed=N", which is among `set` */
} args;

/* What a command is. */
typedef struct command {
    const char *name;
    command_bit bit;
    const char *operand; /* how help calls what stands after the name: "MODEL", "[NAME]", "MODEL..."; "" none */
    size_t least, most;  /* how many of them */
    const char *doc;     /* one sentence */
    int (*run)(const args *a, tern_error *err); /* the exit code; main reports what `err` then holds */
} command;

/* Reads what follows the command's name. The lists belong to `a`, for args_free(). Errors: USAGE, MEMORY. */
tern_status args_read(args *a, const command *c, int argc, char **argv, tern_error *err);
void args_free(args *a);

/* Prints a command's usage, sentence and options. */
void args_help(const command *c);

#endif
