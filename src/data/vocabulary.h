/* vocabulary.h - which number a piece of text is: of a list that a model file holds, or of the 256 bytes.
 *
 * 0 is none of them: it stands for where a text begins and where it ends. So a byte is its own number, as no text has a
 * byte 0, and of a list the first token is 1. */
#ifndef TERN_DATA_VOCABULARY_H
#define TERN_DATA_VOCABULARY_H

#include "columns.h"

typedef struct tern__vocabulary {
    tern_strings tokens; /* n 0: bytes */
    int kind;            /* a tern__tokens: what a text is cut into */
    bool unknown;        /* what is not in the list has a number of its own, the last */
    uint32_t *sorted;    /* [tokens.n] their places by their bytes; made by tern__vocabulary_sort() */
} tern__vocabulary;

/* Makes it ready to encode. Errors: MODEL (a token that is empty, or there twice, or is none), MEMORY. `sorted` is for
 * tern__free(). */
tern_status tern__vocabulary_sort(tern__vocabulary *v, tern_error *err);

/* Writes the numbers of a text to `out`, unless that is NULL, and returns how many there are. `unseen`: where the first
 * token that is not in the list stands, of `size` bytes, if it has no number; else NULL. */
size_t tern__vocabulary_encode(const tern__vocabulary *v, const char *text, uint32_t *out, const char **unseen,
                               size_t *size);

/* How many numbers there are, 0 included. */
size_t tern__vocabulary_size(const tern__vocabulary *v);

#endif
