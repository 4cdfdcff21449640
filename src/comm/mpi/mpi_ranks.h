/* mpi_ranks.h - ranks that reach each other over MPI: a part of the program, where it is built with TERN_MPI, and not
 * of the library. */
#ifndef TERN_COMM_MPI_RANKS_H
#define TERN_COMM_MPI_RANKS_H

#include <tern/comm.h>

/* Starts MPI, which the caller's thread alone will call, and fills in `out`, for tern__mpi_end() in any case. `local`:
 * how many of the ranks are on this machine. Errors: USAGE (an MPI that bears no threads beside it), MEMORY. */
tern_status tern__mpi_begin(tern_comm *out, size_t *local, tern_error *err);

/* Waits until all ranks have come to this, and ends MPI. */
void tern__mpi_end(tern_comm *c);

#endif
