/* predict.c - tern predict: the network's output as it is, in evaluation mode, for the samples of a file; see also
 * generate.c. */
#include "predict.h"

#include "memory.h"

#include <tern/save.h>

/* Numbers nested as the shape says. */
static const tern_real *json_tensor(json *j, const char *key, const tern_shape *shape, size_t dim, const tern_real *v) {
    if (dim == shape->rank) {
        json_real(j, key, (double)*v);
        return v + 1;
    }
    json_open(j, key, '[');
    for (size_t i = 0; i < shape->dim[dim]; i++) v = json_tensor(j, NULL, shape, dim + 1, v);
    json_close(j, ']');
    return v;
}

static void print_json(const predict_args *a, const tern_tensor *y) {
    json j = {0};
    json_open(&j, NULL, '{');
    json_shape(&j, "shape", &y->shape);
    if (a->output) json_text(&j, "file", a->output);
    else json_tensor(&j, "output", &y->shape, 0, y->data);
    json_close(&j, '}');
    json_end();
}

static tern_status write_output(const predict_args *a, const tern_tensor *y, tern_error *err) {
    tern_status status = TERN_OK;
    if (a->output) status = tern_tensor_save(y, a->output, err);
    else if (!a->base.json) print_csv(y);
    if (!status && a->base.json) print_json(a, y);
    return status;
}

static tern_status run_predict(session *s, const predict_args *a, tern_error *err) {
    char used[PATH_SIZE];
    tern_status status = session_open_trained(s, &a->base, a->base.operand.v[0], a->weights, err);
    if (!status) status = load_weights(s, &a->base, a->weights, used, err);
    tern_dataset *d = status ? NULL : read_inputs(s, a->input, err);
    if (!d) return TERN_ERROR_DATA;
    tern_shape out = tern_model_output(s->model);
    tern_tensor y = {tern_shape_batch(&out, d->n), NULL};
    if (a->forecast) y.shape = (tern_shape){2, {a->forecast, tern_forecast_columns(s->model, NULL, err)}};
    if (a->forecast && !y.shape.dim[1]) status = TERN_ERROR_MODEL;
    if (!status && !(y.data = tern__alloc(tern_tensor_count(&y), sizeof *y.data, err))) status = TERN_ERROR_MEMORY;
    if (!status)
        status = (a->forecast ? tern_dataset_forecast : tern_dataset_predict)(d, s->model, a->threads, &y, err);
    if (!status) status = write_output(a, &y, err);
    tern__free(y.data);
    tern_dataset_free(d);
    return status;
}

static int run(const void *self, tern_error *err) {
    const predict_args *a = self;
    session s = {0};
    tern_status status = TERN_OK;
    if (a->generate && (a->input || a->output || a->forecast))
        status = tern_error_add(err, TERN_ERROR_USAGE, NULL,
                                "--generate writes a text to standard output; leave out --input, "
                                "--output and --forecast");
    else if (!a->generate && (a->prompt || a->temperature))
        status = tern_error_add(err, TERN_ERROR_USAGE, NULL, "--prompt and --temperature belong to --generate N");
    else if (a->generate) status = generate(&s, a, err);
    else if (!a->input)
        status = tern_error_add(err, TERN_ERROR_USAGE, NULL,
                                "predict needs --input FILE (.npy, .csv or IDX), or --generate N");
    else if (a->output && !ends_in(a->output, ".npy") && !ends_in(a->output, ".csv"))
        status = tern_error_add(err, TERN_ERROR_USAGE, NULL,
                                "--output: a file ends in .npy or .csv, \"%.200s\" does not", a->output);
    else status = run_predict(&s, a, err);
    session_close(&s);
    return status ? exit_code_of(err) : EXIT_DONE;
}

static const option options[] = {
    TEXT(predict_args, input, "input", "FILE", "The inputs: .npy, .csv or IDX."),
    TEXT(predict_args, output, "output", "FILE", "Where to write: .npy or .csv (default: standard output, as CSV)."),
    COUNT(predict_args, forecast, "forecast", "N", "Continue the series in --input by N rows."),
    COUNT(predict_args, generate, "generate", "N", "Continue a text by N bytes, instead of reading --input."),
    TEXT(predict_args, prompt, "prompt", "TEXT", "What the generated text begins with (default: a new line)."),
    TEXT(predict_args, temperature, "temperature", "X",
         "Scores are divided by it: below 1 the likely gets likelier, 0 takes the likeliest (default: 1)."),
    SEED_OPTION,
    WEIGHTS_OPTION(predict_args),
    THREADS_OPTION(predict_args),
    MODEL_OPTIONS,
    {0},
};

const command command_predict = {
    .name = "predict",
    .operand = "MODEL",
    .least = 1,
    .most = 1,
    .doc = "Inputs to outputs.",
    .size = sizeof(predict_args),
    .options = options,
    .run = run,
};
