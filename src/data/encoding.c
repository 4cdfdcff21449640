/* encoding.c - texts that are no UTF-8; see encoding.h. */
#include "encoding.h"

#include "memory.h"
#include "utf8.h"

#include <stdio.h>
#include <string.h>

const char *const tern__encoding_words[] = {"utf8", "latin1", NULL};

/* Windows-1252, bytes 0x80 to 0x9f; 0: none. The others are Latin-1's, whose bytes are Unicode's numbers. */
static const uint16_t windows[32] = {0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                     0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
                                     0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                     0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

static uint32_t code_of(char byte) {
    unsigned char c = (unsigned char)byte;
    return c >= 0x80 && c < 0xa0 && windows[c - 0x80] ? windows[c - 0x80] : c;
}

size_t tern__encoding_fault(const char *text, size_t size) {
    size_t i = 0, n;
    while (i < size) {
        uint64_t eight;
        uint32_t code;
        for (; i + sizeof eight <= size; i += sizeof eight) { /* ASCII, mostly */
            memcpy(&eight, text + i, sizeof eight);
            if (eight & 0x8080808080808080u) break;
        }
        if (i == size) break;
        if (!(n = tern__utf8_get(text + i, size - i, &code))) return i;
        i += n;
    }
    return size;
}

bool tern__encoding_is_latin1(const char *text, size_t size) {
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x80 && c < 0xa0 && !windows[c - 0x80]) return false;
    }
    return true;
}

const char *tern__encoding_utf16(const char *text, size_t size) {
    if (size >= 2 && (!memcmp(text, "\xff\xfe", 2) || !memcmp(text, "\xfe\xff", 2))) return "UTF-16";
    if (size >= 4 && text[0] && !text[1] && text[2] && !text[3]) return "UTF-16LE";
    if (size >= 4 && !text[0] && text[1] && !text[2] && text[3]) return "UTF-16BE";
    return NULL;
}

/* The word around a byte as it would read. */
static void read_word(const char *text, size_t size, size_t at, char out[120]) {
    size_t first = at, end = at, n = 0;
    while (first > 0 && at - first < 12 && !strchr(" ,;|\t\"\r\n", text[first - 1])) first--;
    while (end < size && end - at < 12 && !strchr(" ,;|\t\"\r\n", text[end])) end++;
    for (size_t i = first; i < end; i++) n += tern__utf8_put(code_of(text[i]), out + n);
    out[n] = 0;
}

const char *tern__encoding_advice(const char *text, size_t size, size_t at, const char *path, char out[TERN_MAX_TEXT]) {
    char word[120];
    unsigned char byte = (unsigned char)text[at];
    if (tern__encoding_is_latin1(text, size)) {
        read_word(text, size, at, word);
        snprintf(out, TERN_MAX_TEXT,
                 "the byte 0x%02x is no UTF-8; it seems to be Latin-1 (Windows-1252): \"%s\"; say \"encoding\": "
                 "\"latin1\" to read it so, or convert it: iconv -f WINDOWS-1252 -t UTF-8 '%.100s' >utf8.csv",
                 byte, word, path);
    } else {
        snprintf(
            out, TERN_MAX_TEXT,
            "the byte 0x%02x is no UTF-8, nor is the text Latin-1; it may be of an old DOS program: iconv -f CP850 "
            "-t UTF-8 '%.100s' >utf8.csv",
            byte, path);
    }
    return out;
}

char *tern__encoding_from_latin1(const char *text, size_t *size, tern_error *err) {
    size_t n = 0, to = 0;
    char one[4];
    for (size_t i = 0; i < *size; i++) n += tern__utf8_put(code_of(text[i]), one);
    char *out = tern__alloc(n + 1, 1, err);
    for (size_t i = 0; out && i < *size; i++) to += tern__utf8_put(code_of(text[i]), out + to);
    if (out) *size = n;
    return out;
}
