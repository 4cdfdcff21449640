/* test_metrics.c - every registered metric on its examples, after every loss that it goes with (tern/metric.h). */
#include "conform.h"

#include "gradcheck.h"

#include <cjson/cJSON.h>
#include <tern/metric.h>

enum { ROWS = 7, CUT = 3, MOST_ACCUMULATORS = 1024 };

/* A metric planned after a loss, and a batch. */
typedef struct batch {
    tern_metric_spec spec;
    tern_tensor pred, target;
} batch;

static const tern_metric_type *metric_of(const conform *c) { return (const tern_metric_type *)c->type; }

/* Plans a loss with its defaults, and the metric after it. False: one of them does not take this. */
static bool plan(conform *c, const tern_type *loss, tern_target kind, tern_metric_spec *spec) {
    cJSON *name = cJSON_CreateString(loss->name);
    tern_object object;
    tern_error err = {0};
    tern__outcome read = tern__object_read(&(tern__reading){NULL, &c->pool, &err}, TERN_LOSS, name, &object);
    cJSON_Delete(name);
    *spec = (tern_metric_spec){.loss = {.pred = c->example->in[0], .kind = kind},
                               .link = ((const tern_loss_type *)loss)->link};
    if (read != TERN__READ || ((const tern_loss_type *)loss)->plan(object.self, &spec->loss, &err)) return false;
    if (kind == TERN_TARGET_NONE ||
        (kind == TERN_TARGET_VALUES && tern_shape_count(&spec->loss.target) != tern_shape_count(&spec->loss.pred)))
        return false; /* nothing that a metric compares: the model's plan refuses it */
    size_t allocations = tern__alloc_count();
    tern_status status = metric_of(c)->plan(c->object.self, spec, &err);
    conform_assert(c, tern__alloc_count() == allocations, "its plan allocates");
    conform_assert(c, !status == !err.errors, "its plan refuses without saying why");
    size_t least = metric_of(c)->of_all ? 0 : 1, most = metric_of(c)->of_all ? 0 : MOST_ACCUMULATORS;
    conform_assert(c, status || (spec->accumulators >= least && spec->accumulators <= most),
                   "it wants %zu accumulators", spec->accumulators);
    return !status;
}

/* Calls the test after every loss and kind of target that go with the example; there must be one. */
static void each_loss(int i, void (*test)(conform *c, batch *b)) {
    conform c;
    conform_open(&c, TERN_METRIC, i);
    size_t tried = 0;
    for (size_t t = 0; t < tern_registry_count(NULL, TERN_LOSS); t++) {
        const tern_type *loss = tern_registry_at(NULL, TERN_LOSS, t);
        for (const tern_target *kind = conform_targets(loss); *kind; kind++) {
            batch b;
            if (!plan(&c, loss, *kind, &b.spec)) continue;
            b.pred.shape = tern_shape_batch(&b.spec.loss.pred, ROWS);
            b.target.shape = tern_shape_batch(&b.spec.loss.target, ROWS);
            b.pred.data = guarded_new(tern_tensor_count(&b.pred));
            b.target.data = guarded_new(tern_tensor_count(&b.target));
            tern__loss_example(&b.spec.loss, &b.pred, &b.target);
            test(&c, &b);
            guarded_free(b.pred.data);
            guarded_free(b.target.data);
            tried++;
        }
    }
    conform_assert(&c, tried > 0, "it goes with no loss");
    conform_close(&c);
}

static tern_tensor rows_of(const tern_tensor *t, size_t row, size_t rows) {
    size_t sample = tern_tensor_count(t) / t->shape.dim[0];
    tern_tensor part = {t->shape, t->data + row * sample};
    part.shape.dim[0] = rows;
    return part;
}

