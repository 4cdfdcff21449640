/* provenance.h - what weights were trained behind: it goes with them, so that they are not used behind something else.
 */
#ifndef TERN_GRAPH_PROVENANCE_H
#define TERN_GRAPH_PROVENANCE_H

#include "graph.h"
#include "safetensors.h"

enum { TERN__PROVENANCE = 4 };

/* Metadata of a model's weights: its preprocessing, a digest of its layers, and where it is known which rows trained
 * them; writes how many there are. Texts live in the arena. Errors: MEMORY. */
tern_status tern__provenance(const tern_model *m, tern__arena *arena, tern__meta out[TERN__PROVENANCE], size_t *n,
                             tern_error *err);

/* The options of the model that draw its training rows, as JSON, for tern__free(); NULL: no memory. `in_time`: none is
 * drawn, the last ones validate. */
char *tern__provenance_split(const tern_model *m, bool in_time, tern_error *err);

/* Writes down which rows train the model from now on, by the checksum of its data; or those that a file's weights were
 * trained on, if it says so. Errors: MEMORY. */
tern_status tern__provenance_train(tern_model *m, bool in_time, const char *checksum, tern_error *err);
tern_status tern__provenance_take(tern_model *m, const tern__safetensors *file, tern_error *err);

/* Refuses weights that a file says were trained behind other preprocessing. Errors: DATA, MEMORY. */
tern_status tern__provenance_check(const tern_model *m, const tern__safetensors *file, const char *path,
                                   tern_error *err);

/* Warns where the layers were others. */
void tern__provenance_warn(const tern_model *m, const tern__safetensors *file, const char *path, tern_error *err);

#endif
