/* predict.c - tern predict: what a model says of the samples of a file, in evaluation mode; see also predict_csv.c and
 * predict_json.c. */
#include "predict.h"

#include "ensemble.h"
#include "memory.h"
#include "output_path.h"

#include <tern/save.h>

#include <string.h>

static tern_status write_outputs(const predict_args *a, const tern_model *m, const tern_dataset *d, const outputs *o,
                                 tern_error *err) {
    tern_status status = TERN_OK;
    if (a->output && o->n > 1) status = tern_tensors_save(o->n, o->name, o->y, a->output, err);
    else if (a->output && ends_in(a->output, ".npy")) status = tern_tensor_save(o->y, a->output, err);
    else if (a->output || !a->base.json) status = write_predictions(a, m, d, o->y, err);
    if (!status && a->base.json) write_predictions_json(a, m, d, o);
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
    if (n > 1 && (a->id || a->probabilities))
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "--id and --probabilities are for a model of one output");
    return TERN_OK;
}

/* The shape of output `k` for so many rows, and its name. */
static tern_status output_shape(const predict_args *a, const tern_model *m, size_t k, size_t rows, outputs *o,
                                tern_error *err) {
    tern_port port = a->layer ? (tern_port){.name = a->layer} : tern_model_output_at(m, k);
    tern_status status = a->layer ? tern_model_layer(m, a->layer, &port.shape, err) : TERN_OK;
    o->name[k] = port.name;
    o->y[k].shape = tern_shape_batch(&port.shape, rows);
    if (!a->forecast) return status;
    o->y[k].shape = (tern_shape){2, {a->forecast, tern_forecast_columns(m, NULL, err)}};
    return o->y[k].shape.dim[1] ? TERN_OK : TERN_ERROR_MODEL;
}

static tern_status take_outputs(outputs *o, const tern_model *m, const predict_args *a, size_t rows, tern_error *err) {
    o->n = a->layer ? 1 : tern_model_outputs(m);
    o->name = tern__alloc(o->n, sizeof *o->name, err);
    o->y = tern__alloc(o->n, sizeof *o->y, err);
    tern_status status = o->name && o->y ? TERN_OK : TERN_ERROR_MEMORY;
    for (size_t k = 0; !status && k < o->n; k++) {
        status = output_shape(a, m, k, rows, o, err);
        if (!status && !(o->y[k].data = tern__alloc(tern_tensor_count(&o->y[k]), sizeof(tern_real), err)))
            status = TERN_ERROR_MEMORY;
    }
    return status;
}

static void free_outputs(const outputs *o) {
    for (size_t k = 0; o->y && k < o->n; k++) tern__free(o->y[k].data);
    tern__free(o->name);
    tern__free(o->y);
}

static tern_status predict(const predict_args *a, const tern_model *m, const tern_dataset *d, outputs *o,
                           tern_error *err) {
    tern_status status = take_outputs(o, m, a, d->n, err);
    if (status) return status;
    if (a->forecast) return tern_dataset_forecast(d, m, a->threads, o->y, err);
    if (a->layer || a->raw) return tern_dataset_layer(d, m, a->layer, a->threads, o->y, err);
    return tern_dataset_predict(d, m, a->threads, o->y, err);
}

/* What a model, or the run in a directory, says of the input. Outputs and data are the caller's to free in any case. */
static tern_status predict_with(session *s, const predict_args *a, const char *model, outputs *o, tern_dataset **d,
                                tern_error *err) {
    char used[PATH_SIZE];
    tern_status status = session_open_trained(s, &a->base, model, a->weights, err);
    if (!status) status = check_outputs(a, a->layer ? 1 : tern_model_outputs(s->model), err);
    if (!status) status = load_weights(s, &a->base, a->weights, used, err);
    if (!status)
        status = check_output(a->output, &(sources){.model = s->model, .weights = used, .input = a->input}, err);
    if (status) return status;
    *d = read_inputs(s, &a->input, &(tern_files){.query = a->query, .id = a->id}, err);
    return *d ? predict(a, s->model, *d, o, err) : TERN_ERROR_DATA;
}

/* ---- an ensemble: the folds of a cross-validation ---- */

/* What is said of the first fold holds for all, and is said once. */
static tern_status add_fold(ensemble *e, session *s, const predict_args *a, size_t fold, outputs *o, tern_dataset **d,
                            tern_error *err) {
    static tern_error said;
    char run[PATH_SIZE + 32];
    predict_args one = *a;
    snprintf(run, sizeof run, "%s/fold-%zu", a->base.operand.v[0], fold);
    one.base.quiet = a->base.quiet || fold > 1;
    said = *err;
    tern_status status = predict_with(s, &one, run, o, d, err);
    if (!status && o->n > 1)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "the mean of several folds is for a model of one output");
    if (!status && fold > 1) *err = said;
    return status ? status : ensemble_add(e, s->model, o->y, err);
}

