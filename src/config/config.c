/* config.c - the tables of a model file, one row per key. */
#include "config.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <string.h>

static const char *const auto_words[] = {"auto", NULL};
static const char *const normalize_words[] = {"none", "zscore", "minmax", "robust", NULL}; /* of tern__normalize */

static const tern_option input_options[] = {
    TERN_SHAPE_REQUIRED(tern__input, shape,
                        "The sizes of one sample, without the batch: [784], [1, 28, 28] (channels first), [null, 16] "
                        "for sequences of any length; with `columns` they follow from the data.",
                        .unless = "columns", .free = true),
    TERN_SIZE(tern__input, max_length, 0, 1, 1 << 24, "The most steps of a sequence, where the first size is null."),
    TERN_REAL(tern__input, scale, 1, -1e30, 1e30, "Each number of a sample becomes (number * scale - mean) / std."),
    TERN_REALS(tern__input, mean, "0", -1e30, 1e30, 1, 0, "What is subtracted: one number, or one per channel."),
    TERN_REALS(tern__input, std, "1", 0, 1e30, 1, 0, "What it is divided by: one number, or one per channel.",
               .above_min = true),
    TERN_CHOICE(tern__input, normalize, TERN__NORMALIZE_NONE, normalize_words,
                "How numbers are scaled by the training rows, each channel for itself: to mean 0 and deviation 1, to "
                "0 .. 1, by median and quartiles."),
    TERN_CHOICE(tern__input, channels, TERN__CHANNELS_AUTO, tern__channels_words,
                "What is normalized together: each index of a sample's first dimension, of its last, or all of it; "
                "auto: the first, but the last of [steps, features], and all of a picture [height, width] in bytes."),
    TERN_BLOCKS(tern__input, columns, tern__feature, tern__column_options,
                "A table's columns, in the order in which the model reads them; \"auto\": as they seem to be.",
                .choices = auto_words, .least = 1),
    TERN_BLOCK(tern__input, augment, tern__augment_options, "How training samples are changed at random, each time."),
    {0},
};

static const tern_option data_options[] = {
    TERN_OBJECT(tern__data, train, TERN_READER, "Where the training data is.", .usual = "arrays"),
    TERN_OBJECT(tern__data, valid, TERN_READER,
                "Where the validation data is, if it is not split off the training data.", .usual = "arrays"),
    TERN_OBJECT(tern__data, test, TERN_READER, "Where the test data is.", .usual = "arrays"),
    {0},
};

static const tern_option fitted_input_options[] = {
    TERN_STRINGS(tern__fitted_input, names, 1, 0, "The columns of a table in the order of the input's numbers."),
    TERN_STRINGS(tern__fitted_input, positions, 1, 0, "The same in a table without names."),
    TERN_BLOCKS(tern__fitted_input, columns, tern__feature, tern__fitted_column_options,
                "The described columns, and what was learned of each."),
    TERN_CHOICE(tern__fitted_input, channels, TERN__CHANNELS_AUTO, tern__channels_words,
                "What the numbers below are of: the indices of a sample's first dimension, of its last, or all of it."),
    TERN_REALS(tern__fitted_input, center, NULL, -1.7e308, 1.7e308, 1, 0, "What is subtracted in each channel."),
    TERN_REALS(tern__fitted_input, scale, NULL, 0, 1.7e308, 1, 0, "What each channel is then divided by.",
               .above_min = true),
    TERN_CHOICE(tern__fitted_input, normalize, TERN__NORMALIZE_NONE, tern__normalize_words, "How they were learned."),
    TERN_STRING(tern__fitted_input, dtype, NULL, "The number type of the data."),
    TERN_ROW(tern__fitted_input, shape, tern_shape, TERN_OPTION_SHAPE, .min = 1, .max = 2147483647, .least = 1,
             .most = TERN_MAX_RANK - 1, .doc = "The sizes of one sample of the data."),
    TERN_REAL(tern__fitted_input, least, (double)NAN, -1.7e308, 1.7e308, "The smallest number of the data."),
    TERN_REAL(tern__fitted_input, most, (double)NAN, -1.7e308, 1.7e308, "The largest."),
    TERN_REAL(tern__fitted_input, gray, (double)NAN, 0, 1, "The share of gray files among pictures."),
    {0},
};

