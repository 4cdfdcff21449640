/* digest.c - a checksum of a dataset, eight bytes at a time; see digest.h. */
#include "digest.h"

#include <string.h>

/* The last steps of MurmurHash3's 64-bit mix: each bit of a word reaches all others. */
static uint64_t mix(uint64_t digest, uint64_t word) {
    digest = (digest ^ word) * 0xff51afd7ed558ccd;
    digest = (digest ^ digest >> 33) * 0xc4ceb9fe1a85ec53;
    return digest ^ digest >> 33;
}

static uint64_t mix_bytes(uint64_t digest, const void *data, size_t size) {
    const unsigned char *at = data;
    uint64_t word;
    digest = mix(digest, size);
    for (; size >= sizeof word; at += sizeof word, size -= sizeof word) {
        memcpy(&word, at, sizeof word);
        digest = mix(digest, word);
    }
    word = 0;
    if (size) memcpy(&word, at, size);
    return mix(digest, word);
}

static uint64_t mix_names(uint64_t digest, size_t n, const char *const *names) {
    for (size_t i = 0; i < n; i++) digest = mix_bytes(digest, names[i], strlen(names[i]));
    return mix(digest, n);
}

static uint64_t mix_column(uint64_t digest, const tern_column *c, size_t n) {
    digest = mix(digest, c->data ? (uint64_t)c->dtype : UINT64_MAX);
    if (!c->data) return digest;
    digest = mix_bytes(digest, c->shape.dim, c->shape.rank * sizeof *c->shape.dim);
    return mix_bytes(digest, c->data, n * tern_shape_count(&c->shape) * tern_dtype_size(c->dtype));
}

uint64_t tern__dataset_digest(const tern_dataset *d, uint64_t seed) {
    uint64_t digest = mix(seed, d->n);
    digest = mix_column(digest, &d->x, d->n);
    digest = mix_column(digest, &d->y, d->n);
    digest = mix_names(digest, d->classes, d->class_names);
    return mix_names(digest, d->columns, d->column_names);
}
