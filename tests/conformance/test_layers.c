/* test_layers.c - every registered layer on its examples: what plan, forward and backward promise (tern/layer.h).
 * Gradients: test_gradients.c. */
#include "conform.h"

#include "layer_harness.h"

enum { ROWS = 7, CUT = 3 }; /* the rows of a batch, and of its first slice */

/* In place and not, and of slices and the whole: other loops, and other orders of sums. */
#define SAME   TOLERANCE(1e-6, 1e-14)
#define SUMMED TOLERANCE(2e-5, 1e-12)

/* ---- an example in a probe ---- */

static size_t inputs_of(const conform *c) {
    size_t n = 0;
    while (n < TERN_EXAMPLE_INPUTS && c->example->in[n].rank) n++;
    return n;
}

static const tern_layer_type *layer_of(const conform *c) { return (const tern_layer_type *)c->type; }

static void open_probe(conform *c, tern__harness *p, size_t row, size_t rows) {
    tern_status status = tern__harness_open(p, &c->object, inputs_of(c), c->example->in, rows, &c->err);
    conform_assert(c, status == TERN_OK, "its plan refuses it: %s", c->err.item[0].text);
    conform_assert(c, c->err.count == 0, "its plan reports: %s", c->err.item[0].text);
    tern__harness_fill(p);
    p->row = row;
}

static void forward(tern__harness *p, bool training) {
    tern__harness_forward_accumulate(p, training);
    tern__harness_forward(p, training);
}

static void backward(tern__harness *p) {
    tern__harness_backward_accumulate(p);
    tern__harness_backward(p);
}

static void fill_gradients(tern__harness *p, tern_real value) {
    for (size_t k = 0; k < p->params; k++) tern_tensor_fill(&p->dparam[k], value);
}

/* A copy of all of a probe's numbers, to see what changes. */
static tern_real *snapshot(const tern__harness *p) {
    tern_real *copy = tern__alloc(p->count, sizeof *copy, NULL);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, p->memory, p->count * sizeof *copy);
    return copy;
}

static void check_untouched(const conform *c, const tern__harness *p, const tern_real *before, bool back,
                            bool training) {
    for (size_t i = 0; i < p->n; i++) {
        const tern__harness_tensor *t = &p->tensor[i];
        bool state = t->tensor >= p->state && t->tensor < p->state + TERN_MAX_STATES;
        if (!(back ? t->constant_backward : t->constant_forward) && !(state && !training)) continue;
        const tern_real *was = before + (t->tensor->data - p->memory);
        conform_assert(c, !memcmp(was, t->tensor->data, tern_tensor_count(t->tensor) * sizeof *was), "%s changed %s",
                       back ? "backward" : "forward", t->name);
    }
    const char *damage = tern__harness_damage(p);
    conform_assert(c, !damage, "%s wrote beside %s", back ? "backward" : "forward", damage);
}

/* ---- plan ---- */

static bool params_equal(const tern_param *a, const tern_param *b) {
    return !strcmp(a->name, b->name) && tern_shape_equal(&a->shape, &b->shape) && a->fill == b->fill && a->a == b->a &&
           a->b == b->b && a->init == b->init && a->group == b->group && a->integer == b->integer &&
           a->fixed == b->fixed && a->fixed_count == b->fixed_count;
}

static bool specs_equal(const tern_layer_spec *a, const tern_layer_spec *b) {
    bool same = a->inputs == b->inputs && tern_shape_equal(&a->out, &b->out) && a->accumulators == b->accumulators &&
                a->scratch == b->scratch && a->scratch_row == b->scratch_row &&
                a->evaluation_row == b->evaluation_row && a->indices == b->indices && a->work == b->work;
    for (size_t k = 0; k < TERN_MAX_INPUTS; k++) same = same && tern_shape_equal(&a->in[k], &b->in[k]);
    for (size_t k = 0; k < TERN_MAX_PARAMS; k++) same = same && params_equal(&a->param[k], &b->param[k]);
    for (size_t k = 0; k < TERN_MAX_STATES; k++) same = same && params_equal(&a->state[k], &b->state[k]);
    for (size_t k = 0; k < TERN_MAX_SAVES; k++) same = same && tern_shape_equal(&a->save[k], &b->save[k]);
    return same;
}

