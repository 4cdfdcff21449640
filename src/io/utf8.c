/* utf8.c - characters as bytes (RFC 3629); see utf8.h. */
#include "utf8.h"

size_t tern__utf8_put(uint32_t code, unsigned char *out) {
    if (code < 0x80) return out[0] = (unsigned char)code, 1;
    size_t more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    out[0] =
        (unsigned char)((0xff00 >> (more + 1) & 0xff) | code >> 6 * more); /* as many leading ones as there are bytes */
    for (size_t i = 1; i <= more; i++) out[i] = (unsigned char)(0x80 | (code >> 6 * (more - i) & 0x3f));
    return more + 1;
}

bool tern__utf8_valid(const unsigned char *text, size_t size) {
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    for (size_t i = 0; i < size;) {
        unsigned char c = text[i++];
        if (c < 0x80) continue;
        size_t more = c >= 0xc2 && c < 0xe0 ? 1 : c >= 0xe0 && c < 0xf0 ? 2 : c >= 0xf0 && c < 0xf5 ? 3 : 0;
        if (!more || more > size - i) return false;
        uint32_t code = c & (0x3fu >> more);
        for (size_t end = i + more; i < end; i++) {
            if ((text[i] & 0xc0) != 0x80) return false;
            code = code << 6 | (text[i] & 0x3f);
        }
        if (code < least[more] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return false;
    }
    return true;
}
