/* test_losses.c - every registered loss on its examples, for each kind of target it takes (tern/loss.h). */
#include "conform.h"

#include "gradcheck.h"

enum { ROWS = 7, CUT = 3 };
#define SUMMED TOLERANCE(1e-5, 1e-12)

/* A loss planned for one kind of target, and a batch for it. */
typedef struct batch {
    tern_loss_spec spec;
    tern_tensor pred, target, dpred;
} batch;

static const tern_loss_type *loss_of(const conform *c) { return (const tern_loss_type *)c->type; }

static tern_tensor guarded_tensor(const tern_shape *sample, size_t rows) {
    tern_tensor t = {.shape = tern_shape_batch(sample, rows)};
    t.data = guarded_new(tern_tensor_count(&t));
    return t;
}

static void open_batch(conform *c, batch *b, tern_target kind, size_t rows) {
    *b = (batch){.spec = {.pred = c->example->in[0], .kind = kind}};
    tern_status status = loss_of(c)->plan(c->object.self, &b->spec, &c->err);
    conform_assert(c, status == TERN_OK && !c->err.count, "its plan says: %s", c->err.item[0].text);
    b->pred = guarded_tensor(&b->spec.pred, rows);
    b->target = guarded_tensor(&b->spec.target, rows);
    b->dpred = guarded_tensor(&b->spec.pred, rows);
    tern__loss_example(&b->spec, &b->pred, &b->target);
}

static void close_batch(batch *b) {
    guarded_free(b->pred.data);
    guarded_free(b->target.data);
    guarded_free(b->dpred.data);
}

static double eval(const conform *c, batch *b, double norm, bool gradient) {
    return loss_of(c)->eval(c->object.self, &b->pred, &b->target, norm, gradient ? &b->dpred : NULL);
}

static double weight(const conform *c, const batch *b) {
    if (!loss_of(c)->weight) return (double)tern_tensor_count(&b->pred);
    return loss_of(c)->weight(c->object.self, &b->pred.shape, &b->target);
}

/* A test of one example and one kind of target. */
static void each_target(int i, void (*test)(conform *c, tern_target kind)) {
    conform c;
    conform_open(&c, TERN_LOSS, i);
    for (const tern_target *kind = conform_targets(c.type); *kind; kind++) test(&c, *kind);
    conform_close(&c);
}

static void plan_twice(conform *c, tern_target kind) {
    tern_loss_spec first = {.pred = c->example->in[0], .kind = kind}, second = first;
    unsigned char *self = tern__arena_alloc(&c->pool, c->type->size + 1, 1, NULL);
    size_t allocations = tern__alloc_count();
    conform_assert(c, loss_of(c)->plan(c->object.self, &first, &c->err) == TERN_OK, "its plan says: %s",
                   c->err.item[0].text);
    memcpy(self, c->object.self, c->type->size);
    conform_assert(c, loss_of(c)->plan(c->object.self, &second, &c->err) == TERN_OK,
                   "its plan refuses when asked again");
    conform_assert(c, tern__alloc_count() == allocations, "its plan allocates");
    bool same = tern_shape_equal(&first.target, &second.target) && first.classes == second.classes &&
                first.has_ignore == second.has_ignore && first.ignore == second.ignore &&
                test_is_near(first.threshold, second.threshold, 0);
    conform_assert(c, same && !memcmp(self, c->object.self, c->type->size),
                   "its plan answers something else when asked again");
    conform_assert(c, kind != TERN_TARGET_CLASSES || first.classes > 1, "class indices, but %zu classes",
                   first.classes);
    conform_assert(c, kind != TERN_TARGET_CLASSES || isnan(first.threshold), "a threshold for class indices");
}

START_TEST(plan_is_pure) { each_target(_i, plan_twice); }
END_TEST

static void eval_writes(conform *c, tern_target kind) {
    batch b, before;
    open_batch(c, &b, kind, ROWS);
    open_batch(c, &before, kind, ROWS);
    size_t n = tern_tensor_count(&b.pred), targets = tern_tensor_count(&b.target), allocations = tern__alloc_count();
    double with = eval(c, &b, weight(c, &b), true), without = eval(c, &b, weight(c, &b), false);
    conform_assert(c, tern__alloc_count() == allocations, "eval allocates");
    conform_assert(c, isfinite(with) && test_is_near(without, with, SUMMED),
                   "the loss is %.17g with its gradient, %.17g without", with, without);
    conform_finite(c, "dpred", b.dpred.data, n);
    conform_assert(c, !memcmp(b.pred.data, before.pred.data, n * sizeof(tern_real)), "changed pred");
    conform_assert(c, !memcmp(b.target.data, before.target.data, targets * sizeof(tern_real)), "changed target");
    conform_assert(
        c, guarded_intact(b.pred.data, n) && guarded_intact(b.target.data, targets) && guarded_intact(b.dpred.data, n),
        "wrote beside pred, target or dpred");
    close_batch(&b);
    close_batch(&before);
}

