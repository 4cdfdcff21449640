/* conform.h - one example of one registered type, ready to be tried; and how a failure names it. */
#ifndef TERN_TEST_CONFORM_H
#define TERN_TEST_CONFORM_H

#include "test.h"

#include "memory.h"
#include "options.h"

#include <cjson/cJSON.h>
#include <tern/loss.h>

typedef struct conform {
    const tern_type *type;
    const tern_example *example;
    char label[256];    /* layer "dense", example 0 {"out_features": 3} */
    tern_object object; /* its options, read */
    tern__arena pool;
    tern_error err;
} conform;

/* How many examples all types of a kind have together: the end of a loop test. */
int conform_examples(tern_kind kind);

/* The i-th of them. What it takes lives until conform_close(). */
void conform_open(conform *c, tern_kind kind, int i);
void conform_close(conform *c);

/* The example's options as JSON, "type" included; free with cJSON_Delete(). */
cJSON *conform_json(const conform *c);

/* The kinds of targets that a loss takes; ends with 0. */
const tern_target *conform_targets(const tern_type *loss);

/* Fails with the example's label in front. */
#define conform_assert(c, condition, ...)                           \
    do {                                                            \
        if (!(condition)) conform_fail(c, #condition, __VA_ARGS__); \
    } while (0)
void conform_fail(const conform *c, const char *condition, const char *format, ...) TERN_PRINTF(3, 4);

/* Fails unless two arrays are near, names what they are and the first element that is not. */
void conform_near(const conform *c, const char *what, const tern_real *got, const tern_real *want, size_t n,
                  double tolerance);

/* Fails unless all numbers are finite. */
void conform_finite(const conform *c, const char *what, const tern_real *x, size_t n);

/* An array between two guard zones, filled with NaN; and whether somebody wrote into the zones. Free with
 * guarded_free(). */
tern_real *guarded_new(size_t n);
bool guarded_intact(const tern_real *x, size_t n);
void guarded_free(tern_real *x);

/* The cases, one file for each kind or two. */
TCase *conform_options_case(void);
TCase *conform_layers_case(void);
TCase *conform_gradients_case(void);
TCase *conform_outputs_case(void);
TCase *conform_losses_case(void);
TCase *conform_metrics_case(void);
TCase *conform_optim_case(void);
TCase *conform_init_case(void);

#endif