START_TEST(plan_is_pure) {
    conform c;
    tern__harness p;
    conform_open(&c, TERN_LAYER, _i);
    const tern_layer_type *type = layer_of(&c);
    size_t least = type->least_inputs ? type->least_inputs : 1, most = type->most_inputs ? type->most_inputs : least;
    conform_assert(&c, inputs_of(&c) >= least && inputs_of(&c) <= most, "the example has %zu inputs", inputs_of(&c));
    open_probe(&c, &p, 0, 1);
    unsigned char *self = tern__arena_alloc(&c.pool, c.type->size + 1, 1, NULL);
    memcpy(self, p.self, c.type->size);
    tern_layer_spec again = {.inputs = p.spec.inputs};
    memcpy(again.in, p.spec.in, sizeof again.in);
    size_t allocations = tern__alloc_count();
    conform_assert(&c, type->plan(p.self, &again, &c.err) == TERN_OK, "its plan refuses when asked again");
    conform_assert(&c, tern__alloc_count() == allocations, "its plan allocates");
    conform_assert(&c, specs_equal(&p.spec, &again), "its plan answers something else when asked again");
    conform_assert(&c, !memcmp(self, p.self, c.type->size), "its plan derives something else when asked again");
    for (size_t k = 0; k < p.params; k++) conform_assert(&c, *p.spec.param[k].name, "parameter %zu has no name", k);
    bool same_size = tern_shape_count(&again.out) == tern_shape_count(&again.in[0]);
    if (type->flags & TERN_VIEW)
        conform_assert(&c, same_size && !type->forward && !type->backward && !p.params && !p.saves, "is no view");
    if (type->flags & TERN_IN_PLACE) conform_assert(&c, same_size, "can't be in place: y is not as large as x");
    tern__harness_close(&p);
    conform_close(&c);
}
END_TEST

/* ---- forward and backward on their own ---- */

/* `_i` is the example. Memory begins as NaN: what is not written shows, and so does what is read before it was written.
 */
START_TEST(forward_writes_y_and_nothing_else) {
    conform c;
    conform_open(&c, TERN_LAYER, _i);
    for (int training = 0; training < 2; training++) {
        tern__harness p;
        open_probe(&c, &p, 0, ROWS);
        tern_real *before = snapshot(&p);
        size_t allocations = tern__alloc_count();
        forward(&p, training);
        conform_assert(&c, tern__alloc_count() == allocations, "forward allocates");
        conform_finite(&c, training ? "y in training" : "y in evaluation", p.y.data, tern_tensor_count(&p.y));
        check_untouched(&c, &p, before, false, training);
        tern__free(before);
        tern__harness_close(&p);
    }
    conform_close(&c);
}
END_TEST

START_TEST(backward_writes_dx_and_adds_to_dparam) {
    conform c;
    tern__harness p, one;
    conform_open(&c, TERN_LAYER, _i);
    open_probe(&c, &p, 0, ROWS);
    open_probe(&c, &one, 0, ROWS);
    forward(&p, true);
    forward(&one, true);
    fill_gradients(&p, 0);
    fill_gradients(&one, 1);
    tern_real *before = snapshot(&p);
    size_t allocations = tern__alloc_count();
    backward(&p);
    conform_assert(&c, tern__alloc_count() == allocations, "backward allocates");
    check_untouched(&c, &p, before, true, true);
    backward(&one);
    for (size_t k = p.spec.indices ? 1 : 0; k < p.spec.inputs; k++)
        conform_finite(&c, "dx", p.dx[k].data, tern_tensor_count(&p.dx[k]));
    for (size_t k = 0; k < p.params; k++) {
        size_t n = tern_tensor_count(&p.dparam[k]);
        conform_finite(&c, p.spec.param[k].name, p.dparam[k].data, n);
        for (size_t i = 0; i < n && !(layer_of(&c)->flags & TERN_SETS_GRADIENT); i++) p.dparam[k].data[i]++;
        conform_near(&c, p.spec.param[k].name, one.dparam[k].data, p.dparam[k].data, n, SUMMED);
    }
    tern__free(before);
    tern__harness_close(&p);
    tern__harness_close(&one);
    conform_close(&c);
}
END_TEST

START_TEST(backward_leaves_out_what_nobody_needs) {
    conform c;
    conform_open(&c, TERN_LAYER, _i);
    for (size_t k = 0; k < inputs_of(&c); k++) {
        tern__harness all, some;
        open_probe(&c, &all, 0, 2);
        open_probe(&c, &some, 0, 2);
        forward(&all, true), forward(&some, true);
        fill_gradients(&all, 0), fill_gradients(&some, 0);
        some.unwanted[k] = true;
        backward(&all), backward(&some);
        for (size_t j = 0; j < inputs_of(&c); j++)
            if (j != k) conform_near(&c, "dx", some.dx[j].data, all.dx[j].data, tern_tensor_count(&all.dx[j]), SAME);
        for (size_t j = 0; j < all.params; j++)
            conform_near(&c, all.spec.param[j].name, some.dparam[j].data, all.dparam[j].data,
                         tern_tensor_count(&all.dparam[j]), SAME);
        tern__harness_close(&all);
        tern__harness_close(&some);
    }
    conform_close(&c);
}
END_TEST

