/* data_files.h - the files that a reader reads, and how they are told from others. */
#ifndef TERN_TRAIN_DATA_FILES_H
#define TERN_TRAIN_DATA_FILES_H

#include "graph.h"
#include "record.h"

#include <tern/dataset.h>

/* Lists the files that are there of those that a reader's options name, with size and checksum; of a folder, those of
 * all in it. Lists live in the arena. Errors: MEMORY. */
tern_status tern__data_files(const tern_object *reader, const char *dir, tern__arena *arena, tern__record_split *out,
                             tern_error *err);

/* Adds the paths alone, as the reader's options name them, to a list of tern__record_file. Errors: MEMORY. */
tern_status tern__data_paths(const tern_object *reader, const char *dir, tern__arena *arena, tern_blocks *out,
                             tern_error *err);

/* Writes into a dataset what it was read from: the test data, "a.csv". Errors: MEMORY. */
tern_status tern__data_say_from(tern_dataset *d, const char *split, const tern_object *reader, const char *dir,
                                tern_error *err);

/* A file that is not what it was; either is NULL where there was or is none of its path. */
typedef struct tern__file_change {
    const tern__record_file *before, *now;
} tern__file_change;

/* The first file of two lists that differs; false: they are the same. */
bool tern__data_files_differ(const tern__record_split *before, const tern__record_split *now, tern__file_change *out);

/* What is said of it: "plane.csv" in "data" is not what it was when the run was made: ... Returns `out`. */
enum { TERN__CHANGE_TEXT = 560 };
const char *tern__file_change_text(const tern__file_change *c, const char *dir, char out[TERN__CHANGE_TEXT]);

#endif
