/* lr_range.h - the learning rate range test (Smith, "Cyclical learning rates for training neural networks", 2017):
 * which learning rate a model trains fastest with. */
#ifndef TERN_LR_RANGE_H
#define TERN_LR_RANGE_H

#include <tern/model.h>

TERN_BEGIN

/* How to test; zero-filled: the usual way. */
typedef struct tern_lr_range_options {
    const char *data; /* where relative paths of data start, as in tern_dataset_open() */
    double from, to;  /* 0: 1e-7, 10 */
    size_t steps;     /* 0: 300 */
    size_t threads;   /* 0: one for each CPU */
} tern_lr_range_options;

/* What it found, a number for each step. */
typedef struct tern_lr_range {
    size_t n;
    double *lr, *loss, *smooth; /* [n] smooth: a running mean of the loss */
    double suggested;           /* where the loss falls fastest, to two digits; NAN: it never falls */
    bool diverged;              /* the test ended as the loss left all bounds */
} tern_lr_range;

/* Trains a model of the file `path` for some steps while the learning rate rises evenly on a logarithmic scale, until
 * the loss is four times its least, or not finite. Its schedule is left out. The file, and any run of it, stay as they
 * are. `options` and `test` may be NULL. Errors: IO, SYNTAX, MODEL, DATA, MEMORY. Free with tern_lr_range_free() in any
 * case. */
TERN_API tern_status tern_lr_range_test(const char *path, const tern_model_options *options,
                                        const tern_lr_range_options *test, tern_lr_range *out, tern_error *err);
TERN_API void tern_lr_range_free(tern_lr_range *r);

/* Writes its picture as a page of HTML, like that of tern_report_write(). Errors: IO, MEMORY. */
TERN_API tern_status tern_lr_range_write(const tern_lr_range *r, const char *title, const char *path, tern_error *err);

TERN_END

#endif
