/* weight_table.h - the parameters and states of a model: one table, which layers refer to by index. */
#ifndef TERN_GRAPH_WEIGHT_TABLE_H
#define TERN_GRAPH_WEIGHT_TABLE_H

#include "graph.h"

/* Adds the parameters and states that node i asked for in its spec, and lists their indices in the node. */
tern_status tern__weights_add(tern_model *m, size_t i, const tern_layer_spec *spec, tern_error *err);

/* Whether a node has something to train, or reads what a node that has makes. */
bool tern__node_trains(const tern_model *m, const tern__node *node);

/* Places the gradients anew, without those of frozen parameters, and has backward leave out what is then of no use.
 * Before anything runs the model. */
void tern__weights_place_gradients(tern_model *m);

#endif
