/* workers.h - the only threads: a small pool that runs one task on several workers at once, with a barrier inside the
 * task.
 *
 * Why not OpenMP: a step is too short for a slow wake-up, a process that used it may fork, and ThreadSanitizer sees
 * through this. */
#ifndef TERN_CORE_WORKERS_H
#define TERN_CORE_WORKERS_H

#include <tern/error.h>

typedef struct tern__workers tern__workers;

/* The CPUs this process may run on. */
size_t tern__cpus(void);

/* Makes `n` workers (at least 1): the caller and n - 1 threads, which start when first used, and again in a forked
 * child. `flush`: inside a task denormal numbers count as zero (they slow a converging net down a hundredfold). */
tern__workers *tern__workers_new(size_t n, bool flush, tern_error *err);

/* Ends the threads; takes NULL. */
void tern__workers_free(tern__workers *w);

size_t tern__workers_count(const tern__workers *w);

/* Calls task(arg, 0) on the caller and task(arg, 1 .. active - 1) on threads, and returns when all have; the caller's
 * own treatment of denormal numbers is restored. Where a thread can't be started, the task runs with fewer: `active` is
 * at most what tern__workers_ready() answers. */
void tern__workers_do(tern__workers *w, size_t active, void (*task)(void *arg, size_t worker), void *arg);

/* Starts the threads if need be and returns how many workers, at most `wanted`, can run. */
size_t tern__workers_ready(tern__workers *w, size_t wanted);

/* Called by every active worker of a task, with its number: nobody goes on before all have come. What was written
 * before is seen after. */
void tern__workers_barrier(tern__workers *w, size_t worker);

/* One lock for the process, held for a moment: for a library beneath that takes one caller at a time. Not to be taken
 * twice. */
void tern__lock(void);
void tern__unlock(void);

#endif
