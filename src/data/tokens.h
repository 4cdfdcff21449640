/* tokens.h - the options of the reader of tokens, for whoever turns them into text again. */
#ifndef TERN_DATA_TOKENS_H
#define TERN_DATA_TOKENS_H

#include "vocabulary.h"

#include <tern/reader.h>

typedef enum tern__boundary { TERN__BOUNDARY_NONE, TERN__BOUNDARY_START, TERN__BOUNDARY_END } tern__boundary;

typedef struct tern__token_lines {
    const char *file;
    tern_strings vocabulary;
    int tokens, unseen; /* tern__tokens, tern__unseen */
    int boundary;       /* tern__boundary */
    double from, to;
} tern__token_lines;

extern const tern_reader_type tern_reader_tokens;

/* Their vocabulary, still to be sorted. */
tern__vocabulary tern__tokens_vocabulary(const tern__token_lines *o);

#endif
