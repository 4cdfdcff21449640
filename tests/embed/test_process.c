/* test_process.c - tern inside a program leaves the process as it found it. */
#include "fixtures/batches.h"
#include "fixtures/scratch.h"

#include <dirent.h>
#include <fcntl.h>
#include <fenv.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* Everything once: open, fit with a run directory, evaluate, predict, a refused model, save. */
static void use_all(const char *directory) {
    tern_error err = {0};
    tern_model *m = make_net("0.1", "mean");
    batch_data d;
    make_batch(&d, m, ROWS, 4);
    uint8_t labels[ROWS];
    for (size_t i = 0; i < ROWS; i++) labels[i] = (uint8_t)d.y[i];
    tern_array x = {.dtype = sizeof(tern_real) == 4 ? TERN_F32 : TERN_F64, .shape = TERN_SHAPE(12), .data = d.x},
               y = {.dtype = TERN_U8, .shape = {0}, .data = labels};
    tern_dataset *data = tern_dataset_borrow(ROWS, &x, &y, &err);
    tern_score score;
    ck_assert_int_eq(tern_fit(m, data, NULL, &(tern_fit_options){.out = directory, .threads = 2}, NULL, &err), TERN_OK);
    ck_assert_int_eq(tern_evaluate(m, data, NULL, ROWS, 2, &score, NULL, &err), TERN_OK);
    tern_real out[ROWS * 5];
    tern_tensor ty = {TERN_SHAPE(ROWS, 5), out};
    tern_predictor *run = tern_predictor_new(m, ROWS, 2, &err);
    tern_predictor_forward(run, &d.tx, &ty, NULL);
    ck_assert_ptr_null(tern_model_open("/nowhere/at/all.json", NULL, &err));
    tern_model_weight(m, 0).tensor.data[0] = (tern_real)INFINITY;
    ck_assert_int_eq(tern_fit(m, data, NULL, NULL, NULL, &err), TERN_ERROR_DIVERGED);
    tern_predictor_free(run);
    tern_dataset_free(data);
    free_batch(&d);
    tern_model_free(m);
}

START_TEST(nothing_is_printed) {
    const char *path = scratch_path("printed");
    fflush(NULL);
    int out = dup(1), err = dup(2), file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    dup2(file, 1);
    dup2(file, 2);
    use_all(scratch_path("run"));
    fflush(NULL);
    struct stat s;
    int failed = fstat(file, &s);
    dup2(out, 1);
    dup2(err, 2);
    ck_assert_int_eq(failed, 0);
    ck_assert_int_eq((int)s.st_size, 0);
}
END_TEST

extern char **environ;

START_TEST(the_process_stays_as_it_was) {
    static const int signals[] = {SIGINT, SIGTERM, SIGPIPE, SIGFPE, SIGSEGV, SIGCHLD};
    struct sigaction before[COUNT(signals)], after;
    sigset_t mask, mask_after;
    char directory[256];
    for (size_t i = 0; i < COUNT(signals); i++) sigaction(signals[i], NULL, &before[i]);
    sigprocmask(SIG_SETMASK, NULL, &mask);
    size_t variables = 0;
    while (environ[variables]) variables++;
    char **block = environ;
    fesetround(FE_UPWARD);
    feclearexcept(FE_ALL_EXCEPT);
    ck_assert_ptr_nonnull(getcwd(directory, sizeof directory));
    mode_t umask_before = umask(027);

    volatile double tiny = 2.3e-308;
    ck_assert(tiny / 4 > 0); /* denormals are there */
    use_all(scratch_path("run"));
    ck_assert(tiny / 4 > 0);
    ck_assert_int_eq(fegetround(), FE_UPWARD);
    ck_assert_uint_eq(umask(umask_before), 027);
    for (size_t i = 0; i < COUNT(signals); i++) {
        sigaction(signals[i], NULL, &after);
        ck_assert(after.sa_handler == before[i].sa_handler && after.sa_flags == before[i].sa_flags);
    }
    sigprocmask(SIG_SETMASK, NULL, &mask_after);
    for (int i = 1; i < 32; i++) ck_assert_int_eq(sigismember(&mask, i), sigismember(&mask_after, i));
    ck_assert(environ == block && !environ[variables]);
    char now[256];
    ck_assert_ptr_nonnull(getcwd(now, sizeof now));
    ck_assert_str_eq(now, directory);
}
END_TEST

