/* test_public.c - what a program asks of the library beside training: predictions, errors as text, what is in a model
 * or a file, tensors as files. Public headers alone. */
#include "fixtures/scratch.h"
#include "test.h"

#include <tern/tern.h>

#include <math.h>
#include <stdlib.h>

static const char text[] =
    "{\"input\": {\"shape\": [3], \"mean\": 1}, \"layers\": [{\"type\": \"dense\", \"out_features\": 2}],"
    "\"seed\": 7, \"loss\": \"cross_entropy\", \"optimizer\": {\"type\": \"sgd\", \"lr\": 0.1},"
    "\"train\": {\"epochs\": 5, \"batch_size\": 9, \"validation_split\": 0.25}}";

static tern_model *open_model(void) {
    tern_error err = {0};
    tern_model *m = tern_model_parse(text, strlen(text), "public", NULL, &err);
    ck_assert_msg(m != NULL, "%s", err.item[0].text);
    return m;
}

/* ---- predictions ---- */

START_TEST(predicts_in_one_call) {
    enum { N = 600 }; /* more than it takes at a time */
    static tern_real in[N * 3], got[N * 2], want[N * 2];
    tern_error err = {0};
    tern_model *m = open_model();
    for (size_t i = 0; i < N * 3; i++) in[i] = (tern_real)(i % 17) / 8;
    tern_tensor x = {TERN_SHAPE(N, 3), in}, y = {TERN_SHAPE(N, 2), got}, z = {TERN_SHAPE(N, 2), want};
    tern_predictor *p = tern_predictor_new(m, N, 1, &err);
    tern_predictor_forward(p, &x, &z, NULL);
    ck_assert_int_eq(tern_predict(m, &x, &y, &err), TERN_OK);
    for (size_t i = 0; i < N * 2; i++) ck_assert(fabs((double)(got[i] - want[i])) < 1e-5);
    tern_dataset *d = tern_dataset_borrow(
        N, &(tern_array){.dtype = sizeof(tern_real) == 8 ? TERN_F64 : TERN_F32, .shape = {1, {3}}, .data = in}, NULL,
        &err);
    memset(got, 0, sizeof got);
    ck_assert_int_eq(tern_dataset_predict(d, m, 2, &y, &err), TERN_OK);
    for (size_t i = 0; i < N * 2; i++) ck_assert(fabs((double)(got[i] - want[i])) < 1e-5);
    ck_assert_int_eq(tern_dataset_predict(d, m, 2, &x, &err), TERN_ERROR_USAGE);
    tern_dataset_free(d);
    tern_predictor_free(p);
    tern_model_free(m);
}
END_TEST

START_TEST(refuses_other_shapes) {
    tern_real in[12] = {0}, out[8] = {0};
    tern_model *m = open_model();
    tern_tensor x = {TERN_SHAPE(4, 3), in}, y = {TERN_SHAPE(4, 2), out};
    tern_tensor narrow = {TERN_SHAPE(6, 2), in}, few = {TERN_SHAPE(3, 2), out}, one = {TERN_SHAPE(3), in};
    tern_error err = {0};
    ck_assert_int_eq(tern_predict(m, &narrow, &y, &err), TERN_ERROR_USAGE);
    ck_assert_str_eq(err.item[0].text, "x is [6, 2]; expected [6, 3]");
    ck_assert_int_eq(tern_predict(m, &x, &few, &err), TERN_ERROR_USAGE);
    ck_assert_str_eq(err.item[1].text, "y is [3, 2]; expected [4, 2]");
    ck_assert_int_eq(tern_predict(m, &one, &y, &err), TERN_ERROR_USAGE);
    tern_model_free(m);
}
END_TEST