/* A metric of all samples at once stays within its scratch, and is the same each time. */
static void all(conform *c, batch *b) {
    double scratch[MOST_ACCUMULATORS + 1], value[2];
    size_t n = b->spec.scratch * ROWS, allocations = tern__alloc_count();
    conform_assert(c, n <= MOST_ACCUMULATORS, "it wants %zu doubles for a sample", b->spec.scratch);
    for (size_t i = 0; i < 2; i++) {
        scratch[n] = 77;
        value[i] = metric_of(c)->of_all(c->object.self, &b->pred, &b->target, scratch);
        conform_assert(c, scratch[n] == 77, "it writes beyond its %zu doubles of scratch", n);
    }
    conform_assert(c, tern__alloc_count() == allocations, "it allocates");
    conform_assert(c, isfinite(value[0]) && value[0] == value[1], "its value is %g, then %g", value[0], value[1]);
}

/* Sums of slices add up, whoever adds them: into one array, or each slice into its own. */
static void cut(conform *c, batch *b) {
    if (metric_of(c)->of_all) {
        all(c, b);
        return;
    }
    double whole[MOST_ACCUMULATORS + 1] = {0}, on[MOST_ACCUMULATORS + 1] = {0}, apart[2][MOST_ACCUMULATORS + 1] = {{0}};
    size_t n = b->spec.accumulators, allocations = tern__alloc_count();
    tern_tensor pred[] = {rows_of(&b->pred, 0, CUT), rows_of(&b->pred, CUT, ROWS - CUT)};
    tern_tensor target[] = {rows_of(&b->target, 0, CUT), rows_of(&b->target, CUT, ROWS - CUT)};
    whole[n] = 77;
    metric_of(c)->add(c->object.self, &b->pred, &b->target, whole);
    for (size_t s = 0; s < 2; s++) {
        metric_of(c)->add(c->object.self, &pred[s], &target[s], on);
        metric_of(c)->add(c->object.self, &pred[s], &target[s], apart[s]);
    }
    if (metric_of(c)->merge) metric_of(c)->merge(c->object.self, apart[0], apart[1]);
    for (size_t i = 0; !metric_of(c)->merge && i < n; i++) apart[0][i] += apart[1][i];
    double value = metric_of(c)->value(c->object.self, whole);
    conform_assert(c, tern__alloc_count() == allocations, "it allocates");
    conform_assert(c, isfinite(value), "its value is %g", value);
    conform_assert(c, whole[n] == 77, "it writes beyond its %zu accumulators", n);
    for (size_t i = 0; i < n; i++) {
        conform_assert(c, test_is_near(on[i], whole[i], 1e-12), "sum %zu is %.17g, added by slices %.17g", i, whole[i],
                       on[i]);
        conform_assert(c, test_is_near(apart[0][i], whole[i], 1e-12), "sum %zu is %.17g, of slices %.17g", i, whole[i],
                       apart[0][i]);
    }
    conform_assert(c,
                   guarded_intact(b->pred.data, tern_tensor_count(&b->pred)) &&
                       guarded_intact(b->target.data, tern_tensor_count(&b->target)),
                   "wrote beside pred or target");
}

START_TEST(slices_make_up_the_whole) { each_loss(_i, cut); }
END_TEST

static void nothing(conform *c, batch *b) {
    const tern_metric_type *type = metric_of(c);
    double none[MOST_ACCUMULATORS] = {0}, value = type->value ? type->value(c->object.self, none) : (double)NAN;
    conform_assert(c, isnan(value), "without samples its value is %g, not NAN", value);
    if (!b->spec.loss.has_ignore) return;
    tern_tensor_fill(&b->target, (tern_real)b->spec.loss.ignore);
    if (type->of_all) {
        value = type->of_all(c->object.self, &b->pred, &b->target, none);
    } else {
        type->add(c->object.self, &b->pred, &b->target, none);
        value = type->value(c->object.self, none);
    }
    conform_assert(c, isnan(value), "of ignored samples its value is %g, not NAN", value);
}

START_TEST(no_samples_have_no_value) { each_loss(_i, nothing); }
END_TEST

TCase *conform_metrics_case(void) {
    TCase *t = tcase_create("metrics");
    tcase_add_loop_test(t, slices_make_up_the_whole, 0, conform_examples(TERN_METRIC));
    tcase_add_loop_test(t, no_samples_have_no_value, 0, conform_examples(TERN_METRIC));
    return t;
}
