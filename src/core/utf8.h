/* utf8.h - characters as bytes (RFC 3629). */
#ifndef TERN_CORE_UTF8_H
#define TERN_CORE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads the character at `text`, of which `size` bytes may be looked at; returns how many bytes it has, 1 to 4. 0: none
 * is there; overlong forms, surrogates and what is above U+10FFFF are none. */
size_t tern__utf8_get(const char *text, size_t size, uint32_t *code);

/* Writes the character `code`, which is no surrogate, and returns how many bytes it has: 1 to 4. */
size_t tern__utf8_put(uint32_t code, char *out);

/* Whether the text is UTF-8. */
bool tern__utf8_valid(const char *text, size_t size);

/* Whether a character steers a terminal or the direction of reading, so that it is not shown as it is: control
 * characters (C0, DEL, C1), line and paragraph separators, bidirectional marks, overrides and isolates. */
bool tern__utf8_steers(uint32_t code);

#endif
