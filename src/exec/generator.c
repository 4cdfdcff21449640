/* generator.c - the tokens of a sequence, and the scores of the next: by a stepper where the model can go on by steps,
 * else by a predictor that sees all of them anew. */
#include "rows_check.h"
#include "stepper.h"

#include <tern/generate.h>
#include <tern/meaning.h>
#include <tern/predictor.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

struct tern_generator {
    const tern_model *m;
    tern_generator_info info;
    tern__arena arena;
    char why[TERN_MAX_TEXT];
    tern__stepper *stepper;    /* NULL: */
    tern_predictor *predictor; /* this one */
    size_t n, *token;          /* [context] those that the model sees */
    size_t drawn;              /* of the sequence, by tern_generate() */
    bool begun, scored;        /* scored: `score` is of the next token */
    tern_tensor *in;           /* [inputs] of the sequence; its own is the predictor's */
    const size_t **length;     /* [inputs] */
    size_t steps;              /* of the predictor: the room for tokens, and what comes out */
    tern_tensor y;
    bool causal; /* what stands behind the tokens was found to make no difference */
    tern_real *score, *other;
};

/* ---- what the model is ---- */

static tern_status refuse_model(const tern_model *m, tern_error *err) {
    char takes[TERN_SHAPE_TEXT], gives[TERN_SHAPE_TEXT];
    tern_shape in = tern_model_input(m), out = tern_model_output(m);
    return tern_error_add(
        err, TERN_ERROR_USAGE, NULL,
        "sequences come from a model that takes tokens, [T] or [null], and gives scores of the one that "
        "follows, [C], [C, T] or [null, C]; this one takes %s and gives %s",
        tern_shape_text(&in, takes), tern_shape_text(&out, gives));
}

/* Which input is the sequence: the only one, else the one whose lengths the output has; SIZE_MAX: none. */
static size_t find_input(const tern_model *m) {
    if (m->outputs != 1) return SIZE_MAX;
    return m->inputs == 1 ? 0 : tern__value_lengths(m, m->result[0].value);
}

/* How many tokens there are, by the output; 0: it is none of scores. Classes of a whole input are tokens only where
 * that is read as some. */
static size_t count_tokens(const tern_model *m, size_t input) {
    tern_shape out = tern_model_output_at(m, 0).shape;
    if (m->input[input].shape.rank != 1) return 0;
    if (out.rank == 1) return tern__index_reader(m, input) ? out.dim[0] : 0;
    if (out.rank != 2) return 0;
    if (tern__value_lengths(m, m->result[0].value) == input) return out.dim[1];
    return out.dim[1] == m->input[input].shape.dim[0] ? out.dim[0] : 0;
}

static tern_status check_model(tern_generator *g, tern_error *err) {
    const tern_model *m = g->m;
    g->info.input = find_input(m);
    if (g->info.input == TERN__NOWHERE) return refuse_model(m, err);
    g->info.tokens = count_tokens(m, g->info.input);
    g->info.is = tern_model_tokens(m, g->info.input);
    if (g->info.tokens < 2 || tern_model_meaning(m).names) return refuse_model(m, err); /* classes are no tokens */
    const tern__node *reader = tern__index_reader(m, g->info.input);
    if (!reader || reader->indices >= g->info.tokens) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                          "the model gives scores of %zu tokens, but layer \"%s\" reads no more than %zu",
                          g->info.tokens, reader->name, reader->indices);
}

/* ---- making ---- */

static tern_status make_predictor(tern_generator *g, tern_error *err) {
    const tern_model *m = g->m;
    tern__arena *a = &g->arena;
    tern_shape out = tern_model_output_at(m, 0).shape;
    g->steps = g->info.context = m->input[g->info.input].shape.dim[0];
    g->y.shape = tern_shape_batch(&out, 1);
    g->predictor = tern_predictor_new(m, 1, 1, err);
    if (!g->predictor || !(g->y.data = tern__arena_alloc(a, tern_shape_count(&out), sizeof *g->y.data, err)) ||
        !(g->other = tern__arena_alloc(a, g->info.tokens, sizeof *g->other, err)))
        return TERN_ERROR_MEMORY;
    tern_tensor *x = &g->in[g->info.input];
    *x = (tern_tensor){{2, {1, g->steps}}, tern__arena_alloc(a, g->steps, sizeof *x->data, err)};
    return x->data ? TERN_OK : TERN_ERROR_MEMORY;
}

