/* random.h - counter-based random numbers (Philox 4x32-10; Salmon et al., "Parallel random numbers: as easy as 1, 2,
 * 3", 2011).
 *
 * A number depends only on its stream and its index, never on who drew before: slices, threads and a resumed run
 * see the same numbers, and there is no generator state to save. */
#ifndef TERN_RANDOM_H
#define TERN_RANDOM_H

#include <tern/base.h>

TERN_BEGIN

typedef enum tern_purpose {
    TERN_RANDOM_INIT,    /* initial weights        */
    TERN_RANDOM_SHUFFLE, /* order of the samples   */
    TERN_RANDOM_SPLIT,   /* validation split       */
    TERN_RANDOM_LAYER,   /* dropout and the like   */
    TERN_RANDOM_OTHER,   /* tests, synthetic data  */
    TERN_RANDOM_AUGMENT  /* changes of samples     */
} tern_purpose;

/* A stream of random numbers. A value. */
typedef struct tern_random {
    uint64_t seed;    /* of the model                                  */
    uint32_t purpose; /* tern_purpose: adding a draw in one moves no other */
    uint32_t index;   /* which layer, parameter, ...                   */
    uint32_t step;    /* which update, epoch, ...                      */
} tern_random;

/* Writes the 32-bit numbers first .. first + n - 1 of the stream. */
TERN_API void tern_random_bits(const tern_random *random, uint64_t first, size_t n, uint32_t *out);

/* Writes numbers uniform in [0, 1), numbers first .. first + n - 1 of the stream. Float and double builds draw from the
 * same bits. */
TERN_API void tern_random_uniform(const tern_random *random, uint64_t first, size_t n, tern_real *out);

/* Writes standard normal numbers (Box-Muller), numbers first .. first + n - 1 of the stream. */
TERN_API void tern_random_normal(const tern_random *random, uint64_t first, size_t n, tern_real *out);

/* Dropout: y = m x, where m is 0 with probability p and else 1 / (1 - p), by numbers first .. first + n - 1 of the
 * stream. y may be x. */
TERN_API void tern_random_dropout(const tern_random *random, uint64_t first, size_t n, double p, const tern_real *x,
                                  tern_real *y);

TERN_END

#endif
