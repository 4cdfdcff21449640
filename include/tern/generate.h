/* generate.h - sequences from a model that says which token may follow those before: one after the other, each drawn
 * by its scores.
 *
 * Such a model takes whole numbers, [T] or [null], and gives scores (logits) of the token that follows: [C] after the
 * last one, or after each one [C, T] or, of sequences of any length, [null, C]. Of several inputs, the one whose
 * lengths the output has is the sequence; the others are given beforehand.
 *
 * Where every layer can go on by a step (recurrent ones in one direction, causal attention, and all that works within a
 * step), what earlier tokens left (hidden states, keys and values) is kept: a token costs no more than the ones before
 * it, but for attention's look back. Other models see all tokens anew for each. */
#ifndef TERN_GENERATE_H
#define TERN_GENERATE_H

#include <tern/model.h>

TERN_BEGIN

/* What the tokens of an input are, as the reader of the model's training data says. */
typedef enum tern_token_kind {
    TERN_TOKEN_NUMBER,    /* nothing is known: numbers */
    TERN_TOKEN_BYTE,      /* bytes of a text */
    TERN_TOKEN_CHARACTER, /* characters, by a vocabulary */
    TERN_TOKEN_WORD       /* words, which have spaces between them */
} tern_token_kind;

typedef struct tern_tokens {
    tern_token_kind kind;
    bool boundary;  /* 0 stands before a text, and the model says it behind one: "boundary": "start" */
    size_t unknown; /* the one for what is not in the vocabulary; 0: there is none */
} tern_tokens;

/* Tells them of input `k`. */
TERN_API tern_tokens tern_model_tokens(const tern_model *m, size_t k);

/* Turns a text into the tokens of input `k`; `token` is for tern_free(), also where there are none. Errors: USAGE (they
 * are numbers), DATA (what is not in the vocabulary), MEMORY. */
TERN_API tern_status tern_model_encode(const tern_model *m, size_t k, const char *text, size_t **token, size_t *n,
                                       tern_error *err);

/* The text of a token of input `k`: returns its bytes, which belong to the model, or are static, and end in no zero; 0
 * of one that stands for none. */
TERN_API size_t tern_model_token_text(const tern_model *m, size_t k, size_t token, const char **text);

/* How a token is drawn from the scores of all. Zero-filled: the likeliest. */
typedef struct tern_sampling {
    double temperature;  /* the scores are divided by it, 0 or more; 0: the likeliest token, the first of several */
    size_t top_k;        /* only this many of the likeliest; 0, or more than there are: all */
    double top_p;        /* only the likeliest that have together a probability of this; 0, or 1: all */
    uint64_t seed;       /* the same seed and sample draw the same tokens */
    uint32_t sample;     /* which of several sequences from one seed */
    const size_t *never; /* [nevers] tokens that are not drawn */
    size_t nevers;
} tern_sampling;

/* Checks a sampling for `tokens` tokens: a temperature below 0, top_p outside of 0 to 1, no token left. Errors: USAGE.
 */
TERN_API tern_status tern_sampling_check(const tern_sampling *s, size_t tokens, tern_error *err);

/* Draws token number `index` of a sequence by score [tokens]. Errors: USAGE, DIVERGED (a score that is NaN or
 * infinite; minus infinity is a token that never comes), MEMORY. */
TERN_API tern_status tern_sampling_draw(const tern_sampling *s, size_t tokens, const tern_real *score, size_t index,
                                        size_t *token, tern_error *err);

/* A sequence on its way. For one thread at a time; many may share a model. */
typedef struct tern_generator tern_generator;

/* What there is to know of one. Texts belong to the generator. */
typedef struct tern_generator_info {
    size_t input;    /* the model's input that is the sequence */
    size_t tokens;   /* a token is 0 .. tokens - 1 */
    size_t context;  /* the most tokens that the model sees; 0: all that there were */
    tern_tokens is;  /* what they are */
    bool by_steps;   /* what earlier tokens left is kept */
    const char *why; /* otherwise the layer that can't go on by a step, and why; NULL */
} tern_generator_info;

/* Makes a generator. The model must outlive it, and its weights stay as they are. `whole`: see all tokens anew for each
 * even where that can be helped. Errors: USAGE (the model takes no tokens, or gives no scores of them), MODEL (it was
 * never fitted), MEMORY. Free with tern_generator_free(). */
TERN_API tern_generator *tern_generator_new(const tern_model *m, bool whole, tern_error *err);

/* Frees; takes NULL. */
TERN_API void tern_generator_free(tern_generator *g);

/* Describes it. */
TERN_API tern_generator_info tern_generator_describe(const tern_generator *g);

/* Begins a new sequence, without tokens but for the 0 that stands before a text. Of a model of several inputs `x`
 * [inputs] holds one row of each as in tern_predictor_forward(), and `length` [inputs][1] how long they are, or NULL;
 * the sequence's own entry is not read. Of other models both may be NULL. They are the caller's, and stay until the
 * next sequence. Errors: USAGE, DATA. */
TERN_API tern_status tern_generator_begin(tern_generator *g, const tern_tensor *x, const size_t *const *length,
                                          tern_error *err);

/* Adds a token. Where the model has seen as many as its context has, the oldest are forgotten: half of them where what
 * they left is kept (so that the cost stays the same on average), else one. `score`: NULL, or where the scores [tokens]
 * of the next token go. Errors: USAGE (no such token, not begun, a text too short for a model that can't leave out what
 * is not there yet). */
TERN_API tern_status tern_generator_add(tern_generator *g, size_t token, tern_real *score, tern_error *err);

/* How a sequence ended. */
typedef enum tern_generate_end {
    TERN_GENERATE_MOST,   /* it has as many tokens as were asked for */
    TERN_GENERATE_STOP,   /* a stop token was drawn, or the 0 behind a text */
    TERN_GENERATE_CALLER, /* the caller's function said so */
    TERN_GENERATE_FULL    /* it has as many as the model's context, and `keep_context` */
} tern_generate_end;

/* What to generate. */
typedef struct tern_generate_options {
    tern_sampling sampling;
    size_t most;        /* tokens at most, those of the prompt not counted */
    const size_t *stop; /* [stops] tokens that end it; they are not part of it */
    size_t stops;
    bool keep_context;                      /* end where the oldest tokens would be forgotten */
    bool (*token)(void *arg, size_t token); /* called with each as it comes; false ends the sequence. NULL: none */
    void *arg;
} tern_generate_options;

/* Goes on, from prompt [n] behind what was added before, until one of the above ends it. `end` may be NULL. Calls
 * `token` on the caller's thread. Errors: USAGE (nothing to go on from), DIVERGED, MEMORY. */
TERN_API tern_status tern_generate(tern_generator *g, size_t n, const size_t *prompt, const tern_generate_options *o,
                                   tern_generate_end *end, tern_error *err);

TERN_END

#endif
