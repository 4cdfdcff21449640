/* bench.c - tern bench: how fast a model trains and predicts here, and where the time of a step goes. */
#include "bench_data.h"
#include "commands.h"

#include "clock.h"
#include "memory.h"

#include <tern/predictor.h>
#include <tern/profile.h>
#include <tern/random.h>
#include <tern/version.h>

#include <stdlib.h>
#include <string.h>

enum { REPEATS = 5, LATENCIES = 2000, PEAK = 768 };
static const double seconds_each = 0.4;

typedef struct bench_args {
    args base;
    const char *data;
    size_t threads;
} bench_args;

/* What is measured, and on what. */
typedef struct bench {
    const bench_args *a;
    tern_model *m;
    tern_model_info info;
    tern_dataset *d;
    bool synthetic;
    size_t *order;
    tern_rows rows;
    tern_trainer *t;
    tern_profile *profile;
    double rate[REPEATS], predict[REPEATS], latency[LATENCIES], peak; /* samples/s, samples/s, seconds, FLOP/s */
} bench;

static int rising(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *v, size_t n) {
    qsort(v, n, sizeof *v, rising);
    return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

/* ---- data: the model's, else made up ---- */

static tern_status take_data(bench *b, size_t batch, tern_error *err) {
    b->d = b->info.train_data ? tern_dataset_open(b->m, "train", b->a->data, b->a->data ? err : NULL) : NULL;
    if (!b->d && b->a->data && err->errors) return TERN_ERROR_DATA;
    b->synthetic = !b->d;
    if (!b->d && (tern_model_inputs(b->m) > 1 || tern_model_outputs(b->m) > 1))
        return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                              "the model has several inputs or outputs, for which no data are made up: name its own "
                              "with --data DIR");
    if (!b->d && !(b->d = bench_data(b->m, 16 * batch, err))) return TERN_ERROR_MEMORY;
    if (!(b->order = tern__alloc(b->d->n, sizeof *b->order, err))) return TERN_ERROR_MEMORY;
    tern_shuffle(1, 0, b->d->n, b->order);
    b->rows = tern_dataset_rows(b->d, b->m, b->order, b->d->n);
    return TERN_OK;
}

/* ---- measuring ---- */

static tern_batch next_batch(bench *b, size_t *at, size_t batch) {
    if (*at + batch > b->rows.n) *at = 0;
    tern_batch next = tern_rows_batch(&b->rows, *at, batch);
    *at += batch;
    return next;
}

static tern_status measure_training(bench *b, size_t batch, tern_error *err) {
    size_t at = 0;
    tern_status status = TERN_OK;
    for (size_t i = 0; !status && i <= REPEATS; i++) { /* the first to warm up */
        size_t steps = 0;
        double start = tern__clock(), time = 0;
        while (!status && time < seconds_each) {
            tern_batch next = next_batch(b, &at, batch);
            status = tern_trainer_step(b->t, &next, NULL, err);
            steps++;
            time = tern__clock() - start;
        }
        if (i) b->rate[i - 1] = (double)(steps * batch) / time;
    }
    tern_batch next = next_batch(b, &at, batch);
    size_t steps = (size_t)(seconds_each * median(b->rate, REPEATS) / (double)batch) + 1;
    b->profile = status ? NULL : tern_profile_new(b->t, &next, steps, err);
    return status || b->profile ? status : TERN_ERROR_DIVERGED;
}

