/* test_runs.c - a run directory: one run at a time and one process at a time, nothing written through a link, nothing
 * that is not finite, and nothing of a checkpoint believed. */
#include "fixtures/runs.h"

#include <fcntl.h>
#include <sys/file.h>

static tern_error err;

/* A fit of the usual model, which may fail. */
static tern_status try_fit(tern_fit_options options, const char *train, tern_fit_result *result) {
    tern_model *m = make_model(train);
    tern_dataset *d = make_data(0.8, 1);
    options.out = scratch_path("run");
    tern_error_clear(&err);
    tern_status status = tern_fit(m, d, NULL, &options, result, &err);
    tern_dataset_free(d);
    tern_model_free(m);
    return status;
}

static bool said(const char *text) {
    for (size_t i = 0; i < err.count; i++)
        if (strstr(err.item[i].text, text)) return true;
    return false;
}

/* ---- one run ---- */

START_TEST(a_trained_run_is_not_overwritten) {
    ck_assert_int_eq(try_fit((tern_fit_options){.epochs = 2}, "", NULL), TERN_OK);
    char *log = read_text(scratch_path("run/log.jsonl"));
    ck_assert_int_eq(tern_run_check(scratch_path("run"), NULL), TERN_ERROR_USAGE);
    ck_assert_int_eq(try_fit((tern_fit_options){.epochs = 1}, "", NULL), TERN_ERROR_USAGE);
    ck_assert(said("holds a trained run (checkpoint.safetensors)"));
    char *after = read_text(scratch_path("run/log.jsonl"));
    ck_assert_str_eq(log, after);
    free(log);
    free(after);
}
END_TEST

START_TEST(force_removes_the_old_run) {
    ck_assert_int_eq(try_fit((tern_fit_options){.epochs = 2}, "", NULL), TERN_OK);
    ck_assert_int_eq(try_fit((tern_fit_options){.steps = 1, .force = true}, "", NULL), TERN_OK);
    ck_assert(exists("run/weights.safetensors") && !exists("run/best.safetensors") && !exists("run/run.lock"));
}
END_TEST

START_TEST(a_directory_without_weights_starts_clean) {
    mkdir(scratch_path("run"), 0777);
    FILE *file = fopen(scratch_path("run/log.jsonl"), "w");
    fputs("{\"epoch\": 1}\n", file);
    fclose(file);
    ck_assert_int_eq(tern_run_check(scratch_path("run"), NULL), TERN_OK);
    ck_assert_int_eq(try_fit((tern_fit_options){.epochs = 2}, "", NULL), TERN_OK);
    char *log = read_text(scratch_path("run/log.jsonl"));
    ck_assert_uint_eq(count_lines(log), 2);
    free(log);
}
END_TEST

/* ---- one process ---- */

START_TEST(two_do_not_write_to_one_run) {
    mkdir(scratch_path("run"), 0777);
    int fd = open(scratch_path("run/run.lock"), O_RDWR | O_CREAT, 0666);
    ck_assert_int_eq(write(fd, "4711\n", 5), 5);
    ck_assert_int_eq(flock(fd, LOCK_EX), 0);
    ck_assert_int_eq(try_fit((tern_fit_options){.epochs = 1}, "", NULL), TERN_ERROR_IO);
    ck_assert(said("is being written by process 4711"));
    ck_assert(!exists("run/model.json") && exists("run/run.lock"));
    close(fd); /* as where a process dies: its file stays */
    ck_assert_int_eq(try_fit((tern_fit_options){.epochs = 1}, "", NULL), TERN_OK);
    ck_assert(!exists("run/run.lock"));
}
END_TEST

/* ---- the log ---- */

START_TEST(the_log_is_no_link_and_no_fifo) {
    mkdir(scratch_path("run"), 0777);
    FILE *file = fopen(scratch_path("victim"), "w");
    fputs("precious\n", file);
    fclose(file);
    if (_i) ck_assert_int_eq(mkfifo(scratch_path("run/log.jsonl"), 0666), 0);
    else ck_assert_int_eq(symlink("../victim", scratch_path("run/log.jsonl")), 0);
    ck_assert_int_eq(try_fit((tern_fit_options){.epochs = 1}, "", NULL), TERN_ERROR_IO);
    ck_assert(said("no regular file"));
    unlink(scratch_path("run/log.jsonl"));
    ck_assert_int_eq(try_fit((tern_fit_options){.epochs = 1}, "", NULL), TERN_OK);
    unlink(scratch_path("run/log.jsonl"));
    if (_i) ck_assert_int_eq(mkfifo(scratch_path("run/log.jsonl"), 0666), 0);
    else ck_assert_int_eq(symlink("../victim", scratch_path("run/log.jsonl")), 0);
    ck_assert_int_eq(try_fit((tern_fit_options){.epochs = 2, .resume = true}, "", NULL), TERN_ERROR_IO);
    char *text = read_text(scratch_path("victim"));
    ck_assert_str_eq(text, "precious\n");
    free(text);
}
END_TEST

