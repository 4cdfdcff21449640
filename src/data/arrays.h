/* arrays.h - a dataset of several arrays: a reader for each input and each target, by name. */
#ifndef TERN_DATA_ARRAYS_H
#define TERN_DATA_ARRAYS_H

#include <tern/reader.h>

/* The options of the data reader "arrays". */
typedef struct tern__arrays {
    tern_named inputs, targets; /* of tern_object, readers */
} tern__arrays;

extern const tern_reader_type tern_reader_arrays;

/* What reads one of them. */
typedef struct tern__arrays_source {
    tern_dataset *(*read)(void *user, const tern_object *reader, const char *name, bool target, tern_error *err);
    void *user;
} tern__arrays_source;

/* Reads all of them into one dataset: the inputs of the readers of inputs; of the readers of targets the targets, or
 * the inputs of those that have none. All have as many samples. Errors: DATA, and those of the readers (NULL). */
tern_dataset *tern__arrays_read(const tern__arrays *a, const tern__arrays_source *source, tern_error *err);

/* Adds the input, or as above the target, of another dataset, which then belongs to `d`, also after an error. An empty
 * `d` (NULL) is made. NULL: an error, and `d` is freed. */
tern_dataset *tern__dataset_take(tern_dataset *d, tern_dataset *part, const char *name, bool target, tern_error *err);

#endif
