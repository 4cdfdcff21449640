/* partition.c - cuts a batch among workers: by rows, and a first layer with more weights than numbers pass through it
 * by its outputs.
 *
 * By rows each worker would read all of that layer's weights for its few rows and make a gradient as large, and all
 * these would be added up in the end. By outputs each reads only its shard of the weights and makes the gradient of
 * just that, from all rows. It is only for the first layer with weights, whose dx, a sum over all outputs, is
 * unused. */
#include "partition.h"

#include "workers.h"

/* ---- by rows ---- */

size_t tern__partition_rows(size_t rows, size_t slices) { return (rows + slices - 1) / slices; }

/* Below a million multiply-adds each, waking a worker costs more than it brings. Three products a weight: forward, and
 * two backward. */
size_t tern__partition_workers(const tern_model *m, size_t rows, size_t most) {
    double work = 3.0 * (double)rows * m->work, workers = work / 1e6 + 1;
    if (most > rows) most = rows;
    return workers < (double)most ? (size_t)workers : most;
}

/* ---- by outputs ---- */

size_t tern__by_output_count(const tern__node *node) { return node->out.dim[node->out.rank - 1]; }

/* Whether part of the outputs is the same layer with part of the weights, and nothing else of it is to be shared. */
static bool divides(const tern_model *m, const tern__node *node) {
    size_t alone = node->saves + node->states + node->accumulators + node->scratch + node->scratch_row;
    for (size_t k = 0; k < node->params; k++) {
        const tern__weight *w = &m->weight[node->param[k]];
        alone += w->gradient == TERN__NOWHERE || w->uses > 1;
    }
    return node->type->flags & TERN_BY_OUTPUT && node->inputs == 1 && !alone && !node->type->random;
}

static ptrdiff_t choose_by_output(const tern_model *m, size_t batch, size_t slices) {
    size_t i = 0, weights = 0;
    while (i < m->nodes && !m->node[i].needs_backward) i++;
    if (slices < 2 || m->inputs > 1 || m->sequences || i == m->nodes || !divides(m, &m->node[i]))
        return TERN__ROWS_ONLY;
    const tern__node *node = &m->node[i];
    size_t from = tern__value_seen(m, node->input[0]);
    for (size_t k = 0; k < node->params; k++) weights += m->weight[node->param[k]].count;
    bool pays = weights > batch * (tern_shape_count(&m->input[0].shape) + tern_shape_count(&node->out)) &&
                tern__by_output_count(node) >= slices * TERN__ALIGN;
    return from || !pays ? TERN__ROWS_ONLY : (ptrdiff_t)i;
}

size_t tern__by_output_numbers(const tern_model *m, ptrdiff_t node, size_t batch) {
    if (node == TERN__ROWS_ONLY) return 0;
    size_t inputs = tern_shape_count(&m->input[0].shape), outputs = tern_shape_count(&m->node[node].out);
    return batch * (inputs + 2 * outputs) + 2 * TERN__ALIGN; /* aligned each */
}

/* ---- both ---- */

tern_status tern__partition_make(const tern_model *m, size_t batch, size_t threads, tern__purpose purpose,
                                 tern__partition *out, tern_error *err) {
    size_t slices = tern__partition_workers(m, batch, threads ? threads : tern__cpus());
    tern__partition p = {.purpose = purpose,
                         .batch = batch,
                         .slices = slices,
                         .capacity = tern__partition_rows(batch, slices),
                         .by_output = purpose.training ? choose_by_output(m, batch, slices) : TERN__ROWS_ONLY};
    if (p.by_output != TERN__ROWS_ONLY) p.purpose.own_input = false; /* x of the whole batch is there for all */
    tern__arena arena = {0};
    tern__memory_plan plan;
    tern_status status = tern__memory_plan_make(m, p.capacity, p.purpose, &arena, &plan, err);
    tern__arena_free(&arena);
    if (status) return status;
    size_t each = slices * sizeof(tern_real),
           shared = tern__by_output_numbers(m, p.by_output, batch) * sizeof(tern_real);
    p.bytes = (plan.size + (purpose.training ? m->gradients : 0)) * each + shared;
    p.pass_bytes = plan.size * each + shared;
    p.tensor_bytes = plan.sum * each + shared;
    *out = p;
    return TERN_OK;
}

tern_status tern__partition_check(const tern_model *m, const tern__partition *p, tern_error *err) {
    if (p->bytes <= m->max_memory) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_MEMORY, NULL,
                          "a batch of %zu on %zu threads takes %zu bytes, more than max_memory allows, %zu", p->batch,
                          p->slices, p->bytes, m->max_memory);
}
