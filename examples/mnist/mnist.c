/* mnist.c - a training loop of one's own: what tern_fit() does, in its plainest form.
 *
 *   usage: mnist MODEL DATA      for example: mnist models/mnist-mlp.json data/mnist
 *
 * The model file says what the network is, what it learns from and how; this program only turns the crank. */
#include <tern/tern.h>
#include <stdio.h>
#include <stdlib.h>

enum { EPOCHS = 5, BATCH = 64 };

/* Everything that the program holds. NULL is free to all the tern_..._free() functions. */
typedef struct example {
    tern_model *model;
    tern_dataset *train, *test;
    tern_trainer *trainer;
    tern_predictor *run;
    size_t *order;      /* of the training samples */
    tern_tensor x, y;   /* one batch */
    tern_tensor scores; /* one batch of outputs */
} example;

/* Memory for a tensor of `rows` samples; data NULL where there is none. */
static tern_tensor tensor_new(tern_shape sample, size_t rows) {
    tern_tensor t = {tern_shape_batch(&sample, rows), NULL};
    t.data = calloc(tern_tensor_count(&t), sizeof *t.data);
    return t;
}

/* 1. Open the model and the data that it names, and take all the memory. Nothing is allocated after this. */
static bool example_open(example *e, const char *model, const char *data, tern_error *err) {
    if (!(e->model = tern_model_open(model, NULL, err))) return false;
    if (!(e->train = tern_dataset_open(e->model, "train", data, err))) return false;
    if (!(e->test = tern_dataset_open(e->model, "test", data, err))) return false;
    if (tern_dataset_check(e->train, e->model, err) || tern_dataset_check(e->test, e->model, err)) return false;

    size_t steps = (e->train->n + BATCH - 1) / BATCH;
    tern_trainer_options options = {.batch_size = BATCH, .epochs = EPOCHS, .steps_per_epoch = steps};
    if (!(e->trainer = tern_trainer_new(e->model, &options, err))) return false;
    if (!(e->run = tern_predictor_new(e->model, BATCH, 0, err))) return false;

    e->x = tensor_new(tern_model_input(e->model), BATCH);
    e->y = tensor_new((tern_shape){0}, BATCH); /* one class index a sample */
    e->scores = tensor_new(tern_model_output(e->model), BATCH);
    e->order = calloc(e->train->n, sizeof *e->order);
    if (!e->x.data || !e->y.data || !e->scores.data || !e->order) {
        tern_error_add(err, TERN_ERROR_MEMORY, NULL, "there is no memory for a batch");
        return false;
    }
    for (size_t i = 0; i < e->train->n; i++) e->order[i] = i;
    return true;
}

static void example_close(example *e) {
    free(e->order);
    free(e->scores.data);
    free(e->y.data);
    free(e->x.data);
    tern_predictor_free(e->run);
    tern_trainer_free(e->trainer);
    tern_dataset_free(e->test);
    tern_dataset_free(e->train);
    tern_model_free(e->model);
}

/* 2. Every epoch sees the samples in another order (Fisher and Yates). The numbers depend on the epoch alone. */
static void shuffle(size_t *order, size_t n, uint32_t epoch) {
    tern_random random = {.seed = 1, .purpose = TERN_RANDOM_OTHER, .step = epoch};
    for (size_t i = n - 1; i > 0; i--) {
        uint32_t bits;
        tern_random_bits(&random, i, 1, &bits);
        size_t j = bits % (i + 1), other = order[j];
        order[j] = order[i];
        order[i] = other;
    }
}

/* 3. Copies some rows of a data set into the batch; bytes become numbers. The model itself scales its input. */
static size_t gather(example *e, const tern_dataset *d, const size_t *rows, size_t first) {
    size_t n = d->n - first < BATCH ? d->n - first : BATCH; /* the last batch may be short */
    size_t counted[BATCH];
    for (size_t i = 0; i < n; i++) counted[i] = rows ? rows[first + i] : first + i;
    tern_array_gather(d->x, counted, n, e->x.data);
    tern_array_gather(d->y, counted, n, e->y.data);
    e->x.shape.dim[0] = e->y.shape.dim[0] = e->scores.shape.dim[0] = n;
    return n;
}

/* 4. One epoch: for each batch forward, loss, backward and update, which is one call. */
static bool train_epoch(example *e, uint32_t epoch, tern_error *err) {
    double sum = 0;
    shuffle(e->order, e->train->n, epoch);
    for (size_t first = 0; first < e->train->n; first += BATCH) {
        tern_step step;
        tern_batch batch = {.n = gather(e, e->train, e->order, first), .x = &e->x, .y = &e->y};
        if (tern_trainer_step(e->trainer, &batch, &step, err)) return false;
        sum += step.loss * (double)batch.n;
    }
    sum /= (double)e->train->n;
    tern_trainer_end_epoch(e->trainer, sum); /* the learning rate's schedule goes by epochs */
    printf("epoch %u  train loss %.4f", (unsigned)epoch, sum);
    return true;
}

/* 5. The share of the test samples whose highest score is at the right class. */
static double accuracy(example *e) {
    size_t right = 0, classes = tern_tensor_cols(&e->scores);
    for (size_t first = 0; first < e->test->n; first += BATCH) {
        size_t n = gather(e, e->test, NULL, first);
        tern_predictor_forward(e->run, &e->x, &e->scores, NULL);
        for (size_t i = 0; i < n; i++) {
            const tern_real *score = e->scores.data + i * classes;
            size_t best = 0;
            for (size_t c = 1; c < classes; c++)
                if (score[c] > score[best]) best = c;
            right += best == (size_t)e->y.data[i];
        }
    }
    return (double)right / (double)e->test->n;
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: mnist MODEL DATA\n");
        return 2;
    }
    example e = {0};
    tern_error err = {0};
    if (example_open(&e, argv[1], argv[2], &err)) {
        for (uint32_t epoch = 1; epoch <= EPOCHS && train_epoch(&e, epoch, &err); epoch++)
            printf("  test accuracy %.4f\n", accuracy(&e));
        /* 6. PyTorch's torch.nn.Sequential takes these weights as they are. */
        if (!err.errors) tern_model_save(e.model, "mnist.safetensors", &err);
    }
    tern_error_print(&err, stderr);
    example_close(&e);
    return err.errors ? 1 : 0;
}
