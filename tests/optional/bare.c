/* bare.c - a type of each kind without any of the functions that may be left out, and without options and aliases. */
#include <tern/plugin.h>

#include <math.h>

/* ---- layers: one that computes, one that only renames the shape ---- */

static tern_status same_plan(void *self, tern_layer_spec *spec, tern_error *err) {
    (void)self, (void)err;
    spec->out = spec->in[0];
    return TERN_OK;
}

static void bare_forward(const void *self, const tern_forward *f) {
    (void)self;
    for (size_t i = 0, n = tern_tensor_count(f->y); i < n; i++) f->y->data[i] = 2 * f->x[0]->data[i];
}

static void bare_backward(const void *self, const tern_backward *b) {
    (void)self;
    if (!b->dx[0]) return;
    for (size_t i = 0, n = tern_tensor_count(b->dy); i < n; i++) b->dx[0]->data[i] = 2 * b->dy->data[i];
}

static const tern_example one[] = {{"{}", {{1, {3}}}}, {0}};

static const tern_layer_type layer = {
    .base = {TERN_LAYER, "bare_layer", NULL, "Doubles.", 0, NULL, one},
    .plan = same_plan,
    .forward = bare_forward,
    .backward = bare_backward,
};

static const tern_layer_type view = {
    .base = {TERN_LAYER, "bare_view", NULL, "Renames nothing.", 0, NULL, one},
    .flags = TERN_VIEW,
    .plan = same_plan,
};

/* ---- a loss without weight ---- */

static tern_status loss_plan(void *self, tern_loss_spec *spec, tern_error *err) {
    (void)self, (void)err;
    spec->target = spec->pred;
    return TERN_OK;
}

static double loss_eval(const void *self, const tern_tensor *pred, const tern_tensor *target, double norm,
                        tern_tensor *dpred) {
    (void)self;
    double sum = 0;
    for (size_t i = 0, n = tern_tensor_count(pred); i < n; i++) {
        double e = (double)pred->data[i] - (double)target->data[i];
        sum += e * e;
        if (dpred) dpred->data[i] = (tern_real)(2 * e / norm);
    }
    return sum / norm;
}

static const tern_loss_type loss = {
    .base = {TERN_LOSS, "bare_loss", NULL, "The square.", 0, NULL, one},
    .targets = TERN_TARGET_VALUES,
    .plan = loss_plan,
    .eval = loss_eval,
};

/* ---- an optimizer without slots ---- */

static tern_status optimizer_plan(void *self, tern_optimizer_spec *spec, tern_error *err) {
    (void)self, (void)spec, (void)err;
    return TERN_OK;
}

static void optimizer_update(const void *self, const tern_update *u) {
    (void)self;
    for (size_t i = 0; i < u->n; i++) u->w[i] -= (tern_real)u->lr * u->g[i];
}

typedef struct optimizer_options {
    double lr;
} optimizer_options;

static const tern_option optimizer_rows[] = {
    TERN_REAL(optimizer_options, lr, 0.1, 0, 1, "Learning rate."),
    {0},
};

static const tern_optimizer_type optimizer = {
    .base = {TERN_OPTIMIZER, "bare_optimizer", NULL, "Steps down.", sizeof(optimizer_options), optimizer_rows,
             (const tern_example[]){{"{}", {{0}}}, {0}}},
    .plan = optimizer_plan,
    .update = optimizer_update,
};

/* ---- a schedule without plan, momentum and observe ---- */

static double schedule_lr(const void *self, double base, size_t k, const double *state) {
    (void)self, (void)state;
    return base / (1 + (double)k);
}

static const tern_schedule_type schedule = {
    .base = {TERN_SCHEDULE, "bare_schedule", NULL, "Falls.", 0, NULL, (const tern_example[]){{"{}", {{0}}}, {0}}},
    .intervals = TERN_BY_EPOCH | TERN_BY_STEP,
    .lr = schedule_lr,
};

/* ---- an initializer without plan ---- */

static void initializer_fill(const void *self, const tern_random *random, tern_tensor *w) {
    (void)self, (void)random;
    for (size_t i = 0, n = tern_tensor_count(w); i < n; i++) w->data[i] = (tern_real)(0.1 * sin((double)i + 1));
}

static const tern_initializer_type initializer = {
    .base = {TERN_INITIALIZER, "bare_initializer", NULL, "A wave.", 0, NULL,
             (const tern_example[]){{"{}", {{2, {3, 4}}}}, {0}}},
    .fill = initializer_fill,
};

/* ---- a metric without merge ---- */

static tern_status metric_plan(void *self, tern_metric_spec *spec, tern_error *err) {
    (void)self, (void)err;
    spec->accumulators = 2;
    return TERN_OK;
}

static void metric_add(const void *self, const tern_tensor *pred, const tern_tensor *target, double *accumulators) {
    (void)self, (void)target;
    for (size_t i = 0, n = tern_tensor_count(pred); i < n; i++) accumulators[0] += (double)pred->data[i];
    accumulators[1] += (double)pred->shape.dim[0];
}

static double metric_value(const void *self, const double *accumulators) {
    (void)self;
    return accumulators[1] > 0 ? accumulators[0] / accumulators[1] : (double)NAN;
}

static const tern_metric_type metric = {
    .base = {TERN_METRIC, "bare_metric", NULL, "The mean prediction.", 0, NULL, one},
    .plan = metric_plan,
    .add = metric_add,
    .value = metric_value,
};

/* ---- a reader without endings, read_for and from_files ---- */

static tern_dataset *reader_read(const void *self, const char *dir, bool safe, tern_error *err) {
    (void)self, (void)dir, (void)safe;
    static float x[8][3], y[8][2];
    for (size_t i = 0; i < 8; i++) {
        for (size_t k = 0; k < 3; k++) x[i][k] = (float)((i * 5 + k * 3) % 7) / 7;
        for (size_t k = 0; k < 2; k++) y[i][k] = x[i][k] - x[i][2];
    }
    tern_array cx = {.dtype = TERN_F32, .shape = {1, {3}}, .data = x},
               cy = {.dtype = TERN_F32, .shape = {1, {2}}, .data = y};
    return tern_dataset_borrow(8, &cx, &cy, err);
}

static const tern_reader_type reader = {
    .base = {TERN_READER, "bare_reader", NULL, "Eight samples.", 0, NULL, (const tern_example[]){{"{}", {{0}}}, {0}}},
    .read = reader_read,
};

TERN_PLUGIN(&layer.base, &view.base, &loss.base, &optimizer.base, &schedule.base, &initializer.base, &metric.base,
            &reader.base);
