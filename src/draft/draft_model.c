/* draft_model.c - the text of a drafted model file: network, loss, optimizer, training, data; see draft_internal.h. */
#include "draft_internal.h"

#include "json.h"

#include <string.h>

/* ---- the network ---- */

static void add_layer(tern__json_writer *w, const char *type) {
    tern__json_open(w, NULL, '{');
    tern__json_add_text(w, "type", type);
}

static void add_dense(tern__json_writer *w, size_t units) {
    add_layer(w, "dense");
    tern__json_add_size(w, "out_features", units);
    tern__json_close_bracket(w, '}');
}

static void add_plain(tern__json_writer *w, const char *type) {
    add_layer(w, type);
    tern__json_close_bracket(w, '}');
}

void tern__draft_input(tern__draft *d, const tern_shape *shape, bool channels_last) {
    tern__json_open(&d->w, "input", '{');
    tern__json_open(&d->w, "shape", '[');
    for (size_t i = 0; i < shape->rank; i++) tern__json_add_size(&d->w, NULL, shape->dim[i]);
    tern__json_close_bracket(&d->w, ']');
    tern__json_add_text(&d->w, "normalize", "zscore");
    if (channels_last) tern__json_add_text(&d->w, "channels", "last");
    tern__json_close_bracket(&d->w, '}');
}

void tern__draft_dense_layers(tern__draft *d, size_t n, size_t width, bool flatten) {
    tern__json_writer *w = &d->w;
    size_t units = n < 200 ? 16 : n < 5000 ? 32 : n < 50000 ? 64 : 128;
    bool deep = n >= 5000;
    tern__draft_comment(d, "_layers", "%s of %zu units%s over %zu numbers; more data carries more",
                        deep ? "two hidden layers" : "a hidden layer", units, deep ? " and half of that" : "", width);
    tern__json_open(w, "layers", '[');
    if (flatten) add_plain(w, "flatten");
    add_dense(w, units), add_plain(w, "relu");
    if (deep) add_dense(w, units / 2), add_plain(w, "relu");
    add_dense(w, d->outputs);
    tern__json_close_bracket(w, ']');
}

static void add_convolution(tern__json_writer *w, size_t channels) {
    add_layer(w, "conv2d");
    tern__json_add_size(w, "out_channels", channels);
    tern__json_add_size(w, "kernel_size", 3);
    tern__json_add_size(w, "padding", 1);
    tern__json_close_bracket(w, '}');
    add_plain(w, "batch_norm");
    add_plain(w, "relu");
}

void tern__draft_picture_layers(tern__draft *d, const tern_shape *shape, bool channels_last) {
    tern__json_writer *w = &d->w;
    size_t height = shape->dim[channels_last ? 0 : 1], width = shape->dim[channels_last ? 1 : 2], channels = 16;
    tern__draft_comment(d, "_layers", "convolutions, each followed by half the size and twice the channels");
    tern__json_open(w, "layers", '[');
    if (channels_last) {
        add_layer(w, "permute");
        tern__json_open(w, "dims", '[');
        for (size_t i = 0; i < 4; i++) tern__json_add_size(w, NULL, i ? 1 + (i + 1) % 3 : 0); /* 0: the batch */
        tern__json_close_bracket(w, ']');
        tern__json_close_bracket(w, '}');
    }
    for (; height >= 6 && width >= 6 && channels <= 64; height /= 2, width /= 2, channels *= 2) {
        add_convolution(w, channels);
        add_layer(w, "max_pool2d");
        tern__json_add_size(w, "kernel_size", 2);
        tern__json_close_bracket(w, '}');
    }
    add_plain(w, "flatten");
    add_dense(w, 64), add_plain(w, "relu");
    add_dense(w, d->outputs);
    tern__json_close_bracket(w, ']');
}

/* ---- loss, metrics ---- */

/* Above two thirds, accuracy hardly notices that a rare class is never named. */
void tern__draft_shares(tern__draft *d, size_t n, const char *commonest, size_t most, const char *rarest,
                        size_t least) {
    if (3 * most > 2 * n)
        d->shares = tern__draft_text(d, "\"%.60s\" is %.1f %% of the samples, \"%.60s\" %.1f %%", commonest,
                                     100.0 * (double)most / (double)n, rarest, 100.0 * (double)least / (double)n);
}

