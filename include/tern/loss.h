/* loss.h - what a loss is: one number to make small, and its gradient. */
#ifndef TERN_LOSS_H
#define TERN_LOSS_H

#include <tern/type.h>

TERN_BEGIN

/* What a target holds. */
typedef enum tern_target {
    TERN_TARGET_CLASSES = 1, /* class indices 0, 1, ...: the prediction's shape without its first (class) dimension */
    TERN_TARGET_VALUES = 2,  /* numbers */
    TERN_TARGET_NONE = 4     /* nothing: the loss goes by predictions alone */
} tern_target;

/* How a prediction becomes probabilities. */
typedef enum tern_link {
    TERN_LINK_NONE,     /* not at all */
    TERN_LINK_IDENTITY, /* it is one */
    TERN_LINK_EXP,      /* it is the logarithm of one */
    TERN_LINK_SIGMOID,  /* each number by itself */
    TERN_LINK_SOFTMAX   /* those of all classes together */
} tern_link;

/* What plan answers. Shapes are of one sample. */
typedef struct tern_loss_spec {
    tern_shape pred;   /* given: the model's output */
    tern_target kind;  /* given: one of the type's `targets` */
    tern_shape target; /* rank 0: one number a sample */
    size_t classes;    /* CLASSES: labels are below this */
    bool has_ignore;   /* CLASSES: whether a label may be `ignore` instead */
    int64_t ignore;
    double least, most; /* VALUES: the targets it is made for; given: all finite numbers */
    bool other_unit;    /* VALUES: predictions are not in the unit of the targets, which so can't be normalized */
    double threshold; /* VALUES: a prediction above it means "yes" (0 for logits, 0.5 for probabilities); NAN: it means
                         nothing */
} tern_loss_spec;

/* A kind of loss. */
typedef struct tern_loss_type {
    tern_type base;
    unsigned targets; /* the tern_target it takes, or'ed */
    bool one_hot;     /* class indices, which it does not take, become numbers for it: 1 for the class, 0 for others */
    tern_link link;

    /* Fills in `spec`; may keep derived values in `self`. Pure. Refuses a prediction or options that do not fit. */
    tern_status (*plan)(void *self, tern_loss_spec *spec, tern_error *err);

    /* What this slice adds to the divisor of reduction "mean"; NULL: its number of elements of `pred`. `pred` is a
     * shape with the slice's rows. Slices add up exactly, because the divisor is that of the whole batch. */
    double (*weight)(const void *self, const tern_shape *pred, const tern_tensor *target);

    /* The slice's sum of losses divided by `norm`; unless `dpred` is NULL, also its gradient (written whole,
     * d(sum/norm)/dpred). `norm` is positive. A target of one dimension less than `pred` holds classes where the type
     * takes them; of kind NONE its data mean nothing and may be NULL. `dpred` does not overlap `pred`. */
    double (*eval)(const void *self, const tern_tensor *pred, const tern_tensor *target, double norm,
                   tern_tensor *dpred);
} tern_loss_type;

/* For TERN_PLUGIN(). */
#undef TERN_SIZES_LOSS
#define TERN_SIZES_LOSS \
    { sizeof(tern_loss_type), sizeof(tern_loss_spec) }

TERN_END

#endif