/* Cut within its third line, or gone. */
START_TEST(a_short_log_is_gone_on_with) {
    ck_assert_int_eq(try_fit((tern_fit_options){.epochs = 3}, "", NULL), TERN_OK);
    char *whole = read_text(scratch_path("run/log.jsonl"));
    if (_i) ck_assert_int_eq(truncate(scratch_path("run/log.jsonl"), (off_t)strlen(whole) - 5), 0);
    else unlink(scratch_path("run/log.jsonl"));
    ck_assert_int_eq(try_fit((tern_fit_options){.epochs = 4, .resume = true}, "", NULL), TERN_OK);
    ck_assert_uint_eq(err.errors, 0);
    ck_assert(said(_i ? "is shorter than at the checkpoint" : "is missing"));
    char *log = read_text(scratch_path("run/log.jsonl"));
    ck_assert_uint_eq(count_lines(log), _i ? 3 : 1);
    ck_assert_ptr_nonnull(strstr(log, "{\"epoch\": 4,"));
    ck_assert(_i ? !strncmp(log, whole, 200) : *log == '{');
    free(whole);
    free(log);
}
END_TEST

/* ---- what is not finite ---- */

/* What an update that overflows leaves behind. */
static size_t spoiled;

static bool spoil(void *user, const tern_progress *p) {
    tern_model *m = user;
    if (p->step == spoiled) tern_model_weight(m, 0).tensor.data[3] = (tern_real)INFINITY;
    return true;
}

START_TEST(what_is_not_finite_is_not_saved) {
    static const char *const files[] = {"run/weights.safetensors", "run/last.safetensors", "run/best.safetensors",
                                        "run/checkpoint.safetensors"};
    struct stat before[4], after;
    ck_assert_int_eq(try_fit((tern_fit_options){.steps = 8}, "", NULL), TERN_OK);
    for (size_t i = 0; i < 4; i++) ck_assert_int_eq(stat(scratch_path(files[i]), &before[i]), 0);
    tern_model *m = make_model("");
    tern_dataset *d = make_data(0.8, 1);
    tern_fit_options options = {.out = scratch_path("run"), .resume = true, .on_step = spoil, .user = m};
    spoiled = _i ? 12 : 16; /* an epoch has 8 steps */
    options.steps = _i ? 12 : 0;
    if (_i == 2) options.out = NULL, options.resume = false;
    tern_error_clear(&err);
    ck_assert_int_eq(tern_fit(m, d, NULL, &options, NULL, &err), TERN_ERROR_DIVERGED);
    ck_assert(said(_i ? "step 12: its update made the weight \"0.weight\" not finite" : "step 16: its update"));
    ck_assert(_i == 2 || said("the files of the run are those of step 8"));
    for (size_t i = 0; i < 4; i++) {
        ck_assert_int_eq(stat(scratch_path(files[i]), &after), 0);
        ck_assert_msg(after.st_ino == before[i].st_ino, "%s was replaced", files[i]);
    }
    tern_dataset_free(d);
    tern_model_free(m);
}
END_TEST

/* A step looks at losses and gradients alone: what its update made of the weights is asked for. */
START_TEST(a_loop_of_ones_own_asks) {
    tern_real large = (tern_real)(sizeof(tern_real) == 4 ? 1e30 : 1e300), small = 1 / large;
    tern_model *m = quick_model("{'input':{'shape':[1]},'layers':[{'type':'dense','out_features':1}],'loss':'mse',"
                                "'optimizer':{'type':'sgd','lr':1e30,'weight_decay':1}}",
                                NULL);
    tern_trainer *t = tern_trainer_new(m, &(tern_trainer_options){.batch_size = 1}, NULL);
    tern_tensor x = {TERN_SHAPE(1, 1), &small};
    const tern_batch batch = {.n = 1, .x = &x, .y = &x};
    tern_error_clear(&err);
    *tern_model_weight(m, 0).tensor.data = large;
    ck_assert_int_eq(tern_trainer_check(t, &err), TERN_OK);
    ck_assert_int_eq(tern_trainer_step(t, &batch, NULL, &err), TERN_OK);
    ck_assert_int_eq(tern_trainer_check(t, &err), TERN_ERROR_DIVERGED);
    ck_assert(said("step 1: its update made the weight \"0.weight\" not finite"));
    ck_assert_int_eq(tern_trainer_step(t, &batch, NULL, &err), TERN_ERROR_DIVERGED);
    tern_trainer_free(t);
    tern_model_free(m);
}
END_TEST

