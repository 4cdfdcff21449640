/* generate.c - tern predict --generate: a text that the model goes on with, each byte drawn by softmax(scores /
 * temperature).
 *
 * The model takes [T] bytes and gives [C, T] scores: at each place of the byte that comes next. It sees the last T
 * bytes of the text so far; while these are fewer, it may not look at what stands after them, which is tried out once.
 */
#include "predict.h"

#include "memory.h"

#include <tern/random.h>
#include <tern/predictor.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BYTES = 256 };

typedef struct generator {
    tern_predictor *run;
    size_t steps, classes; /* T and C */
    tern_real *x, *y;      /* [T] and [C, T] */
    double temperature;    /* 0: the likeliest byte */
    tern_random random;
    double score[BYTES]; /* of the next byte */
} generator;

static tern_status check_model(const tern_model *m, generator *g, tern_error *err) {
    tern_shape in = tern_model_input(m), out = tern_model_output(m);
    char takes[TERN_SHAPE_TEXT], gives[TERN_SHAPE_TEXT];
    g->steps = in.dim[0], g->classes = out.dim[0];
    if (in.rank == 1 && out.rank == 2 && out.dim[1] == g->steps && g->classes > 1 && g->classes <= BYTES)
        return TERN_OK;
    return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                          "--generate is for a model that takes [T] bytes and gives [C, T] scores "
                          "of the bytes that follow, C from 2 to %d; this one takes %s and gives %s",
                          BYTES, tern_shape_text(&in, takes), tern_shape_text(&out, gives));
}

/* Whether the model takes every byte of the prompt, and the highest that it may come to say. */
static tern_status check_bytes(const tern_model *m, const generator *g, const char *prompt, tern_error *err) {
    uint8_t *bytes = tern__alloc(g->steps, 1, err);
    size_t n = strlen(prompt);
    tern_status status = bytes ? TERN_OK : TERN_ERROR_MEMORY;
    for (size_t done = 0; !status && done <= n; done += g->steps) {
        size_t part = n - done < g->steps ? n - done : g->steps;
        memcpy(bytes, prompt + done, part);
        memset(bytes + part, (int)(g->classes - 1), g->steps - part);
        const tern_array x = {.dtype = TERN_U8, .shape = {1, {g->steps}}, .data = bytes};
        tern_dataset *d = tern_dataset_borrow(1, &x, NULL, err);
        status = d ? tern_dataset_check_input(d, m, err) : TERN_ERROR_MEMORY;
        tern_dataset_free(d);
    }
    tern__free(bytes);
    return status;
}

/* Writes the scores of the byte after a text; where the text does not fill the model's input, `filler` does. */
static tern_status score_next(generator *g, const char *text, size_t n, int filler, tern_error *err) {
    size_t seen = n < g->steps ? n : g->steps, T = g->steps;
    for (size_t i = 0; i < T; i++) g->x[i] = (tern_real)(i < seen ? (unsigned char)text[n - seen + i] : filler);
    tern_tensor x = {{2, {1, T}}, g->x}, y = {{3, {1, g->classes, T}}, g->y};
    tern_predictor_forward(g->run, &x, &y, NULL);
    for (size_t c = 0; c < g->classes; c++) {
        g->score[c] = (double)g->y[c * T + seen - 1];
        if (!isfinite(g->score[c]))
            return tern_error_add(err, TERN_ERROR_DIVERGED, NULL, "the score of byte %zu after %zu bytes is not finite",
                                  c, n);
    }
    return TERN_OK;
}

/* What stands after a short prompt must not change what follows it. */
static tern_status check_causal(generator *g, const char *prompt, tern_error *err) {
    double before[BYTES];
    size_t n = strlen(prompt);
    tern_status status = n < g->steps ? score_next(g, prompt, n, 0, err) : TERN_OK;
    if (status || n >= g->steps) return status;
    memcpy(before, g->score, sizeof before);
    status = score_next(g, prompt, n, 1, err);
    for (size_t c = 0; !status && c < g->classes; c++)
        if (fabs(before[c] - g->score[c]) > 1e-3 * fmax(1, fabs(before[c])))
            return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                                  "the model depends on what comes after a byte; it needs a --prompt "
                                  "of %zu bytes or more, this one has %zu",
                                  g->steps, n);
    return status;
}