static const tern_option fitted_part_options[] = {
    TERN_STRINGS(tern__fitted_part, names, 1, 0, "The columns of its table in the order of its numbers."),
    {0},
};

const tern_option tern__fitted_options[] = {
    TERN_BLOCK(tern__fitted, input, fitted_input_options, "What was learned about the inputs."),
    TERN_BLOCK(tern__fitted, target, tern__fitted_target_options, "What was learned about the targets."),
    TERN_NAMED_BLOCKS(tern__fitted, inputs, tern__fitted_part, fitted_part_options,
                      "Of several inputs those whose tables have names, each under its own.", .most = TERN_MAX_INPUTS),
    TERN_NAMED_BLOCKS(tern__fitted, targets, tern__fitted_part, fitted_part_options, "Of targets likewise.",
                      .most = TERN_MAX_LOSSES),
    {0},
};

static const tern_option block_options[] = {
    TERN_OBJECTS(tern__block, layers, TERN_LAYER,
                 "Its layers; the first reads what the use of the block reads, which they call \"input\".",
                 .required = true, .least = 1, .most = 10000),
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
     .unless = "inputs",
     .doc = "What goes in, and its preprocessing, the same in training, evaluation and prediction."},
    TERN_NAMED_BLOCKS(tern__config, inputs, tern__input, input_options,
                      "Several inputs, each under its name, which layers give in `inputs`.", .least = 1,
                      .most = TERN_MAX_INPUTS),
    TERN_NAMED_BLOCKS(tern__config, blocks, tern__block, block_options,
                      "Layers under a name of the author's own, which is then a type of layer: {\"type\": NAME, "
                      "\"repeat\": 6}."),
    {.name = "layers",
     .kind = TERN_OPTION_TYPES,
     .offset = TERN_FIELD(tern__config, layers, tern_objects),
     .of = TERN_LAYER,
     .required = true,
     .least = 1,
     .most = 10000,
     .doc = "The network: each layer reads the one before it, or the `inputs` it names; the last one is the output."},
    TERN_OBJECT(tern__config, loss, TERN_LOSS, "What training makes small."),
    TERN_OBJECTS(tern__config, losses, TERN_LOSS,
                 "Several losses, each of the output of a layer: training makes their weighted sum small.", .least = 1,
                 .most = TERN_MAX_LOSSES),
    TERN_OBJECT(tern__config, optimizer, TERN_OPTIMIZER, "How a gradient changes the weights."),
    TERN_OBJECT(tern__config, schedule, TERN_SCHEDULE, "How the learning rate changes; left out: it stays.",
                .alias = "scheduler"),
    TERN_OBJECTS(tern__config, metrics, TERN_METRIC, "What else is measured.", .most = TERN_MAX_METRICS),
    TERN_BLOCK(tern__config, train, tern__train_options, "How long and on what batches."),
    TERN_BLOCK(tern__config, data, data_options,
               "Where the data is; relative paths start at this file's directory, unless another is given."),
    TERN_BLOCK(
        tern__config, target, tern__target_options,
        "What the targets are: of a table, classes by name or numbers of several columns; of an array, how its numbers "
        "are normalized."),
    TERN_BLOCK(tern__config, fitted, tern__fitted_options,
               "What training learned about the data: written by training, used by all that reads data for the model."),
    {0},
};

/* ---- one or several ---- */

size_t tern__config_inputs(const tern__config *config) { return config->inputs.n ? config->inputs.n : 1; }

const tern__input *tern__config_input(const tern__config *config, size_t k) {
    return config->inputs.n ? (const tern__input *)config->inputs.item + k : &config->input;
}

const char *tern__config_input_name(const tern__config *config, size_t k) {
    return config->inputs.n ? config->inputs.name[k] : "input";
}

size_t tern__config_enter_input(const tern__config *config, size_t k, tern_error *err) {
    size_t depth = tern_error_enter(err, config->inputs.n ? "inputs" : "input", 0);
    if (config->inputs.n) tern_error_enter(err, config->inputs.name[k], 0);
    return depth;
}

tern_objects tern__config_losses(const tern__config *config) {
    if (!config->loss.type) return config->losses;
    return (tern_objects){1, (tern_object *)(uintptr_t)&config->loss}; /* read only, as the list is */
}

