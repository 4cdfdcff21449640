/* workers.c - a small thread pool, the only threads; see workers.h.
 *
 * Everybody waits in the same way: a word counts events, and whoever waits for it to move spins for a moment (the next
 * task is microseconds away), then sleeps; at once where another worker is queued on the same CPU, which
 * can't run until this one sleeps. Three words: `call` starts a task, `done` ends it, `phase` opens the barrier. */
#include "workers.h"

#include "denormals.h"
#include "memory.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

enum { SPIN_NANOSECONDS = 40000, PAUSES = 32, NOWHERE = -1 };

/* `call` holds its count and, in the low bits, how many workers take part. */
enum { ACTIVE_BITS = 16, MOST_WORKERS = (1 << ACTIVE_BITS) - 1 };

typedef struct thread {
    tern__workers *workers;
    size_t index;  /* the worker, from 1 */
    uint64_t seen; /* `call` when it was made */
    pthread_t id;
} thread;

struct tern__workers {
    size_t n;        /* workers, the caller included */
    size_t started;  /* threads that are there */
    bool flush;      /* denormals, within a task */
    bool spin;       /* not where there are more workers than CPUs */
    pid_t process;   /* whose threads they are */
    thread *thread;  /* [n - 1] */
    atomic_int *cpu; /* [n] where each worker was seen last */

    pthread_mutex_t mutex; /* for sleeping alone */
    pthread_cond_t moved;
    _Atomic uint64_t call, done, phase;
    atomic_size_t working; /* threads that have not finished the task */
    atomic_size_t waiting; /* workers that have come to the barrier */
    atomic_bool quit;

    /* Of the task: written before `call` moves, read after. */
    void (*task)(void *arg, size_t worker);
    void *arg;
    size_t active;
};

size_t tern__cpus(void) {
#ifdef __linux__
    cpu_set_t set;
    if (!sched_getaffinity(0, sizeof set, &set) && CPU_COUNT(&set) > 0) return (size_t)CPU_COUNT(&set);
#endif
    long online = sysconf(_SC_NPROCESSORS_ONLN); /* more CPUs than a set holds */
    return online > 0 ? (size_t)online : 1;
}

/* ---- waiting ---- */

