/* text.h - text for messages: appended to a limited space, made safe to show; numbers as text. */
#ifndef TERN_CORE_TEXT_H
#define TERN_CORE_TEXT_H

#include <tern/base.h>

/* Appends to a text of limited size, cutting it with "..." where it is full. */
void tern__text_add(char *out, size_t size, const char *format, ...) TERN_PRINTF(3, 4);

/* Copies text that may come from a hostile file so that it can be shown: what steers a terminal and what is not UTF-8
 * as \x1b, byte by byte; cut at a whole character where it does not fit. Returns `out`. */
const char *tern__text_safe(const char *text, char *out, size_t size);

/* Whether a text holds a character that tern__text_safe() would escape. */
bool tern__text_is_safe(const char *text);

/* ---- numbers, whatever the locale ---- */

enum { TERN__NUMBER = 40 };

/* The shortest decimal text that reads back as the same double; "null" where it is not finite, as JSON has it. `out`
 * holds TERN__NUMBER bytes; returned. */
const char *tern__number_text(double value, char *out);

/* The value of `n` characters that are a number of JSON; infinite where it is too large. */
double tern__number_value(const char *text, size_t n);

#endif