/* ---- counters ---- */

static const struct {
    size_t place;
    double value;
    const char *name;
} bad_counters[] = {
    {0, INFINITY, "step"},
    {0, 1e300, "step"},
    {0, 1.5, "step"},
    {1, INFINITY, "epoch"},
    {1, -1, "epoch"},
    {1, 100, "epoch"},
    {2, NAN, "batch"},
    {2, 1e6, "batch"},
    {2, 9, NULL},
    {3, NAN, "epoch_loss"},
    {4, -1, "epoch_weight"},
    {5, 1e9, "epoch_rows"},
    {6, INFINITY, "epoch_seconds"},
    {7, INFINITY, "best"},
    {8, 5, "best_epoch"},
    {9, 1e18, "waited"},
    {10, 4e9, "log_bytes"},
    {10, -4096, "log_bytes"},
    {11, -1, "last_norm"},
    {15, 2, "shuffled"},
    {17, NAN, "lr"},
    {18, INFINITY, "next_lr"},
    {19, NAN, "schedule_state"},
    {26, NAN, "schedule_state"},
    {27, INFINITY, "metric"},
};

static void write_counter(size_t place, double value) {
    static char bytes[1 << 16];
    size_t begin, header, n;
    FILE *file = fopen(scratch_path("run/checkpoint.safetensors"), "r+");
    ck_assert_ptr_nonnull(file);
    n = fread(bytes, 1, sizeof bytes - 1, file);
    bytes[n] = 0;
    memcpy(&header, bytes, sizeof header);
    const char *at = strstr(bytes + 8, "\"progress\"");
    ck_assert_int_eq(sscanf(strstr(at, "data_offsets"), "data_offsets\":[%zu", &begin), 1);
    fseek(file, (long)(8 + header + begin + 8 * place), SEEK_SET);
    ck_assert_uint_eq(fwrite(&value, sizeof value, 1, file), 1);
    fclose(file);
}

START_TEST(counters_have_ranges) {
    char name[40];
    ck_assert_int_eq(try_fit((tern_fit_options){.steps = 10}, "", NULL), TERN_OK);
    write_counter(bad_counters[_i].place, bad_counters[_i].value);
    ck_assert_int_eq(try_fit((tern_fit_options){.resume = true}, "", NULL), TERN_ERROR_DATA);
    snprintf(name, sizeof name, "counter \"%s\" is", bad_counters[_i].name);
    ck_assert_msg(said(bad_counters[_i].name ? name : "counters of another model or of other data"), "%s: %s", name,
                  err.item[0].text);
}
END_TEST

/* ---- what was changed ---- */

static const char base[] =
    "{'seed':4,'input':{'shape':[6]},'layers':[{'type':'dense','out_features':8},{'type':'relu'},{'type':'dense',"
    "'out_features':3}],'loss':'cross_entropy','optimizer':{'type':'sgd','lr':0.1,'momentum':0.5},"
    "'schedule':{'type':'exponential','gamma':0.9},'metrics':['accuracy'],'train':{'epochs':2,'batch_size':16}}";

static const struct {
    const char *from, *to, *said;
} edits[] = {
    {"'relu'", "'gelu'", "/layers/1/type: was \"relu\" when the run was made, is \"gelu\" now"},
    {"'lr':0.1", "'lr':0.01", "/optimizer/lr: was 0.1 when the run was made, is 0.01 now"},
    {"'momentum':0.5", "'momentum':0.9", "/optimizer/momentum: was 0.5"},
    {"'batch_size':16", "'batch_size':16,'shuffle':false", "/train/shuffle: was true"},
    {"'shape':[6]", "'shape':[6],'scale':2", "/input/scale: was 1"},
    {"'gamma':0.9", "'gamma':0.8", "/schedule/gamma: was 0.9"},
    {"'schedule':{'type':'exponential','gamma':0.9},", "", "/schedule: was {\"type\":"},
    {"{'type':'sgd','lr':0.1,'momentum':0.5}", "'adam'", "/optimizer/type: was \"sgd\""},
    {"'cross_entropy'", "{'type':'cross_entropy','label_smoothing':0.1}", "/loss/label_smoothing: was 0"},
    {"'batch_size':16", "'batch_size':32", "/train/batch_size: was 16"},
    {"'seed':4", "'seed':5", "/seed: was 4"},
    {"['accuracy']", "['accuracy',{'type':'top_k','k':2}]", "/metrics/1: was none"},
    {"", "", "the checksum of the data: was "},
    {"", "", "shuffling: was left to the model when the run was made, is off now"},
};
enum { OTHER_DATA = COUNT(edits) - 2, NO_SHUFFLE };

