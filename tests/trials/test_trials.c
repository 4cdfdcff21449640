/* test_trials.c - which trials there are, what is refused before any trains, and what their numbers come to. */
#include "fixtures/models.h"
#include "fixtures/scratch.h"

#include <tern/trials.h>

#include <math.h>

Suite *trials_suite(void);

static const char model[] =
    "{\"seed\": 7, \"input\": {\"shape\": [4]}, \"layers\": [{\"type\": \"dense\", \"out_features\": 3}],"
    " \"loss\": \"cross_entropy\", \"metrics\": [\"accuracy\"], \"optimizer\": {\"type\": \"adam\", \"lr\": 0.01},"
    " \"train\": {\"epochs\": 6}, \"data\": {\"train\": {\"type\": \"csv\", \"file\": \"d.csv\", \"y\": \"y\"}}}";

enum { MOST = 3 };

/* Trials of the model above; `vary` ends with NULL. */
static tern_trials *make(const char *const *vary, tern_trials_options o, const char *const *set, tern_error *err) {
    const char *path = scratch_file("m.json", model, sizeof model - 1);
    o.vary = vary, o.out = "nowhere";
    return tern_trials_new(path, &(tern_model_options){.set = set, .set_by = "--set"}, &o, err);
}

/* ---- which there are ---- */

START_TEST(every_combination_with_every_seed) {
    static tern_error err;
    tern_trials *t = make((const char *[]){"optimizer=sgd,momentum,adam", "layers.0.bias=true,false", NULL},
                          (tern_trials_options){.seeds = 2}, NULL, &err);
    ck_assert_ptr_nonnull(t);
    ck_assert_uint_eq(t->variants, 6);
    ck_assert_uint_eq(t->n, 12);
    ck_assert_uint_eq(t->epochs, 6);
    ck_assert_str_eq(t->variant[0], "sgd, bias true");
    ck_assert_str_eq(t->variant[3], "sgd with momentum 0.9, bias false");
    ck_assert_str_eq(t->set[0], "optimizer={\"type\": \"sgd\", \"lr\": 0.1}");
    ck_assert_str_eq(t->set[6], "optimizer={\"type\": \"sgd\", \"lr\": 0.05, \"momentum\": 0.9}");
    ck_assert_str_eq(t->set[8], "optimizer=adam");
    for (size_t i = 0; i < t->n; i++) {
        ck_assert_uint_eq(t->trial[i].variant, i / 2);
        ck_assert_uint_eq(t->trial[i].seed, 7 + i % 2);
        ck_assert_uint_eq(t->trial[i].params, 12 + (t->trial[i].variant % 2 ? 0 : 3));
    }
    ck_assert_str_eq(t->trial[11].dir, "nowhere/trial-12");
    tern_trials_free(t);
}
END_TEST

START_TEST(commas_of_json_do_not_divide) {
    static tern_error err;
    tern_trials *t = make((const char *[]){"optimizer={\"type\": \"sgd\", \"lr\": 1},\"adam\"", NULL},
                          (tern_trials_options){0}, NULL, &err);
    ck_assert_uint_eq(t->variants, 2);
    ck_assert_str_eq(t->set[0], "optimizer={\"type\": \"sgd\", \"lr\": 1}");
    tern_trials_free(t);
}
END_TEST

static double number(const tern_trials *t, size_t variant, size_t k) {
    return strtod(t->value[variant * t->varies + k], NULL);
}

