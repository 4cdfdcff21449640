/* trained_names.h - tables are read by the names that the model was trained on. */
#ifndef TERN_TRAIN_TRAINED_NAMES_H
#define TERN_TRAIN_TRAINED_NAMES_H

#include "graph.h"
#include "table_source.h"

/* Makes a table, whose columns the model does not describe, read as the training table was: inputs and targets by their
 * names, classes in training's order. Errors: MODEL, DATA (its targets are others). */
tern_status tern__names_take(const tern_model *m, tern__table_source *s, tern_error *err);

/* The same for the table of one of several inputs or targets, whose columns had these names. */
tern_status tern__names_take_part(const tern_strings *names, bool target, tern__table_source *s, tern_error *err);

/* Says which columns of a table of inputs the model does not read. */
void tern__names_say_ignored(const tern_model *m, const tern__table_source *s, tern_error *err);

#endif