static tern_status make(tern_generator *g, bool whole, tern_error *err) {
    static const char asked[] = "asked to";
    tern_error why = {0};
    tern__arena *a = &g->arena;
    tern_status status = check_model(g, err);
    if (status) return status;
    if (!(g->in = tern__arena_alloc(a, g->m->inputs, sizeof *g->in, err)) ||
        !(g->length = tern__arena_alloc(a, g->m->inputs, sizeof *g->length, err)))
        return TERN_ERROR_MEMORY;
    if (!whole) g->stepper = tern__stepper_new(g->m, g->info.input, 1, &why);
    if (why.count && why.item[0].status != TERN_ERROR_MODEL)
        return tern_error_add(err, why.item[0].status, NULL, "%s", why.item[0].text);
    g->info.by_steps = g->stepper != NULL;
    if (g->stepper) {
        g->info.context = tern__stepper_most(g->stepper);
    } else {
        snprintf(g->why, sizeof g->why, "%s", whole ? asked : why.item[0].text);
        g->info.why = g->why;
        status = make_predictor(g, err);
    }
    g->token = status ? NULL : tern__arena_alloc(a, g->info.context, sizeof *g->token, err);
    g->score = status ? NULL : tern__arena_alloc(a, g->info.tokens, sizeof *g->score, err);
    return status ? status : g->token && g->score ? TERN_OK : TERN_ERROR_MEMORY;
}

tern_generator *tern_generator_new(const tern_model *m, bool whole, tern_error *err) {
    if (tern__scaling_check(m, err)) return NULL;
    tern_generator *g = tern__alloc(1, sizeof *g, err);
    if (!g) return NULL;
    g->m = m;
    if (!make(g, whole, err)) return g;
    tern_generator_free(g);
    return NULL;
}

void tern_generator_free(tern_generator *g) {
    if (!g) return;
    tern__stepper_free(g->stepper);
    tern_predictor_free(g->predictor);
    tern__arena_free(&g->arena);
    tern__free(g);
}

tern_generator_info tern_generator_describe(const tern_generator *g) { return g->info; }

/* ---- beginning ---- */

tern_status tern_generator_begin(tern_generator *g, const tern_tensor *x, const size_t *const *length,
                                 tern_error *err) {
    const tern_model *m = g->m;
    tern_status status = TERN_OK;
    g->n = g->drawn = 0;
    g->begun = g->scored = false;
    for (size_t k = 0; !status && k < m->inputs; k++)
        if (k != g->info.input) status = tern__check_input(m, k, x ? &x[k] : NULL, 1, length ? length[k] : NULL, err);
    if (status) return status;
    for (size_t k = 0; k < m->inputs; k++)
        if (k != g->info.input) g->in[k] = x[k], g->length[k] = length ? length[k] : NULL;
    if (g->stepper) tern__stepper_begin(g->stepper, g->in, g->length);
    g->begun = true;
    return g->info.is.boundary ? tern_generator_add(g, 0, g->score, err) : TERN_OK;
}

/* ---- the scores of all tokens that the model sees ---- */

/* The input filled up with `filler` where it has a fixed length. */
static tern_status score_whole(tern_generator *g, size_t filler, tern_real *score, tern_error *err) {
    const tern_shape *out = &g->y.shape;
    bool any = g->m->input[g->info.input].sequences;
    tern_real *x = g->in[g->info.input].data;
    for (size_t i = 0; i < g->steps; i++) x[i] = (tern_real)(i < g->n ? g->token[i] : filler);
    g->length[g->info.input] = any ? &g->n : NULL;
    tern_status status = tern_predictor_forward_sequences(g->predictor, g->in, g->length, &g->y, err);
    const tern_real *from = g->y.data;
    size_t C = g->info.tokens, step = 1;
    if (out->rank == 3 && any) from += (g->n - 1) * C;          /* [null, C] */
    else if (out->rank == 3) from += g->n - 1, step = g->steps; /* [C, T] */
    for (size_t c = 0; c < C; c++) score[c] = from[c * step];
    return status;
}

