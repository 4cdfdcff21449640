/* config.c - the tables of a model file, one row per key. */
#include "config.h"

#include <math.h>

static const tern_option input_options[] = {
    TERN_SHAPE_REQUIRED(tern__input, shape,
                        "The sizes of one sample, without the batch: [784], [1, 28, 28] (channels first)."),
    TERN_REAL(tern__input, scale, 1, -1e30, 1e30, "Each number of a sample becomes (number * scale - mean) / std."),
    TERN_REALS(tern__input, mean, "0", -1e30, 1e30, 1, 0, "What is subtracted: one number, or one per channel."),
    TERN_REALS(tern__input, std, "1", 0, 1e30, 1, 0, "What it is divided by: one number, or one per channel.",
               .above_min = true),
    {0},
};

static const tern_option early_stopping_options[] = {
    TERN_STRING(tern__early_stopping, monitor, "\"valid_loss\"",
                "What is watched: valid_loss, train_loss, or a metric such as valid_accuracy."),
    TERN_SIZE(tern__early_stopping, patience, 5, 0, 1e9,
              "Training stops once so many epochs in a row brought no better value; 0 is as 1."),
    TERN_REAL(tern__early_stopping, min_delta, 0, 0, 1e30, "A change smaller than this is no better value."),
    TERN_BOOL(tern__early_stopping, restore_best, true, "Go back to the weights of the best epoch."),
    {0},
};

static const tern_option train_options[] = {
    TERN_SIZE_REQUIRED(tern__train, epochs, 1, 1e9, "How often all of the training data is gone through."),
    TERN_SIZE(tern__train, batch_size, 64, 1, 1 << 24,
              "Samples in an update; the last batch of an epoch may be shorter."),
    TERN_REAL(tern__train, validation_split, 0, 0, 1,
              "The part of the training data set aside for validation: chosen by the seed, evenly among classes.",
              .below_max = true),
    TERN_BOOL(tern__train, shuffle, true, "Go through the data in a new order each epoch."),
    TERN_BOOL(tern__train, drop_last, false, "Leave out a last batch that is shorter."),
    TERN_REAL(tern__train, clip_grad_norm, (double)NAN, 0, 1e30,
              "Scale the gradients down so that their norm, all together, is at most this.", .above_min = true),
    TERN_REAL(tern__train, clip_grad_value, (double)NAN, 0, 1e30, "Keep each gradient within plus and minus this.",
              .above_min = true),
    TERN_BLOCK(tern__train, early_stopping, early_stopping_options, "Stop when validation no longer gets better."),
    {0},
};

static const tern_option data_options[] = {
    TERN_OBJECT(tern__data, train, TERN_READER, "Where the training data is."),
    TERN_OBJECT(tern__data, valid, TERN_READER,
                "Where the validation data is, if it is not split off the training data."),
    TERN_OBJECT(tern__data, test, TERN_READER, "Where the test data is."),
    {0},
};

const tern_option tern__config_options[] = {
    {.name = "$schema",
     .kind = TERN_OPTION_STRING,
     .offset = TERN_FIELD(tern__config, schema, const char *),
     .doc = "The schema an editor checks this file against: tern.schema.json."},
    TERN_SIZE(tern__config, format, 1, 1, 1, "The version of this file format."),
    TERN_STRING(tern__config, name, NULL,
                "What the model is called, and its run directory; left out: the file's name."),
    TERN_SIZE(tern__config, seed, 0, 0, 9007199254740991.0, "Where all random numbers of a run come from."),
    {.name = "input",
     .kind = TERN_OPTION_BLOCK,
     .offset = offsetof(tern__config, input),
     .options = input_options,
     .required = true,
     .doc = "What goes in, and its preprocessing, the same in training, evaluation and prediction."},
    {.name = "layers",
     .kind = TERN_OPTION_TYPES,
     .offset = TERN_FIELD(tern__config, layers, tern_objects),
     .of = TERN_LAYER,
     .required = true,
     .least = 1,
     .most = 10000,
     .doc = "The network: each layer reads the one before it, or the `inputs` it names; the last one is the output."},
    TERN_OBJECT(tern__config, loss, TERN_LOSS, "What training makes small."),
    TERN_OBJECT(tern__config, optimizer, TERN_OPTIMIZER, "How a gradient changes the weights."),
    TERN_OBJECT(tern__config, schedule, TERN_SCHEDULE, "How the learning rate changes; left out: it stays.",
                .alias = "scheduler"),
    TERN_OBJECTS(tern__config, metrics, TERN_METRIC, "What else is measured.", .most = TERN_MAX_METRICS),
    TERN_BLOCK(tern__config, train, train_options, "How long and on what batches."),
    TERN_BLOCK(tern__config, data, data_options, "Where the data is; paths start at this file, or at --data DIR."),
    {0},
};

