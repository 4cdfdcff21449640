/* json_lexer.c - reads JSON strictly; see json_lexer.h. The grammar is a state, not a recursion: nothing that a file
 * holds makes the stack deep. */
#include "json_lexer.h"

#include "text.h"
#include "utf8.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

tern__json_lexer tern__json_lexer_start(const char *text, size_t length, size_t longest_string) {
    return (tern__json_lexer){
        .text = text, .end = text + length, .at = text, .longest = longest_string, .line = 1, .line_start = text};
}

/* ---- mistakes ---- */

/* Only once in a text, so that its line may be walked anew. */
static tern__json_token fail_at(tern__json_lexer *l, const char *where, const char *message) {
    snprintf(l->mistake, sizeof l->mistake, "%s", message);
    l->wrong = (tern_place){l->line, 1};
    l->offset = (size_t)(where - l->text);
    for (const char *s = l->line_start; s < where; s++)
        if (((unsigned char)*s & 0xc0) != 0x80) l->wrong.column++;
    return TERN__JSON_MISTAKE;
}

static tern__json_token fail(tern__json_lexer *l, const char *message) { return fail_at(l, l->at, message); }

/* What stands where something else was expected. */
static tern__json_token unexpected(tern__json_lexer *l, const char *expected) {
    char text[128];
    unsigned char c = l->at < l->end ? (unsigned char)*l->at : 0;
    if (l->at == l->end) snprintf(text, sizeof text, "expected %s, found the end of the text", expected);
    else if (c == '/') snprintf(text, sizeof text, "comments are not JSON; a key that begins with \"_\" is one here");
    else if (c == '\'')
        snprintf(text, sizeof text, "expected %s, found a single quote; strings take double quotes", expected);
    else if (c < 0x20 || c >= 0x7f) snprintf(text, sizeof text, "expected %s, found the byte 0x%02x", expected, c);
    else snprintf(text, sizeof text, "expected %s, found '%c'", expected, c);
    return fail(l, text);
}

/* ---- characters ---- */

static bool next_is(const tern__json_lexer *l, char c) { return l->at < l->end && *l->at == c; }

/* Only between tokens are there line ends: a string holds none. */
static void skip_space(tern__json_lexer *l) {
    for (; next_is(l, ' ') || next_is(l, '\t') || next_is(l, '\n') || next_is(l, '\r'); l->at++) {
        if (*l->at != '\n') continue;
        l->line++;
        l->line_start = l->at + 1;
        l->extra = 0;
    }
}

static void begin_token(tern__json_lexer *l) {
    l->begin = l->at;
    l->place = (tern_place){l->line, (size_t)(l->at - l->line_start) - l->extra + 1};
    l->escapes = false;
}

static tern__json_token end_token(tern__json_lexer *l, tern__json_token token) {
    l->stop = l->at;
    l->state = CLOSED;
    return token;
}

/* ---- strings ---- */

/* The four hexadecimal digits at `at`; -1: there are none. */
static int hex4(const char *at, const char *end) {
    int code = 0;
    if (end - at < 4) return -1;
    for (int i = 0; i < 4; i++) {
        char c = at[i], low = (char)(c | 0x20);
        bool digit = c >= '0' && c <= '9', letter = low >= 'a' && low <= 'f';
        if (!digit && !letter) return -1;
        code = code * 16 + (digit ? c - '0' : low - 'a' + 10);
    }
    return code;
}

/* The low half of a surrogate pair at `at`; -1: there is none. */
static int low_half(const char *at, const char *end) {
    int low = end - at >= 6 && at[0] == '\\' && at[1] == 'u' ? hex4(at + 2, end) : -1;
    return low >= 0xdc00 && low <= 0xdfff ? low : -1;
}

/* NULL: the escape is in order, and read. */
static const char *read_escape(tern__json_lexer *l) {
    if (l->end - l->at > 1 && l->at[1] && strchr("\"\\/bfnrt", l->at[1])) return l->at += 2, NULL;
    if (l->end - l->at < 2 || l->at[1] != 'u')
        return "unknown escape; known are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX";
    int code = hex4(l->at + 2, l->end);
    if (code < 0) return "\\u takes four hexadecimal digits";
    if (code == 0) return "\\u0000 is not accepted in a string";
    bool high = code >= 0xd800 && code <= 0xdbff;
    if ((code >= 0xdc00 && code <= 0xdfff) || (high && low_half(l->at + 6, l->end) < 0))
        return "half of a surrogate pair";
    l->at += high ? 12 : 6;
    return NULL;
}

/* Reads a string to its closing quote; `begin` and `stop` are then within the quotes. */
static tern__json_token read_string(tern__json_lexer *l, tern__json_token token) {
    char message[64];
    const char *quote = l->at++;
    while (l->at < l->end && *l->at != '"') {
        if ((size_t)(l->at - quote) > l->longest) {
            snprintf(message, sizeof message, "a string of more than %zu bytes", l->longest);
            return fail_at(l, quote, message);
        }
        if (*l->at == '\\') {
            l->escapes = true;
            const char *wrong = read_escape(l);
            if (wrong) return fail(l, wrong);
            continue;
        }
        uint32_t code;
        size_t n = tern__utf8_get(l->at, (size_t)(l->end - l->at), &code);
        if (!n) return fail(l, "not UTF-8");
        if (!code) return fail(l, "a zero byte");
        if (code < 0x20) return fail(l, "a control character in a string; write it as \\n, \\t or \\uXXXX");
        l->at += n;
        l->extra += n - 1;
    }
    if (l->at == l->end) return fail_at(l, quote, "a string that does not end");
    end_token(l, token);
    l->begin = quote + 1;
    l->at++;
    return token;
}

