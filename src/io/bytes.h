/* bytes.h - numbers inside files: at any address, in either byte order. */
#ifndef TERN_IO_BYTES_H
#define TERN_IO_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "weights are written as they lie in memory, which has to be little-endian"
#endif

static inline uint16_t tern__get16(const void *p) {
    uint16_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline uint32_t tern__get32(const void *p) {
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline uint64_t tern__get64(const void *p) {
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* Reverses the bytes of each of `n` numbers of `size` bytes: big-endian to native. */
static inline void tern__swap_bytes(void *data, size_t n, size_t size) {
    unsigned char *p = data;
    for (size_t i = 0; size > 1 && i < n; i++, p += size)
        for (size_t a = 0, b = size - 1; a < b; a++, b--) {
            unsigned char t = p[a];
            p[a] = p[b], p[b] = t;
        }
}

#endif