START_TEST(draws_depend_on_the_seed_alone) {
    static tern_error err;
    const char *vary[] = {"optimizer=adam,sgd", "optimizer.lr=log(1e-4..1e-1)", "train.batch_size=int(1..8)", NULL};
    tern_trials_options o = {.search = TERN_SEARCH_RANDOM, .trials = 60};
    tern_trials *a = make(vary, o, NULL, &err), *b = make(vary, o, NULL, &err),
                *c = make(vary, o, (const char *[]){"seed=8", NULL}, &err);
    size_t same = 0, small = 0, most[9] = {0};
    ck_assert_uint_eq(a->n, 60);
    for (size_t i = 0; i < a->n; i++) {
        ck_assert_str_eq(a->variant[i], b->variant[i]);
        same += !strcmp(a->variant[i], c->variant[i]);
        double lr = number(a, i, 1), batch = number(a, i, 2);
        ck_assert(lr >= 1e-4 && lr <= 1e-1 && batch >= 1 && batch <= 8 && batch == floor(batch));
        small += lr < sqrt(1e-5);
        most[(size_t)batch]++;
    }
    ck_assert_uint_lt(same, 3);
    ck_assert(small > 18 && small < 42); /* of 60, half of them below the geometric middle */
    for (size_t k = 1; k <= 8; k++) ck_assert_uint_gt(most[k], 0);
    tern_trials_free(a), tern_trials_free(b), tern_trials_free(c);
}
END_TEST

START_TEST(no_draw_comes_twice) {
    static tern_error err;
    tern_trials *t = make((const char *[]){"train.batch_size=int(1..3)", "optimizer=adam,adamw", NULL},
                          (tern_trials_options){.search = TERN_SEARCH_RANDOM, .trials = 40}, NULL, &err);
    ck_assert_uint_eq(t->n, 6);
    for (size_t i = 0; i < t->n; i++)
        for (size_t k = 0; k < i; k++) ck_assert_str_ne(t->variant[i], t->variant[k]);
    ck_contains(err.item[0].text, "only 6 trials, as there are no more that differ");
    tern_trials_free(t);
}
END_TEST

START_TEST(null_leaves_an_option_out) {
    static tern_error err;
    tern_trials *t =
        make((const char *[]){"loss.class_weight=null,balanced", NULL}, (tern_trials_options){0}, NULL, &err);
    ck_assert_ptr_nonnull(t);
    ck_assert_str_eq(t->variant[0], "class_weight null");
    tern_trials_free(t);
}
END_TEST

/* ---- what is refused ---- */

static const struct {
    const char *vary[MOST], *set;
    tern_trials_options o;
    const char *said;
} wrong[] = {
    {{"optimizer"}, NULL, {0}, "expected an option's path and its values"},
    {{"optimizer="}, NULL, {0}, "expected an option's path and its values"},
    {{"optimizer=adam,,sgd"}, NULL, {0}, "a value between two commas is missing"},
    {{"optimizer=adam,adam"}, NULL, {0}, "a value is given twice"},
    {{"optimizer=adam,adamx"}, NULL, {0}, "unknown optimizer \"adamx\""},
    {{"optimizer.lr=0.1,no"}, NULL, {0}, "found \"no\""},
    {{"layers.7.bias=true,false"}, NULL, {0}, "no such element"},
    {{"train.epoch=1,2"}, NULL, {0}, "did you mean \"epochs\"?"},
    {{"optimizer=adam,sgd"}, "optimizer.lr=0.1", {0}, "would replace what --set optimizer.lr=0.1 says"},
    {{"optimizer.lr=1,2", "optimizer=adam,sgd"}, NULL, {0}, "put it before"},
    {{"optimizer=adam", "optimizer=sgd"}, NULL, {0}, "would replace what --vary optimizer=adam says"},
    {{"seed=1,2"}, NULL, {.seeds = 2}, "both say which seeds"},
    {{"train.epochs=1,2"}, NULL, {.epochs = 2}, "both say how long to train"},
    {{"optimizer.lr=1e-3..1e-1"}, NULL, {0}, "a range is for tern sweep"},
    {{"optimizer.lr=2..1"}, NULL, {.search = TERN_SEARCH_RANDOM}, "first number is to be below its last"},
    {{"optimizer.lr=log(0..1)"}, NULL, {.search = TERN_SEARCH_RANDOM}, "numbers above 0"},
    {{"train.batch_size=int(1..2.5)"}, NULL, {.search = TERN_SEARCH_RANDOM}, "between whole numbers"},
    {{"optimizer.lr=log(1..x)"}, NULL, {.search = TERN_SEARCH_RANDOM}, "found \"log(1..x)\""},
    {{"loss=mse,mae"}, "metrics=[]", {0}, "no metric to compare by"},
    {{"loss.class_weight=none,balanced"}, NULL, {0}, "the value null leaves an option out"},
    {{"optimizer=adam,null"}, NULL, {0}, "no optimizer"},
    {{NULL}, NULL, {0}, "nothing to vary"},
};

