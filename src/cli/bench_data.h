/* bench_data.h - numbers that a measurement runs on: samples that are made up, arrays to predict from and to. */
#ifndef TERN_CLI_BENCH_DATA_H
#define TERN_CLI_BENCH_DATA_H

#include <tern/fit.h>

/* `n` samples for a model of one input and one output. Free with tern_dataset_free(). */
tern_dataset *bench_data(const tern_model *m, size_t n, tern_error *err);

/* Rows of each input of a model, and room for those of each output. */
typedef struct bench_arrays {
    size_t inputs, outputs;
    tern_tensor *x, *y;
} bench_arrays;

/* Takes the first `n` rows; free in any case. And leaves fewer of them. */
tern_status bench_arrays_take(bench_arrays *a, const tern_rows *rows, const tern_model *m, size_t n, tern_error *err);
void bench_arrays_cut(const bench_arrays *a, size_t n);
void bench_arrays_free(bench_arrays *a);

#endif
