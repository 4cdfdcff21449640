/* test_fit_ranks.c - whole fits on several ranks: as on one, resumed by any number, and all stop for what one stops
 * for. */
#include "fixtures/ranks.h"
#include "fixtures/runs.h"

TCase *fit_ranks_tcase(void);

/* Everything that a fit keeps, but for adam (test_comm.c). Rows that validate: 30, the last batch of an epoch: 8. */
static const char text[] =
    "{'seed':4,'input':{'shape':[6]},'layers':[{'type':'dense','out_features':16,'bias':false},{'type':'batch_norm'},"
    "{'type':'dropout','p':0.2},{'type':'tanh'},{'type':'dense','out_features':3}],"
    "'loss':{'type':'cross_entropy','weight':[1,2,0.5]},'optimizer':{'type':'sgd','lr':0.1,'momentum':0.9},"
    "'schedule':{'type':'plateau','patience':0,'factor':0.7},'metrics':['accuracy','auc','f1'],"
    "'train':{'epochs':6,'batch_size':16,'validation_split':0.2,'accumulate':2,'clip_grad_norm':1,"
    "'early_stopping':{'patience':4}}}";

typedef struct fitting {
    tern_model *m;
    const tern_dataset *d;
    tern_fit_options options;
    tern_fit_result result;
    tern_status status;
    tern_error err;
    size_t stop_at, spoil_at; /* steps; 0: never */
} fitting;

static bool on_step(void *user, const tern_progress *p) {
    const fitting *f = user;
    if (p->step == f->spoil_at) tern_model_weight(f->m, 0).tensor.data[3] += (tern_real)0.5;
    return p->step != f->stop_at;
}

static void run_fit(member *r) {
    fitting *f = r->user;
    f->options.comm = &r->comm;
    f->options.on_step = on_step;
    f->options.user = f;
    f->status = tern_fit(f->m, f->d, NULL, &f->options, &f->result, &f->err);
}

static fitting of[MOST_RANKS];
static tern_dataset *data;

static void prepare(size_t size, const tern_fit_options *options) {
    if (!data) data = make_data(0.8, 1);
    for (size_t k = 0; k < size; k++) of[k] = (fitting){.m = quick_model(text, NULL), .d = data, .options = *options};
}

/* What ranks have, each of the same bytes. */
static tern_real *run(size_t size, size_t *n) {
    void *user[MOST_RANKS];
    tern_real *weights = NULL;
    for (size_t k = 0; k < size; k++) user[k] = &of[k];
    run_ranks(size, run_fit, user);
    for (size_t k = 0; k < size; k++) {
        tern_real *own = keep_weights(of[k].m, n);
        if (weights && !of[k].status) ck_assert(!memcmp(weights, own, *n * sizeof *own));
        ck_assert_int_eq(of[k].status, of[0].status);
        tern_model_free(of[k].m);
        if (weights) free(own);
        else weights = own;
    }
    return weights;
}

static void expect_score(const tern_score *found, const tern_score *want) {
    ck_assert_uint_eq(found->n, want->n);
    ck_near(found->loss, want->loss, TOLERANCE(1e-5, 1e-11));
    ck_near_all(found->value, want->value, want->metrics, TOLERANCE(1e-5, 1e-11));
    ck_assert_uint_eq(found->metrics, want->metrics);
}

START_TEST(ranks_fit_as_one) {
    size_t n;
    prepare(1, &(tern_fit_options){.threads = 1});
    tern_real *want = run(1, &n);
    tern_fit_result one = of[0].result;
    ck_assert_uint_eq(one.valid.metrics, 3);
    for (size_t size = 2; size <= MOST_RANKS; size++) {
        prepare(size, &(tern_fit_options){.threads = 1});
        tern_real *found = run(size, &n);
        ck_near_all(found, want, n, TOLERANCE(1e-5, 1e-11));
        for (size_t k = 0; k < size; k++) {
            ck_assert_uint_eq(of[k].result.steps, one.steps);
            ck_assert_uint_eq(of[k].result.best_epoch, one.best_epoch);
            expect_score(&of[k].result.train, &one.train);
            expect_score(&of[k].result.valid, &one.valid);
        }
        free(found);
    }
    free(want);
}
END_TEST

