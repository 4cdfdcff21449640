/* weight_table.h - the parameters and states of a model: one table, which layers refer to by index. */
#ifndef TERN_GRAPH_WEIGHT_TABLE_H
#define TERN_GRAPH_WEIGHT_TABLE_H

#include "graph.h"

/* Adds the parameters and states that node i asked for in its spec, and lists their indices in the node. */
tern_status tern__weights_add(tern_model *m, size_t i, const tern_layer_spec *spec, tern_error *err);

/* Gives a place in the gradients to each parameter that is to learn: frozen ones, and those that no loss depends on,
 * have none; and has backward leave out what is then of no use. Errors: MEMORY. */
tern_status tern__weights_place_gradients(tern_model *m, tern_error *err);

#endif
