/* gemm_only.c - the speed limit of a training step: only its matrix products, at their exact shapes, on the same
 * OpenBLAS, and nothing else. Forward, gradients of the weights, and gradients of the inputs but for the first layer. A
 * convolution counts as the product after im2col, either of the whole batch at once or sample by sample, whichever is
 * faster.
 *
 *   gemm-only WORKLOAD [THREADS] [SECONDS]    prints the best rate in samples/s; with THREADS 2 and more, the best of
 * OpenBLAS's own threads and of one-threaded products side by side on slices of the batch gemm-only WORKLOAD forward
 * [THREADS] [SECONDS]    the same for prediction */
#include <cblas.h>

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void openblas_set_num_threads(int threads) __attribute__((weak)); /* NULL in another BLAS */

/* A layer's product for one sample: `places` rows of `in` numbers become rows of `out`. A dense layer has one place. */
typedef struct layer {
    int places, in, out;
} layer;

typedef struct workload {
    const char *name;
    int batch;
    layer layers[6];
} workload;

static const workload workloads[] = {
    {"w1", 32, {{1, 784, 128}, {1, 128, 10}}},
    {"w2", 128, {{1, 784, 512}, {1, 512, 512}, {1, 512, 10}}},
    {"w3", 256, {{1, 784, 2048}, {1, 2048, 2048}, {1, 2048, 10}}},
    {"w4", 64, {{28 * 28, 25, 6}, {10 * 10, 6 * 25, 16}, {1, 400, 120}, {1, 120, 84}, {1, 84, 10}}},
    {"w5", 128, {{26 * 26, 9, 32}, {24 * 24, 32 * 9, 64}, {1, 9216, 128}, {1, 128, 10}}},
};

/* One thread's arrays, large enough for every product of its rows. */
typedef struct worker {
    const workload *w;
    int rows;
    bool by_sample, training;
    float *x, *y, *weight;
    size_t steps; /* done */
    double until;
} worker;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* rows of x times W^T; dW += dy^T x; dx = dy W. */
static void products(const worker *k, const layer *l, int rows, bool first) {
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, l->out, l->in, 1, k->x, l->in, k->weight, l->in, 0, k->y,
                l->out);
    if (!k->training) return;
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, l->out, l->in, rows, 1, k->y, l->out, k->x, l->in, 0,
                k->weight, l->in);
    if (!first)
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, l->in, l->out, 1, k->y, l->out, k->weight, l->in,
                    0, k->x, l->in);
}

/* The same for a sample whose places are columns, as im2col of one sample has it: y[out, places] = W x. */
static void sample_products(const worker *k, const layer *l, bool first) {
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, l->out, l->places, l->in, 1, k->weight, l->in, k->x,
                l->places, 0, k->y, l->places);
    if (!k->training) return;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, l->out, l->in, l->places, 1, k->y, l->places, k->x, l->places,
                0, k->weight, l->in);
    if (!first)
        cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, l->in, l->places, l->out, 1, k->weight, l->in, k->y,
                    l->places, 0, k->x, l->places);
}

static void step(const worker *k) {
    for (const layer *l = k->w->layers; l->places; l++) {
        bool first = l == k->w->layers;
        if (l->places == 1 || !k->by_sample) products(k, l, k->rows * l->places, first);
        else
            for (int i = 0; i < k->rows; i++) sample_products(k, l, first);
    }
}

static void *work(void *arg) {
    worker *k = arg;
    while (now() < k->until) {
        step(k);
        k->steps++;
    }
    return NULL;
}

static void prepare(worker *k) {
    size_t x = 0, y = 0, weight = 0;
    for (const layer *l = k->w->layers; l->places; l++) {
        size_t rows = (size_t)k->rows * (size_t)l->places, in = (size_t)l->in, out = (size_t)l->out;
        if (x < rows * in) x = rows * in;
        if (y < rows * out) y = rows * out;
        if (weight < in * out) weight = in * out;
    }
    k->x = calloc(x, sizeof(float));
    k->y = calloc(y, sizeof(float));
    k->weight = calloc(weight, sizeof(float));
    if (!k->x || !k->y || !k->weight) exit(1);
}

/* Samples per second of `n` threads, each with its slice of the batch and products of `blas` threads. */
static double rate(const workload *w, int n, int blas, bool by_sample, bool training, double seconds) {
    worker k[64] = {0};
    pthread_t thread[64];
    if (openblas_set_num_threads) openblas_set_num_threads(blas);
    double start = now(), samples = 0;
    for (int i = 0; i < n; i++) {
        k[i] = (worker){
            .w = w, .rows = w->batch * (i + 1) / n - w->batch * i / n, .by_sample = by_sample, .training = training};
        prepare(&k[i]);
        step(&k[i]);
    }
    start = now();
    for (int i = 0; i < n; i++) k[i].until = start + seconds;
    for (int i = 1; i < n; i++) pthread_create(&thread[i], NULL, work, &k[i]);
    work(&k[0]);
    for (int i = 1; i < n; i++) pthread_join(thread[i], NULL);
    double time = now() - start;
    for (int i = 0; i < n; i++) {
        samples += (double)k[i].steps * k[i].rows;
        free(k[i].x);
        free(k[i].y);
        free(k[i].weight);
    }
    return samples / time;
}

int main(int argc, char **argv) {
    const workload *w = NULL;
    bool training = argc < 3 || strcmp(argv[2], "forward") != 0;
    char **rest = argv + (training ? 2 : 3);
    for (size_t i = 0; i < sizeof workloads / sizeof *workloads && argc > 1; i++)
        if (!strcmp(workloads[i].name, argv[1])) w = &workloads[i];
    if (!w) {
        fprintf(stderr, "usage: gemm-only w1|w2|w3|w4|w5 [forward] [THREADS] [SECONDS]\n");
        return 2;
    }
    int threads = *rest ? atoi(*rest) : 1;
    double seconds = *rest && rest[1] ? atof(rest[1]) : 1, best = 0;
    if (threads < 1 || threads > 64) return 2;
    for (int by_sample = 0; by_sample < 2; by_sample++) {
        double blas = rate(w, 1, threads, by_sample, training, seconds),
               side = threads > 1 ? rate(w, threads, 1, by_sample, training, seconds) : 0;
        if (blas > best) best = blas;
        if (side > best) best = side;
        if (w->layers[0].places == 1) break;
    }
    printf("%.0f\n", best);
    return 0;
}
