/* reader_for.h - which data reader a plain file is for. */
#ifndef TERN_TRAIN_READER_FOR_H
#define TERN_TRAIN_READER_FOR_H

#include "graph.h"

#include <tern/registry.h>

/* By what the file is (a folder, a database), by the ending of its name, else that of the training data, `trained` (may
 * be NULL). NULL: none is known. */
const tern_type *tern__reader_for(const tern_registry *r, const tern_type *trained, const char *path);

/* What reads a split; NULL after an error. Errors: USAGE. */
const tern_object *tern__split_reader(const tern_model *m, const char *split, tern_error *err);

#endif
