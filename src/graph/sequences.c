/* sequences.c - which sequences of any length a layer reads, and whether it can leave out what pads them. */
#include "graph.h"

tern_status tern__lengths_plan(const tern_model *m, tern__node *node, tern_layer_spec *spec, tern_error *err) {
    size_t from = node->lengths_read = node->lengths = tern__value_lengths(m, node->input[0]);
    bool crosses = node->type->flags & TERN_CROSS && node->inputs > 1;
    size_t other = node->other_lengths = crosses ? tern__value_lengths(m, node->input[1]) : from;
    spec->sequences = from != TERN__NOWHERE;
    for (size_t k = 1; k < node->inputs; k++)
        if (tern__value_lengths(m, node->input[k]) != other)
            return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                                  "reads sequences of any length and others beside them; accepted are sequences of "
                                  "one input's lengths");
    if (!spec->sequences || node->type->flags & (TERN_STEPWISE | TERN_SEQUENCES)) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                          "%s can't leave out what pads sequences of any length, which the input \"%s\" holds; give "
                          "that a fixed first size, or put last_step or reduce over dims 1 before the layer",
                          node->type->base.name, m->input[from].name);
}