/* The first fold's model stays open: its names are those of all. */
static tern_status predict_folds(session *s, const predict_args *a, size_t folds, outputs *o, tern_dataset **d,
                                 tern_error *err) {
    ensemble e = {0};
    tern_status status = a->weights || a->raw || a->layer || !strcmp(a->input.v[0], "-")
                             ? tern_error_add(err, TERN_ERROR_USAGE, NULL,
                                              "the mean of several folds is that of their answers to a file: leave out "
                                              "--weights, --raw, --layer and standard input, or name one fold")
                             : TERN_OK;
    for (size_t k = 1; !status && k <= folds; k++) {
        session other = {0};
        outputs more = {0};
        tern_dataset *data = NULL;
        bool first = k == 1;
        status = add_fold(&e, first ? s : &other, a, k, first ? o : &more, first ? d : &data, err);
        free_outputs(&more);
        tern_dataset_free(data);
        session_close(&other);
    }
    if (!status) ensemble_mean(&e, o->y);
    if (!status && !a->base.quiet) fprintf(stderr, "the mean of %zu folds\n", folds);
    ensemble_free(&e);
    return status;
}

static tern_status run_predict(session *s, const predict_args *a, tern_error *err) {
    size_t folds;
    outputs o = {0};
    tern_dataset *d = NULL;
    const char *model = a->base.operand.v[0];
    tern_status status = ensemble_find(model, &folds, err);
    if (!status) status = folds ? predict_folds(s, a, folds, &o, &d, err) : predict_with(s, a, model, &o, &d, err);
    if (!status) status = write_outputs(a, s->model, d, &o, err);
    if (!status && a->output && !a->base.quiet) say_written(a->output);
    free_outputs(&o);
    tern_dataset_free(d);
    return status;
}

/* ---- the command line ---- */

static tern_status refuse(const char *text, tern_error *err) {
    return tern_error_add(err, TERN_ERROR_USAGE, NULL, "%s", text);
}

static tern_status check_args(const predict_args *a, tern_error *err) {
    bool npy = a->output && ends_in(a->output, ".npy");
    if (!a->input.n)
        return refuse(
            "predict needs --input FILE (a table, an array, an image, a folder of images; - is CSV on standard "
            "input); a text that goes on is tern generate's",
            err);
    if (!strcmp(a->input.v[0], "-") && !strcmp(a->base.operand.v[0], "-"))
        return refuse("the model and --input can't both come from standard input", err);
    if (a->probabilities + a->raw + (a->layer != NULL) > 1 && (a->probabilities || !a->layer))
        return refuse("--probabilities, --raw and --layer say what is written; one is accepted", err);
    if (a->forecast && (a->probabilities || a->raw || a->layer))
        return refuse("--forecast writes the targets of further rows; leave out --probabilities, --raw and --layer",
                      err);
    if (a->forecast && a->id && a->base.json) return refuse("--id with --forecast is for CSV; leave out --json", err);
    if (npy && (a->probabilities || a->id))
        return refuse("--probabilities and --id are for CSV; --output names a .npy file", err);
    return TERN_OK;
}

static int run(const void *self, tern_error *err) {
    const predict_args *a = self;
    session s = {0};
    tern_status status = check_args(a, err);
    if (!status) status = run_predict(&s, a, err);
    session_close(&s);
    return status ? exit_code_of(err) : EXIT_DONE;
}

static const option options[] = {
    {"input", "FILE", OPTION_TEXTS, TERN_FIELD(predict_args, input, texts),
     "The inputs: a table (.csv; -: on standard input), an SQLite database, an array (.npy, IDX), an image, a folder "
     "of images or a table of their paths; of several inputs NAME=FILE for each."},
    TEXT(predict_args, query, "query", "SQL", "The rows of an SQLite database (default: those of training)."),
    TEXT(predict_args, output, "output", "FILE",
         "Where to write: .npy, the network's outputs, or .csv, with a head: class and probability, or the targets' "
         "names (default: that, on standard output); .safetensors for several outputs."),
    FLAG(predict_args, probabilities, "probabilities", "A column for each class, with its name as head."),
    FLAG(predict_args, raw, "raw", "The network's outputs as they are, without a head, in no unit."),
    TEXT(predict_args, layer, "layer", "NAME", "The output of a layer within, by its name or number."),
    TEXT(predict_args, id, "id", "COLUMN",
         "A column of the input that goes first, called input_COLUMN where predictions are headed so; of a series, as "
         "after_COLUMN, that of the last row read, which the predicted ones follow (--forecast: its dates go on)."),
    COUNT(predict_args, forecast, "forecast", "N", "Continue the series in --input by N rows."),
    WEIGHTS_OPTION(predict_args),
    THREADS_OPTION(predict_args),
    MODEL_OPTIONS,
    {0},
};

const command command_predict = {
    .name = "predict",
    .operand = "MODEL|RUN",
    .least = 1,
    .most = 1,
    .doc = "Inputs to classes or numbers.",
    .size = sizeof(predict_args),
    .options = options,
    .run = run,
};