/* What stands behind fewer tokens than the model takes must not change what follows them. */
static tern_status check_causal(tern_generator *g, tern_error *err) {
    if (g->causal || g->n == g->steps || g->m->input[g->info.input].sequences) return TERN_OK;
    tern_status status = score_whole(g, 1, g->other, err);
    for (size_t c = 0; !status && c < g->info.tokens; c++) {
        double a = (double)g->score[c], b = (double)g->other[c];
        if (fabs(a - b) > 1e-3 * fmax(1, fabs(a)))
            status =
                tern_error_add(err, TERN_ERROR_USAGE, NULL,
                               "the model depends on what comes after a token; it goes on from %zu of them or more, "
                               "these are %zu",
                               g->steps, g->n);
    }
    g->causal = !status;
    return status;
}

/* ---- one token more ---- */

static const tern_tensor *step(tern_generator *g, size_t token) {
    tern_real x = (tern_real)token;
    return tern__stepper_next(g->stepper, &x);
}

/* Makes room for one more. */
static void forget(tern_generator *g) {
    size_t context = g->info.context, kept = g->stepper ? context / 2 : context - 1;
    if (!context || g->n < context) return;
    memmove(g->token, g->token + g->n - kept, kept * sizeof *g->token);
    g->n = kept;
    if (!g->stepper) return;
    tern__stepper_begin(g->stepper, g->in, g->length);
    for (size_t i = 0; i < kept; i++) step(g, g->token[i]);
}

tern_status tern_generator_add(tern_generator *g, size_t token, tern_real *score, tern_error *err) {
    if (!g->begun) return tern_error_add(err, TERN_ERROR_USAGE, NULL, "a token before tern_generator_begin()");
    if (token >= g->info.tokens)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "token %zu; accepted are 0 to %zu", token,
                              g->info.tokens - 1);
    forget(g);
    if (g->info.context) g->token[g->n] = token;
    g->n++;
    tern_status status = TERN_OK;
    if (g->stepper) memcpy(g->score, step(g, token)->data, g->info.tokens * sizeof *g->score);
    else if (score) status = score_whole(g, 0, g->score, err);
    if (!g->stepper && score && !status) status = check_causal(g, err);
    g->scored = !status && (g->stepper || score);
    if (score && score != g->score) memcpy(score, g->score, g->info.tokens * sizeof *score);
    return status;
}

/* ---- many ---- */

static bool is_stop(const tern_generate_options *o, size_t token) {
    for (size_t k = 0; k < o->stops; k++)
        if (o->stop[k] == token) return true;
    return false;
}

static tern_status go_on(tern_generator *g, const tern_generate_options *o, tern_generate_end *end, tern_error *err) {
    tern_status status = TERN_OK;
    *end = TERN_GENERATE_MOST;
    for (size_t i = 0; i < o->most; i++) {
        size_t token;
        status = tern_sampling_draw(&o->sampling, g->info.tokens, g->score, g->drawn, &token, err);
        if (status) return status;
        g->drawn++;
        if (is_stop(o, token) || (g->info.is.boundary && !token)) return *end = TERN_GENERATE_STOP, TERN_OK;
        if (o->token && !o->token(o->arg, token)) return *end = TERN_GENERATE_CALLER, TERN_OK;
        if (i + 1 == o->most) break;
        if (o->keep_context && g->info.context && g->n == g->info.context) return *end = TERN_GENERATE_FULL, TERN_OK;
        if ((status = tern_generator_add(g, token, g->score, err))) return status;
    }
    return TERN_OK;
}

tern_status tern_generate(tern_generator *g, size_t n, const size_t *prompt, const tern_generate_options *o,
                          tern_generate_end *end, tern_error *err) {
    tern_generate_end how;
    tern_status status = tern_sampling_check(&o->sampling, g->info.tokens, err);
    for (size_t i = 0; !status && i < n; i++)
        status = tern_generator_add(g, prompt[i], i + 1 == n ? g->score : NULL, err);
    if (!status && !g->scored)
        status = tern_error_add(err, TERN_ERROR_USAGE, NULL, "nothing to go on from: the prompt has no token");
    if (!status) status = go_on(g, o, &how, err);
    if (!status && end) *end = how;
    return status;
}
