/* utf8.h - characters as bytes (RFC 3629). */
#ifndef TERN_IO_UTF8_H
#define TERN_IO_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Writes the character `code`, which is no surrogate, and returns how many bytes it has: 1 to 4. */
size_t tern__utf8_put(uint32_t code, unsigned char *out);

/* Whether the text is UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF. */
bool tern__utf8_valid(const unsigned char *text, size_t size);

#endif
