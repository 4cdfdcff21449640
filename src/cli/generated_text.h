/* generated_text.h - a text as it comes, token by token: what of it may be shown already. */
#ifndef TERN_CLI_GENERATED_TEXT_H
#define TERN_CLI_GENERATED_TEXT_H

#include "args.h"
#include "output.h"

typedef struct generated_text {
    tern__buffer bytes;
    size_t given, shown; /* of them those of the prompt, and those on standard output */
    const texts *stop;   /* the text ends before the first of these that comes; NULL: none */
    bool stopped, quiet; /* quiet: nothing is shown */
} generated_text;

/* Begins with a prompt, and shows it. Its memory is for tern__free(t->bytes.text). */
void text_begin(generated_text *t, const char *prompt, size_t n);

/* Adds bytes and shows what is settled: whole characters that no text to stop at begins with. False where it has come
 * to such a text, or nobody reads any more. */
bool text_add(generated_text *t, const char *bytes, size_t n);

/* Shows the rest. */
void text_end(generated_text *t);

#endif
