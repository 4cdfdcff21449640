/* run_directory.h - a run directory where a model file is accepted: it is the model that was trained there. */
#ifndef TERN_CLI_RUN_DIRECTORY_H
#define TERN_CLI_RUN_DIRECTORY_H

#include <tern/error.h>

#include <stdbool.h>

enum { PATH_SIZE = 4096 };

/* The model file that an operand names, and the run directory that it is in: "" where it is in none. Errors: USAGE (a
 * directory that holds no run, or data), IO (it is not there, but a file of nearly that name is). */
tern_status find_run(const char *operand, char model[PATH_SIZE], char run[PATH_SIZE], tern_error *err);

/* Whether a path is a directory that holds a run. */
bool is_run(const char *path);

/* How many folds of a cross-validation are in a directory. */
size_t count_folds(const char *path);

/* Refuses a directory of folds where one run is meant. Errors: USAGE. */
tern_status refuse_folds(const char *path, tern_error *err);

/* The weights that an option names: the file or, of a run directory, its weights.safetensors. Errors: USAGE (it has
 * none). */
tern_status find_weights(const char *path, char weights[PATH_SIZE], tern_error *err);

#endif