/* Stopped within an epoch, and gone on with by another number of ranks: `_i` of them. */
START_TEST(a_run_goes_on_with_other_ranks) {
    size_t n;
    prepare(1, &(tern_fit_options){.threads = 1});
    tern_real *want = run(1, &n);
    prepare(3, &(tern_fit_options){.threads = 1, .out = scratch_path("run"), .log_every = 1, .steps = 7});
    free(run(3, &n));
    ck_assert_uint_eq(of[0].result.steps, 7);
    prepare((size_t)_i, &(tern_fit_options){.threads = 1, .out = scratch_path("run"), .log_every = 1, .resume = true});
    tern_real *found = run((size_t)_i, &n);
    ck_near_all(found, want, n, TOLERANCE(1e-5, 1e-11));
    char *log = read_text(scratch_path("run/log.jsonl"));
    ck_assert_uint_eq(count_lines(log), 6 * 4 + 6);
    free(log);
    free(found);
    free(want);
}
END_TEST

/* `_i`: the rank whose caller asks. There is a checkpoint then. */
START_TEST(all_stop_when_one_asks) {
    size_t n;
    prepare(3, &(tern_fit_options){.threads = 1, .out = scratch_path("run")});
    of[_i].stop_at = 5;
    free(run(3, &n));
    for (size_t k = 0; k < 3; k++) {
        ck_assert_int_eq(of[k].status, TERN_ERROR_CANCELLED);
        ck_assert_uint_eq(of[k].result.steps, 5);
    }
    ck_assert(exists("run/checkpoint.safetensors"));
}
END_TEST

START_TEST(what_rank_0_cannot_write_stops_all) {
    size_t n;
    scratch_file("taken", "x", 1);
    prepare(3, &(tern_fit_options){.threads = 1, .out = scratch_path("taken")});
    free(run(3, &n));
    for (size_t k = 0; k < 3; k++) {
        ck_assert_int_eq(of[k].status, TERN_ERROR_IO);
        ck_contains(of[k].err.item[0].text, "rank 0 of 3: ");
    }
}
END_TEST

START_TEST(the_time_is_up_for_all) {
    size_t n;
    prepare(3, &(tern_fit_options){.threads = 1});
    for (size_t k = 0; k < 3; k++) of[k].options.seconds = k ? 1e6 : 1e-9;
    free(run(3, &n));
    for (size_t k = 0; k < 3; k++) ck_assert(of[k].result.out_of_time && of[k].result.steps == 1);
}
END_TEST

/* Updates of an epoch: 4. */
START_TEST(other_weights_on_one_rank_are_found) {
    size_t n;
    prepare(3, &(tern_fit_options){.threads = 1});
    of[2].spoil_at = 6;
    free(run(3, &n));
    for (size_t k = 0; k < 3; k++) {
        ck_assert_int_eq(of[k].status, TERN_ERROR_DATA);
        ck_contains(of[k].err.item[0].text,
                    "step 8: the weights of rank 2 are no longer those of rank 0, as they were after step 4");
    }
}
END_TEST

TCase *fit_ranks_tcase(void) {
    TCase *c = tcase_create("fit");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, ranks_fit_as_one);
    tcase_add_loop_test(c, a_run_goes_on_with_other_ranks, 1, 5);
    tcase_add_loop_test(c, all_stop_when_one_asks, 0, 3);
    tcase_add_test(c, what_rank_0_cannot_write_stops_all);
    tcase_add_test(c, the_time_is_up_for_all);
    tcase_add_test(c, other_weights_on_one_rank_are_found);
    return c;
}
