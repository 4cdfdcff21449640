/* target.h - what a table's targets are: classes by name, or numbers; described, fitted and applied as columns are. */
#ifndef TERN_DATA_TARGET_H
#define TERN_DATA_TARGET_H

#include "columns.h"

#include <tern/dataset.h>

typedef enum tern__target_encode { TERN__TARGET_AUTO, TERN__TARGET_INDEX, TERN__TARGET_ONE_HOT } tern__target_encode;

extern const char *const tern__target_encode_words[];

typedef enum tern__target_missing { TERN__TARGET_ERROR, TERN__TARGET_SKIP } tern__target_missing;

typedef struct tern__target {
    bool given;
    tern_strings columns, classes;
    int encode, normalize;
    int missing;              /* what a row without a target becomes; nothing that is learned */
    tern_reals center, scale; /* of each column, where it is normalized */
    tern_reals class_weight;  /* of each class, where the loss weighs them */
} tern__target;

/* The rows of a description, and of a fitted one. */
extern const tern_option tern__target_options[], tern__fitted_target_options[];

/* What is to be kept of a column of that name, where it is one of the targets. */
tern__cells tern__target_want(const tern__target *t, const char *name);

/* Of a target without classes, columns of texts become numbers, so that those that are none are named: all where it was
 * fitted, and else those of which most cells are numbers. Errors: MEMORY. */
tern_status tern__target_take_numbers(const tern__target *t, bool fitted, tern__table *table, tern_error *err);

/* Learns from the rows[0 .. n - 1] alone. `indices`: the loss takes class indices; else classes are encoded one-hot.
 * Errors: MODEL, DATA, MEMORY. */
tern_status tern__target_fit(const tern__target *t, const tern__table *table, const size_t *rows, size_t n,
                             bool indices, tern__arena *arena, tern__target *out, tern_error *err);

/* Warns of classes that the file lists and that look alike, with how many of the rows[0 .. n - 1] each has; the target
 * was fitted to the table. */
void tern__target_warn_alike(const tern__target *t, const tern__table *table, const size_t *rows, size_t n,
                             tern_error *err);

/* The targets of all rows: class indices as int64, other numbers as float64 (whole ones of a single column as int64);
 * the data is tern__alloc()'s. All that disagrees is reported. Errors: DATA, MEMORY. */
tern_status tern__target_apply(const tern__target *t, const tern__table *table, tern_array *out, tern_error *err);

/* Whether it is of a table's columns, and not just of how an array's numbers are scaled. */
bool tern__target_is_table(const tern__target *t);

/* Number `k` of a target as the model is trained on it: scaled by what was fitted. */
double tern__target_scaled(const tern__target *t, size_t k, double v);

/* Whether predictions of `columns` numbers are of normalized targets, of one row or of several in order. */
bool tern__target_is_scaled(const tern__target *t, size_t columns);

/* Puts n rows of `columns` numbers, normalized as the targets are, back into the target's own unit; out may be x.
 * `differences`: only differences matter of them, so that nothing is added; where the center is large against the
 * scale, they keep their digits. */
void tern__target_restore(const tern__target *t, size_t columns, size_t n, bool differences, const tern_real *x,
                          tern_real *out);

#endif
