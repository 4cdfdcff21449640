/* weights.h - the weights of a model as entries of a safetensors file, alone or beside others in a checkpoint. */
#ifndef TERN_GRAPH_WEIGHTS_H
#define TERN_GRAPH_WEIGHTS_H

#include "graph.h"
#include "safetensors.h"

/* What tern_real is in a file. */
tern_dtype tern__real_dtype(void);

/* Fills in `entries` [weights] with the model's weights, under `prefix` and their names. */
tern_status tern__weights_list(const tern_model *m, const char *prefix, tern__arena *arena, tern__entry *entries,
                               tern_error *err);

/* Takes the weights from an open file. Missing and mis-shaped ones, and with an empty prefix unexpected ones too, are
 * all reported, and then nothing was changed. */
tern_status tern__weights_take(tern_model *m, const tern__safetensors *file, const char *path, const char *prefix,
                               tern_error *err);

/* Where a file has the i-th weight: under its own name, or another layer's that shares it; SIZE_MAX: nowhere. And
 * whether it can be of that shape there. */
size_t tern__weight_in_file(const tern_model *m, size_t i, const tern__safetensors *file, const char *prefix);
bool tern__weight_has_shape(const tern__weight *w, const tern_shape *found);

#endif
