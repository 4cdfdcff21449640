/* mpi_ranks.c - see mpi_ranks.h. A call that fails ends all ranks, as MPI does unless it is told otherwise.
 *
 * A sum is a reduce-scatter and an allgather: each number is added up once, by one rank, and copied to the others, so
 * that all have the same bytes, which MPI_Allreduce doesn't promise. */
#include "mpi_ranks.h"

#include "memory.h"

#include <mpi.h>
#include <string.h>

enum { MOST = 1 << 28 }; /* elements in a call: MPI counts them in an int */

#ifdef TERN_DOUBLE
#define REAL MPI_DOUBLE
#else
#define REAL MPI_FLOAT
#endif

/* The parts of an array: which rank adds up what. */
typedef struct parts {
    size_t rank, size;
    int *count, *first; /* [size] */
} parts;

static void sum_piece(const parts *p, tern_real *v, size_t n) {
    for (size_t k = 0; k < p->size; k++) {
        p->first[k] = (int)(n * k / p->size);
        p->count[k] = (int)(n * (k + 1) / p->size) - p->first[k];
    }
    MPI_Reduce_scatter(MPI_IN_PLACE, v, p->count, REAL, MPI_SUM, MPI_COMM_WORLD); /* its part comes first */
    memmove(v + p->first[p->rank], v, (size_t)p->count[p->rank] * sizeof *v);
    MPI_Allgatherv(MPI_IN_PLACE, 0, REAL, v, p->count, p->first, REAL, MPI_COMM_WORLD);
}

static void sum(void *self, tern_real *v, size_t n) {
    for (size_t first = 0; first < n; first += MOST) sum_piece(self, v + first, n - first < MOST ? n - first : MOST);
}

static void gather(void *self, const void *own, size_t bytes, void *all) {
    (void)self;
    MPI_Allgather(own, (int)bytes, MPI_BYTE, all, (int)bytes, MPI_BYTE, MPI_COMM_WORLD);
}

static void broadcast(void *self, void *data, size_t bytes, size_t root) {
    (void)self;
    for (size_t first = 0; first < bytes; first += MOST)
        MPI_Bcast((char *)data + first, (int)(bytes - first < MOST ? bytes - first : MOST), MPI_BYTE, (int)root,
                  MPI_COMM_WORLD);
}

static size_t first(void *self, bool yes) {
    const parts *p = self;
    int least = (int)(yes ? p->rank : p->size);
    MPI_Allreduce(MPI_IN_PLACE, &least, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
    return (size_t)least;
}

static size_t ranks_here(void) {
    MPI_Comm here;
    int size;
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &here);
    MPI_Comm_size(here, &size);
    MPI_Comm_free(&here);
    return (size_t)size;
}

tern_status tern__mpi_begin(tern_comm *out, size_t *local, tern_error *err) {
    int given, rank, size;
    *out = (tern_comm){.size = 1};
    MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &given);
    if (given < MPI_THREAD_FUNNELED)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "this MPI was built for programs without threads");
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    *local = ranks_here();
    parts *p = tern__alloc(1, sizeof *p, err);
    *out = (tern_comm){.rank = (size_t)rank,
                       .size = (size_t)size,
                       .self = p,
                       .sum = sum,
                       .gather = gather,
                       .broadcast = broadcast,
                       .first = first};
    if (!p) return TERN_ERROR_MEMORY;
    *p = (parts){.rank = out->rank, .size = out->size};
    p->count = tern__alloc(2 * p->size, sizeof *p->count, err);
    p->first = p->count + p->size;
    return p->count ? TERN_OK : TERN_ERROR_MEMORY;
}

void tern__mpi_end(tern_comm *c) {
    parts *p = c->self;
    MPI_Barrier(MPI_COMM_WORLD);
    MPI_Finalize();
    if (p) tern__free(p->count);
    tern__free(p);
}
