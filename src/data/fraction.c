/* fraction.c - a part of a file by fractions of its length; see fraction.h. */
#include "fraction.h"

tern_status tern__fraction(double from, double to, size_t n, size_t *first, size_t *end, tern_error *err) {
    if (from >= to)
        return tern_error_add(err, TERN_ERROR_MODEL, "from", "is %g, but the part ends at %g (to)", from, to);
    *first = (size_t)(from * (double)n);
    *end = to < 1 ? (size_t)(to * (double)n) : n;
    return TERN_OK;
}