static void pause_cpu(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static int64_t nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int this_cpu(void) {
#ifdef __linux__
    return sched_getcpu();
#else
    return NOWHERE;
#endif
}

/* Whether another worker of the task, the last or the coming one, was last seen on this CPU: perhaps it has been woken,
 * but can't run. */
static bool crowded(tern__workers *w, size_t worker) {
    size_t active = atomic_load_explicit(&w->call, memory_order_relaxed) & MOST_WORKERS;
    int here = this_cpu();
    atomic_store_explicit(&w->cpu[worker], here, memory_order_relaxed);
    for (size_t k = 0; here != NOWHERE && k < active; k++)
        if (k != worker && atomic_load_explicit(&w->cpu[k], memory_order_relaxed) == here) return true;
    return false;
}

/* Returns when the word is no longer `seen`, and what it is. */
static uint64_t await(tern__workers *w, size_t worker, _Atomic uint64_t *word, uint64_t seen) {
    uint64_t value = atomic_load_explicit(word, memory_order_acquire);
    for (int64_t end = w->spin && !crowded(w, worker) ? nanoseconds() + SPIN_NANOSECONDS : 0;
         value == seen && end && nanoseconds() < end;)
        for (int i = 0; i < PAUSES && value == seen; i++) {
            pause_cpu();
            value = atomic_load_explicit(word, memory_order_acquire);
        }
    if (value != seen) return value;

    pthread_mutex_lock(&w->mutex);
    while ((value = atomic_load_explicit(word, memory_order_acquire)) == seen) pthread_cond_wait(&w->moved, &w->mutex);
    pthread_mutex_unlock(&w->mutex);
    atomic_store_explicit(&w->cpu[worker], this_cpu(), memory_order_relaxed);
    return value;
}

/* Sets the word and wakes those who sleep. The mutex keeps it from falling between another's look and its sleep. */
static void move(tern__workers *w, _Atomic uint64_t *word, uint64_t value) {
    pthread_mutex_lock(&w->mutex);
    atomic_store_explicit(word, value, memory_order_release);
    pthread_mutex_unlock(&w->mutex);
    pthread_cond_broadcast(&w->moved);
}

/* ---- threads ---- */

static void run_task(tern__workers *w, size_t worker) {
    uint64_t mode = w->flush ? tern__denormals_flush() : 0;
    w->task(w->arg, worker);
    if (w->flush) tern__denormals_restore(mode);
}

static void *thread_main(void *arg) {
    thread *t = arg;
    tern__workers *w = t->workers;
    for (uint64_t seen = t->seen;;) {
        seen = await(w, t->index, &w->call, seen);
        if (atomic_load_explicit(&w->quit, memory_order_relaxed)) return NULL;
        if (t->index >= (seen & MOST_WORKERS)) continue; /* not asked: the fields of the task may change at any time */
        run_task(w, t->index);
        if (atomic_fetch_sub_explicit(&w->working, 1, memory_order_acq_rel) == 1)
            move(w, &w->done, atomic_load_explicit(&w->done, memory_order_relaxed) + 1);
    }
}

/* The state before any thread; a forked child, too, starts from here, as it inherits no threads but perhaps a locked
 * mutex. */
static void start_afresh(tern__workers *w) {
    pthread_mutex_init(&w->mutex, NULL);
    pthread_cond_init(&w->moved, NULL);
    w->process = getpid();
    w->started = 0;
    for (size_t k = 0; k < w->n; k++) atomic_store_explicit(&w->cpu[k], NOWHERE, memory_order_relaxed);
}

tern__workers *tern__workers_new(size_t n, bool flush, tern_error *err) {
    assert(n >= 1 && n <= MOST_WORKERS);
    tern__workers *w = tern__alloc(1, sizeof *w, err);
    if (!w) return NULL;
    w->thread = tern__alloc(n - 1, sizeof *w->thread, err);
    w->cpu = tern__alloc(n, sizeof *w->cpu, err);
    if (!w->thread || !w->cpu) {
        tern__free(w->thread);
        tern__free(w->cpu);
        tern__free(w);
        return NULL;
    }
    w->n = n;
    w->flush = flush;
    w->spin = n <= tern__cpus();
    start_afresh(w);
    return w;
}

void tern__workers_free(tern__workers *w) {
    if (!w) return;
    if (w->process == getpid()) {
        atomic_store_explicit(&w->quit, true, memory_order_relaxed);
        move(w, &w->call, atomic_load(&w->call) + (1 << ACTIVE_BITS));
        for (size_t i = 0; i < w->started; i++) pthread_join(w->thread[i].id, NULL);
        pthread_cond_destroy(&w->moved);
        pthread_mutex_destroy(&w->mutex);
    }
    tern__free(w->thread);
    tern__free(w->cpu);
    tern__free(w);
}

size_t tern__workers_count(const tern__workers *w) { return w->n; }

size_t tern__workers_ready(tern__workers *w, size_t wanted) {
    assert(wanted >= 1);
    if (w->process != getpid()) start_afresh(w);
    size_t most = wanted < w->n ? wanted : w->n;
    if (w->started + 1 >= most) return most;

    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* threads inherit it: signals are for the caller's own */
    for (; w->started + 1 < most; w->started++) {
        thread *t = &w->thread[w->started];
        *t = (thread){.workers = w, .index = w->started + 1, .seen = atomic_load(&w->call)};
        if (pthread_create(&t->id, NULL, thread_main, t)) break;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return w->started + 1;
}

/* ---- tasks ---- */

void tern__workers_do(tern__workers *w, size_t active, void (*task)(void *arg, size_t worker), void *arg) {
    assert(active >= 1 && active <= w->n);
    active = tern__workers_ready(w, active);
    w->task = task;
    w->arg = arg;
    w->active = active;
    atomic_store_explicit(&w->waiting, 0, memory_order_relaxed);
    if (active == 1) {
        run_task(w, 0);
        return;
    }
    uint64_t done = atomic_load_explicit(&w->done, memory_order_relaxed);
    uint64_t count = (atomic_load_explicit(&w->call, memory_order_relaxed) >> ACTIVE_BITS) + 1;
    atomic_store_explicit(&w->working, active - 1, memory_order_relaxed);
    move(w, &w->call, count << ACTIVE_BITS | active);
    run_task(w, 0);
    await(w, 0, &w->done, done);
}

void tern__workers_barrier(tern__workers *w, size_t worker) {
    uint64_t phase = atomic_load_explicit(&w->phase, memory_order_relaxed);
    if (atomic_fetch_add_explicit(&w->waiting, 1, memory_order_acq_rel) + 1 < w->active) {
        await(w, worker, &w->phase, phase);
        return;
    }
    atomic_store_explicit(&w->waiting, 0, memory_order_relaxed);
    move(w, &w->phase, phase + 1);
}

/* ---- one at a time ---- */

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

void tern__lock(void) { pthread_mutex_lock(&one_at_a_time); }

void tern__unlock(void) { pthread_mutex_unlock(&one_at_a_time); }
