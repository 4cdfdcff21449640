/* recurrent_lower.c - a recurrent layer as operations: one for each layer of the stack. */
#include <tern/layers/recurrent.h>

tern_operand tern_recurrent_lower(const void *self, tern_recurrence cell, tern_lowering *l) {
    const tern_recurrent *r = self;
    size_t directions = r->bidirectional ? 2 : 1, params = directions * (r->bias ? 4 : 2);
    tern_operand y = l->x[0];
    for (size_t k = 0; k < r->num_layers; k++)
        y = tern_lower_recurrent(l, y, cell, directions, r->bias, r->return_sequences || k + 1 < r->num_layers,
                                 &l->param[k * params]);
    return y;
}