START_TEST(refused_before_anything_trains) {
    static tern_error err;
    tern_error_clear(&err);
    const char *vary[MOST + 1] = {wrong[_i].vary[0], wrong[_i].vary[1]}, *set[] = {wrong[_i].set, NULL};
    ck_assert_ptr_null(make(vary, wrong[_i].o, set, &err));
    ck_assert_uint_gt(err.errors, 0);
    char all[4000] = "", line[1200];
    for (size_t i = 0; i < err.count && strlen(all) < 2000; i++)
        strcat(all, tern_error_line(&err, i, line, sizeof line));
    ck_contains(all, wrong[_i].said);
}
END_TEST

/* ---- what came of them ---- */

enum { EPOCHS = 3 };

/* Two variants with two seeds each; the loss and the accuracy after each epoch. */
static const double curves[4][2 * EPOCHS] = {
    {3, 2, 1, 0.1, 0.3, 0.2},
    {5, 2, 3, 0.3, 0.3, 0.6},
    {4, 1, (double)NAN, 0.5, 0.7, (double)NAN},
    {2, 2, 2, 0.5, 0.5, 0.5},
};

static tern_trials results(tern_trial trial[4], size_t monitor) {
    static const char *const measure[] = {"valid_loss", "valid_accuracy"}, *const variant[] = {"a", "b <i>"},
                             *const path[] = {"x"}, *const value[] = {"a", "b"}, *const set[] = {"x=a", "x=b"};
    static const bool higher[] = {false, true};
    for (size_t i = 0; i < 4; i++)
        trial[i] = (tern_trial){.variant = i / 2, .dir = "t", .state = TERN_TRIAL_DONE, .curve = curves[i]};
    return (tern_trials){.name = "m",
                         .out = "o",
                         .varies = 1,
                         .variants = 2,
                         .seeds = 2,
                         .n = 4,
                         .path = path,
                         .variant = variant,
                         .value = value,
                         .set = set,
                         .trial = trial,
                         .epochs = EPOCHS,
                         .measures = 2,
                         .monitor = monitor,
                         .measure = measure,
                         .higher = higher};
}

#define ck_spread(s, count, m, d)                                 \
    ck_assert((s).n == (count) && fabs((s).mean - (m)) < 1e-12 && \
              (isnan(d) ? isnan((s).std) : fabs((s).std - (d)) < 1e-12))

START_TEST(means_and_spreads_over_seeds) {
    tern_trial trial[4];
    tern_trials t = results(trial, 0);
    ck_spread(tern_trials_at(&t, 0, 0, 1), 2, 4, sqrt(2));
    ck_spread(tern_trials_at(&t, 1, 0, 3), 1, 2, (double)NAN);
    ck_spread(tern_trials_last(&t, 1, 0), 2, 1.5, sqrt(0.5));
    ck_spread(tern_trials_best(&t, 0, 0), 2, 1.5, sqrt(0.5));
    ck_spread(tern_trials_best(&t, 0, 1), 2, 0.45, sqrt(2) * 0.15);
    ck_assert_uint_eq(tern_trials_at(&t, 0, 2, 1).n, 0);
    ck_assert_uint_eq(tern_trials_at(&t, 0, 0, 4).n, 0);
}
END_TEST