void tern__draft_loss(tern__draft *d) {
    static const struct {
        const char *loss, *metric[2];
    } of[TERN__TASKS] = {[TERN__TASK_CLASSIFICATION] = {"cross_entropy", {"accuracy"}},
                         [TERN__TASK_REGRESSION] = {"mse", {"mae", "r2"}},
                         [TERN__TASK_MULTILABEL] = {"bce_with_logits", {"accuracy"}},
                         [TERN__TASK_SERIES] = {"mse", {"mae", "r2"}}};
    bool classes = d->task == TERN__TASK_CLASSIFICATION;
    if (d->shares)
        tern__draft_comment(d, "_loss",
                            "%s; for a network that names the rare more often: {\"type\": \"cross_entropy\", "
                            "\"class_weight\": \"balanced\"}",
                            d->shares);
    tern__json_add_text(&d->w, "loss", of[d->task].loss);
    tern__json_open(&d->w, "metrics", '[');
    for (size_t i = 0; i < 2 && of[d->task].metric[i]; i++) tern__json_add_text(&d->w, NULL, of[d->task].metric[i]);
    if (classes && d->outputs == 2) tern__json_add_text(&d->w, NULL, "auc");
    if (d->shares) tern__json_add_text(&d->w, NULL, "balanced_accuracy"); /* equal classes: the accuracy once more */
    tern__json_close_bracket(&d->w, ']');
}

/* ---- training ---- */

static size_t batch_size(size_t n) {
    size_t size = 8;
    while (size < 256 && 100 * size < 2 * n) size *= 2;
    return size;
}

static void write_training(tern__draft *d, size_t n) {
    tern__json_writer *w = &d->w;
    bool apart = d->valid.length, cut = !apart && n >= 10, validates = apart || cut, large = n >= 20000;
    tern__json_open(w, "optimizer", '{');
    tern__json_add_text(w, "type", "adam");
    tern__json_add_real(w, "lr", large ? 0.001 : 0.003);
    tern__json_close_bracket(w, '}');
    tern__json_open(w, "train", '{');
    if (validates)
        tern__draft_comment(d, "_", "%s; training stops when they get no better, and the best epoch is the result",
                            apart ? "the samples of data.valid validate" : "a fifth of the samples validates");
    else tern__draft_comment(d, "_", "%zu samples are too few for some of them to validate", n);
    tern__json_add_size(w, "epochs", large ? 60 : 300);
    tern__json_add_size(w, "batch_size", batch_size(n));
    if (cut) tern__json_add_real(w, "validation_split", 0.2);
    if (cut && d->task == TERN__TASK_SERIES) tern__json_add_text(w, "split", "time");
    if (validates) {
        tern__json_open(w, "early_stopping", '{');
        tern__json_add_text(w, "monitor", "valid_loss");
        tern__json_add_size(w, "patience", large ? 5 : 20);
        tern__json_close_bracket(w, '}');
    }
    tern__json_close_bracket(w, '}');
}

/* ---- the file ---- */

void tern__draft_begin(tern__draft *d) {
    tern__json_writer *w = &d->w;
    d->shown.task = tern__task_words[d->task];
    tern__json_open(w, NULL, '{');
    tern__draft_comment(d, "_", "drafted by tern init; keys that begin with _ are comments");
    tern__draft_comment(d, "_data", "%s", d->shown.found);
    for (size_t i = 0; i < d->shown.notes; i++) {
        char key[32];
        snprintf(key, sizeof key, "_note%zu", i + 1);
        tern__draft_comment(d, key, "%s", d->shown.note[i]);
    }
    tern__json_add_text(w, "name", d->shown.name);
    tern__json_add_size(w, "seed", 1);
}

static void write_reader(tern__draft *d, const char *split, const tern__buffer *options) {
    if (!options->length) return;
    tern__json_open(&d->w, split, '{');
    tern__json_add_text(&d->w, "type", d->reader);
    tern__buffer_write(&d->text, ", ", 2);
    tern__buffer_write(&d->text, options->text + 1, options->length - 2);
    tern__json_close_bracket(&d->w, '}');
}

tern_status tern__draft_end(tern__draft *d, size_t n) {
    tern__json_writer *w = &d->w;
    tern__draft_loss(d);
    write_training(d, n);
    tern__json_open(w, "data", '{');
    write_reader(d, "train", &d->options);
    write_reader(d, "valid", &d->valid);
    write_reader(d, "test", &d->test);
    tern__json_close_bracket(w, '}');
    tern__json_close_bracket(w, '}');
    if (d->text.failed || d->options.failed || d->valid.failed || d->test.failed)
        return tern_error_add(d->err, TERN_ERROR_MEMORY, NULL, "not enough memory for the model file");
    d->shown.model = d->model = tern__json_pretty(d->text.text, d->err);
    return d->shown.model ? TERN_OK : TERN_ERROR_MEMORY;
}