/* A locale in which a half is 0,5: files are read and written with points, and the locale is left alone. */
START_TEST(a_locale_changes_nothing) {
    static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "de_DE", "fr_FR.UTF-8", "fr_FR.utf8"};
    tern_model *plain = make_net("0.25", "mean");
    char *want = tern_model_render(plain, NULL);
    const char *set = NULL;
    for (size_t i = 0; !set && i < COUNT(names); i++) set = setlocale(LC_ALL, names[i]);
    char name[64];
    snprintf(name, sizeof name, "%s", setlocale(LC_ALL, NULL));
    tern_model *m = make_net("0.25", "mean");
    char *got = tern_model_render(m, NULL);
    ck_assert_str_eq(got, want);
    use_all(scratch_path("run"));
    ck_assert_str_eq(setlocale(LC_ALL, NULL), name);
    setlocale(LC_ALL, "C");
    tern_free(want);
    tern_free(got);
    tern_model_free(m);
    tern_model_free(plain);
}
END_TEST

static int count_threads(void) {
    int n = -2; /* . and .. */
    DIR *tasks = opendir("/proc/self/task");
    while (tasks && readdir(tasks)) n++;
    if (tasks) closedir(tasks);
    return n;
}

enum { SIDE = 300 };

static void *multiply(void *arg) {
    tern_real *numbers = calloc((size_t)3 * SIDE * SIDE, sizeof *numbers);
    tern_tensor a = {TERN_SHAPE(SIDE, SIDE), numbers}, b = a, c = a;
    b.data += SIDE * SIDE, c.data += 2 * SIDE * SIDE;
    quick_numbers((size_t)2 * SIDE * SIDE, 1, numbers);
    for (int i = 0; i < 10; i++) tern_gemm(1, &a, TERN_N, &b, TERN_N, 0, &c);
    *(int *)arg = count_threads();
    free(numbers);
    return NULL;
}

/* Whatever the BLAS, a product runs on the thread that asks for it, be it the first one or a later one. */
START_TEST(products_start_no_threads) {
    int before, first, second;
    multiply(&before); /* OpenBLAS has threads of its own since it was loaded, and again after a fork: they are there,
                          and sleep */
    multiply(&first);
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, multiply, &second), 0);
    pthread_join(thread, NULL);
    ck_assert_int_eq(first, before);
    ck_assert_int_eq(second, before + 1);
}
END_TEST

/* Two models, step by step in turns, learn what each learns alone. */
START_TEST(two_models_train_in_one_process) {
    double alone[2];
    for (int turns = 0; turns < 2; turns++) {
        tern_model *m[2] = {make_net("0.2", "mean"), make_net("0.4", "sum")};
        tern_trainer *t[2] = {make_trainer(m[0], NULL), make_trainer(m[1], NULL)};
        batch_data d;
        make_batch(&d, m[0], 16, 4);
        for (int i = 0; i < 20; i++) {
            int which = turns ? i % 2 : i / 10;
            ck_assert_int_eq(tern_trainer_step(t[which], &d.batch, NULL, NULL), TERN_OK);
        }
        for (int k = 0; k < 2; k++) {
            if (turns) ck_assert(fingerprint(m[k]) == alone[k]);
            alone[k] = fingerprint(m[k]);
            tern_trainer_free(t[k]);
            tern_model_free(m[k]);
        }
        free_batch(&d);
    }
}
END_TEST

/* After use with several threads a child goes on with the parent's model and trainer, and both come to the same
 * weights. */
START_TEST(a_forked_child_goes_on) {
    tern_model *m = make_net("0.2", "mean");
    tern_trainer *t = make_trainer(m, &(tern_trainer_options){.batch_size = ROWS, .threads = 2});
    batch_data d;
    make_batch(&d, m, ROWS, 4);
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(tern_trainer_step(t, &d.batch, NULL, NULL), TERN_OK);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    tern_status status = tern_trainer_step(t, &d.batch, NULL, NULL);
    double mine = fingerprint(m), theirs = 0;
    if (!child) _exit(status || write(ends[1], &mine, sizeof mine) != sizeof mine);
    int code;
    ck_assert_int_eq(status, TERN_OK);
    ck_assert_int_eq(waitpid(child, &code, 0), child);
    ck_assert_int_eq(code, 0);
    ck_assert_int_eq(read(ends[0], &theirs, sizeof theirs), (int)sizeof theirs);
    ck_assert(mine == theirs);
    free_batch(&d);
    tern_trainer_free(t);
    tern_model_free(m);
}
END_TEST

TCase *process_tcase(void);
TCase *process_tcase(void) {
    TCase *process = tcase_create("process");
    tcase_add_test(process, nothing_is_printed);
    tcase_add_test(process, the_process_stays_as_it_was);
    tcase_add_test(process, a_locale_changes_nothing);
    tcase_add_test(process, products_start_no_threads);
    tcase_add_test(process, two_models_train_in_one_process);
    tcase_add_test(process, a_forked_child_goes_on);
    return process;
}
