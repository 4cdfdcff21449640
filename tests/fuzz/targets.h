/* targets.h - one function for each file format: reads the bytes as such a file and uses what comes out. */
#ifndef TERN_FUZZ_TARGETS_H
#define TERN_FUZZ_TARGETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether the file was accepted. */
bool fuzz_safetensors(const uint8_t *data, size_t size);
bool fuzz_idx(const uint8_t *data, size_t size);
bool fuzz_csv(const uint8_t *data, size_t size);
bool fuzz_npy(const uint8_t *data, size_t size);
bool fuzz_model(const uint8_t *data, size_t size); /* a line that is a change to the file, and the file */

#endif