START_TEST(eval_writes_dpred_and_nothing_else) { each_target(_i, eval_writes); }
END_TEST

static void halve(conform *c, tern_target kind) {
    batch b, half;
    open_batch(c, &b, kind, ROWS);
    open_batch(c, &half, kind, ROWS);
    double loss = eval(c, &b, 3, true), less = eval(c, &half, 6, true);
    conform_assert(c, test_is_near(2 * less, loss, SUMMED), "%.17g divided by 3, but %.17g by 6", loss, less);
    for (size_t i = 0; i < tern_tensor_count(&half.dpred); i++) half.dpred.data[i] *= 2;
    conform_near(c, "dpred divided by 6, twice", half.dpred.data, b.dpred.data, tern_tensor_count(&b.dpred), SUMMED);
    close_batch(&b);
    close_batch(&half);
}

START_TEST(norm_divides_loss_and_gradient) { each_target(_i, halve); }
END_TEST

static tern_tensor rows_of(const tern_tensor *t, size_t row, size_t rows) {
    size_t sample = tern_tensor_count(t) / t->shape.dim[0];
    tern_tensor part = {t->shape, t->data + row * sample};
    part.shape.dim[0] = rows;
    return part;
}

static void cut(conform *c, tern_target kind) {
    batch whole, parts;
    open_batch(c, &whole, kind, ROWS);
    open_batch(c, &parts, kind, ROWS);
    double norm = weight(c, &whole), loss = eval(c, &whole, norm, true), sum = 0, weights = 0;
    for (size_t row = 0; row < ROWS; row += CUT) {
        size_t rows = row + CUT < ROWS ? CUT : ROWS - row;
        batch slice = {parts.spec, rows_of(&parts.pred, row, rows), rows_of(&parts.target, row, rows),
                       rows_of(&parts.dpred, row, rows)};
        sum += eval(c, &slice, norm, true);
        weights += weight(c, &slice);
    }
    conform_assert(c, test_is_near(sum, loss, SUMMED), "the loss is %.17g, of slices %.17g", loss, sum);
    conform_assert(c, test_is_near(weights, norm, SUMMED), "the weight is %.17g, of slices %.17g", norm, weights);
    conform_near(c, "dpred of slices", parts.dpred.data, whole.dpred.data, tern_tensor_count(&whole.dpred), SUMMED);
    close_batch(&whole);
    close_batch(&parts);
}

START_TEST(slices_make_up_the_batch) { each_target(_i, cut); }
END_TEST

static void ignore_all(conform *c, tern_target kind) {
    batch b;
    open_batch(c, &b, kind, ROWS);
    if (b.spec.has_ignore) {
        tern_tensor_fill(&b.target, (tern_real)b.spec.ignore);
        conform_assert(c, weight(c, &b) == 0, "ignored targets weigh %g", weight(c, &b));
        double loss = eval(c, &b, 1, true);
        conform_assert(c, loss == 0, "the loss of ignored targets is %g", loss);
        for (size_t i = 0; i < tern_tensor_count(&b.dpred); i++)
            conform_assert(c, b.dpred.data[i] == 0, "ignored targets have a gradient");
    }
    close_batch(&b);
}

START_TEST(ignored_targets_do_not_count) { each_target(_i, ignore_all); }
END_TEST

TCase *conform_losses_case(void) {
    int examples = conform_examples(TERN_LOSS);
    TCase *t = tcase_create("losses");
    tcase_add_loop_test(t, plan_is_pure, 0, examples);
    tcase_add_loop_test(t, eval_writes_dpred_and_nothing_else, 0, examples);
    tcase_add_loop_test(t, norm_divides_loss_and_gradient, 0, examples);
    tcase_add_loop_test(t, slices_make_up_the_batch, 0, examples);
    tcase_add_loop_test(t, ignored_targets_do_not_count, 0, examples);
    return t;
}
