/* test_checkpoints.c - checkpoints within an epoch: a run that was killed anywhere ends with the same bytes. */
#include "fixtures/runs.h"

#include <signal.h>
#include <sys/wait.h>

static tern_error err;

/* All that has a state or draws numbers: dropout, batch norm, augmentation, a schedule by steps, a shuffled order. */
static tern_model *make_restless(const char *train) {
    char text[1500];
    snprintf(text, sizeof text,
             "{'seed':4,'input':{'shape':[6],'augment':{'noise':0.1}},'layers':[{'type':'dense','out_features':16},"
             "{'type':'batch_norm'},{'type':'dropout','p':0.2},'tanh',{'type':'dense','out_features':3}],"
             "'loss':'cross_entropy','optimizer':{'type':'adamw','lr':0.01,'weight_decay':0.01},"
             "'schedule':{'type':'cosine','interval':'step','warmup_steps':5},'metrics':['accuracy'],"
             "'train':{'epochs':3,'batch_size':16,'validation_split':0.2,'clip_grad_norm':1%s}}",
             train);
    return quick_model(text, NULL);
}

static tern_fit_result fit_into(const char *path, const char *train, tern_fit_options options) {
    tern_fit_result result;
    char line[900];
    tern_model *m = make_restless(train);
    tern_dataset *d = make_data(0.8, 1);
    options.out = path, options.log_every = 1;
    tern_error_clear(&err);
    tern_status status = tern_fit(m, d, NULL, &options, &result, &err);
    ck_assert_msg(!status, "%s", tern_error_line(&err, 0, line, sizeof line));
    tern_dataset_free(d);
    tern_model_free(m);
    return result;
}

static tern_fit_result fit_restless(const char *dir, const char *train, tern_fit_options options) {
    return fit_into(scratch_path(dir), train, options);
}

static void check_same(const char *a, const char *b, const char *name) {
    char path[2][64], *text[2];
    size_t n[2];
    for (size_t i = 0; i < 2; i++) {
        snprintf(path[i], sizeof path[i], "%s/%s", i ? b : a, name);
        FILE *file = fopen(scratch_path(path[i]), "r");
        ck_assert_msg(file != NULL, "%s", path[i]);
        text[i] = malloc(1 << 20);
        n[i] = fread(text[i], 1, 1 << 20, file);
        fclose(file);
    }
    ck_assert_msg(n[0] == n[1] && !memcmp(text[0], text[1], n[0]), "%s and %s differ", path[0], path[1]);
    free(text[0]);
    free(text[1]);
}

static void check_ends_alike(void) {
    check_same("whole", "parts", "weights.safetensors");
    check_same("whole", "parts", "last.safetensors");
    check_same("whole", "parts", "best.safetensors");
    char *a = read_text(scratch_path("whole/log.jsonl")), *b = read_text(scratch_path("parts/log.jsonl"));
    ck_assert_uint_eq(count_lines(a), 3 * 8 + 3); /* 120 samples in batches of 16 */
    ck_assert_uint_eq(count_lines(b), count_lines(a));
    free(a);
    free(b);
}

/* ---- killed ---- */

static bool die(void *user, const tern_progress *p) {
    if (p->step == *(const size_t *)user) raise(SIGKILL);
    return true;
}

static const char every_third[] = ",'checkpoint_every':{'steps':3}";

