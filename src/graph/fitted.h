/* fitted.h - what a model knows about its data, learned in training: it stands in the run's model file and in the files
 * of its weights. */
#ifndef TERN_GRAPH_FITTED_H
#define TERN_GRAPH_FITTED_H

#include "graph.h"

/* The `fitted` block as JSON text, for tern__free(). NULL where there is none, and after an error, which `status` tells
 * apart. */
char *tern__fitted_text(const tern_model *m, tern_status *status, tern_error *err);

/* Takes the block that the file `path` holds. Where the model has one already the two must agree: in all that was
 * learned, or, for weights to start from, in names. Errors: DATA, MEMORY. */
tern_status tern__fitted_take(tern_model *m, const char *text, bool start, const char *path, tern_error *err);

/* Whether the file describes columns or targets, so that tables are read by what was fitted. */
bool tern__described(const tern_model *m);

/* How many numbers a value may hold that is the input, where that was fitted to texts, or a column of indices taken
 * from it; 0: not known. */
size_t tern__fitted_indices(const tern_model *m, size_t value);

/* The columns [n] of a described table, for layers to take apart, in the model's arena: n is 0 where there is none, and
 * of texts. NULL: no memory. */
const tern_input_column *tern__fitted_columns(tern_model *m, size_t *n, tern_error *err);

/* An option of the model's training data, NULL where its reader has none of that name and kind. */
const void *tern__reader_option(const tern_model *m, const char *name, tern_option_kind kind);

/* Settles the input's shape: the file's, or what its fitted columns become. Marks a model whose columns were never
 * fitted, where the options allow it. Errors: MODEL, and those of a file to take the block from. */
tern_status tern__fitted_shape(tern_model *m, const tern_model_options *options, tern_error *err);

/* Refuses a file that describes columns, targets or scales otherwise than what was fitted by an earlier description,
 * which is what counts: each difference is listed. Errors: MODEL. */
tern_status tern__fitted_agree(const tern_model *m, tern_error *err);

/* Refuses lists of class names that say a name twice, name one class, or disagree with each other; and, of a model that
 * is planned, those that are more or fewer than its outputs. Errors: MODEL. */
tern_status tern__class_names_check(const tern_model *m, tern_error *err);
tern_status tern__class_names_count(const tern_model *m, tern_error *err);

/* Learns the scales that the input is to be normalized by, from the rows[0 .. n - 1] of its array. Says which channels
 * have no spread. Errors: DATA, MEMORY. */
tern_status tern__fitted_scale(tern_model *m, const tern_array *x, const size_t *rows, size_t n, tern_error *err);

/* The same for the target of an array, each number of it for itself. */
tern_status tern__fitted_scale_target(tern_model *m, const tern_array *y, const size_t *rows, size_t n,
                                      tern_error *err);

/* Writes what n rows of training data say into the model's block: the names of columns, targets and classes, and what
 * the numbers are like. Either array may be NULL. Errors: MEMORY. */
tern_status tern__fitted_learn(tern_model *m, size_t n, const tern_array *x, const tern_array *y, tern_error *err);

/* The range of an array's numbers, of a part of them evenly spread where there are very many; NAN where they are not in
 * memory. */
void tern__array_range(const tern_array *x, size_t n, double *least, double *most);

#endif
