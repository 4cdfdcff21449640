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
bool fuzz_npz(const uint8_t *data, size_t size);
bool fuzz_image(const uint8_t *data, size_t size);  /* PNG, JPEG, PGM, PPM */
bool fuzz_sqlite(const uint8_t *data, size_t size); /* a database with a table t */
bool fuzz_model(const uint8_t *data, size_t size);  /* a line that is a change to the file, and the file */

/* Changes to the checkpoint of a small run, each an offset (4 bytes) and what stands there instead (8 bytes); of what
 * is left over the first byte says how much of the file is there. */
bool fuzz_checkpoint(const uint8_t *data, size_t size);

/* Writes a file into a directory that is the process's own, /dev/shm where there is one, and removed at its end; its
 * path is valid until the next call. Not by Check's means: a fuzzer runs without Check. */
const char *fuzz_file(const char *name, const void *data, size_t size);

/* That directory. */
const char *fuzz_directory(void);

#endif
