/* text.c - text for messages and numbers as text; see text.h. */
#include "text.h"

#include "utf8.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void tern__text_add(char *out, size_t size, const char *format, ...) {
    size_t used = strlen(out);
    if (used + 1 >= size) return;
    va_list args;
    va_start(args, format);
    int n = vsnprintf(out + used, size - used, format, args);
    va_end(args);
    if (n >= 0 && (size_t)n >= size - used && size > 4) memcpy(out + size - 4, "...", 4);
}

/* Bytes of the character at `text`, 0 where it has to be escaped. */
static size_t safe_length(const char *text) {
    uint32_t code;
    size_t n = tern__utf8_get(text, strnlen(text, 4), &code);
    return n && tern__utf8_steers(code) ? 0 : n;
}

const char *tern__text_safe(const char *text, char *out, size_t size) {
    size_t used = 0;
    while (*text) {
        size_t length = safe_length(text), room = length ? length : 4;
        if (used + room >= size) break;
        if (length) memcpy(out + used, text, length);
        else snprintf(out + used, room + 1, "\\x%02x", (unsigned)(unsigned char)*text);
        used += room;
        text += length ? length : 1;
    }
    out[used] = 0;
    return out;
}

bool tern__text_is_safe(const char *text) {
    size_t n = 1;
    for (; *text && n; text += n) n = safe_length(text);
    return n;
}

/* ---- numbers: printf and strtod go by the locale's decimal point ---- */

const char *tern__number_text(double value, char *out) {
    if (!isfinite(value)) return strcpy(out, "null");
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(out, TERN__NUMBER, "%.*g", digits, value);
        if (strtod(out, NULL) == value) break;
    }
    size_t number = strspn(out, "+-0123456789");
    size_t point = strcspn(out + number, "0123456789eE");
    if (!out[number] || !point) return out; /* whole, or straight to the exponent */
    out[number] = '.';
    memmove(out + number + 1, out + number + point, strlen(out + number + point) + 1);
    return out;
}

/* 1.5e2 is read as 15e1: the same number without a point. */
double tern__number_value(const char *text, size_t n) {
    enum { FAR = 100000 }; /* beyond any double, however many digits there are */
    char digits[128];
    size_t used = 0, i = 0;
    long fraction = 0, exponent = 0;
    bool point = false;
    for (; i < n && text[i] != 'e' && text[i] != 'E'; i++) {
        if (text[i] == '.') point = true;
        else if (used < sizeof digits - 16) digits[used++] = text[i], fraction += point;
        else fraction -= !point; /* digits that no double can hold */
    }
    bool negative = i + 1 < n && text[i + 1] == '-';
    for (i++; i < n; i++)
        if (text[i] >= '0' && text[i] <= '9' && exponent < FAR) exponent = exponent * 10 + (text[i] - '0');
    snprintf(digits + used, sizeof digits - used, "e%ld", (negative ? -exponent : exponent) - fraction);
    return strtod(digits, NULL);
}
