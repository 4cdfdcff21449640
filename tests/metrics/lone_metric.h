/* lone_metric.h - a metric with predictions and targets of its own, whole and in slices. */
#ifndef LONE_METRIC_H
#define LONE_METRIC_H

#include "fixtures/options.h"
#include <tern/metric.h>

enum { MOST = 128, MOST_ACCUMULATORS = 24 };

typedef struct lone {
    const tern_metric_type *type;
    settings options;
    tern_metric_spec spec;
    tern_real p[MOST], t[MOST];
} lone;

static inline tern_loss_spec classes(tern_shape pred) {
    tern_loss_spec spec = {.pred = pred,
                           .kind = TERN_TARGET_CLASSES,
                           .target = {.rank = pred.rank - 1},
                           .classes = pred.dim[0],
                           .has_ignore = true,
                           .ignore = -100,
                           .threshold = (double)NAN};
    for (size_t i = 1; i < pred.rank; i++) spec.target.dim[i - 1] = pred.dim[i];
    return spec;
}

static inline tern_loss_spec values(tern_shape pred, double threshold) {
    return (tern_loss_spec){.pred = pred, .kind = TERN_TARGET_VALUES, .target = pred, .threshold = threshold};
}

static inline tern_status plan(lone *b, const char *type, const char *set, tern_loss_spec loss, tern_error *err) {
    bool logits = loss.threshold == 0;
    *b = (lone){.spec = {.loss = loss,
                         .link = loss.kind == TERN_TARGET_CLASSES ? TERN_LINK_SOFTMAX
                                 : isnan(loss.threshold)          ? TERN_LINK_NONE
                                 : logits                         ? TERN_LINK_SIGMOID
                                                                  : TERN_LINK_IDENTITY}};
    b->type = (const tern_metric_type *)find_type(TERN_METRIC, type);
    configure(&b->options, &b->type->base, set);
    return b->type->plan(b->options.self, &b->spec, err);
}

static inline void set_up(lone *b, const char *type, const char *set, tern_loss_spec loss) {
    tern_error err = {0};
    ck_assert_msg(plan(b, type, set, loss, &err) == TERN_OK, "%s: %s", type, err.item[0].text);
}

static inline void add(const lone *b, size_t first, size_t rows, double *accumulators) {
    const tern_loss_spec *loss = &b->spec.loss;
    tern_real p[MOST], t[MOST];
    memcpy(p, b->p, sizeof p);
    memcpy(t, b->t, sizeof t);
    tern_tensor pred = {tern_shape_batch(&loss->pred, rows), p + first * tern_shape_count(&loss->pred)};
    tern_tensor target = {tern_shape_batch(&loss->target, rows), t + first * tern_shape_count(&loss->target)};
    if (b->type->add) b->type->add(b->options.self, &pred, &target, accumulators);
    else *accumulators = b->type->of_all(b->options.self, &pred, &target, accumulators);
}

/* The metric of `rows` rows; two slices whose accumulators are added up must give the same. */
static inline double value(const lone *b, size_t rows) {
    double accumulators[MOST_ACCUMULATORS] = {0}, one[MOST_ACCUMULATORS] = {0}, two[MOST_ACCUMULATORS] = {0};
    ck_assert_uint_le(b->spec.accumulators, MOST_ACCUMULATORS);
    if (b->type->of_all) {
        double scratch[2 * MOST];
        ck_assert_uint_le(b->spec.scratch * rows, COUNT(scratch));
        add(b, 0, rows, scratch);
        return *scratch;
    }
    add(b, 0, rows, accumulators);
    size_t cut = rows == 2 ? 1 : rows / 3;
    if (cut) add(b, 0, cut, one);
    add(b, cut, rows - cut, two);
    if (b->type->merge) b->type->merge(b->options.self, one, two);
    for (size_t i = 0; !b->type->merge && i < MOST_ACCUMULATORS; i++) one[i] += two[i];
    for (size_t i = b->spec.accumulators; i < MOST_ACCUMULATORS; i++) ck_assert_double_eq(accumulators[i], 0);
    double whole = b->type->value(b->options.self, accumulators);
    ck_near(b->type->value(b->options.self, one), whole, 1e-12);
    return whole;
}

#endif
