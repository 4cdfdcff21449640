/* test_memory.c - what is planned, what a process takes of it in the end, and that long runs take no more. */
#include "fixtures/runs.h"

#include "memory_plan.h"

#include <tern/fit.h>
#include <tern/summary.h>

Suite *memory_suite(void);

/* ---- the plan ---- */

static tern_model *open_model(const char *path) {
    char whole[512];
    snprintf(whole, sizeof whole, "%s/%s", TERN_SOURCE_DIR, path);
    tern_model *m = tern_model_open(whole, NULL, NULL);
    ck_assert_msg(m != NULL, "%s", path);
    return m;
}

static tern__memory_plan plan(const tern_model *m, size_t rows, bool training) {
    tern__arena pool = {0};
    tern__memory_plan arena;
    ck_assert(!tern__memory_plan_make(m, rows, (tern__purpose){.training = training, .own_input = true}, &pool, &arena,
                                      NULL));
    tern__arena_free(&pool);
    return arena; /* its sizes: the lists are gone */
}

/* Input 40, a dense layer and its tanh 40 each, output 3, and gradients of all but the input: seven tensors. The tanh
 * and its gradient lie over what they are made from, and the output where the second dense layer writes its gradient
 * later. */
START_TEST(the_sum_is_of_all_tensors) {
    tern_model *m = quick_model(
        "{'input':{'shape':[40]},'layers':[{'type':'dense','out_features':40},{'type':'tanh'},{'type':'flatten'},"
        "{'type':'dense','out_features':3}],'loss':{'type':'mse'}}",
        NULL);
    tern__memory_plan training = plan(m, 16, true), running = plan(m, 16, false);
    ck_assert_uint_eq(training.sum, 16 * (3 * 40 + 3 + 2 * 40 + 3));
    ck_assert_uint_eq(training.size, 16 * (2 * 40 + 40 + 3));
    ck_assert_uint_eq(running.sum, 16 * 3 * 40); /* the output is the caller's */
    ck_assert_uint_eq(running.size, 16 * 2 * 40);
    tern_model_free(m);
}
END_TEST

static const char *const workloads[] = {"bench/w2.json", "bench/w3.json", "bench/w4.json", "bench/w5.json",
                                        "models/mnist-cnn.json"};

START_TEST(training_takes_little_of_its_tensors) {
    tern_model *m = open_model(workloads[_i]);
    for (size_t rows = 32; rows <= 128; rows *= 2) {
        tern__memory_plan a = plan(m, rows, true);
        ck_assert_msg((double)a.size <= 0.6 * (double)a.sum, "%s, %zu rows: %zu of %zu", workloads[_i], rows, a.size,
                      a.sum);
    }
    tern_model_free(m);
}
END_TEST

static const char *const chains[] = {"bench/w1.json",           "bench/w2.json",         "bench/w3.json",
                                     "bench/w4.json",           "bench/w5.json",         "models/mnist-cnn.json",
                                     "models/fashion-cnn.json", "models/mnist-rnn.json", "models/digits-mlp.json"};

/* One layer after the other needs no more than what one reads, what it writes, and what it works with. */
START_TEST(a_chain_runs_in_two_activations) {
    tern_model *m = open_model(chains[_i]);
    const size_t rows = 48;
    tern_shape in = tern_model_input(m);
    size_t largest = tern_shape_count(&in), second = 0, scratch = 0;
    for (size_t i = 0; i < m->nodes; i++) {
        const tern__node *node = &m->node[i];
        size_t count = tern_shape_count(&node->out),
               work = node->scratch + rows * (node->scratch_row + node->evaluation_row);
        ck_assert(node->inputs == 1 && node->input[0] == i);
        second = count > largest ? largest : count > second ? count : second;
        if (count > largest) largest = count;
        if (work > scratch) scratch = work;
    }
    tern__memory_plan a = plan(m, rows, false);
    ck_assert_msg(a.size <= rows * (largest + second) + scratch + 3 * TERN__ALIGN, "%s: %zu for %zu, %zu and %zu",
                  chains[_i], a.size, rows * largest, rows * second, scratch);
    tern_model_free(m);
}
END_TEST

/* ---- the process ---- */

/* A line of /proc/self/status, in bytes; 0 where there is none. */
static size_t status_bytes(const char *key) {
    char line[256];
    size_t kib = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof line, file))
        if (!strncmp(line, key, strlen(key))) kib = strtoul(line + strlen(key) + 1, NULL, 10);
    if (file) fclose(file);
    return kib << 10;
}