static tern_status measure_prediction(bench *b, size_t batch, tern_error *err) {
    bench_arrays a = {0};
    tern_predictor *run = tern_predictor_new(b->m, batch, b->a->threads, err),
                   *one = tern_predictor_new(b->m, 1, 1, err);
    bool memory = !bench_arrays_take(&a, &b->rows, b->m, batch, err) && run && one;
    for (size_t i = 0; memory && i <= REPEATS; i++) {
        size_t n = 0;
        double start = tern__clock(), time = 0;
        for (; time < seconds_each / 2; time = tern__clock() - start, n += batch)
            tern_predictor_forward(run, a.x, a.y, NULL);
        if (i) b->predict[i - 1] = (double)n / time;
    }
    if (memory) bench_arrays_cut(&a, 1);
    for (size_t i = 0; memory && i < LATENCIES; i++) {
        double start = tern__clock();
        tern_predictor_forward(one, a.x, a.y, NULL);
        b->latency[i] = tern__clock() - start;
    }
    tern_predictor_free(run);
    tern_predictor_free(one);
    bench_arrays_free(&a);
    return memory ? TERN_OK : TERN_ERROR_MEMORY;
}

/* What one thread reaches on a large square product. */
static tern_status measure_peak(bench *b, tern_error *err) {
    tern_real *data = tern__alloc(3 * PEAK * PEAK, sizeof *data, err);
    if (!data) return TERN_ERROR_MEMORY;
    tern_tensor x = {{2, {PEAK, PEAK}}, data}, y = {{2, {PEAK, PEAK}}, data + PEAK * PEAK},
                z = {{2, {PEAK, PEAK}}, data + 2 * PEAK * PEAK};
    for (size_t i = 0; i < 5; i++) {
        double start = tern__clock();
        tern_gemm(1, &x, TERN_N, &y, TERN_T, 0, &z);
        double rate = 2.0 * PEAK * PEAK * PEAK / (tern__clock() - start);
        if (rate > b->peak) b->peak = rate;
    }
    tern__free(data);
    return TERN_OK;
}

/* ---- printing ---- */

/* What a step takes beside the layers. */
typedef struct stage {
    const char *name;
    double seconds;
} stage;

enum { STAGES = 5 };

static void list_stages(const tern_profile *p, stage out[STAGES]) {
    const stage all[STAGES] = {
        {"gather", p->gather}, {"loss", p->loss}, {"wait", p->wait}, {"reduce", p->reduce}, {"update", p->update}};
    memcpy(out, all, sizeof all);
}

static void print_line(table *t, const char *name, const char *type, double forward, double backward, double step) {
    char shown[TABLE_CELL];
    table_row(t);
    table_set(t, 0, "%s", tern__text_safe(name, shown, sizeof shown));
    table_set(t, 1, "%s", type);
    table_set(t, 2, "%.1f", 1e6 * forward);
    if (backward >= 0) table_set(t, 3, "%.1f", 1e6 * backward);
    table_set(t, 4, "%.1f %%", 100 * (forward + (backward > 0 ? backward : 0)) / step);
}

static void print_text(bench *b, size_t batch) {
    const tern_profile *p = b->profile;
    char rate[SHORT_TEXT], predict[SHORT_TEXT];
    stage stages[STAGES];
    printf("%s: batches of %zu on %zu thread%s, %s data\n\n", tern_model_name(b->m), batch, p->workers,
           p->workers > 1 ? "s" : "", b->synthetic ? "made-up" : "its own");
    printf("training    %s samples/s, %.1f us a step (the median of %d runs; from %.0f to %.0f samples/s)\n",
           count_text((size_t)median(b->rate, REPEATS), rate), 1e6 * (double)batch / median(b->rate, REPEATS), REPEATS,
           b->rate[0], b->rate[REPEATS - 1]);
    printf("prediction  %s samples/s; one sample alone in %.1f us\n",
           count_text((size_t)median(b->predict, REPEATS), predict), 1e6 * median(b->latency, LATENCIES));
    printf("products    %.0f %% of a step, %.1f GFLOP/s a thread; a large product reaches %.1f\n",
           100 * p->products / p->step, p->flops / p->products * 1e-9, b->peak * 1e-9);
    printf("            ");
    print_products();
    printf("\n\n");
    table t;
    table_begin(&t, 5, (const char *const[]){"layer", "type", ">forward us", ">backward us", ">share"});
    for (const tern_layer_time *l = p->layer; l < p->layer + p->layers; l++)
        print_line(&t, l->name, l->type, l->forward, l->backward, p->step);
    list_stages(p, stages);
    for (size_t i = 0; i < STAGES; i++) print_line(&t, stages[i].name, "", stages[i].seconds, -1, p->step);
    table_end(&t);
}