/* One parameter after the other is frozen, then all: the other gradients are the same. */
START_TEST(frozen_parameters_change_nothing_else) {
    conform c;
    tern__harness all, some;
    conform_open(&c, TERN_LAYER, _i);
    open_probe(&c, &all, 0, 2);
    forward(&all, true);
    fill_gradients(&all, 0);
    backward(&all);
    for (size_t k = 0; all.params && k <= all.params; k++) {
        open_probe(&c, &some, 0, 2);
        for (size_t j = 0; j < all.params; j++) some.frozen[j] = j == k || k == all.params;
        forward(&some, true);
        fill_gradients(&some, 0);
        backward(&some);
        for (size_t j = all.spec.indices ? 1 : 0; j < inputs_of(&c); j++)
            conform_near(&c, "dx", some.dx[j].data, all.dx[j].data, tern_tensor_count(&all.dx[j]), SAME);
        for (size_t j = 0; j < all.params; j++)
            if (!some.frozen[j])
                conform_near(&c, all.spec.param[j].name, some.dparam[j].data, all.dparam[j].data,
                             tern_tensor_count(&all.dparam[j]), SAME);
        tern__harness_close(&some);
    }
    tern__harness_close(&all);
    conform_close(&c);
}
END_TEST

/* A layer whose states are frozen goes by them in a training pass as in evaluation, and leaves them. */
START_TEST(frozen_states_stay) {
    conform c;
    tern__harness evaluated, p;
    conform_open(&c, TERN_LAYER, _i);
    open_probe(&c, &evaluated, 0, ROWS);
    open_probe(&c, &p, 0, ROWS);
    p.keeps_states = p.states > 0;
    for (size_t k = 0; k < p.states; k++)
        tern_tensor_fill(&p.state[k], (tern_real)1.25), tern_tensor_fill(&evaluated.state[k], (tern_real)1.25);
    tern_real *before = snapshot(&p);
    forward(&evaluated, false);
    forward(&p, true);
    if (p.states) conform_near(&c, "y", p.y.data, evaluated.y.data, tern_tensor_count(&p.y), SAME);
    check_untouched(&c, &p, before, false, !p.states);
    tern__free(before);
    tern__harness_close(&evaluated);
    tern__harness_close(&p);
    conform_close(&c);
}
END_TEST

START_TEST(in_place_is_the_same) {
    conform c;
    tern__harness apart, in_place;
    conform_open(&c, TERN_LAYER, _i);
    if (layer_of(&c)->flags & TERN_IN_PLACE) {
        open_probe(&c, &apart, 0, ROWS);
        open_probe(&c, &in_place, 0, ROWS);
        if (!(layer_of(&c)->flags & TERN_READS_X)) in_place.y.data = in_place.x[0].data;
        in_place.dx[0].data = in_place.dy.data;
        fill_gradients(&apart, 0), fill_gradients(&in_place, 0);
        forward(&apart, false), forward(&in_place, false);
        conform_near(&c, "y in evaluation", in_place.y.data, apart.y.data, tern_tensor_count(&apart.y), SAME);
        tern__harness_fill(&in_place);
        forward(&apart, true), forward(&in_place, true);
        conform_near(&c, "y", in_place.y.data, apart.y.data, tern_tensor_count(&apart.y), SAME);
        backward(&apart), backward(&in_place);
        for (size_t k = 0; k < apart.spec.inputs; k++)
            conform_near(&c, "dx", in_place.dx[k].data, apart.dx[k].data, tern_tensor_count(&apart.dx[k]), SAME);
        for (size_t k = 0; k < apart.params; k++)
            conform_near(&c, apart.spec.param[k].name, in_place.dparam[k].data, apart.dparam[k].data,
                         tern_tensor_count(&apart.dparam[k]), SAME);
        tern__harness_close(&apart);
        tern__harness_close(&in_place);
    }
    conform_close(&c);
}
END_TEST

/* ---- a batch and its slices ---- */

static void take_rows(tern_tensor *to, const tern_tensor *from, size_t row) {
    size_t n = tern_tensor_count(to), sample = n / to->shape.dim[0];
    memcpy(to->data, from->data + row * sample, n * sizeof *to->data);
}

