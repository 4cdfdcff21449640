/* schema.h - what a model file may say, from the tables of options: for tools that write or check model files. */
#ifndef TERN_SCHEMA_H
#define TERN_SCHEMA_H

#include <tern/registry.h>

TERN_BEGIN

/* The JSON Schema (draft 2020-12) of model files: accepts what the tables accept, every registered type with its names,
 * keys, ranges and defaults. Text that ends in a newline. Errors: MEMORY (NULL). Free with tern_free(). */
TERN_API char *tern_schema(const tern_registry *r, tern_error *err);

/* Writes what an option accepts into out[size]: "an integer from 1 to 16777216". Returns `out`. */
TERN_API const char *tern_option_accepts(const tern_option *option, char *out, size_t size);

/* Writes its default into out[size], "0.5" or "none"; nothing where it has none. Returns `out`. */
TERN_API const char *tern_option_default(const tern_option *option, char *out, size_t size);

/* The options of a block of the model file, by its key: "input", "train", "early_stopping", "data"; NULL: there is no
 * such block. Ends with a row of zeros; static memory. */
TERN_API const tern_option *tern_block_options(const char *name);

/* Takes one way to go on: an assignment from its beginning, complete or up to the next '.' or '=', and a sentence about
 * it, which may be empty. Both live as long as the call. */
typedef void tern_completion_call(void *user, const char *text, const char *doc);

/* Calls back with each way to go on with `begun`, an assignment as tern_model_options.set has them: "optimizer.l" with
 * "optimizer.lr=", "optimizer.type=a" with the names of types. Which keys and elements there are the model file `model`
 * says; NULL: the tables alone. `r` NULL: the built-in types. Errors: IO, SYNTAX, MEMORY. Any thread. */
TERN_API tern_status tern_schema_complete(const char *model, const tern_registry *r, const char *begun,
                                          tern_completion_call *call, void *user, tern_error *err);

TERN_END

#endif
