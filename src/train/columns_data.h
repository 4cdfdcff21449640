/* columns_data.h - tables by their described columns and targets: fitted once, then read by what was fitted. */
#ifndef TERN_TRAIN_COLUMNS_DATA_H
#define TERN_TRAIN_COLUMNS_DATA_H

#include "graph.h"
#include "table_source.h"

/* Refuses columns that a reader names otherwise than the model describes them. Errors: MODEL. */
tern_status tern__described_check(const tern_model *m, const tern__roles *o, tern_error *err);

/* Has rows without a target left out of a table, where the model file says so. Errors: MODEL. */
tern_status tern__targets_skip(const tern_model *m, tern__table_source *s, tern_error *err);

/* Reads a table by the model's fitted block; `inputs`: the inputs alone. Errors: DATA, SYNTAX, MEMORY. */
tern_dataset *tern__described_read(const tern_model *m, tern__table_source *s, bool inputs, tern_error *err);

/* Fits what the model describes to the rows of its training table that do not validate. The block's lists live in the
 * arena. `inferred`: the columns that "auto" stands for. Errors: MODEL, DATA, MEMORY. */
tern_status tern__described_fit(const tern_model *m, tern__table_source *s, tern__arena *arena, tern__fitted *out,
                                tern__features *inferred, tern_error *err);

/* Reads the column by which a table's rows belong together, for the dataset that was read of it. Errors: MODEL, DATA,
 * MEMORY. */
tern_status tern__group_rows(tern__table_source *s, const char *column, tern_dataset *d, tern_error *err);

#endif
