/* digest.h - a checksum of a dataset, to tell whether a run goes on with the data it began with. */
#ifndef TERN_DATA_DIGEST_H
#define TERN_DATA_DIGEST_H

#include <tern/dataset.h>

/* Mixes all that a dataset holds, names too, into `seed`. No guard against malice. */
uint64_t tern__dataset_digest(const tern_dataset *d, uint64_t seed);

/* A digest as hexadecimal digits. */
enum { TERN__DIGEST = 17 };
void tern__digest_text(uint64_t digest, char out[TERN__DIGEST]);

/* Mixes `size` bytes into `seed`. */
uint64_t tern__bytes_digest(const void *data, size_t size, uint64_t seed);

#endif
