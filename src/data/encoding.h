/* encoding.h - which characters the bytes of a text are: UTF-8, or what older programs wrote. */
#ifndef TERN_DATA_ENCODING_H
#define TERN_DATA_ENCODING_H

#include <tern/error.h>

typedef enum tern__encoding { TERN__ENCODING_UTF8, TERN__ENCODING_LATIN1 } tern__encoding;

extern const char *const tern__encoding_words[]; /* NULL at the end */

/* The first byte that is no UTF-8; `size`: there is none. */
size_t tern__encoding_fault(const char *text, size_t size);

/* Whether a text that is no UTF-8 may be Latin-1, or Windows-1252, which has more in the place of control characters.
 */
bool tern__encoding_is_latin1(const char *text, size_t size);

/* What a text with a fault at byte `at` seems to be, and the way out. Returns `out`. */
const char *tern__encoding_advice(const char *text, size_t size, size_t at, const char *path, char out[TERN_MAX_TEXT]);

/* UTF-16, by its first bytes: the name for iconv; NULL: it is none. */
const char *tern__encoding_utf16(const char *text, size_t size);

/* The same text as UTF-8, from Windows-1252, closed by a zero; its size is replaced. NULL: MEMORY. */
char *tern__encoding_from_latin1(const char *text, size_t *size, tern_error *err);

#endif