enum { IMAGES = 12000, PIXELS = 28 * 28 };

/* IDX files of made-up images. */
static void write_idx(const char *path, size_t pixels, size_t classes) {
    const unsigned char start[] = {0, 0, 8, pixels > 1 ? 3 : 1, 0, 0, IMAGES >> 8, IMAGES & 255, 0, 0, 0, 28, 0,
                                   0, 0, 28};
    static unsigned char row[PIXELS];
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    fwrite(start, pixels > 1 ? 16 : 8, 1, file);
    for (size_t i = 0; i < IMAGES; i++) {
        for (size_t k = 0; k < pixels; k++) row[k] = (unsigned char)((i * 7 + k * 13) % classes);
        fwrite(row, pixels, 1, file);
    }
    ck_assert_int_eq(fclose(file), 0);
}

#ifdef TERN_SANITIZED
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

/* The data's own bytes, the plan and a fifth, and something for the BLAS: an unplanned copy of data, weights or
 * activations does not fit in. */
START_TEST(training_takes_what_is_planned) {
    const size_t own = 8 << 20, data = IMAGES * (PIXELS + 1);
    if (SANITIZED || !status_bytes("VmHWM")) return;
    write_idx(scratch_path("x"), PIXELS, 256);
    write_idx(scratch_path("y"), 1, 10);
    tern_error err = {0};
    tern_model *m = quick_model(
        "{'input':{'shape':[784],'scale':0.004},'layers':[{'type':'dense','out_features':512},{'type':'relu'},"
        "{'type':'dense','out_features':512},"
        "{'type':'relu'},{'type':'dense','out_features':10}],'loss':{'type':'cross_entropy'},"
        "'optimizer':{'type':'adam'},"
        "'train':{'epochs':1,'batch_size':128,'validation_split':0.1},'data':{'train':{'type':'idx','x':'x','y':'y'}}}",
        NULL);
    tern_summary *s = tern_summary_new(m, 2, NULL);
    ck_assert_ptr_nonnull(s);
    size_t before = status_bytes("VmRSS");
    tern_dataset *d = tern_dataset_open(m, "train", scratch_path("."), &err);
    ck_assert_ptr_nonnull(d);
    ck_assert(
        !tern_fit(m, d, NULL, &(tern_fit_options){.out = scratch_path("run"), .threads = 2, .steps = 30}, NULL, &err));
    size_t taken = status_bytes("VmHWM") - before;
    ck_assert_msg(taken <= data + s->train_bytes + s->train_bytes / 5 + own,
                  "%zu bytes taken: the data is %zu, the plan %zu", taken, data, s->train_bytes);
    tern_dataset_free(d);
    tern_summary_free(s);
    tern_model_free(m);
}
END_TEST

enum { EARLY = 2000, STEPS = 20000 };
static size_t early_bytes, late_bytes;

static bool look(void *user, const tern_progress *p) {
    (void)user;
    if (p->step == EARLY) early_bytes = status_bytes("VmRSS");
    if (p->step == STEPS) late_bytes = status_bytes("VmRSS");
    return true;
}

/* Thousands of epochs, with validation, the log and checkpoints. Were it sixteen bytes a step, it would show. */
START_TEST(long_runs_take_no_more) {
    if (SANITIZED || !status_bytes("VmRSS")) return;
    tern_fit_result r;
    fit(&(tern_fit_options){.out = scratch_path("run"),
                            .epochs = 100000,
                            .steps = STEPS,
                            .threads = 2,
                            .on_step = look,
                            .log_every = 50},
        "", &r, NULL, NULL);
    ck_assert_uint_eq(r.steps, STEPS);
    ck_assert_msg(late_bytes <= early_bytes + (256 << 10), "%zu bytes after %d steps, %zu after %d", early_bytes, EARLY,
                  late_bytes, STEPS);
}
END_TEST

Suite *memory_suite(void) {
    Suite *s = suite_create("memory");
    TCase *planned = tcase_create("plan"), *taken = tcase_create("process");
    tcase_add_test(planned, the_sum_is_of_all_tensors);
    tcase_add_loop_test(planned, training_takes_little_of_its_tensors, 0, (int)COUNT(workloads));
    tcase_add_loop_test(planned, a_chain_runs_in_two_activations, 0, (int)COUNT(chains));
    tcase_add_test(taken, training_takes_what_is_planned);
    tcase_add_test(taken, long_runs_take_no_more);
    suite_add_tcase(s, planned);
    suite_add_tcase(s, taken);
    return s;
}
