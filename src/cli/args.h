/* args.h - what a command is, and the command line as its struct: parsing, help and messages go by the command's rows.
 */
#ifndef TERN_CLI_ARGS_H
#define TERN_CLI_ARGS_H

#include <tern/comm.h>
#include <tern/type.h>

/* ---- the fields that options fill ---- */

typedef struct texts { /* what an option that may be repeated was given */
    size_t n;
    const char **v; /* NULL at the end; NULL where there are none */
} texts;

/* What every command takes: the first member of its struct. */
typedef struct args {
    texts operand, set, plugin;
    const char *const *typed; /* the whole command line, NULL at the end */
    tern_comm *comm;          /* the ranks that run the command together; NULL: this one is alone */
    size_t max_memory;
    bool json, quiet, help;
    char seed[32]; /* "seed=N", which is among `set` */
} args;

/* ---- options ---- */

typedef enum option_kind {
    OPTION_FLAG,    /* bool: takes no value */
    OPTION_TEXT,    /* const char *, NULL: not given */
    OPTION_TEXTS,   /* texts */
    OPTION_COUNT,   /* size_t, from 1; 0: not given */
    OPTION_THREADS, /* size_t: a count, and no more than there are CPUs */
    OPTION_BYTES,   /* size_t: 512M, 2G */
    OPTION_TIME,    /* size_t, seconds: 90s, 10m, 2h; 0: not given */
    OPTION_SEED     /* --seed N is --set seed=N */
} option_kind;

/* One option. A row is made by a macro below. */
typedef struct option {
    const char *name;  /* "log-every"; NULL ends a table */
    const char *value; /* how help calls its value: FILE, or the words that it may be, c|onnx; NULL for a flag */
    option_kind kind;
    size_t offset; /* of the field in the command's struct */
    const char *doc;
} option;

/* clang-format off: one macro a row, read as a table. */
#define FLAG(T, f, name, doc) \
    { name, NULL, OPTION_FLAG, TERN_FIELD(T, f, bool), doc }
#define TEXT(T, f, name, value, doc) \
    { name, value, OPTION_TEXT, TERN_FIELD(T, f, const char *), doc }
#define COUNT(T, f, name, value, doc) \
    { name, value, OPTION_COUNT, TERN_FIELD(T, f, size_t), doc }
/* clang-format on */

/* Rows that several commands have. */
#define PLUGIN_OPTION \
    { "plugin", "FILE", OPTION_TEXTS, TERN_FIELD(args, plugin, texts), "Load types from ./FILE.so; may be repeated." }
#define MODEL_OPTIONS                                                             \
    {"set", "KEY=VALUE", OPTION_TEXTS, TERN_FIELD(args, set, texts),              \
     "Change the model file: --set optimizer.lr=0.01; may be repeated."},         \
        PLUGIN_OPTION, {                                                          \
        "max-memory", "SIZE", OPTION_BYTES, TERN_FIELD(args, max_memory, size_t), \
            "Refuse what needs more: 512M, 2G (default: 3/4 of the machine's)."   \
    }
#define SEED_OPTION \
    { "seed", "N", OPTION_SEED, 0, "Use this seed instead of the model file's." }
#define THREADS_OPTION(T)                                                          \
    {                                                                              \
        "threads", "N", OPTION_THREADS, TERN_FIELD(T, threads, size_t),            \
            "Threads to use, no more than there are CPUs (default: one for each)." \
    }
#define DATA_OPTION(T)    TEXT(T, data, "data", "DIR", "Where the model file's data paths start.")
#define WEIGHTS_OPTION(T) TEXT(T, weights, "weights", "FILE", "The weights to use: .safetensors, or a run directory.")

/* ---- commands ---- */

/* A command: src/cli/NAME.c ends with its row, and commands.def has its line. */
typedef struct command {
    const char *name;
    const char *operand;   /* how help calls what stands after the name: "MODEL", "[NAME]", "MODEL..."; "" none */
    size_t least, most;    /* how many of them */
    bool ranks;            /* whether several ranks can run it together */
    const char *doc;       /* one sentence */
    size_t size;           /* of the struct that the options fill, its args first */
    const option *options; /* its own, before those of all commands; a row of zeros at the end */
    int (*run)(const void *self, tern_error *err); /* the exit code; main reports what `err` then holds */
} command;

/* Reads what follows the command's name into a struct of c->size bytes, zero-filled before. Its lists are for
 * args_free(), in any case. Errors: USAGE, MEMORY. */
tern_status args_read(void *self, const command *c, int argc, char **argv, tern_error *err);
void args_free(void *self, const command *c);

/* Calls back for each option of a command, its own first; stops at the first true and returns that option, else NULL.
 */
const option *args_each(const command *c, bool (*call)(void *user, const option *o), void *user);

/* The option that an argument names, by `--name`, `--name=value`, `-n` or `-nvalue`, and the value in it or NULL. */
const option *args_find(const command *c, const char *arg, const char **value);

/* The letter that stands for an option, as for any of its name; 0: none does. */
char args_letter(const char *name);

/* Prints a name and its sentence in two columns, with as many lines as a terminal of 80 columns needs. */
void help_row(const char *left, const char *text);

/* Prints a command's usage, sentence and options. */
void args_help(const command *c);

#endif
