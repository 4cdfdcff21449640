/* sampling.c - a token by the scores of all: temperature, the k likeliest (Fan et al., "Hierarchical neural story
 * generation", 2018), and the likeliest that make up a probability p (Holtzman et al., "The curious case of neural text
 * degeneration", 2020), in this order. */
#include "memory.h"

#include <tern/generate.h>
#include <tern/random.h>

#include <math.h>
#include <stdlib.h>

typedef struct candidate {
    double score, probability; /* not normalized */
    size_t token;
} candidate;

static bool is_never(const tern_sampling *s, size_t token) {
    for (size_t k = 0; k < s->nevers; k++)
        if (s->never[k] == token) return true;
    return false;
}

tern_status tern_sampling_check(const tern_sampling *s, size_t tokens, tern_error *err) {
    if (!(s->temperature >= 0) || isinf(s->temperature))
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "a temperature of %g; accepted are numbers from 0",
                              s->temperature);
    if (!(s->top_p >= 0 && s->top_p <= 1))
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "a top_p of %g; accepted are numbers from 0 to 1", s->top_p);
    for (size_t token = 0; token < tokens; token++)
        if (!is_never(s, token)) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_USAGE, NULL, "none of the %zu tokens may be drawn", tokens);
}

/* The likeliest first; of equals the one of the smaller number. */
static int by_score(const void *a, const void *b) {
    const candidate *x = a, *y = b;
    if (x->score != y->score) return x->score > y->score ? -1 : 1;
    return x->token < y->token ? -1 : 1;
}

/* Lists the tokens that can come at all, and returns how many. */
static size_t list(const tern_sampling *s, size_t tokens, const tern_real *score, candidate *out) {
    size_t n = 0;
    for (size_t k = 0; k < tokens; k++)
        if (score[k] > -(tern_real)INFINITY && !is_never(s, k)) out[n++] = (candidate){(double)score[k], 0, k};
    return n;
}

/* Gives the first n probabilities, and returns how many of them are left. */
static size_t weigh(const tern_sampling *s, size_t n, candidate *c) {
    double sum = 0, before = 0;
    for (size_t k = 0; k < n; k++) sum += c[k].probability = exp((c[k].score - c[0].score) / s->temperature);
    if (s->top_p == 0 || s->top_p == 1) return n;
    for (size_t k = 0; k < n; k++) {
        if (before >= s->top_p * sum) return k;
        before += c[k].probability;
    }
    return n;
}

/* Puts the likeliest first and, where the order of the others matters, these in their order. */
static void order(const tern_sampling *s, size_t n, candidate *c) {
    bool cut = (s->top_k && s->top_k < n) || (s->top_p > 0 && s->top_p < 1);
    if (cut && s->temperature > 0) {
        qsort(c, n, sizeof *c, by_score);
        return;
    }
    size_t best = 0;
    for (size_t k = 1; k < n; k++)
        if (c[k].score > c[best].score) best = k;
    candidate first = c[best];
    c[best] = c[0];
    c[0] = first;
}

static size_t draw(const tern_sampling *s, size_t n, candidate *c, size_t index) {
    const tern_random random = {.seed = s->seed, .purpose = TERN_RANDOM_OTHER, .step = s->sample};
    tern_real uniform;
    double sum = 0;
    order(s, n, c);
    if (s->temperature == 0) return c[0].token;
    if (s->top_k && s->top_k < n) n = s->top_k;
    n = weigh(s, n, c);
    for (size_t k = 0; k < n; k++) sum += c[k].probability;
    tern_random_uniform(&random, index, 1, &uniform);
    double left = (double)uniform * sum;
    size_t k = 0;
    while (k + 1 < n && left >= c[k].probability) left -= c[k++].probability;
    return c[c[k].probability > 0 ? k : 0].token; /* rounding may leave a rest behind the last likely one */
}

tern_status tern_sampling_draw(const tern_sampling *s, size_t tokens, const tern_real *score, size_t index,
                               size_t *token, tern_error *err) {
    tern_status status = tern_sampling_check(s, tokens, err);
    for (size_t k = 0; !status && k < tokens; k++)
        if (isnan(score[k]) || score[k] == (tern_real)INFINITY)
            status = tern_error_add(err, TERN_ERROR_DIVERGED, NULL, "the score of token %zu is %s", k,
                                    isnan(score[k]) ? "not a number" : "infinite");
    candidate *c = status ? NULL : tern__alloc(tokens, sizeof *c, err);
    if (!c) return status ? status : TERN_ERROR_MEMORY;
    size_t n = list(s, tokens, score, c);
    if (n) *token = draw(s, n, c, index);
    else status = tern_error_add(err, TERN_ERROR_DIVERGED, NULL, "every token that may be drawn has a score of -inf");
    tern__free(c);
    return status;
}
