/* data_files.h - the files that a reader reads, and how they are told from others. */
#ifndef TERN_TRAIN_DATA_FILES_H
#define TERN_TRAIN_DATA_FILES_H

#include "graph.h"
#include "record.h"

/* Lists the files that are there of those that a reader's options name, with size and checksum; of a folder, those of
 * the names and sizes of all in it. Lists live in the arena. Errors: MEMORY. */
tern_status tern__data_files(const tern_object *reader, const char *dir, tern__arena *arena, tern__record_split *out,
                             tern_error *err);

/* Adds the paths alone, as the reader's options name them, to a list of tern__record_file. Errors: MEMORY. */
tern_status tern__data_paths(const tern_object *reader, const char *dir, tern__arena *arena, tern_blocks *out,
                             tern_error *err);

/* The first file of two lists that differs, and NULL: they are the same. */
const tern__record_file *tern__data_files_differ(const tern__record_split *before, const tern__record_split *now);

#endif
