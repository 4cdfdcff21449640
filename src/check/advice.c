/* advice.c - what in a model seldom trains well: a rule is a function and a line in the table below; see tern/advice.h.
 * What names a layer or an option may be wrong about plugins: these have names of their own. */
#include "advice.h"

#include <math.h>
#include <string.h>

bool tern__one_of(const char *name, const char *const *names) {
    for (; name && *names; names++)
        if (!strcmp(name, *names)) return true;
    return false;
}

#define ONE_OF(name, ...) tern__one_of(name, (const char *const[]){__VA_ARGS__, NULL})

static const char *type_of(const tern_object *o) { return o->type ? o->type->name : NULL; }

/* The field of an option by its name; NULL: the type has no such option, or of another kind. */
static const void *option_of(const tern_object *o, const char *name, tern_option_kind kind) {
    for (const tern_option *row = o->self ? o->type->options : NULL; row && row->name; row++)
        if (!strcmp(row->name, name) && row->kind == kind) return (const char *)o->self + row->offset;
    return NULL;
}

/* The layer that makes a value; SIZE_MAX: it is an input. */
static size_t maker(const tern_model *m, size_t value) {
    (void)m;
    return value ? value - 1 : SIZE_MAX;
}

/* The layer whose output, perhaps in another shape, is predicted. */
static size_t last_layer(const tern_model *m) {
    size_t i = m->nodes - 1;
    while (i != SIZE_MAX && (m->node[i].type->flags & TERN_VIEW)) i = maker(m, m->node[i].input[0]);
    return i;
}

static const char *last_type(const tern_model *m) {
    size_t i = last_layer(m);
    return i == SIZE_MAX ? "" : m->node[i].type->base.name;
}

/* A warning about a layer, in its place in the file. */
#define WARN_LAYER(m, i, err, ...)                          \
    do {                                                    \
        size_t depth_ = tern_error_enter(err, "layers", 0); \
        tern_error_enter(err, NULL, i);                     \
        tern_error_warn(err, NULL, __VA_ARGS__);            \
        tern_error_leave(err, depth_);                      \
    } while (0)

/* ---- the end of the net, and its loss ---- */

static void logits(const tern_model *m, tern_error *err) {
    const char *loss = type_of(&m->config.loss), *last = last_type(m);
    bool twice = ONE_OF(loss, "cross_entropy") && ONE_OF(last, "softmax", "log_softmax", "sigmoid");
    twice = twice || (ONE_OF(loss, "bce_with_logits") && ONE_OF(last, "softmax", "sigmoid"));
    if (twice)
        WARN_LAYER(m, last_layer(m), err,
                   "%s before %s, which takes logits and squashes them itself: done twice, what is surely wrong hardly "
                   "learns; leave this layer out",
                   last, loss);
}

static void squashed_errors(const tern_model *m, tern_error *err) {
    const tern__target *target = &m->config.target;
    const char *loss = type_of(&m->config.loss), *last = last_type(m);
    bool classes = target->classes.n > 0 || m->config.fitted.target.classes.n > 0;
    if (classes && ONE_OF(loss, "mse", "mae") && ONE_OF(last, "sigmoid", "softmax"))
        WARN_LAYER(m, last_layer(m), err,
                   "%s before %s of classes: where it is surely wrong its gradient vanishes; with cross_entropy and no "
                   "%s it is largest there",
                   last, loss, last);
}

static void cut_off(const tern_model *m, tern_error *err) {
    const char *loss = type_of(&m->config.loss), *last = last_type(m);
    if (ONE_OF(loss, "mse", "mae", "huber", "smooth_l1") && ONE_OF(last, "relu", "relu6"))
        WARN_LAYER(m, last_layer(m), err,
                   "%s as the last layer of a regression: it predicts no negative number, and an output that is 0 for "
                   "all rows learns nothing more; leave it out, or take softplus where targets are positive",
                   last);
}

static void unsuited_metric(const tern_model *m, tern_error *err) {
    const char *loss = type_of(&m->config.loss);
    size_t depth = tern_error_enter(err, "metrics", 0);
    for (size_t i = 0; i < m->config.metrics.n; i++) {
        const char *metric = type_of(&m->config.metrics.item[i]);
        if (!ONE_OF(metric, "mae", "rmse", "r2", "mape", "smape", "explained_variance")) continue;
        if (!ONE_OF(loss, "bce", "bce_with_logits", "cross_entropy", "nll", "kl_div")) continue;
        size_t element = tern_error_enter(err, NULL, i);
        tern_error_warn(err, NULL, "%s measures the distance of numbers, but %s predicts %s: accuracy or f1 says more",
                        metric, loss, ONE_OF(loss, "bce") ? "probabilities" : "scores of classes");
        tern_error_leave(err, element);
    }
    tern_error_leave(err, depth);
}