START_TEST(the_best_stand_first) {
    tern_trial trial[4];
    tern_trials t = results(trial, 1);
    size_t order[4];
    const double result[] = {0.2, 0.6, (double)NAN, 0.5};
    for (size_t i = 0; i < 4; i++) trial[i].result = result[i];
    ck_assert_uint_eq(tern_trials_rank(&t, order), 3);
    ck_assert(order[0] == 1 && order[1] == 3 && order[2] == 0);
    t.monitor = 0;
    ck_assert_uint_eq(tern_trials_rank(&t, order), 3);
    ck_assert(order[0] == 0 && order[1] == 3 && order[2] == 1);
    trial[0].state = TERN_TRIAL_DROPPED, trial[1].state = TERN_TRIAL_STOPPED; /* which does not count */
    ck_assert_uint_eq(tern_trials_rank(&t, order), 3);
    ck_assert(order[0] == 0 && order[1] == 3 && order[2] == 1);
}
END_TEST

static char page[1 << 20];

static void write_page(const tern_trials *t) {
    static tern_error err;
    const char *path = scratch_path("page.html");
    ck_assert_int_eq(tern_trials_write(t, path, &err), TERN_OK);
    FILE *f = fopen(path, "r");
    page[fread(page, 1, sizeof page - 1, f)] = 0;
    fclose(f);
}

/* By the loss, a is at 4, 2, 2 and b at 3, 1.5, 2: b is ahead by 1 (3 - 4 and 5 - 2 seed by seed), then 0.5. */
START_TEST(a_page_says_who_is_ahead) {
    tern_trial trial[4];
    tern_trials t = results(trial, 0);
    write_page(&t);
    ck_contains(page, "How far behind, by valid_loss");
    ck_contains(page, "b &lt;i&gt;");
    ck_contains(page, "<td class=\"n\">3</td><td class=\"n\">1 ±\u00a02.8</td>");
    ck_contains(page, "class=\"band\"");
    t.losses_differ = true;
    t.monitor = 1;
    write_page(&t);
    ck_assert_ptr_null(strstr(page, "How far behind, by valid_loss"));
    ck_contains(page, "How far behind, by valid_accuracy");
    ck_contains(page, "Each loss measures something else");
}
END_TEST

/* Pictures end with the last epoch of any trial, and what the weights are stands first. */
START_TEST(a_page_shows_what_was_trained) {
    static const double cut[2 * EPOCHS] = {3, 2, (double)NAN, 0.1, 0.3, (double)NAN};
    tern_trial trial[4];
    tern_trials t = results(trial, 0);
    write_page(&t);
    ck_contains(page, "</tr>\n<tr><td class=\"n\">3</td>");
    ck_contains(page, ">last valid_<wbr/>loss</th><th scope=\"col\" class=\"n\">best valid_<wbr/>loss<");
    for (size_t i = 0; i < 4; i++) trial[i].curve = cut;
    t.restores_best = true;
    write_page(&t);
    ck_assert_ptr_null(strstr(page, "</tr>\n<tr><td class=\"n\">3</td>"));
    ck_contains(page, "2 variants, up to 3 epochs");
    ck_contains(page, ">best valid_<wbr/>loss</th><th scope=\"col\" class=\"n\">last valid_<wbr/>loss<");
}
END_TEST

Suite *trials_suite(void) {
    Suite *suite = suite_create("trials");
    TCase *plan = tcase_create("plan"), *came = tcase_create("results");
    tcase_add_test(plan, every_combination_with_every_seed);
    tcase_add_test(plan, commas_of_json_do_not_divide);
    tcase_add_test(plan, draws_depend_on_the_seed_alone);
    tcase_add_test(plan, no_draw_comes_twice);
    tcase_add_test(plan, null_leaves_an_option_out);
    tcase_add_loop_test(plan, refused_before_anything_trains, 0, sizeof wrong / sizeof *wrong);
    tcase_add_test(came, means_and_spreads_over_seeds);
    tcase_add_test(came, the_best_stand_first);
    tcase_add_test(came, a_page_says_who_is_ahead);
    tcase_add_test(came, a_page_shows_what_was_trained);
    suite_add_tcase(suite, plan);
    suite_add_tcase(suite, came);
    return suite;
}