size_t tern__config_enter_loss(const tern__config *config, size_t k, tern_error *err) {
    size_t depth = tern_error_enter(err, config->loss.type ? "loss" : "losses", 0);
    if (!config->loss.type) tern_error_enter(err, NULL, k);
    return depth;
}

static tern_status refuse_both(const tern__reading *r, const cJSON *root, const char *one, const char *several) {
    const cJSON *a = cJSON_GetObjectItemCaseSensitive(root, one), *b = cJSON_GetObjectItemCaseSensitive(root, several);
    if (!a || !b || cJSON_IsNull(a) || cJSON_IsNull(b)) return TERN_OK;
    return tern_error_add_key(r->err, TERN_ERROR_MODEL, several, "and \"%s\" are both there; one is accepted", one);
}

/* ---- the whole ---- */

tern_status tern__config_read(const tern__reading *r, const cJSON *root, tern__config *config) {
    *config = (tern__config){0};
    if (!cJSON_IsObject(root))
        return tern_error_add(r->err, TERN_ERROR_MODEL, NULL,
                              "a model file is an object: {\"input\": ..., \"layers\": ...}");
    tern__outcome outcome = tern__options_read(r, root, "a model file", false,
                                               (tern__fields){tern__config_options, config}, (tern__fields){0});
    if (outcome == TERN__OUT_OF_MEMORY) return TERN_ERROR_MEMORY;
    tern_status input = refuse_both(r, root, "input", "inputs"), loss = refuse_both(r, root, "loss", "losses");
    return outcome || input || loss ? TERN_ERROR_MODEL : TERN_OK;
}

/* A struct as JSON text. */
static char *render(tern__fields fields, const char *what, tern_error *err) {
    cJSON *root = cJSON_CreateObject();
    bool done = root && tern__options_write(fields, root);
    char *text = done ? tern__json_print(root, err) : NULL;
    if (!done) tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory to render %s", what);
    cJSON_Delete(root);
    return text;
}

char *tern__config_render(const tern__config *config, tern_error *err) {
    tern__config copy = *config;
    return render((tern__fields){tern__config_options, &copy}, "the model file", err);
}

static char *join(const char *before, char *text, tern_error *err) {
    size_t n = strlen(before);
    char *all = text ? tern__alloc(n + strlen(text) + 1, 1, err) : NULL;
    if (all) memcpy(all, before, n), memcpy(all + n, text, strlen(text));
    tern__free(text);
    return all;
}

char *tern__fitted_render(const tern__fitted *fitted, const char *before, tern_error *err) {
    tern__fitted copy = *fitted;
    return join(before, render((tern__fields){tern__fitted_options, &copy}, "what the model was fitted to", err), err);
}

char *tern__columns_render(const tern_blocks *columns, const char *before, tern_error *err) {
    static const tern_option row = {.options = tern__column_options, .size = sizeof(tern__feature)};
    cJSON *list = tern__blocks_write(&row, columns);
    if (!list) tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory to render columns");
    char *text = list ? tern__json_print(list, err) : NULL;
    cJSON_Delete(list);
    return join(before, text, err);
}

tern_status tern__fitted_read(const tern__reading *r, const char *text, tern__fitted *out) {
    tern_status status;
    cJSON *root = tern__json_tree(text, &status, r->err);
    *out = (tern__fitted){.given = true};
    tern__outcome outcome = TERN__WRONG;
    if (cJSON_IsObject(root))
        outcome =
            tern__options_read(r, root, "fitted", false, (tern__fields){tern__fitted_options, out}, (tern__fields){0});
    cJSON_Delete(root);
    if (status == TERN_ERROR_MEMORY || outcome == TERN__OUT_OF_MEMORY) return TERN_ERROR_MEMORY;
    return outcome ? TERN_ERROR_DATA : TERN_OK;
}

/* Searched for in a table and the blocks below. */
static const tern_option *find_block(const tern_option *table, const char *name) {
    for (const tern_option *row = table; row && row->name; row++) {
        if (row->kind != TERN_OPTION_BLOCK && row->kind != TERN_OPTION_BLOCKS) continue;
        if (!strcmp(row->name, name)) return row->options;
        const tern_option *below = find_block(row->options, name);
        if (below) return below;
    }
    return NULL;
}

const tern_option *tern_block_options(const char *name) { return find_block(tern__config_options, name); }