/* What the framework does with the accumulators of slices: each then has the totals. */
static void add_accumulators(tern__harness *a, tern__harness *b) {
    for (size_t i = 0; i < a->spec.accumulators; i++)
        a->accumulators[i] = b->accumulators[i] = a->accumulators[i] + b->accumulators[i];
}

/* The same for those of forward. */
static void merge_accumulators(tern__harness *a, tern__harness *b) {
    if (!a->type->merge) {
        add_accumulators(a, b);
        return;
    }
    a->type->merge(a->self, a->accumulators, b->accumulators);
    memcpy(b->accumulators, a->accumulators, a->spec.accumulators * sizeof *a->accumulators);
}

static void compare_rows(const conform *c, const char *what, const tern_tensor *slice, const tern_tensor *batch,
                         size_t row) {
    size_t n = tern_tensor_count(slice), sample = n / slice->shape.dim[0];
    conform_near(c, what, slice->data, batch->data + row * sample, n, SUMMED);
}

static void compare_slices(const conform *c, const tern__harness *whole, tern__harness *a, const tern__harness *b,
                           bool training) {
    compare_rows(c, "y of the first slice", &a->y, &whole->y, 0);
    compare_rows(c, "y of the second slice", &b->y, &whole->y, CUT);
    for (size_t k = whole->spec.indices ? 1 : 0; training && k < whole->spec.inputs; k++) {
        compare_rows(c, "dx of the first slice", &a->dx[k], &whole->dx[k], 0);
        compare_rows(c, "dx of the second slice", &b->dx[k], &whole->dx[k], CUT);
    }
    for (size_t k = 0; training && k < whole->params; k++) {
        tern_tensor_add(&b->dparam[k], &a->dparam[k]);
        conform_near(c, "the sum of the slices' gradients", a->dparam[k].data, whole->dparam[k].data,
                     tern_tensor_count(&a->dparam[k]), SUMMED);
    }
    for (size_t k = 0; training && k < whole->states; k++)
        conform_near(c, "the state after the first slice", a->state[k].data, whole->state[k].data,
                     tern_tensor_count(&a->state[k]), SUMMED);
}

static void play(tern__harness *whole, tern__harness *a, tern__harness *b, bool training) {
    tern__harness *slices[] = {a, b};
    forward(whole, training);
    for (size_t s = 0; s < 2; s++) {
        for (size_t k = 0; k < whole->spec.inputs; k++) take_rows(&slices[s]->x[k], &whole->x[k], slices[s]->row);
        take_rows(&slices[s]->dy, &whole->dy, slices[s]->row);
        tern__harness_forward_accumulate(slices[s], training);
    }
    merge_accumulators(a, b);
    tern__harness_forward(a, training), tern__harness_forward(b, training);
    if (!training) return;
    fill_gradients(whole, 0), fill_gradients(a, 0), fill_gradients(b, 0);
    backward(whole);
    tern__harness_backward_accumulate(a), tern__harness_backward_accumulate(b);
    add_accumulators(a, b);
    tern__harness_backward(a), tern__harness_backward(b);
}

START_TEST(slices_make_up_the_batch) {
    conform c;
    conform_open(&c, TERN_LAYER, _i);
    for (int training = 0; training < 2; training++) {
        tern__harness whole, a, b;
        open_probe(&c, &whole, 0, ROWS);
        open_probe(&c, &a, 0, CUT);
        open_probe(&c, &b, CUT, ROWS - CUT);
        play(&whole, &a, &b, training);
        compare_slices(&c, &whole, &a, &b, training);
        tern__harness_close(&whole);
        tern__harness_close(&a);
        tern__harness_close(&b);
    }
    conform_close(&c);
}
END_TEST

TCase *conform_layers_case(void) {
    int examples = conform_examples(TERN_LAYER);
    TCase *t = tcase_create("layers");
    tcase_add_loop_test(t, plan_is_pure, 0, examples);
    tcase_add_loop_test(t, forward_writes_y_and_nothing_else, 0, examples);
    tcase_add_loop_test(t, backward_writes_dx_and_adds_to_dparam, 0, examples);
    tcase_add_loop_test(t, backward_leaves_out_what_nobody_needs, 0, examples);
    tcase_add_loop_test(t, frozen_parameters_change_nothing_else, 0, examples);
    tcase_add_loop_test(t, frozen_states_stay, 0, examples);
    tcase_add_loop_test(t, in_place_is_the_same, 0, examples);
    tcase_add_loop_test(t, slices_make_up_the_batch, 0, examples);
    return t;
}
