/* fraction.h - a part of a file by fractions of its length: one file gives train, validation and test data without
 * overlap. */
#ifndef TERN_DATA_FRACTION_H
#define TERN_DATA_FRACTION_H

#include <tern/type.h>

/* The options of a reader that can take a part; fields `from` and `to` of its struct. */
#define TERN_FRACTION_OPTIONS(T, what)                                                                         \
    TERN_REAL(T, from, 0, 0, 1, "Where to begin among the " what ", as a fraction: 0.9 takes the last tenth.", \
              .below_max = true),                                                                              \
        TERN_REAL(T, to, 1, 0, 1, "Where to end; a part to 0.9 and one from 0.9 have nothing in common.",      \
                  .above_min = true)

/* Writes the first of n things that the part has, and the one after its last: floor(from n) and floor(to n). Refuses
 * from >= to. */
tern_status tern__fraction(double from, double to, size_t n, size_t *first, size_t *end, tern_error *err);

#endif
