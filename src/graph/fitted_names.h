/* fitted_names.h - the names that a model was trained on: of columns, targets and classes. */
#ifndef TERN_GRAPH_FITTED_NAMES_H
#define TERN_GRAPH_FITTED_NAMES_H

#include "graph.h"

/* The names of one input and one target, either of which may be NULL, as a model's block holds them. Errors: MEMORY. */
tern_status tern__fitted_learn_names(tern_model *m, const tern_array *x, const tern_array *y, tern__fitted *out,
                                     tern_error *err);

/* Writes the names of several inputs and of targets into the model's block. Errors: MEMORY. */
tern_status tern__fitted_learn_parts(tern_model *m, size_t inputs, const tern_array *x, size_t targets,
                                     const tern_array *y, tern_error *err);

/* The names of the columns of one of several; NULL: none are known. */
const tern_strings *tern__fitted_part_names(const tern_named *parts, const char *name);

/* What the numbers of a described column mean, in words: its type, encoding and normalization, one each, and its
 * categories. Writes what they are. */
enum { TERN__COLUMN_FACETS = 4, TERN__FACET_TEXT = 96 };
tern_strings tern__column_facet(const tern__feature *column, size_t facet, char what[TERN__FACET_TEXT]);

/* Where columns of the same names are described on both sides, their numbers mean the same. Errors: DATA. */
tern_status tern__fitted_compare_facets(const tern_blocks *ours, const tern_blocks *theirs, const char *path,
                                        tern_error *err);

/* Where the model's block and that of the file `path` both name something, it is the same. Errors: DATA. */
tern_status tern__fitted_compare_names(const tern__fitted *ours, const tern__fitted *theirs, const char *path,
                                       tern_error *err);

#endif