/* A byte by the scores; number `index` of the random stream decides. 0 is none: it ends a text. */
static size_t draw(const generator *g, size_t index) {
    size_t best = 1, c = 1;
    for (size_t i = 2; i < g->classes; i++)
        if (g->score[i] > g->score[best]) best = i;
    if (g->temperature <= 0) return best;
    double p[BYTES], sum = 0;
    tern_real uniform;
    for (size_t i = 1; i < g->classes; i++) sum += p[i] = exp((g->score[i] - g->score[best]) / g->temperature);
    tern_random_uniform(&g->random, index, 1, &uniform);
    double left = (double)uniform * sum;
    while (c + 1 < g->classes && left >= p[c]) left -= p[c++];
    return p[c] > 0 ? c : best; /* rounding may leave a rest after the last likely byte */
}

/* A terminal gets nothing that steers it. */
static void show(const char *text, size_t n) {
    bool terminal = isatty(STDOUT_FILENO);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        bool steers = (c < 0x20 && c != '\n' && c != '\t') || c >= 0x7f;
        printf(terminal && steers ? "\\x%02x" : "%c", c);
    }
    if (terminal) fflush(stdout);
}

static tern_status write_text(generator *g, const predict_args *a, const char *prompt, char *text, tern_error *err) {
    size_t n = strlen(prompt);
    tern_status status = TERN_OK;
    memcpy(text, prompt, n);
    if (!a->base.json) show(text, n);
    for (size_t i = 0; i < a->generate && !(status = score_next(g, text, n, 0, err)); i++) {
        text[n++] = (char)draw(g, i);
        if (!a->base.json) show(text + n - 1, 1);
    }
    if (!a->base.json) putchar('\n');
    if (status || !a->base.json) return status;
    json j = {0};
    json_open(&j, NULL, '{');
    json_text(&j, "text", text);
    json_close(&j, '}');
    json_end();
    return TERN_OK;
}

static tern_status read_temperature(const char *text, double *out, tern_error *err) {
    char *end = NULL;
    *out = text ? strtod(text, &end) : 1;
    if (!text || (end != text && !*end && *out >= 0 && *out <= 1000)) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                          "--temperature: expected a number from 0 to 1000, found \"%.60s\"", text);
}

tern_status generate(session *s, const predict_args *a, tern_error *err) {
    generator g = {.random = {.purpose = TERN_RANDOM_OTHER}};
    char used[PATH_SIZE], *text = NULL;
    const char *prompt = a->prompt ? a->prompt : "\n";
    tern_status status = read_temperature(a->temperature, &g.temperature, err);
    if (!status) status = session_open_model(s, &a->base, a->base.operand.v[0], false, err);
    if (!status) status = check_model(s->model, &g, err);
    if (!status) status = check_bytes(s->model, &g, prompt, err);
    if (!status) status = load_weights(s, &a->base, a->weights, used, err);
    if (status) return status;
    g.random.seed = tern_model_describe(s->model).seed;
    g.x = tern__alloc(g.steps, sizeof *g.x, err);
    g.y = g.x ? tern__alloc(g.steps * g.classes, sizeof *g.y, err) : NULL;
    text = g.y ? tern__alloc(strlen(prompt) + a->generate + 1, 1, err) : NULL;
    g.run = text ? tern_predictor_new(s->model, 1, 1, err) : NULL;
    status = g.run ? check_causal(&g, prompt, err) : TERN_ERROR_MEMORY;
    if (!status) status = write_text(&g, a, prompt, text, err);
    tern_predictor_free(g.run);
    tern__free(text);
    tern__free(g.y);
    tern__free(g.x);
    return status;
}
