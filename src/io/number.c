/* number.c - numbers as text. printf and strtod go by the locale's decimal point, so both are used together and the
 * point is mended last. */
#include "number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
