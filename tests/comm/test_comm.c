/* test_comm.c - the ranks of a run, here threads: several train as one does, and all have the same bytes. */
#include "fixtures/batches.h"
#include "fixtures/ranks.h"
#include "memory.h"
#include "trainer_internal.h"

enum { FEW = 13, STEPS = 24, BY_OUTPUTS = 3 };

Suite *comm_suite(void);
TCase *fit_ranks_tcase(void);

/* ---- agreeing ---- */

typedef struct opinion {
    tern_status own, agreed;
    tern_error err;
} opinion;

static void agree(member *r) {
    opinion *o = r->user;
    if (o->own) tern_error_add(&o->err, o->own, "key", "no room");
    o->agreed = tern_comm_agree(&r->comm, o->own, &o->err);
    if (o->agreed) o->agreed = tern_comm_agree(&r->comm, o->agreed, &o->err); /* by now nobody is asked */
}

/* `_i`: who fails, in bits. */
START_TEST(what_fails_fails_for_all) {
    static opinion of[3];
    void *user[3];
    for (size_t k = 0; k < 3; k++) {
        of[k] = (opinion){.own = _i >> k & 1 ? TERN_ERROR_IO : TERN_OK};
        user[k] = &of[k];
    }
    run_ranks(3, agree, user);
    for (size_t k = 0; k < 3; k++) {
        ck_assert_int_eq(of[k].agreed, _i ? TERN_ERROR_IO : TERN_OK);
        ck_assert_uint_eq(of[k].err.count, _i ? 1 : 0);
        const char *want = _i == 0   ? ""
                           : _i == 7 ? "no room"
                           : _i & 1  ? "rank 0 of 3: no room"
                           : _i & 2  ? "rank 1 of 3: no room"
                                     : "rank 2 of 3: no room";
        ck_assert_str_eq(of[k].err.item[0].text, want);
    }
}
END_TEST

START_TEST(alone_nobody_is_asked) {
    ck_assert_int_eq(tern_comm_agree(NULL, TERN_OK, NULL), TERN_OK);
    ck_assert_int_eq(tern_comm_agree(NULL, TERN_ERROR_DATA, NULL), TERN_ERROR_DATA);
}
END_TEST

/* ---- steps ---- */

/* Not adam, which makes as large a step of a gradient that is nothing but rounding as of any other. */
#define TRAIN "'optimizer':{'type':'sgd','lr':0.05,'momentum':0.9},'train':{'epochs':1,'clip_grad_norm':0.5}}"

static const struct {
    const char *text;
    size_t classes;
} models[] = {
    {"{'seed':3,'input':{'shape':[12]},'layers':[{'type':'dense','out_features':40},'relu',{'type':'dropout','p':0.3},"
     "{'type':'dense','out_features':5}],'loss':'cross_entropy','metrics':['accuracy','f1']," TRAIN,
     5},
    {"{'seed':3,'input':{'shape':[2,8,8]},'layers':[{'type':'conv2d','out_channels':6,'kernel_size':3},"
     "{'type':'batch_norm'},'relu',{'type':'dropout','p':0.2},'flatten',{'type':'dense','out_features':4}],"
     "'loss':'mse','metrics':['mae','r2']," TRAIN,
     0},
    {"{'seed':3,'input':{'shape':[12]},'layers':[{'type':'dense','out_features':20},'tanh',"
     "{'type':'dense','out_features':5}],"
     "'loss':{'type':'cross_entropy','weight':[1,2,0,0.5,3],'ignore_index':1}," TRAIN,
     5},
    /* a first layer that workers share by its outputs */
    {"{'seed':3,'input':{'shape':[400]},'layers':[{'type':'dense','out_features':150},'relu',"
     "{'type':'dense','out_features':5}],'loss':'cross_entropy'," TRAIN,
     5},
    {"{'seed':3,'input':{'shape':[null,3],'max_length':4},'layers':[{'type':'gru','hidden_size':8},'last_step',"
     "{'type':'dropout','p':0.2},{'type':'dense','out_features':5}],'loss':'cross_entropy'," TRAIN,
     5},
};

typedef struct training {
    trained x;
    size_t which, threads;
    size_t length[ROWS];
    const size_t *lengths;
    double loss[STEPS], norm[STEPS];
} training;

static void begin(training *t, size_t which, size_t threads) {
    *t = (training){.which = which, .threads = threads};
    t->x.m = quick_model(models[which].text, NULL);
    make_batch(&t->x.d, t->x.m, ROWS, models[which].classes);
    for (size_t i = 0; i < ROWS; i++) t->length[i] = 1 + i * 5 % 4;
    t->lengths = t->length;
    if (tern_model_input_at(t->x.m, 0).lengths) t->x.d.batch.length = &t->lengths;
}