START_TEST(prints_errors) {
    char line[200] = "", second[200] = "";
    tern_error err = {0};
    tern_error_add(&err, TERN_ERROR_USAGE, "key", "first");
    tern_error_warn(&err, NULL, "second");
    FILE *file = fopen(scratch_path("errors"), "w+");
    tern_error_print(&err, file);
    rewind(file);
    ck_assert(fgets(line, sizeof line, file) && fgets(second, sizeof second, file));
    ck_assert_str_eq(line, "error: /key: first\n");
    ck_assert_str_eq(second, "warning: second\n");
    ck_assert_ptr_null(fgets(line, sizeof line, file));
    fclose(file);
}
END_TEST

/* ---- what is known ---- */

START_TEST(describes_a_model) {
    tern_model *m = open_model();
    tern_model_info info = tern_model_describe(m);
    ck_assert(info.seed == 7 && info.epochs == 5 && info.batch_size == 9 && info.validation_split == 0.25);
    ck_assert(info.has_train && !info.train_data && !info.valid_data && !info.test_data && !info.indices);
    ck_assert_uint_eq(tern_model_parameters(m), 8);
    ck_assert_str_eq(info.loss, "cross_entropy");
    ck_assert_str_eq(info.optimizer, "sgd");
    ck_assert(info.target.kind == TERN_TARGET_CLASSES && info.target.classes == 2);
    tern_model_free(m);
}
END_TEST

START_TEST(sums_up_a_model) {
    tern_error err = {0};
    tern_model *m = open_model();
    tern_summary *s = tern_summary_new(m, 1, &err);
    ck_assert(s && s->layers == 1 && s->params == 8 && !s->states && !s->slots && s->batch == 9);
    ck_assert(s->weight_bytes == 8 * sizeof(tern_real) && s->train_bytes > s->predict_bytes && s->predict_bytes);
    ck_assert(s->layer[0].params == 8 && !s->layer[0].inputs && s->layer[0].out.dim[0] == 2);
    ck_assert_str_eq(s->layer[0].type, "dense");
    tern_summary_free(s);
    tern_model_free(m);
}
END_TEST

START_TEST(describes_itself) {
    tern_build b = tern_version();
    ck_assert_str_eq(b.version, TERN_VERSION);
    ck_assert_str_eq(b.real, sizeof(tern_real) == sizeof(double) ? "double" : "float");
    ck_assert(b.cpus == tern_cpu_count() && b.cpus && b.blas_threads && *b.blas && *b.cpu_path && *b.compiler);
}
END_TEST

START_TEST(tells_options) {
    char out[200];
    const tern_option *train = tern_block_options("train");
    ck_assert_ptr_nonnull(train);
    ck_assert_ptr_nonnull(tern_block_options("early_stopping"));
    ck_assert_ptr_null(tern_block_options("trian"));
    for (; train->name && strcmp(train->name, "validation_split");) train++;
    ck_assert_str_eq(tern_option_default(train, out, sizeof out), "0");
    ck_contains(tern_option_accepts(train, out, sizeof out), "a number from 0");
    char *schema = tern_schema(NULL, NULL);
    ck_contains(schema, "\"validation_split\"");
    tern_free(schema);
}
END_TEST

/* ---- checks and measures ---- */

/* What came, and how many of them failed. */
typedef struct tally {
    size_t done, failed;
    const tern_type *last;
} tally;

static void count(void *user, const tern_gradcheck *check) {
    tally *t = user;
    t->done++;
    t->failed += !check->passed;
    t->last = check->type;
    ck_assert(*check->name && check->worst < (check->passed ? tern_gradcheck_bound() : INFINITY));
}

static void forward_square(const void *self, const tern_forward *f) {
    (void)self;
    for (size_t i = 0; i < tern_tensor_count(f->y); i++) f->y->data[i] = f->x[0]->data[i] * f->x[0]->data[i];
}

/* Not its derivative. */
static void backward_square(const void *self, const tern_backward *b) {
    (void)self;
    for (size_t i = 0; i < tern_tensor_count(b->dy); i++) b->dx[0]->data[i] = b->dy->data[i] * b->x[0]->data[i];
}

static tern_status plan_square(void *self, tern_layer_spec *spec, tern_error *err) {
    (void)self, (void)err;
    spec->out = spec->in[0];
    return TERN_OK;
}