/* ---- normalisation ---- */

static void batches_of_one(const tern_model *m, tern_error *err) {
    for (size_t i = 0; i < m->nodes; i++) {
        if (!ONE_OF(m->node[i].type->base.name, "batch_norm") || m->config.train.batch_size != 1) continue;
        WARN_LAYER(m, i, err,
                   "batch_norm with a batch_size of 1: one row has no variance, so that nothing is learned; "
                   "take layer_norm or group_norm, or larger batches");
        return;
    }
}

/* Whether a value comes from a dropout, with no weights between. */
static bool after_dropout(const tern_model *m, size_t value) {
    for (size_t i = maker(m, value); i != SIZE_MAX && !m->node[i].params; i = maker(m, m->node[i].input[0]))
        if (ONE_OF(m->node[i].type->base.name, "dropout")) return true;
    return false;
}

static void dropout_first(const tern_model *m, tern_error *err) {
    for (size_t i = 0; i < m->nodes; i++) {
        if (!ONE_OF(m->node[i].type->base.name, "batch_norm") || !after_dropout(m, m->node[i].input[0])) continue;
        WARN_LAYER(m, i, err,
                   "batch_norm after a dropout: the variance that it learns is that of training, larger than in "
                   "evaluation (Li et al. 2018); put the dropout after it");
        return;
    }
}

/* ---- the learning rate ---- */

static void learning_rate(const tern_model *m, tern_error *err) {
    static const struct {
        const char *optimizer;
        double least, most;
    } usual[] = {{"sgd", 1e-4, 1},        {"adam", 1e-5, 0.1},  {"adamw", 1e-5, 0.1},  {"adamax", 1e-5, 0.1},
                 {"rmsprop", 1e-5, 0.05}, {"adagrad", 1e-4, 1}, {"adadelta", 0.01, 10}};
    const tern_object *o = &m->config.optimizer;
    const double *lr = option_of(o, "lr", TERN_OPTION_REAL);
    if (!lr || option_of(&m->config.schedule, "max_lr", TERN_OPTION_REAL)) return; /* it would not be used */
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        if (strcmp(usual[i].optimizer, type_of(o)) || (*lr >= usual[i].least && *lr <= usual[i].most)) continue;
        size_t depth = tern_error_enter(err, "optimizer", 0);
        tern_error_warn(err, "lr", "is %g; %s usually learns with %g to %g: %s", *lr, type_of(o), usual[i].least,
                        usual[i].most, *lr > usual[i].most ? "much more diverges" : "much less takes very long");
        tern_error_leave(err, depth);
    }
}

/* The last tick at which a schedule says that something happens, and the option that says it. */
static double last_tick(const tern_object *schedule, const char **key) {
    static const char *const lengths[] = {"t_max", "total_iters", "total_steps", "step_size"};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        const size_t *n = option_of(schedule, *key = lengths[i], TERN_OPTION_SIZE);
        if (n && *n) return (double)*n;
    }
    const tern_reals *milestones = option_of(schedule, *key = "milestones", TERN_OPTION_REALS);
    double last = 0;
    for (size_t i = 0; milestones && i < milestones->n; i++) last = fmax(last, milestones->v[i]);
    return last;
}

void tern__advise_schedule(const tern_model *m, size_t steps_per_epoch, tern_error *err) {
    const tern_object *o = &m->config.schedule;
    if (!o->self) return;
    const tern__schedule_common *common = o->common;
    const tern_schedule_type *type = (const tern_schedule_type *)o->type;
    bool by_step = common->interval < 0 ? !(type->intervals & TERN_BY_EPOCH) : common->interval == TERN__STEP;
    if (by_step != (steps_per_epoch > 0)) return; /* the other call knows how many ticks there are */
    const char *key;
    double epochs = (double)m->config.train.epochs, ticks = by_step ? epochs * (double)steps_per_epoch : epochs;
    double last = last_tick(o, &key);
    if (last <= ticks) return;
    size_t depth = tern_error_enter(err, "schedule", 0);
    tern_error_warn(err, key, "goes to tick %g, but training ends after %g (%s): the learning rate never gets there",
                    last, ticks, by_step ? "steps" : "epochs");
    tern_error_leave(err, depth);
}

static void schedule(const tern_model *m, tern_error *err) { tern__advise_schedule(m, 0, err); }

/* ---- all of them ---- */

void tern_model_advise(const tern_model *m, tern_error *err) {
    static void (*const rules[])(const tern_model *, tern_error *) = {
        logits, squashed_errors, cut_off, unsuited_metric, batches_of_one, dropout_first, learning_rate, schedule};
    if (m->unfitted || !m->nodes || !m->config.loss.self) return;
    tern__error_scope before;
    tern__json_enter(&m->json, err, &before);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) rules[i](m, err);
    tern__error_scope_leave(err, &before);
}