/* Batches that ranks divide, that they don't, and of fewer rows than there are ranks; and updates from several. */
static void take_steps(member *r) {
    static const size_t rows[] = {ROWS, FEW, 1, 2};
    training *t = r->user;
    tern_step step;
    t->x.t = make_trainer(
        t->x.m,
        &(tern_trainer_options){.threads = t->threads, .batch_size = ROWS, .accumulates = true, .comm = &r->comm});
    ck_assert(!t->x.t->group.strategy == (t->which != BY_OUTPUTS || t->threads == 1));
    for (size_t i = 0; i < STEPS; i++) {
        t->x.d.batch.n = rows[i % 4];
        if (i % 5 == 3) {
            ck_assert_int_eq(tern_trainer_accumulate(t->x.t, &t->x.d.batch, NULL, NULL), TERN_OK);
            t->x.d.batch.n = ROWS;
            ck_assert_int_eq(tern_trainer_accumulate(t->x.t, &t->x.d.batch, NULL, NULL), TERN_OK);
            ck_assert_int_eq(tern_trainer_update(t->x.t, &step, NULL), TERN_OK);
        } else {
            ck_assert_int_eq(tern_trainer_step(t->x.t, &t->x.d.batch, &step, NULL), TERN_OK);
        }
        t->loss[i] = step.loss;
        t->norm[i] = step.grad_norm;
    }
}

/* `_i`: the model. Ranks with one thread, and of different counts. */
START_TEST(ranks_train_as_one) {
    static training one, more[MOST_RANKS];
    void *user[MOST_RANKS];
    begin(&one, (size_t)_i, 1);
    run_ranks(1, take_steps, (void *[]){&one});
    for (size_t size = 2; size <= MOST_RANKS; size++)
        for (size_t threads = 1; threads <= 2; threads++) {
            for (size_t k = 0; k < size; k++) {
                begin(&more[k], (size_t)_i, k % 2 ? 1 : threads);
                user[k] = &more[k];
            }
            run_ranks(size, take_steps, user);
            ck_near_all(more[0].loss, one.loss, STEPS, TOLERANCE(2e-5, 1e-11));
            ck_near_all(more[0].norm, one.norm, STEPS, TOLERANCE(2e-4, 1e-10));
            expect_same(&one.x, &more[0].x, TOLERANCE(1e-5, 1e-11));
            for (size_t k = 1; k < size; k++) {
                expect_same(&more[0].x, &more[k].x, 0);
                ck_assert(!memcmp(more[0].loss, more[k].loss, sizeof more[0].loss));
                ck_assert(!memcmp(more[0].norm, more[k].norm, sizeof more[0].norm));
            }
            for (size_t k = 0; k < size; k++) end_training(&more[k].x);
        }
    end_training(&one.x);
}
END_TEST

/* ---- what is not finite ---- */

typedef struct failure {
    training t;
    tern_status status;
    tern_error err;
} failure;

static void diverge(member *r) {
    failure *f = r->user;
    f->t.x.t = make_trainer(f->t.x.m, &(tern_trainer_options){.threads = 1, .batch_size = ROWS, .comm = &r->comm});
    f->status = tern_trainer_step(f->t.x.t, &f->t.x.d.batch, NULL, &f->err);
}

/* Row 40 is another rank's each time; all say the same. */
START_TEST(all_name_the_row_that_is_not_finite) {
    static failure of[MOST_RANKS];
    void *user[MOST_RANKS];
    for (size_t size = 1; size <= MOST_RANKS; size++) {
        for (size_t k = 0; k < size; k++) {
            of[k] = (failure){0};
            begin(&of[k].t, 1, 1);
            of[k].t.x.d.x[40 * 2 * 8 * 8 + 5] = (tern_real)NAN;
            user[k] = &of[k];
        }
        run_ranks(size, diverge, user);
        for (size_t k = 0; k < size; k++) {
            ck_assert_int_eq(of[k].status, TERN_ERROR_DIVERGED);
            ck_contains(of[k].err.item[0].text, "the input in row 40, column 5 of the batch is not finite");
            expect_same(&of[0].t.x, &of[k].t.x, 0);
        }
        for (size_t k = 0; k < size; k++) end_training(&of[k].t.x);
    }
}
END_TEST

/* ---- memory ---- */

static void count_allocations(member *r) {
    training *t = r->user;
    t->x.t = make_trainer(t->x.m, &(tern_trainer_options){.threads = 1, .batch_size = ROWS, .comm = &r->comm});
    bool ready = false;
    r->comm.first(r->comm.self, ready); /* all trainers are made */
    size_t before = tern__alloc_count();
    for (size_t i = 0; i < 3; i++) ck_assert_int_eq(tern_trainer_step(t->x.t, &t->x.d.batch, NULL, NULL), TERN_OK);
    ck_assert_uint_eq(tern__alloc_count(), before);
    r->comm.first(r->comm.self, ready);
}

START_TEST(a_step_allocates_nothing) {
    static training of[3];
    for (size_t k = 0; k < 3; k++) begin(&of[k], 1, 1);
    run_ranks(3, count_allocations, (void *[]){&of[0], &of[1], &of[2]});
    for (size_t k = 0; k < 3; k++) end_training(&of[k].x);
}
END_TEST

Suite *comm_suite(void) {
    Suite *s = suite_create("comm");
    TCase *agreement = tcase_create("agree"), *steps = tcase_create("steps");
    tcase_set_timeout(steps, 60);
    tcase_add_loop_test(agreement, what_fails_fails_for_all, 0, 8);
    tcase_add_test(agreement, alone_nobody_is_asked);
    tcase_add_loop_test(steps, ranks_train_as_one, 0, (int)COUNT(models));
    tcase_add_test(steps, all_name_the_row_that_is_not_finite);
    tcase_add_test(steps, a_step_allocates_nothing);
    suite_add_tcase(s, agreement);
    suite_add_tcase(s, steps);
    suite_add_tcase(s, fit_ranks_tcase());
    return s;
}
