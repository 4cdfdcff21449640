/* provenance.h - what weights were trained behind: it goes with them, so that they are not used behind something else.
 */
#ifndef TERN_GRAPH_PROVENANCE_H
#define TERN_GRAPH_PROVENANCE_H

#include "graph.h"
#include "safetensors.h"

enum { TERN__PROVENANCE = 2 };

/* Metadata of a model's weights: its preprocessing, and a digest of its layers. Texts live in the arena. Errors:
 * MEMORY. */
tern_status tern__provenance(const tern_model *m, tern__arena *arena, tern__meta out[TERN__PROVENANCE],
                             tern_error *err);

/* Refuses weights that a file says were trained behind other preprocessing. Errors: DATA, MEMORY. */
tern_status tern__provenance_check(const tern_model *m, const tern__safetensors *file, const char *path,
                                   tern_error *err);

/* Warns where the layers were others. */
void tern__provenance_warn(const tern_model *m, const tern__safetensors *file, const char *path, tern_error *err);

#endif
