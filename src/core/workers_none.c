/* workers_none.c - in place of workers.c where there are no threads, as on WebAssembly: the caller is the worker. */
#include "denormals.h"
#include "memory.h"
#include "workers.h"

struct tern__workers {
    bool flush;
};

size_t tern__cpus(void) { return 1; }

tern__workers *tern__workers_new(size_t n, bool flush, tern_error *err) {
    (void)n;
    tern__workers *w = tern__alloc(1, sizeof *w, err);
    if (w) w->flush = flush;
    return w;
}

void tern__workers_free(tern__workers *w) { tern__free(w); }

size_t tern__workers_count(const tern__workers *w) { return (void)w, 1; }

void tern__workers_do(tern__workers *w, size_t active, void (*task)(void *arg, size_t worker), void *arg) {
    (void)active;
    uint64_t mode = w->flush ? tern__denormals_flush() : 0;
    task(arg, 0);
    if (w->flush) tern__denormals_restore(mode);
}

size_t tern__workers_ready(tern__workers *w, size_t wanted) { return (void)w, (void)wanted, 1; }

void tern__workers_barrier(tern__workers *w, size_t worker) { (void)w, (void)worker; }

void tern__lock(void) {}

void tern__unlock(void) {}
