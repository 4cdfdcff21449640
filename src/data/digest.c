/* digest.c - a checksum of a dataset, eight bytes at a time; see digest.h. */
#include "digest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The last steps of MurmurHash3's 64-bit mix: each bit of a word reaches all others. */
static uint64_t mix(uint64_t digest, uint64_t word) {
    digest = (digest ^ word) * 0xff51afd7ed558ccd;
    digest = (digest ^ digest >> 33) * 0xc4ceb9fe1a85ec53;
    return digest ^ digest >> 33;
}

uint64_t tern__bytes_digest(const void *data, size_t size, uint64_t seed) {
    const unsigned char *at = data;
    uint64_t word, digest = mix(seed, size);
    for (; size >= sizeof word; at += sizeof word, size -= sizeof word) {
        memcpy(&word, at, sizeof word);
        digest = mix(digest, word);
    }
    word = 0;
    if (size) memcpy(&word, at, size);
    return mix(digest, word);
}

static uint64_t mix_names(uint64_t digest, size_t n, const char *const *names) {
    for (size_t i = 0; i < n; i++) digest = tern__bytes_digest(names[i], strlen(names[i]), digest);
    return mix(digest, n);
}

static uint64_t mix_array(uint64_t digest, const tern_array *a, size_t n) {
    digest = mix(digest, (uint64_t)a->dtype);
    digest = tern__bytes_digest(a->shape.dim, a->shape.rank * sizeof *a->shape.dim, digest);
    if (a->fetch) digest = mix(digest, a->digest);
    else digest = tern__bytes_digest(a->data, n * tern_shape_count(&a->shape) * tern_dtype_size(a->dtype), digest);
    if (a->length) digest = tern__bytes_digest(a->length, n * sizeof *a->length, digest);
    return mix_names(digest, a->labels, a->label);
}

uint64_t tern__dataset_digest(const tern_dataset *d, uint64_t seed) {
    uint64_t digest = mix(seed, d->n);
    for (size_t i = 0; i < d->inputs; i++) digest = mix_array(digest, &d->x[i], d->n);
    for (size_t i = 0; i < d->targets; i++) digest = mix_array(digest, &d->y[i], d->n);
    for (size_t i = 0; i < d->weights; i++) digest = mix_array(digest, &d->w[i], d->n);
    return digest;
}

void tern__digest_text(uint64_t digest, char out[TERN__DIGEST]) { snprintf(out, TERN__DIGEST, "%016" PRIx64, digest); }
