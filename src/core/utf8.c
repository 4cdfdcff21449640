/* utf8.c - characters as bytes (RFC 3629); see utf8.h. */
#include "utf8.h"

size_t tern__utf8_get(const char *text, size_t size, uint32_t *code) {
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    unsigned char c = size ? (unsigned char)*text : 0xff;
    *code = c;
    if (c < 0x80) return 1;
    size_t more = c >= 0xc2 && c < 0xe0 ? 1 : c >= 0xe0 && c < 0xf0 ? 2 : c >= 0xf0 && c < 0xf5 ? 3 : 0;
    if (!more || more >= size) return 0;
    *code = c & (0x3fu >> more);
    for (size_t i = 1; i <= more; i++) {
        if (((unsigned char)text[i] & 0xc0) != 0x80) return 0;
        *code = *code << 6 | ((unsigned char)text[i] & 0x3f);
    }
    bool surrogate = *code >= 0xd800 && *code < 0xe000;
    return *code < least[more] || *code > 0x10ffff || surrogate ? 0 : more + 1;
}

size_t tern__utf8_put(uint32_t code, char *out) {
    if (code < 0x80) return *out = (char)code, 1;
    size_t more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    out[0] = (char)((0xff00 >> (more + 1) & 0xff) | code >> 6 * more); /* as many leading ones as there are bytes */
    for (size_t i = 1; i <= more; i++) out[i] = (char)(0x80 | (code >> 6 * (more - i) & 0x3f));
    return more + 1;
}

bool tern__utf8_valid(const char *text, size_t size) {
    uint32_t code;
    for (size_t i = 0, n; i < size; i += n)
        if (!(n = tern__utf8_get(text + i, size - i, &code))) return false;
    return true;
}

bool tern__utf8_steers(uint32_t code) {
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c || code == 0x200e || code == 0x200f ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}