static const tern_example square_examples[] = {{"{}", {{1, {5}}}}, {"{}", {{2, {2, 3}}}}, {0}};
static const tern_layer_type square = {
    .base = {TERN_LAYER, "square", .doc = "y = x^2.", .examples = square_examples},
    .flags = TERN_READS_X,
    .plan = plan_square,
    .forward = forward_square,
    .backward = backward_square,
};

START_TEST(checks_gradients) {
    tern_error err = {0};
    tally t = {0};
    tern_model *m = open_model();
    ck_assert_int_eq(tern_gradcheck_model(m, count, &t, &err), TERN_OK);
    ck_assert(t.done == 2 && !t.failed && t.last->kind == TERN_LOSS);
    t = (tally){0};
    tern_registry *r = tern_registry_new(&err);
    ck_assert_int_eq(tern_registry_add(r, &square.base, &err), TERN_OK);
    ck_assert_int_eq(tern_gradcheck_type(r, &square.base, count, &t, &err), TERN_OK);
    ck_assert(t.done == 2 && t.failed == 2);
    const tern_type *adam = tern_registry_find(NULL, TERN_OPTIMIZER, "adam");
    ck_assert_int_eq(tern_gradcheck_type(NULL, adam, count, &t, &err), TERN_ERROR_USAGE);
    tern_registry_free(r);
    tern_model_free(m);
}
END_TEST

/* Batches of a dataset for a loop of one's own, and the time of its steps. */
START_TEST(measures_steps) {
    enum { N = 20 };
    tern_real in[N][3];
    uint8_t out[N];
    size_t order[N], seen = 0;
    tern_error err = {0};
    for (size_t i = 0; i < N; i++) in[i][0] = (tern_real)(out[i] = i % 2), in[i][1] = in[i][2] = 0.5f;
    tern_array x = {.dtype = sizeof(tern_real) == 8 ? TERN_F64 : TERN_F32, .shape = {1, {3}}, .data = in};
    tern_array y = {.dtype = TERN_U8, .data = out};
    tern_dataset *d = tern_dataset_borrow(N, &x, &y, &err);
    tern_model *m = open_model();
    tern_trainer *t = tern_trainer_new(m, NULL, &err);
    tern_shuffle(1, 0, N, order);
    tern_rows rows = tern_dataset_rows(d, m, order, N);
    for (size_t first = 0; first < N; first += 9) {
        tern_step step;
        tern_batch batch = tern_rows_batch(&rows, first, 9);
        ck_assert_int_eq(tern_trainer_step(t, &batch, &step, &err), TERN_OK);
        ck_assert(isfinite(step.loss));
        seen += batch.n;
    }
    ck_assert_uint_eq(seen, N);
    tern_batch batch = tern_rows_batch(&rows, 0, 9);
    tern_profile *p = tern_profile_new(t, &batch, 3, &err);
    ck_assert(p && p->layers == 1 && p->workers && p->step > 0 && p->layer[0].forward > 0 && p->flops > 0);
    ck_assert_str_eq(p->layer[0].type, "dense");
    ck_assert(p->layer[0].forward + p->layer[0].backward + p->loss + p->update < p->step);
    tern_profile_free(p);
    tern_trainer_free(t);
    tern_model_free(m);
    tern_dataset_free(d);
}
END_TEST

/* ---- files ---- */

