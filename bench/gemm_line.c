/* gemm_line.c - where OpenBLAS is faster than the micro-kernels: both do the same products, in turn, and the rates
 * stand side by side with the unit that tern_gemm() chooses. The table behind the line in src/kernels/gemm_choice.c.
 *
 *   gemm-line workloads|grid|large [THREADS] [SECONDS] [LEVEL]
 *
 * The products of bench/w*.json, a grid of shapes, or large ones; on one thread or two; SECONDS for each product and
 * unit, 0.05 where not given; with the micro-kernels of a CPU of that level (3: AVX2).
 *
 * With two threads, both do the same product at a time on matrices of their own, as two slices of a batch do. Times are
 * CPU times of a thread, the best of several rounds: what else runs on the machine matters little. */
#include "blas.h"
#include "cpu.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 7, MOST_THREADS = 2 };

/* c[m, n] = op(a)[m, k] op(b)[k, n]; `op` is "NT" and the like. */
typedef struct shape {
    size_t m, n, k;
    const char *op;
} shape;

/* The dense layers of the workloads: batch, then inputs and outputs of each. */
typedef struct workload {
    const char *name;
    size_t batch, dense[4][2];
    bool convolutions; /* before them: the first dense layer gives a gradient too */
} workload;

static const workload workloads[] = {
    {"w1", 32, {{784, 128}, {128, 10}}, false},
    {"w2", 128, {{784, 512}, {512, 512}, {512, 10}}, false},
    {"w3", 256, {{784, 2048}, {2048, 2048}, {2048, 10}}, false},
    {"w4", 64, {{400, 120}, {120, 84}, {84, 10}}, true},
    {"w5", 128, {{9216, 128}, {128, 10}}, true},
};

static double seconds = 0.05;
static int level; /* of the micro-kernels */

/* ---- one product on one thread ---- */

typedef struct job {
    tern__gemm_args p;
    bool by_blas;
    double best; /* seconds of a product */
    pthread_barrier_t *start;
} job;

