/* ranks.h - the command as one of several ranks that a launcher (mpirun, srun) started together. */
#ifndef TERN_CLI_RANKS_H
#define TERN_CLI_RANKS_H

#include "args.h"

/* Where a launcher started several, begins the work of all: `a->comm` is theirs. Refused are commands that go alone,
 * and programs without MPI or of another one than the launcher's. Errors: USAGE, IO, MEMORY. */
tern_status ranks_begin(args *a, const command *c, tern_error *err);

/* When the command line is read: only the first rank is to say something, and threads are as many as it has CPUs. */
void ranks_settle(args *a, const command *c);

/* Ends it: returns the exit code, where another rank failed that rank's. Only the first rank has something to say then.
 */
int ranks_end(args *a, int code, tern_error *err);

#endif
