/* grad.c - tern grad: the loss and the gradients of a file as one batch, in training mode, without clipping or decay.
 */
#include "commands.h"

#include "memory.h"
#include "output_path.h"

#include <tern/save.h>

#include <string.h>

typedef struct grad_args {
    args base;
    const char *input, *target, *output, *weights;
    size_t threads;
} grad_args;

/* The samples as one batch of plain arrays. */
typedef struct whole {
    tern_tensor x, y;
} whole;

static tern_status gather(const tern_model *m, const tern_dataset *d, whole *w, tern_error *err) {
    tern_shape in = tern_model_input(m);
    w->x.shape = tern_shape_batch(&in, d->n);
    w->y.shape = tern_shape_batch(&d->y->shape, d->n);
    w->x.data = tern__alloc(tern_tensor_count(&w->x), sizeof *w->x.data, err);
    w->y.data = tern__alloc(tern_tensor_count(&w->y), sizeof *w->y.data, err);
    if (!w->x.data || !w->y.data) return TERN_ERROR_MEMORY;
    tern_array_gather(d->x, NULL, d->n, w->x.data);
    tern_array_gather(d->y, NULL, d->n, w->y.data);
    return TERN_OK;
}

static tern_status write_gradients(const tern_model *m, const tern_trainer *t, const char *path, tern_error *err) {
    size_t weights = tern_model_weight_count(m), n = 0;
    const char **name = tern__alloc(weights, sizeof *name, err);
    tern_tensor *gradient = tern__alloc(weights, sizeof *gradient, err);
    for (size_t i = 0; name && gradient && i < weights; i++) {
        tern_weight w = tern_model_weight(m, i);
        if (!w.trained) continue;
        name[n] = w.name;
        gradient[n] = tern_trainer_gradient(t, i);
        n += gradient[n].data != NULL; /* frozen weights have none */
    }
    tern_status status = name && gradient ? tern_tensors_save(n, name, gradient, path, err) : TERN_ERROR_MEMORY;
    tern__free(name);
    tern__free(gradient);
    return status;
}

static void print_loss(const grad_args *a, double loss) {
    if (!a->base.json) {
        printf("loss %.*g\n", sizeof(tern_real) == sizeof(double) ? 17 : 9, loss);
        return;
    }
    json j = {0};
    json_open(&j, NULL, '{');
    json_real(&j, "loss", loss);
    json_close(&j, '}');
    json_end();
}

static tern_status differentiate(const session *s, const grad_args *a, const tern_dataset *d, tern_error *err) {
    whole w = {0};
    double loss;
    tern_trainer_options options = {.threads = a->threads, .batch_size = d->n, .gradients_only = true};
    tern_status status = tern_dataset_target(d, s->model, options.target, err);
    if (!status) status = gather(s->model, d, &w, err);
    tern_trainer *t = status ? NULL : tern_trainer_new(s->model, &options, err);
    tern_batch batch = {.n = d->n, .x = &w.x, .y = &w.y};
    if (!status && !t) status = TERN_ERROR_MODEL;
    if (!status) status = tern_trainer_backward(t, &batch, &loss, err);
    if (!status && a->output) status = write_gradients(s->model, t, a->output, err);
    if (!status) print_loss(a, loss);
    tern_trainer_free(t);
    tern__free(w.x.data);
    tern__free(w.y.data);
    return status;
}

static tern_status run_grad(session *s, const grad_args *a, tern_error *err) {
    char used[PATH_SIZE];
    tern_status status = session_open_model(s, &a->base, a->base.operand.v[0], false, err);
    if (!status && a->weights) status = load_weights(s, &a->base, a->weights, used, err);
    else if (!status && !a->base.quiet)
        fprintf(stderr, "weights: as they start from the model's seed; others with --weights FILE\n");
    if (!status && (tern_model_inputs(s->model) > 1 || tern_model_outputs(s->model) > 1))
        status = tern_error_add(err, TERN_ERROR_MODEL, NULL,
                                "grad takes a model of one input and one output; this one has %zu and %zu",
                                tern_model_inputs(s->model), tern_model_outputs(s->model));
    const sources read = {
        .model = s->model, .weights = a->weights, .target = a->target, .input = {1, (const char *[]){a->input}}};
    if (!status) status = check_output(a->output, &read, err);
    tern_dataset *d =
        status ? NULL : read_plain(s->registry, s->model, &(tern_files){.input = a->input, .target = a->target}, err);
    if (!d) return TERN_ERROR_DATA;
    status = differentiate(s, a, d, err);
    tern_dataset_free(d);
    return status;
}

static int run(const void *self, tern_error *err) {
    const grad_args *a = self;
    session s = {0};
    tern_status status = TERN_OK;
    if (!a->input || !a->target)
        status = tern_error_add(err, TERN_ERROR_USAGE, NULL,
                                "grad needs --input FILE and --target FILE (.npy, .csv or IDX)");
    else if (a->output && !ends_in(a->output, ".safetensors"))
        status = tern_error_add(err, TERN_ERROR_USAGE, NULL,
                                "--output: gradients go to a .safetensors file, found \"%.200s\"", a->output);
    else status = run_grad(&s, a, err);
    session_close(&s);
    return status ? exit_code_of(err) : EXIT_DONE;
}

static const option options[] = {
    TEXT(grad_args, input, "input", "FILE", "The inputs: .npy, .csv or IDX."),
    TEXT(grad_args, target, "target", "FILE", "The targets: .npy, .csv or IDX."),
    TEXT(grad_args, output, "output", "FILE", "Where to write the gradients (.safetensors)."),
    WEIGHTS_OPTION(grad_args),
    THREADS_OPTION(grad_args),
    MODEL_OPTIONS,
    {0},
};

const command command_grad = {
    .name = "grad",
    .operand = "MODEL",
    .least = 1,
    .most = 1,
    .doc = "Loss and gradients of one batch.",
    .size = sizeof(grad_args),
    .options = options,
    .run = run,
};
