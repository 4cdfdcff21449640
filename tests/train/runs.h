/* runs.h - small fits in a directory of their own. */
#ifndef TERN_TEST_RUNS_H
#define TERN_TEST_RUNS_H

#include "models.h"

#include <sys/stat.h>
#include <unistd.h>

enum { SAMPLES = 150, FEATURES = 6 };

static char dir[64];

static inline void make_dir(void) {
    strcpy(dir, "/tmp/tern-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
}

static inline void remove_dir(void) {
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", dir);
    ck_assert_int_eq(system(command), 0);
}

static inline const char *in_dir(const char *name) {
    static char path[4][128];
    static size_t next;
    char *out = path[next++ % 4];
    snprintf(out, 128, "%s/%s", dir, name);
    return out;
}

static inline bool exists(const char *name) {
    struct stat info;
    return !stat(in_dir(name), &info);
}

/* Three classes that lie around three points, as integers so that the reader's path for labels is taken. */
static inline tern_dataset *make_data(double noise, double from) {
    static float x[2][SAMPLES * FEATURES];
    static int64_t y[2][SAMPLES];
    static size_t next;
    float *px = x[next % 2];
    int64_t *py = y[next++ % 2];
    tern_real numbers[SAMPLES * FEATURES];
    quick_numbers(SAMPLES * FEATURES, from, numbers);
    for (size_t i = 0; i < SAMPLES; i++) {
        py[i] = (int64_t)(i * 5 % 3);
        for (size_t k = 0; k < FEATURES; k++)
            px[i * FEATURES + k] =
                (float)(noise * (double)numbers[i * FEATURES + k] + (double)((size_t)py[i] == k % 3));
    }
    tern_column cx = {TERN_F32, {1, {FEATURES}}, px}, cy = {TERN_I64, {0}, py};
    tern_dataset *d = tern_dataset_borrow(SAMPLES, &cx, &cy, NULL);
    ck_assert_ptr_nonnull(d);
    return d;
}

/* A model with everything that has a state: running averages, dropout, momentum, a schedule, a split. `train` holds
 * further keys. */
static inline tern_model *make_model(const char *train) {
    char text[1024];
    snprintf(text, sizeof text,
             "{'seed':4,'input':{'shape':[6]},'layers':[{'type':'dense','out_features':16},{'type':'batch_norm'},"
             "{'type':'dropout','p':0.2},{'type':'tanh'},{'type':'dense','out_features':3}],"
             "'loss':{'type':'cross_entropy'},'optimizer':{'type':'adam','lr':0.01},"
             "'schedule':{'type':'plateau','patience':0,'factor':0.7},'metrics':['accuracy'],"
             "'train':{'epochs':6,'batch_size':16,'validation_split':0.2%s}}",
             train);
    return quick_model(text, NULL);
}

static inline tern_real *keep_weights(const tern_model *m, size_t *n) {
    *n = 0;
    for (size_t i = 0; i < tern_model_weight_count(m); i++) {
        tern_tensor t = tern_model_weight(m, i).tensor;
        *n += tern_tensor_count(&t);
    }
    tern_real *kept = malloc(*n * sizeof *kept), *at = kept;
    for (size_t i = 0; i < tern_model_weight_count(m); i++) {
        tern_tensor t = tern_model_weight(m, i).tensor;
        memcpy(at, t.data, tern_tensor_count(&t) * sizeof *at);
        at += tern_tensor_count(&t);
    }
    return kept;
}

static inline void fit(const tern_fit_options *options, const char *train, tern_fit_result *result, tern_real **weights,
                       size_t *n) {
    static tern_error err;
    char line[900];
    tern_error_clear(&err);
    tern_model *m = make_model(train);
    tern_dataset *d = make_data(0.8, 1);
    tern_status status = tern_fit(m, d, NULL, options, result, &err);
    ck_assert_msg(!status, "%s", tern_error_line(&err, 0, line, sizeof line));
    if (weights) *weights = keep_weights(m, n);
    tern_dataset_free(d);
    tern_model_free(m);
}

static inline char *read_text(const char *path) {
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    char *text = calloc(1, 1 << 16);
    ck_assert_uint_gt(fread(text, 1, (1 << 16) - 1, file), 0);
    fclose(file);
    return text;
}

static inline size_t count_lines(const char *text) {
    size_t n = 0;
    for (; *text; text++) n += *text == '\n';
    return n;
}

#endif