static void print_json(bench *b, size_t batch) {
    const tern_profile *p = b->profile;
    stage stages[STAGES];
    json j = {0};
    json_open(&j, NULL, '{');
    json_text(&j, "name", tern_model_name(b->m));
    json_size(&j, "batch_size", batch);
    json_size(&j, "threads", p->workers);
    json_products(&j);
    json_bool(&j, "synthetic", b->synthetic);
    json_real(&j, "samples_per_second", median(b->rate, REPEATS));
    json_real(&j, "predict_samples_per_second", median(b->predict, REPEATS));
    json_real(&j, "predict_one_seconds", median(b->latency, LATENCIES));
    json_real(&j, "step_seconds", p->step);
    json_real(&j, "product_seconds", p->products);
    json_real(&j, "product_flops", p->flops);
    json_real(&j, "peak_flops_per_second", b->peak);
    json_open(&j, "layers", '[');
    for (const tern_layer_time *l = p->layer; l < p->layer + p->layers; l++) {
        json_open(&j, NULL, '{');
        json_text(&j, "name", l->name);
        json_text(&j, "type", l->type);
        json_real(&j, "forward_seconds", l->forward);
        json_real(&j, "backward_seconds", l->backward);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    list_stages(p, stages);
    for (size_t i = 0; i < STAGES; i++) {
        char key[32];
        snprintf(key, sizeof key, "%s_seconds", stages[i].name);
        json_real(&j, key, stages[i].seconds);
    }
    json_close(&j, '}');
    json_end();
}

static tern_status run_bench(bench *b, tern_error *err) {
    b->info = tern_model_describe(b->m);
    size_t batch = b->info.has_train ? b->info.batch_size : 64;
    if (!b->info.loss || !b->info.optimizer)
        return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                              "the model has no loss or no optimizer: there is no training to measure");
    tern_status status = take_data(b, batch, err);
    if (!status) status = tern_model_learn(b->m, b->d, err);
    if (status) return status;
    if (batch > b->d->n) batch = b->d->n;
    tern_trainer_options options = {
        .threads = b->a->threads, .batch_size = batch, .epochs = 1000, .steps_per_epoch = b->d->n / batch};
    status = tern_dataset_target(b->d, b->m, options.target, err);
    if (!status && !(b->t = tern_trainer_new(b->m, &options, err))) status = TERN_ERROR_MODEL;
    if (!status) status = measure_peak(b, err);
    if (!status) status = measure_training(b, batch, err);
    if (!status) status = measure_prediction(b, batch, err);
    if (!status && b->a->base.json) print_json(b, batch);
    else if (!status) print_text(b, batch);
    return status;
}

static int run(const void *self, tern_error *err) {
    const bench_args *a = self;
    session s = {0};
    bench b = {.a = a};
    tern_status status = session_open_model(&s, &a->base, a->base.operand.v[0], false, err);
    b.m = s.model;
    if (!status) status = run_bench(&b, err);
    tern_profile_free(b.profile);
    tern_trainer_free(b.t);
    tern_dataset_free(b.d);
    tern__free(b.order);
    session_close(&s);
    return status ? exit_code_of(err) : EXIT_DONE;
}

static const option options[] = {DATA_OPTION(bench_args), THREADS_OPTION(bench_args), MODEL_OPTIONS, {0}};

const command command_bench = {
    .name = "bench",
    .operand = "MODEL",
    .least = 1,
    .most = 1,
    .doc = "Speed, and where the time of a step goes.",
    .size = sizeof(bench_args),
    .options = options,
    .run = run,
};
