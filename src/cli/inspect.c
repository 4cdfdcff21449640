/* inspect.c - tern inspect: what is in a data or a weights file, or what a network sees of its data. */
#include "inspect.h"

#include <sys/stat.h>

typedef struct inspect_args {
    args base;
    const char *target, *query, *data, *output;
    size_t samples;
} inspect_args;

/* What a model could be drafted for as it is: a table, a database, a folder. */
static bool is_table(const char *path) {
    static const char *const endings[] = {".csv",  ".tsv", ".csv.gz", ".tsv.gz", ".txt",
                                          ".data", ".db",  ".sqlite", ".sqlite3"};
    struct stat s;
    if (!stat(path, &s) && S_ISDIR(s.st_mode)) return true;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (ends_in(path, endings[i])) return true;
    return false;
}

/* Of a run directory, its weights. */
static tern_status inspect_run(const args *a, tern_error *err) {
    char weights[PATH_SIZE];
    tern_status status = find_weights(a->operand.v[0], weights, err);
    return status ? status : inspect_weights(a, weights, err);
}

static int run(const void *self, tern_error *err) {
    const inspect_args *a = self;
    const char *path = a->base.operand.v[0];
    tern_status status = refuse_folds(path, err);
    if (status) return exit_code_of(err);
    status = a->samples                      ? inspect_samples(&a->base, a->data, a->samples, a->output, err)
             : is_run(path)                  ? inspect_run(&a->base, err)
             : ends_in(path, ".safetensors") ? inspect_weights(&a->base, path, err)
             : is_table(path)                ? inspect_table(&a->base, a->target, a->query, err)
                                             : inspect_data(&a->base, err);
    return status ? exit_code_of(err) : EXIT_DONE;
}

static const option options[] = {
    TEXT(inspect_args, target, "target", "COLUMN",
         "What a model of a table would predict (default: guessed, and said)."),
    TEXT(inspect_args, query, "query", "SQL", "The rows of an SQLite database (default: all of its only table)."),
    COUNT(inspect_args, samples, "samples", "N",
          "Of a model file: what its network sees of N training samples, as a picture."),
    TEXT(inspect_args, output, "output", "FILE.png", "Where that picture goes."),
    DATA_OPTION(inspect_args),
    SEED_OPTION,
    MODEL_OPTIONS,
    {0},
};

const command command_inspect = {
    .name = "inspect",
    .operand = "FILE|RUN",
    .least = 1,
    .most = 1,
    .doc = "What is in a data or weights file, in a run, or what a model sees of its data.",
    .size = sizeof(inspect_args),
    .options = options,
    .run = run,
};
