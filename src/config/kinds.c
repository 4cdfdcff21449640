/* kinds.c - the kinds of types, and the options that all types of a kind share. */
#include "options.h"

#include <math.h>

static const char *const reductions[] = {"mean", "sum", "batchmean", NULL};
static const char *const balances[] = {"balanced", NULL};
static const char *const intervals[] = {"epoch", "step", NULL};
static const char *const groups[] = {"bias", "norm", NULL};

static const tern_option layer_options[] = {
    TERN_STRING(tern__layer_common, name, NULL,
                "What other layers and the weights call this one; left out: its index."),
    TERN_STRINGS(tern__layer_common, inputs, 1, TERN_MAX_INPUTS,
                 "The layers it reads, by name, or \"input\"; left out: the layer before it."),
    TERN_STRING(
        tern__layer_common, weights_of, NULL,
        "The layer before it, by name, whose weights it shares: those of the same name, \"weight\" or the like."),
    TERN_BOOL(tern__layer_common, trainable, true,
              "false: its weights stay as they are, and it goes by its running averages in training, too."),
    {0},
};
static const tern_option loss_options[] = {
    TERN_CHOICE(
        tern__loss_common, reduction, TERN__MEAN, reductions,
        "Divide the sum of losses by its number of terms, by nothing, or by the number of samples; weights count."),
    TERN_NAMED_REALS(tern__loss_common, class_weight, 0, 1e30,
                     "What each class counts for, by its name or index, others 1; balanced: n / (classes * n of the "
                     "class), by the training rows. The mean is divided by the sum of the weights.",
                     .choices = balances),
    TERN_STRING(tern__loss_common, of, NULL, "The layer whose output it is about; left out: the last."),
    TERN_REAL(tern__loss_common, loss_weight, 1, 0, 1e30, "What it counts for in the sum of several losses.",
              .above_min = true),
    TERN_STRING(
        tern__loss_common, target, NULL,
        "The target in the data, or an input, which is then to be made again; left out: the only target, or the "
        "one called as the layer is."),
    TERN_STRING(tern__loss_common, name, NULL,
                "What the log calls it, before \"_loss\", among several; left out: as the layer."),
    {0},
};
static const tern_option group_options[] = {
    {.name = "weights",
     .kind = TERN_OPTION_STRINGS,
     .offset = TERN_FIELD(tern__weight_group, weights, tern_strings),
     .required = true,
     .least = 1,
     .doc = "The weights it is about, by name or pattern: \"head.*\"."},
    TERN_REAL(tern__weight_group, lr, (double)NAN, 0, 1e30,
              "Their learning rate, which a schedule changes in the same proportion; left out: the optimizer's."),
    TERN_REAL(tern__weight_group, weight_decay, (double)NAN, 0, 1e30, "Their weight decay; left out: the optimizer's."),
    {0},
};
static const tern_option optimizer_options[] = {
    TERN_STRINGS(tern__optimizer_common, decay_exclude, 0, 0,
                 "What weight decay leaves alone: every bias, a norm's too; all parameters of a norm.",
                 .choices = groups),
    TERN_BLOCKS(tern__optimizer_common, groups, tern__weight_group, group_options,
                "Weights with a learning rate or weight decay of their own.", .least = 1),
    {0},
};
static const tern_option schedule_options[] = {
    TERN_CHOICE(tern__schedule_common, interval, -1, intervals,
                "Whether it ticks by epochs or by steps; left out: by epochs where it can."),
    TERN_SIZE(tern__schedule_common, warmup_epochs, 0, 0, 1e9,
              "Epochs in which the learning rate climbs to its full height, before the schedule begins."),
    TERN_SIZE(tern__schedule_common, warmup_steps, 0, 0, 1e12, "The same in steps, for \"interval\": \"step\"."),
    TERN_REAL(tern__schedule_common, warmup_start, 1.0 / 3, 0, 1,
              "The part of the learning rate at which the warm-up begins."),
    {0},
};
static const tern_option metric_options[] = {
    TERN_STRING(tern__metric_common, name, NULL,
                "What the log calls it; left out: the type's name, after that of the output among several losses."),
    TERN_STRING(tern__metric_common, of, NULL,
                "The loss, by its name or its layer's, whose output and target it is about; needed among several."),
    {0},
};
static const tern_option no_options[] = {{0}};

static const struct {
    const char *name;
    const tern_option *options;
    size_t size;
} kinds[TERN_KINDS] = {
    [TERN_LAYER] = {"layer", layer_options, sizeof(tern__layer_common)},
    [TERN_LOSS] = {"loss", loss_options, sizeof(tern__loss_common)},
    [TERN_OPTIMIZER] = {"optimizer", optimizer_options, sizeof(tern__optimizer_common)},
    [TERN_SCHEDULE] = {"schedule", schedule_options, sizeof(tern__schedule_common)},
    [TERN_INITIALIZER] = {"initializer", no_options, 1},
    [TERN_METRIC] = {"metric", metric_options, sizeof(tern__metric_common)},
    [TERN_READER] = {"data reader", no_options, 1},
};

const char *tern_kind_name(tern_kind kind) { return kinds[kind].name; }
const tern_option *tern_kind_options(tern_kind kind) { return kinds[kind].options; }
size_t tern__kind_size(tern_kind kind) { return kinds[kind].size; }
