/* generate.c - tern generate: a text that the model goes on with, or makes of another, token by token; or numbers,
 * where its tokens are none of a text. */
#include "generate.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

enum { BYTES = 256 };

static tern_status read_number(const char *name, const char *text, double usual, double most, double *out,
                               tern_error *err) {
    char *end = NULL;
    *out = text ? strtod(text, &end) : usual;
    if (!text || (end != text && !*end && *out >= 0 && *out <= most)) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_USAGE, NULL, "--%s: expected a number from 0 to %g, found \"%.60s\"", name,
                          most, text);
}

static void show_number(const generation *g, size_t token) {
    if (g->a->base.json) return;
    printf("%zu ", token);
    fflush(stdout);
}

/* Keeps a token, and shows it. */
static bool add_token(void *self, size_t token) {
    generation *g = self;
    if (g->generated == g->room) {
        size_t *grown = tern__realloc(g->token, g->room, 2 * g->room + 256, sizeof *grown, NULL);
        if (!grown) return g->failed = true, false;
        g->token = grown;
        g->room = 2 * g->room + 256;
    }
    g->token[g->generated++] = token;
    if (g->numbers) return show_number(g, token), !ferror(stdout);
    const char *text;
    bool space = g->info.is.kind == TERN_TOKEN_WORD && g->text.bytes.length;
    size_t n = tern_model_token_text(g->m, g->info.input, token, &text);
    return (!space || text_add(&g->text, " ", 1)) && text_add(&g->text, text, n);
}

/* ---- one sample ---- */

static const char *end_text(const generation *g, tern_generate_end end) {
    if (end == TERN_GENERATE_STOP || g->text.stopped) return "stop";
    return end == TERN_GENERATE_FULL ? "context" : "tokens";
}

static void print_sample_json(const generation *g, tern_generate_end end) {
    json j = {0};
    json_open(&j, NULL, '{');
    if (g->source) json_text(&j, "source", g->source);
    if (!g->numbers) json_text(&j, "text", g->text.bytes.text);
    if (!g->numbers) json_text(&j, "generated", g->text.bytes.text + g->text.given);
    if (g->numbers) json_open(&j, "generated", '[');
    for (size_t i = 0; g->numbers && i < g->generated; i++) json_size(&j, NULL, g->token[i]);
    if (g->numbers) json_close(&j, ']');
    json_size(&j, "tokens", g->generated);
    json_text(&j, "end", end_text(g, end));
    json_bool(&j, "by_steps", g->info.by_steps);
    json_close(&j, '}');
    json_end();
}

static tern_status generate_sample(generation *g, uint32_t sample, tern_error *err) {
    tern_generate_end end = TERN_GENERATE_CALLER;
    g->o.sampling.sample = sample;
    g->generated = 0;
    g->text.bytes.length = g->text.shown = 0;
    g->text.stopped = false;
    if (!g->numbers) text_begin(&g->text, g->given.text, g->given.length);
    for (size_t i = 0; g->numbers && i < g->prompts; i++) show_number(g, g->prompt[i]);
    tern_status status = tern_generator_begin(g->g, g->x, (const size_t *const *)g->lengths, err);
    if (!status) status = tern_generate(g->g, g->prompts, g->prompt, &g->o, &end, err);
    if (!g->numbers) text_end(&g->text);
    else if (!g->a->base.json) putchar('\n');
    if (!status && (g->failed || g->text.bytes.failed))
        status = tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory for the text");
    if (!status && g->a->base.json) print_sample_json(g, end);
    return status;
}

/* ---- all ---- */

static tern_status generate_samples(generation *g, tern_error *err) {
    tern_status status = g->source ? generation_take_source(g, err) : TERN_OK;
    for (size_t k = 0; !status && k < (g->a->samples ? g->a->samples : 1) && !ferror(stdout); k++)
        status = generate_sample(g, (uint32_t)k, err);
    return status;
}

/* Line by line. */
static tern_status generate_of_sources(generation *g, tern_error *err) {
    tern_status status = TERN_OK;
    char *at = g->sources.text, *end = at + g->sources.length;
    while (!status && at < end && !ferror(stdout)) {
        size_t n = strcspn(at, "\n");
        g->source = at;
        at[n] = 0;
        if (n && at[n - 1] == '\r') at[n - 1] = 0;
        at += n + 1;
        status = generate_samples(g, err);
    }
    return status;
}

