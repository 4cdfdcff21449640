/* test_workers.c - the thread pool: tasks, barriers, fork, denormals. */
#include "test.h"

#include "workers.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

TCase *workers_case(void);

enum { MOST = 8, ROUNDS = 40 };

/* Each worker adds up what all wrote in the round before: wrong unless the barrier holds everybody. */
typedef struct relay {
    tern__workers *workers;
    size_t active;
    long value[2][MOST];
    long total[MOST];
    unsigned ran[MOST];
} relay;

static void relay_task(void *arg, size_t worker) {
    relay *r = arg;
    r->ran[worker]++;
    for (size_t round = 0; round < ROUNDS; round++) {
        r->value[round % 2][worker] = (long)(round * 10 + worker);
        tern__workers_barrier(r->workers, worker);
        for (size_t i = 0; i < r->active; i++) r->total[worker] += r->value[round % 2][i];
    }
}

static void run_relay(tern__workers *w, size_t active) {
    relay r = {.workers = w, .active = active};
    tern__workers_do(w, active, relay_task, &r);
    long n = (long)active, want = n * 10 * (ROUNDS * (ROUNDS - 1) / 2) + ROUNDS * (n * (n - 1) / 2);
    for (size_t i = 0; i < MOST; i++) {
        ck_assert_int_eq(r.total[i], i < active ? want : 0);
        ck_assert_uint_eq(r.ran[i], i < active);
    }
}

START_TEST(workers_meet_at_barriers) {
    for (size_t n = 1; n <= MOST; n++) {
        tern__workers *w = tern__workers_new(n, true, NULL);
        ck_assert_uint_eq(tern__workers_count(w), n);
        ck_assert_uint_eq(tern__workers_ready(w, 1), 1);
        for (size_t i = 0; i < 60; i++) {
            size_t active = 1 + (i * 5) % n;
            ck_assert_uint_eq(tern__workers_ready(w, active), active);
            run_relay(w, active);
            if (i % 20 == 0) nanosleep(&(struct timespec){0, 1000000}, NULL); /* so that they fall asleep */
        }
        ck_assert_uint_eq(tern__workers_ready(w, n + 5), n);
        tern__workers_free(w);
    }
    tern__workers_free(NULL);
    ck_assert_uint_ge(tern__cpus(), 1);
}
END_TEST

START_TEST(workers_unused_end_too) {
    tern__workers *w = tern__workers_new(3, true, NULL);
    tern__workers_free(w);
    w = tern__workers_new(3, true, NULL);
    tern__workers_ready(w, 3); /* started, never called */
    tern__workers_free(w);
}
END_TEST

static void count_task(void *arg, size_t worker) {
    (void)worker;
    atomic_fetch_add((atomic_uint *)arg, 1);
}

/* Many short tasks, with counts that go up and down: threads that are not asked must not look at a task. */
START_TEST(workers_take_many_short_tasks) {
    tern__workers *w = tern__workers_new(4, true, NULL);
    atomic_uint ran = 0;
    unsigned want = 0;
    for (unsigned i = 0; i < 3000; i++) {
        size_t active = 1 + i * 7 % 4;
        tern__workers_do(w, active, count_task, &ran);
        want += (unsigned)active;
        ck_assert_uint_eq(atomic_load(&ran), want);
    }
    tern__workers_free(w);
}
END_TEST

#ifndef TERN_SANITIZED /* ThreadSanitizer does not let a forked child start threads */
START_TEST(workers_survive_fork) {
    tern__workers *w = tern__workers_new(3, true, NULL);
    run_relay(w, 3);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (!child) {
        alarm(20);
        atomic_uint ran = 0;
        for (int i = 0; i < 100; i++) tern__workers_do(w, 3, count_task, &ran);
        tern__workers_free(w);
        _exit(atomic_load(&ran) == 300 ? 0 : 1);
    }
    run_relay(w, 3);
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    run_relay(w, 2);
    tern__workers_free(w);
}
END_TEST
#endif

static double tiny_times_half(void) {
    volatile float tiny = 1e-38f, half = 0.25f;
    volatile float product = tiny * half;
    return (double)product;
}

static void denormal_task(void *arg, size_t worker) { ((double *)arg)[worker] = tiny_times_half(); }

START_TEST(workers_flush_denormals_and_restore) {
    for (int flush = 0; flush < 2; flush++) {
        tern__workers *w = tern__workers_new(2, flush, NULL);
        for (size_t active = 1; active <= 2; active++) {
            double inside[2] = {-1, -1};
            ck_assert(tiny_times_half() > 0);
            tern__workers_do(w, active, denormal_task, inside);
            ck_assert(tiny_times_half() > 0);
#if defined(__x86_64__) || defined(__aarch64__)
            for (size_t i = 0; i < active; i++) ck_assert(flush ? inside[i] == 0 : inside[i] > 0);
#endif
        }
        tern__workers_free(w);
    }
}
END_TEST

static void signal_task(void *arg, size_t worker) {
    sigset_t *blocked = arg;
    pthread_sigmask(SIG_SETMASK, NULL, &blocked[worker]);
}

START_TEST(workers_leave_signals_to_the_caller) {
    tern__workers *w = tern__workers_new(2, true, NULL);
    sigset_t blocked[2];
    tern__workers_do(w, 2, signal_task, blocked);
    ck_assert(!sigismember(&blocked[0], SIGINT) && !sigismember(&blocked[0], SIGTERM));
    ck_assert(sigismember(&blocked[1], SIGINT) && sigismember(&blocked[1], SIGTERM));
    tern__workers_free(w);
}
END_TEST

TCase *workers_case(void) {
    TCase *c = tcase_create("workers");
    tcase_add_test(c, workers_meet_at_barriers);
    tcase_add_test(c, workers_unused_end_too);
    tcase_add_test(c, workers_take_many_short_tasks);
#ifndef TERN_SANITIZED
    tcase_add_test(c, workers_survive_fork);
#endif
    tcase_add_test(c, workers_flush_denormals_and_restore);
    tcase_add_test(c, workers_leave_signals_to_the_caller);
    return c;
}
