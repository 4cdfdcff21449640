/* generate.h - what the files of tern generate share. */
#ifndef TERN_CLI_GENERATE_H
#define TERN_CLI_GENERATE_H

#include "commands.h"
#include "generated_text.h"

#include <tern/generate.h>

typedef struct generate_args {
    args base;
    const char *weights, *prompt, *prompt_file, *source, *source_file, *temperature, *top_p;
    size_t tokens, top_k, samples;
    texts stop;
    bool numbers, whole;
} generate_args;

/* A generation on its way. */
typedef struct generation {
    const generate_args *a;
    const tern_model *m;
    tern_generator *g;
    tern_generator_info info;
    bool numbers; /* tokens are shown as such; else as what they stand for */
    tern_generate_options o;
    tern__buffer given, sources; /* the texts of the prompt, and of what is read beside it: a line each */
    size_t prompts, *prompt;     /* the prompt's tokens */
    size_t stops, *stop;         /* tokens, of numbers */
    size_t never[1];
    size_t other, length, *lengths[TERN_MAX_INPUTS]; /* the input that reads a source, and how long that is */
    tern_tensor x[TERN_MAX_INPUTS];
    const char *source;             /* the one at hand; NULL: the model reads none */
    generated_text text;            /* of the sample at hand */
    size_t generated, *token, room; /* and its tokens */
    bool failed;
} generation;

/* Reads the prompt and turns it into tokens. Errors: USAGE, IO, DATA, MEMORY. */
tern_status generation_take_prompt(generation *g, tern_error *err);

/* Reads the sources of a model that makes one text of another; of others there are none. Errors likewise. */
tern_status generation_check_source(generation *g, tern_error *err);

/* The tokens of the source at hand, as the model reads them. */
tern_status generation_take_source(generation *g, tern_error *err);

#endif
