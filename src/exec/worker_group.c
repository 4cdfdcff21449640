/* worker_group.c - makes slices as the partition says, and cuts batches for them. */
#include "worker_group.h"

#include "output_parallel.h"

/* Room for the lengths of a batch: a list for each input that has some, one after the other. */
static tern_status make_lengths(tern__worker_group *g, size_t batch, tern_error *err) {
    const tern_model *m = g->m;
    tern__lengths *l = &g->lengths;
    if (!m->sequences) return TERN_OK;
    l->steps = tern__alloc(m->inputs * (batch + 1), sizeof *l->steps, err);
    l->length = tern__alloc(m->inputs, sizeof *l->length, err);
    if (!l->steps || !l->length) return TERN_ERROR_MEMORY;
    for (size_t k = 0; k < m->inputs; k++)
        if (m->input[k].sequences) l->length[k] = l->steps + m->inputs + k * batch;
    return TERN_OK;
}

/* Room for what the ranks say of a layer that goes by the whole batch. */
static tern_status make_statistics(tern__worker_group *g, tern_error *err) {
    size_t most = 0;
    for (size_t i = 0; i < g->m->nodes; i++)
        if (g->m->node[i].accumulators > most) most = g->m->node[i].accumulators;
    if (!g->comm || !most) return TERN_OK;
    g->statistics = tern__alloc(g->comm->size * most, sizeof *g->statistics, err);
    return g->statistics ? TERN_OK : TERN_ERROR_MEMORY;
}

tern_status tern__worker_group_make(tern__worker_group *g, const tern_model *m, size_t batch, size_t threads,
                                    tern__purpose purpose, tern_comm *comm, tern_error *err) {
    *g = (tern__worker_group){.m = m, .comm = comm};
    tern_status status = tern_gemm_check(err);
    if (status) return status;
    size_t rows = comm ? tern__partition_rows(batch, comm->size) : batch,
           wanted = tern__partition_workers(m, rows, threads ? threads : tern__cpus());
    if (!(g->workers = tern__workers_new(wanted, purpose.training, err))) return TERN_ERROR_MEMORY;
    tern__partition *p = &g->partition;
    status = tern__partition_make(m, rows, tern__workers_ready(g->workers, wanted), purpose, p, err);
    if (!status) status = tern__partition_check(m, p, err);
    if (status) return status;
    if (!(g->slice = tern__alloc(p->slices, sizeof *g->slice, err))) return TERN_ERROR_MEMORY;
    g->slices = p->slices;
    if (p->by_output != TERN__ROWS_ONLY && !(g->strategy = tern__output_parallel_new(m, p, err)))
        return TERN_ERROR_MEMORY;
    status = make_lengths(g, batch, err);
    if (!status) status = make_statistics(g, err);
    for (size_t i = 0; !status && i < g->slices; i++)
        status = tern__slice_make(&g->slice[i], m, p->capacity, p->purpose, err);
    return status;
}

void tern__worker_group_free(tern__worker_group *g) {
    tern__workers_free(g->workers);
    for (size_t i = 0; i < g->slices; i++) tern__slice_free(&g->slice[i]);
    if (g->strategy) g->strategy->destroy(g->strategy);
    tern__free(g->slice);
    tern__free(g->lengths.steps);
    tern__free(g->lengths.length);
    tern__free(g->statistics);
    *g = (tern__worker_group){0};
}

/* Asks a batch for its rows' lengths, and finds the longest of each input. */
static void take_lengths(tern__worker_group *g, const tern_batch *batch) {
    const tern_model *m = g->m;
    tern__lengths *l = &g->lengths;
    if (batch->gather) batch->gather(batch->source, &(tern_gather){.n = batch->n, .length = l->length});
    for (size_t k = 0; k < m->inputs; k++) {
        l->steps[k] = 0;
        for (size_t i = 0; l->length[k] && i < batch->n; i++) {
            const size_t *given = batch->length ? batch->length[k] : NULL;
            if (!batch->gather) l->length[k][i] = given ? given[i] : m->input[k].shape.dim[0];
            if (l->length[k][i] > l->steps[k]) l->steps[k] = l->length[k][i];
        }
    }
}

void tern__worker_group_cut(tern__worker_group *g, const tern_batch *batch, uint32_t step) {
    size_t rank = g->comm ? g->comm->rank : 0;
    g->batch = batch->n;
    g->row = tern__comm_row(g->comm, batch->n, rank);
    g->rows = tern__comm_row(g->comm, batch->n, rank + 1) - g->row;
    if (g->m->sequences) take_lengths(g, batch);
    size_t rows = g->rows, active = tern__partition_workers(g->m, rows, g->slices),
           least = rows ? tern__partition_rows(rows, g->partition.capacity) : 1; /* as many as the rows need */
    g->active = tern__workers_ready(g->workers, active < least ? least : active);
    for (size_t i = 0, row = 0; i < g->active; i++) {
        size_t end = rows * (i + 1) / g->active;
        tern__slice_set_rows(&g->slice[i], g->row + row, end - row, &g->lengths, step);
        row = end;
    }
    if (g->strategy) g->strategy->cut(g->strategy, g, rows);
}