char *tern__json_string(const tern__json_lexer *l, char *out) {
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    char *to = out;
    for (const char *s = l->begin; s < l->stop;) {
        if (*s != '\\') {
            *to++ = *s++;
        } else if (s[1] != 'u') {
            *to++ = meanings[strchr(letters, s[1]) - letters];
            s += 2;
        } else {
            uint32_t code = (uint32_t)hex4(s + 2, l->stop);
            int low = code >= 0xd800 && code <= 0xdbff ? low_half(s + 6, l->stop) : -1;
            if (low >= 0) code = 0x10000 + ((code - 0xd800) << 10) + ((uint32_t)low - 0xdc00);
            s += low >= 0 ? 12 : 6;
            to += tern__utf8_put(code, to); /* never longer than its escape */
        }
    }
    *to = 0;
    return out;
}

/* ---- the other values ---- */

static bool skip_digits(tern__json_lexer *l) {
    const char *first = l->at;
    while (l->at < l->end && *l->at >= '0' && *l->at <= '9') l->at++;
    return l->at > first;
}

static tern__json_token read_number(tern__json_lexer *l) {
    if (next_is(l, '-')) l->at++;
    if (next_is(l, '0') && l->at + 1 < l->end && l->at[1] >= '0' && l->at[1] <= '9')
        return fail(l, "a number has no leading zero");
    if (!skip_digits(l)) return unexpected(l, "a digit");
    if (next_is(l, '.')) {
        l->at++;
        if (!skip_digits(l)) return unexpected(l, "a digit after the point");
    }
    const char *exponent = l->at;
    if (next_is(l, 'e') || next_is(l, 'E')) {
        l->at++;
        if (next_is(l, '+') || next_is(l, '-')) l->at++;
        if (!skip_digits(l)) return unexpected(l, "a digit of the exponent");
    }
    /* cJSON reads at most 63 characters of a number; digits beyond what a double holds say nothing anyway. */
    if (l->at - l->begin > 60) return fail_at(l, l->begin, "a number of more than 60 characters");
    /* Only an exponent of three digits leaves the range of a double. */
    if (l->at - exponent > 3 && !isfinite(tern__number_value(l->begin, (size_t)(l->at - l->begin))))
        return fail_at(l, l->begin, "a number too large to be held");
    return end_token(l, TERN__JSON_NUMBER);
}

static tern__json_token read_word(tern__json_lexer *l) {
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(words[i]);
        if ((size_t)(l->end - l->at) < n || memcmp(l->at, words[i], n)) continue;
        l->at += n;
        return end_token(l, TERN__JSON_WORD);
    }
    return unexpected(l, "a value");
}

/* ---- the grammar ---- */

static bool in_object(const tern__json_lexer *l) { return l->depth && l->objects >> (l->depth - 1) & 1; }

static tern__json_token open_container(tern__json_lexer *l) {
    if (l->depth == TERN__JSON_DEPTH) return fail(l, "nested more than 64 deep");
    bool object = *l->at++ == '{';
    uint64_t bit = (uint64_t)1 << l->depth++;
    l->objects = object ? l->objects | bit : l->objects & ~bit;
    end_token(l, TERN__JSON_OBJECT);
    l->state = OPENED;
    return object ? TERN__JSON_OBJECT : TERN__JSON_LIST;
}

static tern__json_token close_container(tern__json_lexer *l) {
    tern__json_token token = in_object(l) ? TERN__JSON_OBJECT_END : TERN__JSON_LIST_END;
    begin_token(l);
    l->at++;
    l->depth--;
    return end_token(l, token);
}

static tern__json_token read_key(tern__json_lexer *l) {
    if (!next_is(l, '"')) return unexpected(l, "a key in double quotes");
    tern__json_token token = read_string(l, TERN__JSON_KEY);
    if (!token) return token;
    skip_space(l);
    if (!next_is(l, ':')) return unexpected(l, "':'");
    l->at++;
    l->state = VALUE;
    return token;
}

static tern__json_token read_value(tern__json_lexer *l) {
    char c = l->at < l->end ? *l->at : 0;
    if (l->end - l->at >= 3 && l->at == l->text && !memcmp(l->at, "\xEF\xBB\xBF", 3))
        return fail(l, "begins with a byte order mark; save the file without one");
    if (c == '{' || c == '[') return open_container(l);
    if (c == '"') return read_string(l, TERN__JSON_STRING_VALUE);
    if (c == '-' || (c >= '0' && c <= '9')) return read_number(l);
    return read_word(l);
}

tern__json_token tern__json_next(tern__json_lexer *l) {
    if (*l->mistake) return TERN__JSON_MISTAKE;
    skip_space(l);
    bool object = in_object(l);
    char bracket = object ? '}' : ']';
    if (l->state == CLOSED) {
        if (!l->depth) return l->at == l->end ? TERN__JSON_END : unexpected(l, "the end of the text");
        if (next_is(l, bracket)) return close_container(l);
        if (!next_is(l, ',')) return unexpected(l, object ? "',' or '}'" : "',' or ']'");
        const char *comma = l->at++;
        size_t line = l->line;
        const char *line_start = l->line_start;
        skip_space(l);
        if (next_is(l, bracket)) {
            l->line = line, l->line_start = line_start;
            return fail_at(l, comma, "a comma after the last element");
        }
    } else if (l->state == OPENED && next_is(l, bracket)) {
        return close_container(l);
    }
    begin_token(l);
    return object && l->state != VALUE ? read_key(l) : read_value(l);
}

bool tern__json_skip(tern__json_lexer *l, tern__json_token first) {
    if (first != TERN__JSON_OBJECT && first != TERN__JSON_LIST) return first;
    size_t outside = l->depth - 1;
    while (l->depth > outside)
        if (!tern__json_next(l)) return false;
    return true;
}