/* The layers' list is read here and not by its row, to keep the outcome of each: a mistake in one must not hide those
 * of others. */
static bool read_layers(const tern__reading *r, const cJSON *list, tern__config *config, tern__config_result *result) {
    size_t n = cJSON_IsArray(list) ? (size_t)cJSON_GetArraySize(list) : 0, i = 0;
    config->layers.item = tern__arena_alloc(r->arena, n, sizeof *config->layers.item, r->err);
    result->layers = tern__arena_alloc(r->arena, n, sizeof *result->layers, r->err);
    if (!config->layers.item || !result->layers) return false;
    size_t layers = tern_error_enter(r->err, "layers", 0);
    const cJSON *value;
    cJSON_ArrayForEach(value, list) {
        size_t depth = tern_error_enter(r->err, NULL, i);
        result->layers[i] = tern__object_read(r, TERN_LAYER, value, &config->layers.item[i]);
        if (result->layers[i]) result->wrong = true;
        tern_error_leave(r->err, depth);
        i++;
    }
    tern_error_leave(r->err, layers);
    config->layers.n = n;
    if (cJSON_IsArray(list) && !n)
        tern_error_add(r->err, TERN_ERROR_MODEL, "layers", "is empty; a model has at least one layer");
    if (n > 10000) tern_error_add(r->err, TERN_ERROR_MODEL, "layers", "has %zu layers; at most 10000 are accepted", n);
    if (n > 10000 || !n) result->wrong = true;
    return true;
}

bool tern__config_read(const tern__reading *r, const cJSON *root, tern__config *config, tern__config_result *result) {
    *config = (tern__config){0};
    *result = (tern__config_result){0};
    if (!cJSON_IsObject(root)) {
        tern_error_add(r->err, TERN_ERROR_MODEL, NULL, "a model file is an object: {\"input\": ..., \"layers\": ...}");
        result->wrong = true;
        return true;
    }
    /* A shallow copy of the top level with an empty list of layers: those are read one by one below. */
    const cJSON *layers = cJSON_GetObjectItemCaseSensitive(root, "layers");
    cJSON *top = cJSON_CreateObject();
    bool memory = top;
    cJSON *value;
    cJSON_ArrayForEach(value, root) {
        bool list = value == layers && cJSON_IsArray(layers);
        memory = memory && (list ? cJSON_AddArrayToObject(top, value->string) != NULL
                                 : cJSON_AddItemReferenceToObject(top, value->string, value));
    }
    if (memory && tern__options_read(r, top, "a model file", false, (tern__fields){tern__config_options, config},
                                     (tern__fields){0}))
        result->wrong = true;
    cJSON_Delete(top);
    if (!memory) tern_error_add(r->err, TERN_ERROR_MEMORY, NULL, "not enough memory");
    return memory && read_layers(r, layers, config, result);
}

char *tern__config_render(const tern__config *config, tern_error *err) {
    cJSON *root = cJSON_CreateObject();
    tern__config copy = *config;
    bool done = root && tern__options_write((tern__fields){tern__config_options, &copy}, root);
    char *text = done ? tern__json_print(root, err) : NULL;
    if (!done) tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory");
    cJSON_Delete(root);
    return text;
}
