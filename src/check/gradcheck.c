/* gradcheck.c - gradients against central differences: dL/dx is near (L(x + h) - L(x - h)) / 2h.
 *
 * For a layer L = sum of r y with fixed numbers r, which are then dy. Where the slopes on either side of x differ by
 * more than those of a smooth function would, there is a kink within h. No quotient says what the derivative is then:
 * it is skipped. */
#include "gradcheck.h"

#include "layer_harness.h"
#include "object_copy.h"

#include <tern/math.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_ELEMENTS = 200 }; /* of a tensor that are checked */

/* In double rounding and curvature then both stay below 1e-8, in float below 1e-3. */
static const double STEP = sizeof(tern_real) == sizeof(double) ? 1e-6 : 0x1p-8;
static const double KINK = 32; /* slopes on either side of a smooth function differ by about its curvature times h */

typedef double objective(void *arg); /* L, from the numbers as they stand */

bool tern__gradcheck_passes(const tern_gradcheck *check) {
    return check->worst < TERN__GRADCHECK_ERROR && 5 * check->skipped <= check->checked + check->skipped;
}

/* Compares one derivative with the quotient at *x. */
static void check_element(objective *value, void *arg, tern_real *x, double derivative, const char *tensor,
                          size_t element, tern_gradcheck *out) {
    const tern_real at = *x;
    const double h = STEP * fmax(1, fabs((double)at)), middle = value(arg);
    *x = (tern_real)((double)at + h);
    const double after = (double)*x - (double)at, high = value(arg);
    *x = (tern_real)((double)at - h);
    const double before = (double)at - (double)*x, low = value(arg);
    *x = at;

    double right = (high - middle) / after, left = (middle - low) / before, quotient = (high - low) / (after + before);
    if (fabs(right - left) > KINK * h * fmax(1, fabs(quotient))) {
        out->skipped++;
        return;
    }
    double error = fabs(derivative - quotient) / fmax(1, fmax(fabs(derivative), fabs(quotient)));
    out->checked++;
    if (error <= out->worst) return;
    out->worst = isnan(error) ? (double)INFINITY : error;
    out->element = element;
    out->derivative = derivative;
    out->quotient = quotient;
    snprintf(out->tensor, sizeof out->tensor, "%s", tensor);
}

/* Leaves out what is fixed of `param`, which may be NULL. */
static void check_tensor(objective *value, void *arg, tern_tensor *x, const tern_tensor *dx, const tern_param *param,
                         const char *name, tern_gradcheck *out) {
    size_t n = tern_tensor_count(x), most = n < MOST_ELEMENTS ? n : MOST_ELEMENTS;
    for (size_t i = 0; i < most; i++) {
        size_t k = (size_t)((double)i * (double)n / (double)most);
        if (param && k - param->fixed < param->fixed_count) continue; /* the difference wraps round below `fixed` */
        check_element(value, arg, &x->data[k], (double)dx->data[k], name, k, out);
    }
}

/* ---- layers ---- */

/* A layer, and its output y0 at the point of the check. */
typedef struct layer_point {
    tern__harness probe;
    tern_real *y0;
} layer_point;

/* L less its value at the point: where y is large, the difference of two sums would be mostly rounding. */
static double layer_value(void *arg) {
    layer_point *at = arg;
    tern__harness *p = &at->probe;
    tern__harness_forward_accumulate(p, true);
    tern__harness_forward(p, true);
    double sum = 0;
    for (size_t i = 0, n = tern_tensor_count(&p->y); i < n; i++)
        sum += (double)p->dy.data[i] * ((double)p->y.data[i] - (double)at->y0[i]);
    return sum;
}

static void check_layer(layer_point *at, tern_gradcheck *out) {
    tern__harness *p = &at->probe;
    for (size_t k = 0; k < p->params; k++) tern_tensor_fill(&p->dparam[k], 0);
    layer_value(at);
    memcpy(at->y0, p->y.data, tern_tensor_count(&p->y) * sizeof *at->y0);
    tern__harness_backward_accumulate(p);
    tern__harness_backward(p);
    for (size_t k = p->spec.indices ? 1 : 0; k < p->spec.inputs; k++) {
        char name[32];
        snprintf(name, sizeof name, "x[%zu]", k);
        check_tensor(layer_value, at, &p->x[k], &p->dx[k], NULL, name, out);
    }
    for (size_t k = 0; k < p->params; k++)
        check_tensor(layer_value, at, &p->param[k], &p->dparam[k], &p->spec.param[k], p->spec.param[k].name, out);
}

