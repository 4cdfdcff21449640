/* json_lexer.h - reads JSON strictly (RFC 8259), one token after the other, in one pass and without memory. */
#ifndef TERN_IO_JSON_LEXER_H
#define TERN_IO_JSON_LEXER_H

#include <tern/error.h>

enum { TERN__JSON_DEPTH = 64, TERN__JSON_STRING = 4096, TERN__JSON_SIZE = 4 << 20 };

typedef enum tern__json_token {
    TERN__JSON_MISTAKE, /* not JSON: see `mistake`; nothing follows */
    TERN__JSON_END,     /* of the text */
    TERN__JSON_OBJECT,
    TERN__JSON_OBJECT_END,
    TERN__JSON_LIST,
    TERN__JSON_LIST_END,
    TERN__JSON_KEY, /* a string, and the colon after it */
    TERN__JSON_STRING_VALUE,
    TERN__JSON_NUMBER,
    TERN__JSON_WORD /* true, false, null */
} tern__json_token;

typedef struct tern__json_lexer {
    /* Of the token read last: its text (that of a string without quotes, escapes as they are) and where it begins. */
    const char *begin, *stop;
    tern_place place;
    bool escapes; /* a string has some */

    char mistake[128]; /* what is wrong, and where */
    tern_place wrong;
    size_t offset;

    /* The reader's own. */
    const char *text, *end, *at;
    size_t longest;                       /* string accepted, in bytes */
    size_t depth;                         /* of objects and lists that are open */
    uint64_t objects;                     /* which of them are objects: a bit for each level */
    enum { VALUE, OPENED, CLOSED } state; /* what was read last: a key or nothing; an opening bracket; a value */
    size_t line;
    const char *line_start;
    size_t extra; /* bytes of this line that begin no character */
} tern__json_lexer;

/* Starts to read `length` bytes, which may lie in a longer text. */
tern__json_lexer tern__json_lexer_start(const char *text, size_t length, size_t longest_string);

/* Reads the next token. */
tern__json_token tern__json_next(tern__json_lexer *l);

/* Reads what follows an object or list that was opened up to its end, or a single value. False: a mistake. */
bool tern__json_skip(tern__json_lexer *l, tern__json_token first);

/* Writes the text of a string token with its escapes decoded and a zero after it. `out` has stop - begin + 1 bytes; it
 * may be `begin` itself, where the text may be written to. Returns `out`. */
char *tern__json_string(const tern__json_lexer *l, char *out);

#endif