static tern_model *edited(size_t i) {
    char text[2048] = "";
    const char *at = strstr(base, edits[i].from);
    ck_assert_ptr_nonnull(at);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - base), base, edits[i].to, at + strlen(edits[i].from));
    return quick_model(text, NULL);
}

START_TEST(what_was_changed_is_listed_and_refused) {
    tern_fit_result result;
    tern_fit_options options = {.out = scratch_path("run"), .steps = 5};
    tern_dataset *d = make_data(0.8, 1);
    tern_model *m = quick_model(base, NULL), *other = edited((size_t)_i);
    tern_dataset *d2 = make_data(0.8, _i == OTHER_DATA ? 2 : 1);
    ck_assert_int_eq(tern_fit(m, d, NULL, &options, NULL, NULL), TERN_OK);
    options.resume = true, options.steps = 0, options.threads = 1, options.epochs = 3;
    options.no_shuffle = _i == NO_SHUFFLE;
    tern_error_clear(&err);
    ck_assert_int_eq(tern_fit(other, d2, NULL, &options, &result, &err), TERN_ERROR_DATA);
    ck_assert_msg(said(edits[_i].said), "%s, not %s", err.item[0].text, edits[_i].said);
    ck_assert_uint_gt(result.changes, 0);
    options.changed = true;
    tern_error_clear(&err);
    ck_assert_int_eq(tern_fit(other, d2, NULL, &options, &result, &err), TERN_OK);
    ck_assert_msg(said(edits[_i].said), "%s", err.item[0].text);
    ck_assert_uint_eq(err.errors, 0);
    ck_assert_uint_eq(result.epochs, 3);
    options.changed = false; /* from now on that is how the run was made */
    tern_error_clear(&err);
    ck_assert_int_eq(tern_fit(other, d2, NULL, &options, &result, &err), TERN_OK);
    ck_assert_uint_eq(err.count, 0);
    tern_model_free(m);
    tern_model_free(other);
    tern_dataset_free(d);
    tern_dataset_free(d2);
}
END_TEST

START_TEST(a_schedule_that_goes_on_elsewhere_says_so) {
    static const char cosine[] =
        "{'input':{'shape':[6]},'layers':[{'type':'dense','out_features':3}],'loss':'cross_"
        "entropy','optimizer':{'type':'sgd','lr':0.1},'schedule':'cosine','train':{'epochs':4}}";
    tern_model *m = quick_model(cosine, NULL);
    tern_dataset *d = make_data(0.8, 1);
    tern_fit_options options = {.out = scratch_path("run"), .steps = 6};
    ck_assert_int_eq(tern_fit(m, d, NULL, &options, NULL, NULL), TERN_OK);
    tern_error_clear(&err);
    options.resume = true, options.steps = 7;
    ck_assert_int_eq(tern_fit(m, d, NULL, &options, NULL, &err), TERN_OK);
    ck_assert_uint_eq(err.count, 0);
    options.steps = 0, options.epochs = 8;
    ck_assert_int_eq(tern_fit(m, d, NULL, &options, NULL, &err), TERN_OK);
    ck_assert(said("the schedule (cosine) goes on at another place: lr "));
    tern_dataset_free(d);
    tern_model_free(m);
}
END_TEST

TCase *runs_tcase(void);
TCase *runs_tcase(void) {
    TCase *t = tcase_create("runs");
    tcase_add_test(t, a_trained_run_is_not_overwritten);
    tcase_add_test(t, force_removes_the_old_run);
    tcase_add_test(t, a_directory_without_weights_starts_clean);
    tcase_add_test(t, two_do_not_write_to_one_run);
    tcase_add_loop_test(t, the_log_is_no_link_and_no_fifo, 0, 2);
    tcase_add_loop_test(t, a_short_log_is_gone_on_with, 0, 2);
    tcase_add_loop_test(t, what_is_not_finite_is_not_saved, 0, 3);
    tcase_add_test(t, a_loop_of_ones_own_asks);
    tcase_add_loop_test(t, counters_have_ranges, 0, COUNT(bad_counters));
    tcase_add_loop_test(t, what_was_changed_is_listed_and_refused, 0, COUNT(edits));
    tcase_add_test(t, a_schedule_that_goes_on_elsewhere_says_so);
    return t;
}