/* On an open harness, which this closes. */
static tern_status check_open(layer_point *at, tern_status status, tern_gradcheck *out, tern_error *err) {
    if (!status && !(at->y0 = tern__alloc(tern_tensor_count(&at->probe.y), sizeof *at->y0, err)))
        status = TERN_ERROR_MEMORY;
    if (!status) tern__harness_fill(&at->probe), check_layer(at, out);
    at->probe.keeps_states = at->probe.states > 0; /* and once more going by what these have become */
    if (!status && at->probe.keeps_states) check_layer(at, out);
    tern__free(at->y0);
    tern__harness_close(&at->probe);
    return status;
}

tern_status tern__gradcheck_layer(const tern_object *layer, size_t inputs, const tern_shape *in, size_t rows,
                                  tern_gradcheck *out, tern_error *err) {
    *out = (tern_gradcheck){0};
    layer_point at = {0};
    tern_status status = tern__harness_open(&at.probe, layer, inputs, in, rows, err);
    status = check_open(&at, status, out, err);
    unsigned flags = ((const tern_layer_type *)layer->type)->flags;
    if (status || !(flags & (TERN_STEPWISE | TERN_SEQUENCES))) return status;
    at = (layer_point){0}; /* and with padding, but where the options say that there is to be none */
    if (tern__harness_open_sequences(&at.probe, layer, inputs, in, rows, NULL))
        return tern__harness_close(&at.probe), TERN_OK;
    return check_open(&at, TERN_OK, out, err);
}

/* ---- losses ---- */

void tern__loss_example(const tern_loss_spec *spec, tern_tensor *pred, tern_tensor *target) {
    tern_random random = {.seed = 1, .purpose = TERN_RANDOM_OTHER, .index = 300};
    size_t n = tern_tensor_count(pred), targets = tern_tensor_count(target), rows = pred->shape.dim[0];
    tern_random_normal(&random, 0, n, pred->data);
    if (spec->threshold == 0.5) tern_sigmoid(n, pred->data, pred->data);

    random.index++;
    if (spec->kind == TERN_TARGET_CLASSES) {
        tern_random_uniform(&random, 0, targets, target->data);
        for (size_t i = 0; i < targets; i++)
            target->data[i] = (tern_real)floor((double)target->data[i] * (double)spec->classes);
        if (spec->has_ignore && targets > 1) target->data[1] = (tern_real)spec->ignore;
        return;
    }
    /* Numbers from 0 to 1 that add up to 1 over the classes serve every loss: as values, as probabilities, as yes and
     * no. */
    size_t classes = spec->target.rank ? spec->target.dim[0] : 1, inner = targets / rows / classes;
    tern_random_normal(&random, 0, targets, target->data);
    if (classes > 1) tern_softmax(rows, classes, inner, target->data, target->data);
    else tern_sigmoid(targets, target->data, target->data);
}

/* A loss with memory of its own. */
typedef struct loss_probe {
    const tern_loss_type *type;
    const void *self;
    tern_tensor pred, target, dpred;
} loss_probe;

enum { NORM = 2 }; /* not 1, so that a divisor left out shows; small, so that gradients are of the order of 1 */

static double loss_value(void *arg) {
    const loss_probe *p = arg;
    return p->type->eval(p->self, &p->pred, &p->target, NORM, NULL);
}

static bool take(tern__arena *arena, tern_tensor *t, const tern_shape *sample, size_t rows, tern_error *err) {
    t->shape = tern_shape_batch(sample, rows);
    t->data = tern__arena_alloc(arena, tern_tensor_count(t), sizeof *t->data, err);
    return t->data != NULL;
}

tern_status tern__gradcheck_loss(const tern_object *loss, const tern_shape *pred, tern_target kind, size_t rows,
                                 tern_gradcheck *out, tern_error *err) {
    *out = (tern_gradcheck){0};
    tern__arena arena = {0};
    tern_object own;
    tern_loss_spec spec = {.pred = *pred, .kind = kind};
    tern_status status = tern__object_copy(loss, &arena, &own, err);
    loss_probe p = {.type = (const tern_loss_type *)loss->type, .self = own.self};
    if (!status) status = p.type->plan(own.self, &spec, err);
    if (status) {
        tern__arena_free(&arena);
        return status;
    }
    if (take(&arena, &p.pred, pred, rows, err) && take(&arena, &p.target, &spec.target, rows, err) &&
        take(&arena, &p.dpred, pred, rows, err)) {
        tern__loss_example(&spec, &p.pred, &p.target);
        p.type->eval(p.self, &p.pred, &p.target, NORM, &p.dpred);
        check_tensor(loss_value, &p, &p.pred, &p.dpred, NULL, "pred", out);
    } else {
        status = TERN_ERROR_MEMORY;
    }
    tern__arena_free(&arena);
    return status;
}
