/* gunzip.c - gzip data in memory, unpacked piece by piece through zlib; see gunzip.h. */
#define ZLIB_CONST
#include "gunzip.h"
#include "memory.h"

#include <limits.h>
#include <zlib.h>

struct tern__gunzip {
    z_stream stream;
    size_t left; /* bytes not yet handed to zlib, which counts with 32 bits */
    bool ended;  /* the last member has */
    const char *fault;
};

static void *take(void *opaque, unsigned n, unsigned size) {
    (void)opaque;
    return tern__alloc(n, size, NULL);
}

static void give(void *opaque, void *memory) {
    (void)opaque;
    tern__free(memory);
}

tern__gunzip *tern__gunzip_new(const unsigned char *data, size_t size, tern_error *err) {
    tern__gunzip *z = tern__alloc(1, sizeof *z, err);
    if (!z) return NULL;
    z->stream = (z_stream){.next_in = data, .zalloc = take, .zfree = give};
    z->left = size;
    if (inflateInit2(&z->stream, 16 + MAX_WBITS) == Z_OK) return z; /* 16: gzip, not zlib's own framing */
    tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory to unpack gzip data");
    tern__free(z);
    return NULL;
}

void tern__gunzip_free(tern__gunzip *z) {
    if (z) inflateEnd(&z->stream);
    tern__free(z);
}

static unsigned part(size_t size) { return size < UINT_MAX ? (unsigned)size : UINT_MAX; }

static void hand_over(tern__gunzip *z) {
    if (!z->stream.avail_in) z->left -= z->stream.avail_in = part(z->left);
}

/* Goes on with the member that follows: a file may have several, whose contents are one after the other. */
static bool next_member(tern__gunzip *z) {
    hand_over(z);
    return z->stream.avail_in && *z->stream.next_in == 0x1f && inflateReset(&z->stream) == Z_OK;
}

size_t tern__gunzip_read(tern__gunzip *z, unsigned char *out, size_t size) {
    size_t done = 0;
    while (done < size && !z->ended && !z->fault) {
        hand_over(z);
        unsigned room = part(size - done);
        z->stream.next_out = out + done;
        z->stream.avail_out = room;
        int code = inflate(&z->stream, Z_NO_FLUSH);
        done += room - z->stream.avail_out;
        if (code == Z_STREAM_END) z->ended = !next_member(z);
        else if (code == Z_BUF_ERROR) z->fault = "it ends early";
        else if (code == Z_MEM_ERROR) z->fault = "there is not enough memory to unpack it";
        else if (code != Z_OK) z->fault = "it is damaged";
    }
    return done;
}

const char *tern__gunzip_fault(const tern__gunzip *z) { return z->fault; }

const char *tern__gunzip_end(tern__gunzip *z) {
    unsigned char more;
    if (!z->ended && tern__gunzip_read(z, &more, 1)) return "it holds more";
    return z->fault ? z->fault : z->left || z->stream.avail_in ? "something follows" : NULL;
}

size_t tern__gunzip_most(size_t size) {
    enum { RATIO = 1032 }; /* deflate's limit: 258 bytes from 2 bits */
    return size < SIZE_MAX / RATIO ? size * RATIO : SIZE_MAX;
}
