/* lone_loss.h - one loss with a prediction, a target and a gradient of its own around it. */
#ifndef TERN_TEST_LONE_LOSS_H
#define TERN_TEST_LONE_LOSS_H

#include "fixtures/options.h"
#include <tern/loss.h>

enum { MOST = 1024 };

typedef struct lone_loss {
    const tern_loss_type *type;
    settings options;
    tern_loss_spec spec;
    tern_real x[MOST], t[MOST], dx[MOST];
    tern_tensor pred, target, dpred;
} lone_loss;

static inline const tern_loss_type *find(const char *name) {
    return (const tern_loss_type *)find_type(TERN_LOSS, name);
}

static inline tern_status plan(lone_loss *b, const char *type, const char *set, tern_shape shape, tern_target kind,
                               tern_error *err) {
    *b = (lone_loss){.type = find(type), .spec = {.pred = shape, .kind = kind}};
    configure(&b->options, &b->type->base, set);
    return b->type->plan(b->options.self, &b->spec, err);
}

static inline void set_up(lone_loss *b, const char *type, const char *set, size_t rows, tern_shape shape,
                          tern_target kind) {
    tern_error err = {0};
    ck_assert_msg(plan(b, type, set, shape, kind, &err) == TERN_OK, "%s: %s", type, err.item[0].text);
    b->pred = (tern_tensor){tern_shape_batch(&shape, rows), b->x};
    b->target = (tern_tensor){tern_shape_batch(&b->spec.target, rows), b->t};
    b->dpred = (tern_tensor){b->pred.shape, b->dx};
    ck_assert_uint_le(tern_tensor_count(&b->pred), MOST);
}

/* The loss of rows first .. first + n - 1; the gradient is written over NaN, so that a gap shows. */
static inline double eval(lone_loss *b, size_t first, size_t n, double norm, bool gradient) {
    size_t row = tern_shape_count(&b->spec.pred), label = tern_shape_count(&b->spec.target);
    tern_tensor pred = {b->pred.shape, b->x + first * row}, target = {b->target.shape, b->t + first * label};
    pred.shape.dim[0] = target.shape.dim[0] = n;
    tern_tensor dpred = {pred.shape, b->dx + first * row};
    for (size_t i = 0; gradient && i < n * row; i++) dpred.data[i] = (tern_real)NAN;
    return b->type->eval(b->options.self, &pred, &target, norm, gradient ? &dpred : NULL);
}

static inline double weight(const lone_loss *b) {
    return b->type->weight ? b->type->weight(b->options.self, &b->pred.shape, &b->target)
                           : (double)tern_tensor_count(&b->pred);
}

#endif