/* What the reader of a text may wonder about. */
static void tell(const generation *g) {
    if (g->a->base.quiet) return;
    if (g->info.why && !g->a->whole)
        fprintf(stderr, "each token costs a pass over all that the model sees: %s\n", g->info.why);
    if (g->info.context && !g->o.keep_context && g->prompts + g->o.most > g->info.context + 1)
        fprintf(stderr, "the model sees %zu tokens at most; beyond them %s\n", g->info.context,
                g->info.by_steps ? "it sees the last half of these, and those that come" : "it sees the last ones");
}

static tern_status prepare(generation *g, session *s, tern_error *err) {
    const generate_args *a = g->a;
    if (!(g->g = tern_generator_new(s->model, a->whole, err)))
        return err->errors ? TERN_ERROR_USAGE : TERN_ERROR_MEMORY;
    g->m = s->model;
    g->info = tern_generator_describe(g->g);
    tern_token_kind kind = g->info.is.kind;
    g->numbers = a->numbers || (kind == TERN_TOKEN_NUMBER && g->info.tokens > BYTES);
    g->text.quiet = a->base.json;
    g->o.most = a->tokens ? a->tokens : 200;
    g->o.token = add_token;
    g->o.arg = g;
    g->o.keep_context = g->info.is.boundary; /* without its beginning a text is another */
    g->o.sampling.top_k = a->top_k;
    g->o.sampling.seed = tern_model_describe(s->model).seed;
    tern_status status = generation_check_source(g, err);
    return status ? status : generation_take_prompt(g, err);
}

static tern_status generate(generation *g, session *s, tern_error *err) {
    const generate_args *a = g->a;
    char used[PATH_SIZE];
    tern_status status = read_number("temperature", a->temperature, 1, 1000, &g->o.sampling.temperature, err);
    if (!status) status = read_number("top-p", a->top_p, 1, 1, &g->o.sampling.top_p, err);
    for (size_t k = 0; !status && k < a->stop.n; k++)
        if (!*a->stop.v[k]) status = tern_error_add(err, TERN_ERROR_USAGE, NULL, "--stop: an empty text ends nothing");
    if (!status) status = session_open_trained(s, &a->base, a->base.operand.v[0], a->weights, err);
    if (!status) status = prepare(g, s, err);
    if (!status) status = load_weights(s, &a->base, a->weights, used, err);
    if (!status) tell(g);
    if (status) return status;
    return g->sources.length ? generate_of_sources(g, err) : generate_samples(g, err);
}

static int run(const void *self, tern_error *err) {
    generation g = {.a = self};
    session s = {0};
    tern_status status = generate(&g, &s, err);
    tern_generator_free(g.g);
    tern__free(g.token);
    tern__free(g.stop);
    tern__free(g.prompt);
    tern__free(g.given.text);
    tern__free(g.sources.text);
    tern__free(g.x[g.other].data);
    tern__free(g.text.bytes.text);
    session_close(&s);
    return status ? exit_code_of(err) : EXIT_DONE;
}

static const option options[] = {
    TEXT(generate_args, prompt, "prompt", "TEXT", "What the text begins with (default: a new line, or nothing)."),
    TEXT(generate_args, prompt_file, "prompt-file", "FILE", "The same from a file; -: from standard input."),
    TEXT(generate_args, source, "source", "TEXT", "Of a model that makes one text of another: that one."),
    TEXT(generate_args, source_file, "source-file", "FILE",
         "The same from a file, a line each; -: from standard input."),
    COUNT(generate_args, tokens, "tokens", "N", "How many to generate at most (default: 200)."),
    TEXT(generate_args, temperature, "temperature", "X",
         "Scores are divided by it: below 1 the likely gets likelier, 0 takes the likeliest (default: 1)."),
    COUNT(generate_args, top_k, "top-k", "K", "Draw from the K likeliest tokens alone."),
    TEXT(generate_args, top_p, "top-p", "P",
         "Draw from the likeliest tokens that together have this probability (default: 1, all)."),
    {"stop", "TEXT", OPTION_TEXTS, TERN_FIELD(generate_args, stop, texts),
     "End before this text, or token, comes; may be repeated."},
    COUNT(generate_args, samples, "samples", "N", "Generate so many, one after the other (default: 1)."),
    FLAG(generate_args, numbers, "numbers",
         "Tokens are numbers with spaces between, not bytes; so they are where there are more than 256."),
    FLAG(generate_args, whole, "whole", "See all tokens anew for each, where what they left could be kept: slower."),
    SEED_OPTION,
    WEIGHTS_OPTION(generate_args),
    MODEL_OPTIONS,
    {0},
};

const command command_generate = {
    .name = "generate",
    .operand = "MODEL|RUN",
    .least = 1,
    .most = 1,
    .doc = "Go on with a text, token by token.",
    .size = sizeof(generate_args),
    .options = options,
    .run = run,
};
