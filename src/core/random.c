/* random.c - counter-based random numbers: Philox 4x32-10 of Random123; see tern/random.h.
 *
 * key = seed;  counter = {block, block >> 32 | purpose << 16, index, step};  a block holds numbers 4 block .. 4 block
 * + 3. */
#include <tern/random.h>

#include <Random123/philox.h>

#include <assert.h>
#include <math.h>
#include <string.h>

/* Whole blocks: `first` and the end of the numbers are multiples of 4. */
TERN_CLONES static void blocks(const tern_random *random, uint64_t block, size_t n, uint32_t *out) {
    philox4x32_key_t key = {{(uint32_t)random->seed, (uint32_t)(random->seed >> 32)}};
    uint32_t purpose = random->purpose << 16, index = random->index, step = random->step;
    for (size_t i = 0; i < n; i++) {
        uint64_t b = block + i;
        philox4x32_ctr_t counter = {{(uint32_t)b, (uint32_t)(b >> 32) | purpose, index, step}};
        counter = philox4x32_R(10, counter, key);
        for (size_t j = 0; j < 4; j++) out[4 * i + j] = counter.v[j];
    }
}

void tern_random_bits(const tern_random *random, uint64_t first, size_t n, uint32_t *out) {
    assert(random->purpose < 1 << 16 && first < (uint64_t)1 << 50 && n < (uint64_t)1 << 49);
    uint32_t edge[4];
    size_t skip = first % 4;
    if (skip && n) { /* the end of a block begun before */
        size_t part = 4 - skip < n ? 4 - skip : n;
        blocks(random, first / 4, 1, edge);
        memcpy(out, edge + skip, part * sizeof *out);
        first += part, out += part, n -= part;
    }
    blocks(random, first / 4, n / 4, out);
    if (n % 4) {
        blocks(random, first / 4 + n / 4, 1, edge);
        memcpy(out + n / 4 * 4, edge, n % 4 * sizeof *out);
    }
}

enum { STRIP = 1024 }; /* numbers converted at a time; even, so that pairs stay together */

TERN_CLONES void tern_random_uniform(const tern_random *random, uint64_t first, size_t n, tern_real *out) {
    uint32_t bits[STRIP];
    for (size_t done = 0; done < n; done += STRIP) {
        size_t strip = n - done < STRIP ? n - done : STRIP;
        tern_random_bits(random, first + done, strip, bits);
        for (size_t i = 0; i < strip; i++) out[done + i] = (tern_real)(int32_t)(bits[i] >> 8) * (tern_real)0x1p-24;
    }
}

/* Box and Muller (1958): a pair of uniforms makes a pair of normals. */
static void normal_pair(const uint32_t bits[2], double pair[2]) {
    const double two_pi = 6.283185307179586476925;
    double radius = sqrt(-2 * log(((double)bits[0] + 1) * 0x1p-32)), angle = two_pi * 0x1p-32 * (double)bits[1];
    pair[0] = radius * cos(angle);
    pair[1] = radius * sin(angle);
}

void tern_random_normal(const tern_random *random, uint64_t first, size_t n, tern_real *out) {
    uint32_t bits[STRIP];
    uint64_t end = first + n;
    for (uint64_t start = first & ~(uint64_t)1; start < end; start += STRIP) {
        size_t strip = end - start < STRIP ? (size_t)(end - start + 1) & ~(size_t)1 : STRIP;
        tern_random_bits(random, start, strip, bits);
        for (size_t i = 0; i < strip; i += 2) {
            double pair[2];
            normal_pair(bits + i, pair);
            for (size_t j = 0; j < 2; j++)
                if (start + i + j >= first && start + i + j < end) out[start + i + j - first] = (tern_real)pair[j];
        }
    }
}

TERN_CLONES void tern_random_dropout(const tern_random *random, uint64_t first, size_t n, double p, const tern_real *x,
                                     tern_real *y) {
    const tern_real keep = (tern_real)(p < 1 ? 1 / (1 - p) : 0); /* p = 1 keeps nothing */
    const uint32_t least = (uint32_t)fmin(p * 4294967296.0, UINT32_MAX);
    uint32_t bits[STRIP];
    for (size_t done = 0; done < n; done += STRIP) {
        size_t strip = n - done < STRIP ? n - done : STRIP;
        tern_random_bits(random, first + done, strip, bits);
        for (size_t i = 0; i < strip; i++) y[done + i] = x[done + i] * (bits[i] >= least ? keep : 0);
    }
}
