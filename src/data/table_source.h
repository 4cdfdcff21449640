/* table_source.h - rows of named columns that are open but not yet read: what is wanted of them is decided by the
 * names. */
#ifndef TERN_DATA_TABLE_SOURCE_H
#define TERN_DATA_TABLE_SOURCE_H

#include "table.h"
#include "window.h"

#include <tern/reader.h>
#include <tern/type.h>

/* Columns as a reader's own options divide them; and which rows are samples. */
typedef struct tern__roles {
    tern_strings x, y, classes;
    tern__series series;
    double from, to;
    bool fitted;        /* x are the columns that a model was trained on: the file has them all, whatever else it has */
    const char *weight; /* the column that says how much each row counts; NULL: none */
    const char *sequence; /* the column whose value rows of one sequence share; NULL: a row is a sample */
    int target_of;        /* a tern__target_of: what of a sequence has a target */
} tern__roles;

typedef enum tern__target_of { TERN__TARGET_OF_SEQUENCE, TERN__TARGET_OF_STEP } tern__target_of;

extern const char *const tern__target_of_words[];

typedef struct tern__table_source {
    const char *path; /* for messages */
    const char *hint; /* what a message about its columns ends with, or "" */
    size_t columns;
    const char *const *names; /* [columns] */
    bool named;               /* they are names, not positions */
    tern__roles roles;
    bool trained;             /* it is for a model that is trained already */
    bool answers;             /* it is one target of several arrays: its inputs are that */
    const char *id;           /* the column that says how each sample is called; or NULL */
    bool may_skip;            /* rows without a target could be left out, if the model file said so */
    const tern_strings *skip; /* the columns of the targets without which a row is left out; NULL: none is */
    /* Reads all rows; `want` [columns] says as what. NULL with `err` filled in. Free with tern__table_free(). */
    tern__table *(*read)(void *self, const tern__cells *want, tern_error *err);
    void (*close)(void *self);
    void *self;
    struct tern__table_source *targets; /* a second table that has the targets; or NULL */
} tern__table_source;

/* Takes a source that was never opened, too. */
void tern__table_source_close(tern__table_source *s);

/* Reads all rows but those that are to be skipped, of which the table says so; `want` [columns] is changed. NULL with
 * `err` filled in: MODEL, SYNTAX, DATA, MEMORY. Free with tern__table_free(). */
tern__table *tern__table_source_rows(const tern__table_source *s, tern__cells *want, tern_error *err);

/* The column of a name or, where none is called so, of a position; SIZE_MAX after an error that speaks of `key`. */
size_t tern__table_source_find(const tern__table_source *s, const char *wanted, const char *key, tern_error *err);

/* The column that names the samples, to be read as text, in `want`; and then the names, for the dataset of a table: a
 * window is called as its last row is. Without one both do nothing. Errors: MODEL, DATA, MEMORY. */
tern_status tern__table_source_want_id(const tern__table_source *s, tern__cells *want, size_t *column, tern_error *err);
tern_status tern__table_source_take_id(const tern__roles *o, const tern__table *t, size_t column, tern_dataset *d,
                                       tern_error *err);

/* Reads a table that is one target of several arrays. Errors: as its reader, and MODEL, SYNTAX, DATA, MEMORY. */
tern_dataset *tern__table_read_answers(const tern_reader_type *type, const void *self, const char *dir, bool safe,
                                       tern_error *err);

/* Reads inputs and targets by the source's roles. Errors: MODEL, SYNTAX, DATA, MEMORY. */
tern_dataset *tern__table_source_read(tern__table_source *f, tern_error *err);

/* Takes the part of the rows that the roles say, in windows where they say so, and makes a dataset, which owns the
 * columns' data. On failure both are freed. */
tern_dataset *tern__roles_dataset(const tern__roles *o, const tern__table *t, size_t n, tern_array *x, size_t n_y,
                                  tern_array *y, tern_error *err);

/* Notes which rows of the table a dataset's samples are, where they are not all of them. Errors: MEMORY. */
tern_status tern__dataset_keep_rows(tern_dataset *d, const tern__roles *o, const tern__table *t, tern_error *err);

/* Gives a dataset the lengths of n sequences, from which the roles took the part that it has. Errors: MODEL, MEMORY;
 * `length` is the dataset's in any case. */
tern_status tern__dataset_keep_lengths(tern_dataset *d, const tern__roles *o, size_t *length, size_t n,
                                       tern_error *err);

/* Finds the column that says which sequence a row belongs to, to be read as text, in `want`; SIZE_MAX: there is none.
 * Errors: MODEL. */
tern_status tern__sequence_want(const tern__table_source *s, tern__cells *want, size_t *column, tern_error *err);

/* Puts the rows of each sequence one behind the other, sequences in the order of their first rows: x [n, F] becomes
 * [sequences, steps, F] with lengths, y likewise or what all rows of a sequence have. `column` SIZE_MAX: nothing is
 * done. Writes their number to `n`, and the lengths to `length`, for tern__free(). Errors: DATA, MEMORY; the arrays are
 * then as they were. */
tern_status tern__sequence_rows(const tern__roles *o, const tern__table *t, size_t column, tern_array *x, tern_array *y,
                                size_t *n, size_t **length, tern_error *err);

/* Refuses names of classes without a target that they are of. Errors: MODEL. */
tern_status tern__roles_check_classes(const tern__table_source *s, tern_error *err);

/* Refuses inputs from which a model would read the answer: targets `y` of the same row, and its weight; but for a model
 * that is to give back all that it reads. Errors: MODEL, at the option `key`. */
tern_status tern__roles_check_inputs(const tern__roles *o, size_t n, const char *const *input, const tern_strings *y,
                                     const char *key, tern_error *err);

/* Refuses cells of a column, in the rows first .. end - 1, that are no finite numbers from 0. Errors: DATA. */
tern_status tern__weights_column_check(const tern__table *t, const tern__table_column *c, size_t first, size_t end,
                                       tern_error *err);

/* The column of the weights; SIZE_MAX: there are none, or after an error (MODEL, which `status` then is). */
size_t tern__roles_find_weight(const tern__table_source *s, tern_status *status, tern_error *err);

/* Gives a dataset the weights that column `column` of its table holds. Errors: DATA, MEMORY. */
tern_status tern__roles_weigh(const tern__roles *o, const tern__table *t, size_t column, tern_dataset *d,
                              tern_error *err);

#endif