START_TEST(saves_tensors) {
    tern_real v[6] = {0.1f, -2, 3, 4e-20f, 5, 6};
    tern_tensor t[2] = {{TERN_SHAPE(2, 3), v}, {TERN_SHAPE(6), v}};
    tern_error err = {0};
    const char *npy = scratch_path("t.npy"), *csv = scratch_path("t.csv"), *both = scratch_path("t.safetensors");
    ck_assert_int_eq(tern_tensor_save(&t[0], npy, &err), TERN_OK);
    ck_assert_int_eq(tern_tensor_save(&t[0], csv, &err), TERN_OK);
    const char *const path[] = {npy, csv};
    for (size_t i = 0; i < 2; i++) {
        tern_dataset *d = tern_dataset_read(NULL, &(tern_files){.input = path[i]}, &err);
        ck_assert_msg(d && d->n == 2 && tern_shape_count(&d->x->shape) == 3, "%s", err.item[0].text);
        for (size_t k = 0; k < 6; k++) ck_assert((tern_real)tern_array_get(d->x, k) == v[k]);
        tern_dataset_free(d);
    }
    ck_assert_int_eq(tern_tensor_save(&t[0], "t.txt", &err), TERN_ERROR_USAGE);
    ck_assert_int_eq(tern_tensors_save(2, (const char *const[]){"a", "b"}, t, both, &err), TERN_OK);
    v[1] = NAN; /* the file has the number */
    tern_file_tensors *f = tern_file_tensors_open(both, &err);
    ck_assert(f && f->n == 2 && f->tensor[0].min == -2 && f->tensor[0].max == 6 && !f->tensor[0].not_finite);
    ck_assert_str_eq(f->tensor[1].name, "b");
    ck_assert(tern_shape_equal(&f->tensor[1].shape, &t[1].shape));
    tern_file_tensors_free(f);
    ck_assert_ptr_null(tern_file_tensors_open(csv, &err));
}
END_TEST

START_TEST(drafts_a_model) {
    tern_error err = {0};
    char csv[1024] = "kind,size,odd\n";
    for (int i = 0; i < 40; i++)
        sprintf(csv + strlen(csv), "%s,%d.5,%s\n", i % 2 ? "b" : "a", i * 7 % 11, i % 3 ? "yes" : "");
    const tern_draft_options options = {.target = "kind", .output = scratch_file("t.json", "", 0)};
    tern_draft *d = tern_draft_open(scratch_file("t.csv", csv, strlen(csv)), &options, &err);
    ck_assert_msg(d && d->model, "%s", err.item[0].text);
    ck_assert(d->rows == 40 && d->columns == 3);
    ck_assert_str_eq(d->task, "classification");
    ck_assert_str_eq(d->name, "t");
    const tern_draft_column *c = d->column;
    ck_assert(c[0].target && c[0].distinct == 2 && isnan(c[0].min));
    ck_assert(c[1].distinct == 11 && c[1].min == 0.5 && c[1].max == 10.5 && fabs(c[1].mean - 5.55) < 1e-12);
    ck_assert(c[2].missing == 14 && !c[2].why);
    ck_assert_str_eq(c[1].type, "number");
    tern_model *m =
        tern_model_parse(d->model, strlen(d->model), "t.json", &(tern_model_options){.unfitted = true}, &err);
    ck_assert_msg(m != NULL, "%s", err.item[0].text);
    tern_model_free(m);
    tern_draft_free(d);
    const tern_draft_options wrong = {.target = "size", .task = "classification"};
    d = tern_draft_open(scratch_file("t.csv", csv, strlen(csv)), &wrong, &err);
    ck_assert(d && !d->model && d->rows == 40 && err.errors == 1);
    tern_draft_free(d);
    ck_assert_ptr_null(tern_draft_open("no such file", NULL, &err));
    tern_draft_free(NULL);
}
END_TEST

Suite *public_suite(void);
Suite *public_suite(void) {
    Suite *s = suite_create("public");
    TCase *t = tcase_create("public");
    tcase_add_test(t, predicts_in_one_call);
    tcase_add_test(t, refuses_other_shapes);
    tcase_add_test(t, prints_errors);
    tcase_add_test(t, describes_a_model);
    tcase_add_test(t, sums_up_a_model);
    tcase_add_test(t, describes_itself);
    tcase_add_test(t, tells_options);
    tcase_add_test(t, checks_gradients);
    tcase_add_test(t, measures_steps);
    tcase_add_test(t, saves_tensors);
    tcase_add_test(t, drafts_a_model);
    suite_add_tcase(s, t);
    return s;
}
