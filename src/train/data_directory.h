/* data_directory.h - where a model's data is. */
#ifndef TERN_TRAIN_DATA_DIRECTORY_H
#define TERN_TRAIN_DATA_DIRECTORY_H

#include "graph.h"
#include "record.h"

/* Where relative paths of a split's data start, for tern__free(): at the model's file or, where that is a run's
 * model.json, where they started in training, which its run.json says. Errors: IO (the files are in no place that it
 * names), SYNTAX, MODEL, MEMORY (NULL). */
char *tern__data_directory(const tern_model *m, const char *split, tern_error *err);

/* Warns where a split's data in `dir` is not what the run in the directory `run` was made of, or, the second, the run
 * whose weights the model has. Where there is no record, nothing is said. Errors: SYNTAX, MODEL, IO, MEMORY. */
tern_status tern__data_compare(const tern_model *m, const char *run, const char *split, const char *dir,
                               tern_error *err);
tern_status tern__data_compare_trained(const tern_model *m, const char *split, const char *dir, tern_error *err);

/* What is known of the run whose weights the model has: its directory, for tern__free(), and its record, in the arena;
 * NULL: they are no run's. Errors: SYNTAX, MODEL, IO, MEMORY. */
tern_status tern__trained_run(const tern_model *m, char **run, tern__arena *arena, tern__record *out, tern_error *err);

/* All directories where they may start, each for tern__free(); NULL: none. The last is that of the model's file, which
 * is a run's where there is a record beside it. */
enum { TERN__DATA_PLACES = 3 };
void tern__data_places(const tern_model *m, char *out[TERN__DATA_PLACES], bool *run);

#endif
