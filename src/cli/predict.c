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

/* What came out: a tensor for each output of the model. */
typedef struct outputs {
    size_t n;
    const char **name;
    tern_tensor *y;
} outputs;

static void json_output(json *j, const predict_args *a, const tern_tensor *y) {
    json_shape(j, "shape", &y->shape);
    if (!a->output) json_tensor(j, "output", &y->shape, 0, y->data);
}

static void print_json(const predict_args *a, const outputs *o) {
    json j = {0};
    json_open(&j, NULL, '{');
    if (o->n == 1) json_output(&j, a, o->y);
    for (size_t k = 0; o->n > 1 && k < o->n; k++) {
        json_open(&j, o->name[k], '{');
        json_output(&j, a, &o->y[k]);
        json_close(&j, '}');
    }
    if (a->output) json_text(&j, "file", a->output);
    json_close(&j, '}');
    json_end();
}

static tern_status write_outputs(const predict_args *a, const outputs *o, tern_error *err) {
    tern_status status = TERN_OK;
    if (a->output && o->n > 1) status = tern_tensors_save(o->n, o->name, o->y, a->output, err);
    else if (a->output) status = tern_tensor_save(o->y, a->output, err);
    else if (!a->base.json) print_csv(o->y);
    if (!status && a->base.json) print_json(a, o);
    return status;
}

/* One output goes to a table, several go by their names. */
static tern_status check_outputs(const predict_args *a, size_t n, tern_error *err) {
    bool named = a->output && ends_in(a->output, ".safetensors"),
         plain = a->output && (ends_in(a->output, ".npy") || ends_in(a->output, ".csv"));
    if (n == 1 && a->output && !plain)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "--output: a file ends in .npy or .csv, \"%.200s\" does not",
                              a->output);
    if (n > 1 && !named && (a->output || !a->base.json))
        return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                              "the model has %zu outputs: write them by their names, with --output FILE.safetensors or "
                              "--json",
                              n);
    return TERN_OK;
}

static tern_status take_outputs(outputs *o, const tern_model *m, const predict_args *a, size_t rows, tern_error *err) {
    o->n = tern_model_outputs(m);
    o->name = tern__alloc(o->n, sizeof *o->name, err);
    o->y = tern__alloc(o->n, sizeof *o->y, err);
    for (size_t k = 0; o->name && o->y && k < o->n; k++) {
        tern_port port = tern_model_output_at(m, k);
        o->name[k] = port.name;
        o->y[k].shape = tern_shape_batch(&port.shape, rows);
        if (a->forecast) o->y[k].shape = (tern_shape){2, {a->forecast, tern_forecast_columns(m, NULL, err)}};
        if (a->forecast && !o->y[k].shape.dim[1]) return TERN_ERROR_MODEL;
        if (!(o->y[k].data = tern__alloc(tern_tensor_count(&o->y[k]), sizeof(tern_real), err)))
            return TERN_ERROR_MEMORY;
    }
    return o->name && o->y ? TERN_OK : TERN_ERROR_MEMORY;
}

static void free_outputs(const outputs *o) {
    for (size_t k = 0; o->y && k < o->n; k++) tern__free(o->y[k].data);
    tern__free(o->name);
    tern__free(o->y);
}

static tern_status run_predict(session *s, const predict_args *a, tern_error *err) {
    char used[PATH_SIZE];
    outputs o = {0};
    tern_status status = session_open_trained(s, &a->base, a->base.operand.v[0], a->weights, err);
    if (!status) status = check_outputs(a, tern_model_outputs(s->model), err);
    if (!status) status = load_weights(s, &a->base, a->weights, used, err);
    tern_dataset *d = status ? NULL : read_inputs(s, &a->input, err);
    if (!d) return status ? status : TERN_ERROR_DATA;
    status = take_outputs(&o, s->model, a, d->n, err);
    if (!status)
        status = (a->forecast ? tern_dataset_forecast : tern_dataset_predict)(d, s->model, a->threads, o.y, err);
    if (!status) status = write_outputs(a, &o, err);
    free_outputs(&o);
    tern_dataset_free(d);
    return status;
}

static int run(const void *self, tern_error *err) {
    const predict_args *a = self;
    session s = {0};
    tern_status status = TERN_OK;
    if (a->generate && (a->input.n || a->output || a->forecast))
        status = tern_error_add(err, TERN_ERROR_USAGE, NULL,
                                "--generate writes a text to standard output; leave out --input, "
                                "--output and --forecast");
    else if (!a->generate && (a->prompt || a->temperature))
        status = tern_error_add(err, TERN_ERROR_USAGE, NULL, "--prompt and --temperature belong to --generate N");
    else if (a->generate) status = generate(&s, a, err);
    else if (!a->input.n)
        status = tern_error_add(err, TERN_ERROR_USAGE, NULL,
                                "predict needs --input FILE (.npy, .csv or IDX), or --generate N");
    else status = run_predict(&s, a, err);
    session_close(&s);
    return status ? exit_code_of(err) : EXIT_DONE;
}

static const option options[] = {
    {"input", "FILE", OPTION_TEXTS, TERN_FIELD(predict_args, input, texts),
     "The inputs: .npy, .csv or IDX; of several inputs NAME=FILE for each."},
    TEXT(predict_args, output, "output", "FILE",
         "Where to write: .npy or .csv (default: standard output, as CSV); .safetensors for several outputs."),
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
