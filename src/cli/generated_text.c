/* generated_text.c - see generated_text.h. */
#include "generated_text.h"

#include "utf8.h"

#include <string.h>
#include <unistd.h>

/* A terminal gets nothing that steers it. */
static void show(const char *text, size_t n) {
    bool terminal = isatty(STDOUT_FILENO);
    for (size_t i = 0, size; i < n; i += size) {
        uint32_t code = (unsigned char)text[i];
        size = terminal ? tern__utf8_get(text + i, n - i, &code) : 1;
        bool steers = terminal && (!size || (tern__utf8_steers(code) && code != '\n' && code != '\t'));
        if (!size) size = 1;
        if (!steers) fwrite(text + i, 1, size, stdout);
        for (size_t k = 0; steers && k < size; k++) printf("\\x%02x", (unsigned char)text[i + k]);
    }
    fflush(stdout);
}

static void show_until(generated_text *t, size_t end) {
    if (!t->quiet && end > t->shown) show(t->bytes.text + t->shown, end - t->shown);
    if (end > t->shown) t->shown = end;
}

void text_begin(generated_text *t, const char *prompt, size_t n) {
    tern__buffer_write(&t->bytes, prompt, n);
    t->given = n;
    if (!t->bytes.failed) show_until(t, n);
}

/* Bytes at the end of a text that begin a character and are not all of it. */
static size_t unfinished(const char *text, size_t n) {
    for (size_t k = 1; k <= 3 && k <= n; k++) {
        unsigned char c = (unsigned char)text[n - k];
        if ((c & 0xc0) == 0x80) continue;
        size_t whole = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
        return k < whole ? k : 0;
    }
    return 0;
}

/* Ends the text before `stop` where it has come; else returns how many bytes at the end it may begin with. `n` are new.
 */
static size_t look_for(generated_text *t, const char *stop, size_t n) {
    size_t size = strlen(stop), length = t->bytes.length, first = t->given;
    if (length - first > n + size) first = length - n - size;
    for (size_t at = first; at + size <= length; at++) {
        if (memcmp(t->bytes.text + at, stop, size)) continue;
        t->bytes.text[t->bytes.length = at] = 0;
        t->stopped = true;
        return 0;
    }
    for (size_t k = size < length - first ? size : length - first; k > 0; k--)
        if (!memcmp(t->bytes.text + length - k, stop, k)) return k;
    return 0;
}

bool text_add(generated_text *t, const char *bytes, size_t n) {
    tern__buffer_write(&t->bytes, bytes, n);
    if (t->bytes.failed) return false;
    size_t held = unfinished(t->bytes.text, t->bytes.length);
    for (size_t k = 0; t->stop && !t->stopped && k < t->stop->n; k++) {
        size_t more = look_for(t, t->stop->v[k], n);
        if (more > held) held = more;
    }
    show_until(t, t->stopped ? t->bytes.length : t->bytes.length - held);
    return !t->stopped && !ferror(stdout);
}

void text_end(generated_text *t) {
    show_until(t, t->bytes.length);
    if (!t->quiet) putchar('\n');
}