static double thread_clock(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void multiply(const job *j) {
    if (j->by_blas) tern__blas_gemm(&j->p);
    else tern__gemm_sup(tern__microkernels_for(level), &j->p);
}

static void *work(void *arg) {
    job *j = arg;
    multiply(j);
    pthread_barrier_wait(j->start);
    double begin = thread_clock(), time = 0;
    size_t n = 0;
    for (; time < seconds / ROUNDS || n < 2; n++, time = thread_clock() - begin) multiply(j);
    if (time / (double)n < j->best) j->best = time / (double)n;
    return NULL;
}

static tern_matrix matrix(size_t rows, size_t cols, bool transposed) {
    const size_t n = rows * cols;
    tern_matrix x = {transposed ? cols : rows, transposed ? rows : cols, transposed ? rows : cols,
                     aligned_alloc(64, (n * sizeof(tern_real) + 127) / 64 * 64)};
    if (!x.data) exit(1);
    for (size_t i = 0; i < n; i++) x.data[i] = (tern_real)(i % 13) - 6;
    return x;
}

/* ---- a row of the table ---- */

static job make(const shape *s, pthread_barrier_t *start) {
    const bool ta = s->op[0] == 'T', tb = s->op[1] == 'T';
    return (job){.p = {.alpha = 1,
                       .a = matrix(s->m, s->k, ta),
                       .b = matrix(s->k, s->n, tb),
                       .c = matrix(s->m, s->n, false),
                       .ta = ta ? TERN_T : TERN_N,
                       .tb = tb ? TERN_T : TERN_N,
                       .k = s->k},
                 .best = 1e9,
                 .start = start};
}

static void measure(const shape *s, size_t threads, const char *label) {
    job j[MOST_THREADS];
    pthread_t thread[MOST_THREADS];
    pthread_barrier_t start;
    double rate[2];
    pthread_barrier_init(&start, NULL, (unsigned)threads);
    for (size_t i = 0; i < threads; i++) j[i] = make(s, &start);
    double best[2] = {1e9, 1e9};
    for (size_t round = 0; round < 2 * ROUNDS; round++) {
        for (size_t i = 0; i < threads; i++) j[i].by_blas = round % 2, j[i].best = 1e9;
        for (size_t i = 1; i < threads; i++) pthread_create(&thread[i], NULL, work, &j[i]);
        work(&j[0]);
        for (size_t i = 1; i < threads; i++) pthread_join(thread[i], NULL);
        for (size_t i = 0; i < threads; i++)
            if (j[i].best < best[round % 2]) best[round % 2] = j[i].best;
    }
    for (size_t unit = 0; unit < 2; unit++)
        rate[unit] = 2.0 * (double)s->m * (double)s->n * (double)s->k / best[unit] * 1e-9;
    const bool by_blas = tern__gemm_favors_blas(tern__gemm_cpu_of(level), &j[0].p);
    for (size_t i = 0; i < threads; i++) free(j[i].p.a.data), free(j[i].p.b.data), free(j[i].p.c.data);
    pthread_barrier_destroy(&start);
    printf("| %-5s | %s | %5zu | %5zu | %5zu | %6.1f | %6.1f | %.2f | %s |\n", label, s->op, s->m, s->n, s->k, rate[1],
           rate[0], rate[1] / rate[0], by_blas ? "OpenBLAS" : "");
    fflush(stdout);
}

static void measure_workloads(size_t threads) {
    for (size_t w = 0; w < sizeof workloads / sizeof *workloads; w++)
        for (size_t l = 0; l < 4 && workloads[w].dense[l][0]; l++) {
            const size_t rows = workloads[w].batch / threads, in = workloads[w].dense[l][0],
                         out = workloads[w].dense[l][1];
            measure(&(shape){rows, out, in, "NT"}, threads, workloads[w].name);
            measure(&(shape){out, in, rows, "TN"}, threads, workloads[w].name);
            if (l || workloads[w].convolutions) measure(&(shape){rows, in, out, "NN"}, threads, workloads[w].name);
        }
}

/* The three products of a dense layer with so many rows. */
static void measure_dense(size_t rows, size_t in, size_t out, size_t threads, const char *label) {
    measure(&(shape){rows, out, in, "NT"}, threads, label);
    measure(&(shape){out, in, rows, "TN"}, threads, label);
    measure(&(shape){rows, in, out, "NN"}, threads, label);
}

static void measure_grid(size_t threads) {
    static const size_t rows[] = {4, 16, 64, 128, 256}, width[] = {16, 64, 256, 1024};
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
        for (size_t i = 0; i < sizeof width / sizeof *width; i++)
            for (size_t o = 0; o < sizeof width / sizeof *width; o++)
                measure_dense(rows[r], width[i], width[o], threads, "grid");
}

static void measure_large(size_t threads) {
    static const size_t rows[] = {8, 32, 64, 128, 512};
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        measure_dense(rows[r], 1000, 1000, threads, "large");
        measure_dense(rows[r], 2000, 1000, threads, "large");
        measure_dense(rows[r], 2048, 2048, threads, "large");
        measure_dense(rows[r], 3000, 3000, threads, "large");
    }
}

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    const int threads = argc > 2 ? atoi(argv[2]) : 1;
    void (*run)(size_t) = !strcmp(what, "workloads") ? measure_workloads
                          : !strcmp(what, "grid")    ? measure_grid
                          : !strcmp(what, "large")   ? measure_large
                                                     : NULL;
    level = argc > 4 ? atoi(argv[4]) : tern__cpu_level();
    if (!run || threads < 1 || threads > MOST_THREADS || level < 3 || level > tern__cpu_level()) {
        fprintf(stderr, "usage: gemm-line workloads|grid|large [1|2] [SECONDS] [LEVEL]\n");
        return 2;
    }
    if (argc > 3) seconds = atof(argv[3]);
    printf("%s; micro-kernels %s; %d thread%s, %s\n\n", tern__blas_name(), tern__microkernels_for(level)->name, threads,
           threads > 1 ? "s" : "", sizeof(tern_real) == sizeof(double) ? "double" : "float");
    printf("| | op | m | n | k | OpenBLAS | micro-kernels | ratio | chosen |\n|---|---|---|---|---|---|---|---|---|\n");
    run((size_t)threads);
    return 0;
}
