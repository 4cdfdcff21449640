/* lower_reduce.c - a reduction written down as one window over what is reduced, put last. */
#include <tern/layer.h>
#include <tern/layers/pool.h>

tern_operand tern_lower_reduce(tern_lowering *l, tern_operand x, unsigned axes, bool keepdim, tern_pooling kind) {
    tern_shape in = tern_lower_shape(l, x);
    size_t order[TERN_MAX_RANK], kept = 1, n = 0;
    for (size_t k = 0; k < in.rank; k++)
        if (!(axes >> k & 1)) order[n++] = k, kept *= in.dim[k];
    for (size_t k = 0; k < in.rank; k++)
        if (axes >> k & 1) order[n++] = k;
    tern_shape window = TERN_SHAPE(kept, tern_shape_count(&in) / kept);
    tern_pool pool;
    if (tern_pool_plan_whole(&pool, window.dim[1], NULL)) return tern_lower_refuse(l, "reduces too many numbers");
    x = tern_lower_reshape(l, tern_lower_transpose(l, x, order), window);
    return tern_lower_reshape(l, tern_lower_global_pool(l, x, &pool, kind), tern_shape_reduced(&in, axes, keepdim));
}
