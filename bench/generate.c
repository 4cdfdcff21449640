/* generate.c - what a token costs as a sequence grows: by steps, where what earlier tokens left is kept, and by seeing
 * all of them anew. usage: generate MODEL [TOKENS], of a model of sequences; its weights as they start will do. */
#include <tern/tern.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { PARTS = 8 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Microseconds for each token in each part of a sequence; `every`: of one token in so many, the others costing nothing
 * where all are seen anew. */
static tern_status measure(const tern_model *m, bool whole, size_t tokens, size_t every, double *cost,
                           tern_error *err) {
    tern_generator *g = tern_generator_new(m, whole, err);
    if (!g) return TERN_ERROR_MODEL;
    tern_generator_info info = tern_generator_describe(g);
    tern_real *score = calloc(info.tokens, sizeof *score);
    tern_status status = tern_generator_begin(g, NULL, NULL, err);
    if (!whole && info.why) printf("not by steps: %s\n", info.why);
    for (size_t part = 0, at = 0; !status && part < PARTS; part++) {
        double time = 0;
        size_t measured = 0;
        for (; !status && at < (part + 1) * tokens / PARTS; at++) {
            bool asked = at % every == 0;
            double start = now();
            status = tern_generator_add(g, at * 7 % info.tokens, asked ? score : NULL, err);
            if (asked) time += now() - start, measured++;
        }
        cost[part] = measured ? 1e6 * time / (double)measured : 0;
    }
    free(score);
    tern_generator_free(g);
    return status;
}

int main(int argc, char **argv) {
    static tern_error err;
    if (argc < 2 || argc > 3) return fputs("usage: generate MODEL [TOKENS]\n", stderr), 2;
    size_t tokens = argc > 2 ? strtoul(argv[2], NULL, 10) : 2048;
    double steps[PARTS], whole[PARTS];
    tern_model *m = tern_model_open(argv[1], NULL, &err);
    tern_status status = m && tokens >= PARTS ? TERN_OK : TERN_ERROR_USAGE;
    if (!status) status = measure(m, false, tokens, 1, steps, &err);
    if (!status) status = measure(m, true, tokens, tokens / (4 * PARTS) + 1, whole, &err);
    if (!status) printf("%10s %16s %16s\n", "tokens", "by steps, us", "all anew, us");
    for (size_t k = 0; !status && k < PARTS; k++)
        printf("%10zu %16.1f %16.1f\n", (k + 1) * tokens / PARTS, steps[k], whole[k]);
    tern_error_print(&err, stderr);
    tern_model_free(m);
    return status ? 1 : 0;
}