/* Trains in a process of its own, which is killed after a step. */
static void fit_and_die(const char *dir, const char *train, size_t step, tern_fit_options options) {
    const char *path = scratch_path(dir); /* this process's, not the child's */
    pid_t child = fork();
    int status;
    options.on_step = die, options.user = &step;
    if (!child) {
        fit_into(path, train, options);
        _exit(0);
    }
    ck_assert(waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

START_TEST(killed_after_a_step_it_ends_alike) {
    size_t threads = 1 + (size_t)_i % 2, step = 4 + (size_t)_i / 2;
    fit_restless("whole", every_third, (tern_fit_options){.threads = threads});
    fit_and_die("parts", every_third, step, (tern_fit_options){.threads = threads});
    if (step < 20) fit_and_die("parts", every_third, step + 4, (tern_fit_options){.threads = threads, .resume = true});
    fit_restless("parts", every_third, (tern_fit_options){.threads = threads, .resume = true});
    check_ends_alike();
}
END_TEST

START_TEST(a_checkpoint_is_where_it_was_asked_for) {
    static const struct {
        const char *train;
        size_t killed, from; /* where a resumed run begins; 0: there is no checkpoint */
    } cases[] = {
        {",'checkpoint_every':{'steps':3}", 8, 6},      {",'checkpoint_every':{'steps':5}", 5, 0}, /* the callback comes
                                                                                                      first */
        {",'checkpoint_every':{'seconds':1e-9}", 8, 7}, {",'checkpoint_every':{'seconds':1e6}", 7, 0}, {"", 7, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char dir[16], file[40];
        snprintf(dir, sizeof dir, "run%zu", i);
        snprintf(file, sizeof file, "%s/checkpoint.safetensors", dir);
        fit_and_die(dir, cases[i].train, cases[i].killed, (tern_fit_options){0});
        ck_assert_msg(exists(file) == (cases[i].from > 0), "case %zu", i);
        if (!cases[i].from) continue;
        tern_fit_result r = fit_restless(dir, cases[i].train, (tern_fit_options){.resume = true, .steps = 1});
        ck_assert_uint_eq(r.steps, cases[i].from);
    }
}
END_TEST

/* ---- out of time ---- */

/* The least time there is: an update at a time. */
START_TEST(out_of_time_it_goes_on) {
    tern_fit_options options = {.threads = 1, .seconds = 1e-9};
    fit_restless("whole", "", (tern_fit_options){.threads = 1});
    for (size_t step = 1; step <= 3 * 8; step++) {
        tern_fit_result r = fit_restless("parts", "", options);
        ck_assert_uint_eq(r.steps, step);
        ck_assert(r.out_of_time == (step < 3 * 8));
        options.resume = true;
    }
    check_ends_alike();
}
END_TEST

START_TEST(with_time_to_spare_nothing_is_said) {
    tern_fit_result r = fit_restless("run", "", (tern_fit_options){.seconds = 1000});
    ck_assert(!r.out_of_time && r.epochs == 3);
}
END_TEST

/* ---- the best ---- */

static void copy(const char *from, const char *to) {
    char command[600];
    snprintf(command, sizeof command, "cp -r %s %s", scratch_path(from), scratch_path(to));
    ck_assert_int_eq(system(command), 0);
}

/* A kill in the midst of a save may leave a best.safetensors that is newer than the checkpoint: the result is that of
 * the checkpoint all the same. */
START_TEST(a_newer_best_changes_nothing) {
    static const char early[] = ",'early_stopping':{'monitor':'valid_loss','patience':20}";
    fit_restless("parts", early, (tern_fit_options){.steps = 8});
    copy("parts", "whole");
    copy("parts", "later");
    tern_fit_result r = fit_restless("later", early, (tern_fit_options){.resume = true, .steps = 24});
    ck_assert_uint_gt(r.best_epoch, 1);
    copy("later/best.safetensors", "parts/best.safetensors");
    r = fit_restless("parts", early, (tern_fit_options){.resume = true, .steps = _i ? 11 : 8});
    ck_assert(r.best_epoch == 1 && r.restored_best);
    check_same("whole", "parts", "weights.safetensors");
    check_same("whole", "parts", "best.safetensors");
}
END_TEST

TCase *checkpoints_tcase(void);
TCase *checkpoints_tcase(void) {
    TCase *c = tcase_create("checkpoints");
    tcase_add_loop_test(c, killed_after_a_step_it_ends_alike, 0, 2 * 20);
    tcase_add_test(c, a_checkpoint_is_where_it_was_asked_for);
    tcase_add_test(c, out_of_time_it_goes_on);
    tcase_add_test(c, with_time_to_spare_nothing_is_said);
    tcase_add_loop_test(c, a_newer_best_changes_nothing, 0, 2);
    return c;
}
