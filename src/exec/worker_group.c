/* worker_group.c - makes slices as the partition says, and cuts batches for them. */
#include "worker_group.h"

#include "output_parallel.h"

tern_status tern__worker_group_make(tern__worker_group *g, const tern_model *m, size_t batch, size_t threads,
                                    tern__purpose purpose, tern_error *err) {
    *g = (tern__worker_group){.m = m};
    tern_status status = tern_gemm_check(err);
    if (status) return status;
    size_t wanted = tern__partition_workers(m, batch, threads ? threads : tern__cpus());
    if (!(g->workers = tern__workers_new(wanted, purpose.training, err))) return TERN_ERROR_MEMORY;
    tern__partition *p = &g->partition;
    status = tern__partition_make(m, batch, tern__workers_ready(g->workers, wanted), purpose, p, err);
    if (!status) status = tern__partition_check(m, p, err);
    if (status) return status;
    if (!(g->slice = tern__alloc(p->slices, sizeof *g->slice, err))) return TERN_ERROR_MEMORY;
    g->slices = p->slices;
    if (p->by_output != TERN__ROWS_ONLY && !(g->strategy = tern__output_parallel_new(m, p, err)))
        return TERN_ERROR_MEMORY;
    for (size_t i = 0; !status && i < g->slices; i++)
        status = tern__slice_make(&g->slice[i], m, p->capacity, p->purpose, err);
    return status;
}

void tern__worker_group_free(tern__worker_group *g) {
    tern__workers_free(g->workers);
    for (size_t i = 0; i < g->slices; i++) tern__slice_free(&g->slice[i]);
    if (g->strategy) g->strategy->destroy(g->strategy);
    tern__free(g->slice);
    *g = (tern__worker_group){0};
}

void tern__worker_group_cut(tern__worker_group *g, size_t rows, uint32_t step) {
    size_t active = tern__partition_workers(g->m, rows, g->slices),
           least = tern__partition_rows(rows, g->partition.capacity); /* as many as the rows need */
    g->active = tern__workers_ready(g->workers, active < least ? least : active);
    for (size_t i = 0, row = 0; i < g->active; i++) {
        size_t end = rows * (i + 1) / g->active;
        tern__slice_set_rows(&g->slice[i], row, end - row, step);
        row = end;
    }
    if (g->strategy) g->strategy->cut(g->strategy, g, rows);
}
