/* json_check.c - the strict reading of JSON (RFC 8259) that cJSON does not give: it takes trailing text, comments of a
 * kind, numbers out of range and cut-off strings without a word. Reads the text once, builds nothing. */
#include "json.h"

#include <stdio.h>
#include <string.h>

typedef struct scan {
    const char *text, *end, *at;
    const char *name;
    tern_error *err;
    size_t depth;
} scan;

static tern_status value(scan *s);

static tern_status fail_at(scan *s, const char *where, const char *message) {
    tern_status status = tern_error_add(s->err, TERN_ERROR_SYNTAX, NULL, "%s", message);
    if (s->err && s->err->count) {
        tern_diagnostic *d = &s->err->item[s->err->count - 1];
        size_t length = strlen(s->name);
        if (length >= sizeof d->file) length = sizeof d->file - 1;
        memcpy(d->file, s->name, length);
        d->file[length] = 0;
        tern__json_place(s->text, (size_t)(where - s->text), &d->line, &d->column);
    }
    return status;
}

static tern_status fail(scan *s, const char *message) { return fail_at(s, s->at, message); }

/* What stands where something else was expected. */
static tern_status unexpected(scan *s, const char *expected) {
    char text[128];
    const char *found = s->at < s->end ? NULL : "the end of the text";
    if (found) snprintf(text, sizeof text, "expected %s, found %s", expected, found);
    else if (*s->at == '/')
        snprintf(text, sizeof text, "comments are not JSON; a key that begins with \"_\" is one here");
    else if (*s->at == '\'')
        snprintf(text, sizeof text, "expected %s, found a single quote; strings take double quotes", expected);
    else if ((unsigned char)*s->at < 0x20 || (unsigned char)*s->at >= 0x7f)
        snprintf(text, sizeof text, "expected %s, found the byte 0x%02x", expected, (unsigned)(unsigned char)*s->at);
    else snprintf(text, sizeof text, "expected %s, found '%c'", expected, *s->at);
    return fail(s, text);
}

static void space(scan *s) {
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\n' || *s->at == '\r')) s->at++;
}

static bool digits(scan *s) {
    const char *start = s->at;
    while (s->at < s->end && *s->at >= '0' && *s->at <= '9') s->at++;
    return s->at > start;
}

static tern_status number(scan *s) {
    const char *start = s->at;
    if (*s->at == '-') s->at++;
    if (s->at + 1 < s->end && *s->at == '0' && s->at[1] >= '0' && s->at[1] <= '9')
        return fail(s, "a number has no leading zero");
    if (!digits(s)) return unexpected(s, "a digit");
    if (s->at < s->end && *s->at == '.') {
        s->at++;
        if (!digits(s)) return unexpected(s, "a digit after the point");
    }
    if (s->at < s->end && (*s->at == 'e' || *s->at == 'E')) {
        s->at++;
        if (s->at < s->end && (*s->at == '+' || *s->at == '-')) s->at++;
        if (!digits(s)) return unexpected(s, "a digit of the exponent");
    }
    /* cJSON reads at most 63 characters of a number; digits beyond what a double holds say nothing anyway. */
    if (s->at - start > 60) return fail_at(s, start, "a number of more than 60 characters");
    cJSON *parsed = cJSON_ParseWithLength(start, (size_t)(s->at - start));
    bool finite = parsed && parsed->valuedouble - parsed->valuedouble == 0;
    cJSON_Delete(parsed);
    return finite ? TERN_OK : fail_at(s, start, "a number too large to be held");
}

static int hex4(const char *at, const char *end) {
    int code = 0;
    if (end - at < 4) return -1;
    for (int i = 0; i < 4; i++) {
        char c = at[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0) return -1;
        code = code * 16 + digit;
    }
    return code;
}

static tern_status escape(scan *s) {
    const char *start = s->at++; /* the backslash */
    if (s->at == s->end) return unexpected(s, "an escape");
    if (*s->at != 'u') {
        if (!strchr("\"\\/bfnrt", *s->at))
            return fail_at(s, start, "unknown escape; known are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX");
        s->at++;
        return TERN_OK;
    }
    int code = hex4(s->at + 1, s->end);
    if (code < 0) return fail_at(s, start, "\\u takes four hexadecimal digits");
    if (code == 0) return fail_at(s, start, "\\u0000 is not accepted in a string");
    s->at += 5;
    if (code >= 0xDC00 && code <= 0xDFFF) return fail_at(s, start, "half of a surrogate pair");
    if (code >= 0xD800 && code <= 0xDBFF) {
        int low = s->end - s->at >= 6 && s->at[0] == '\\' && s->at[1] == 'u' ? hex4(s->at + 2, s->end) : -1;
        if (low < 0xDC00 || low > 0xDFFF) return fail_at(s, start, "half of a surrogate pair");
        s->at += 6;
    }
    return TERN_OK;
}

/* The length of the UTF-8 sequence at `at`; 0 where it is not one (overlong forms and surrogates are not). */
static size_t utf8(const char *at, const char *end) {
    const unsigned char *c = (const unsigned char *)at;
    size_t left = (size_t)(end - at), n = c[0] < 0x80       ? 1
                                          : c[0] >> 5 == 6  ? 2
                                          : c[0] >> 4 == 14 ? 3
                                          : c[0] >> 3 == 30 ? 4
                                                            : 0;
    if (!n || n > left) return 0;
    for (size_t i = 1; i < n; i++)
        if (c[i] >> 6 != 2) return 0;
    if ((n == 2 && c[0] < 0xC2) || (n == 3 && c[0] == 0xE0 && c[1] < 0xA0) || (n == 3 && c[0] == 0xED && c[1] > 0x9F))
        return 0;
    if ((n == 4 && c[0] == 0xF0 && c[1] < 0x90) || (n == 4 && (c[0] > 0xF4 || (c[0] == 0xF4 && c[1] > 0x8F)))) return 0;
    return n;
}

static tern_status string(scan *s) {
    const char *start = s->at++; /* the quote */
    while (s->at < s->end && *s->at != '"') {
        if (s->at - start > TERN__JSON_STRING) return fail_at(s, start, "a string of more than 4096 bytes");
        if (*s->at == '\\') {
            tern_status status = escape(s);
            if (status) return status;
            continue;
        }
        if ((unsigned char)*s->at < 0x20)
            return fail(s, "a control character in a string; write it as \\n, \\t or \\uXXXX");
        size_t n = utf8(s->at, s->end);
        if (!n) return fail(s, "not UTF-8");
        s->at += n;
    }
    if (s->at == s->end) return fail_at(s, start, "a string that does not end");
    s->at++;
    return TERN_OK;
}

static tern_status word(scan *s) {
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(words[i]);
        if ((size_t)(s->end - s->at) >= n && !memcmp(s->at, words[i], n)) {
            s->at += n;
            return TERN_OK;
        }
    }
    return unexpected(s, "a value");
}

/* What follows an element: a comma (true in `more`) or the closing bracket. */
static tern_status separator(scan *s, char close, bool *more) {
    space(s);
    *more = s->at < s->end && *s->at == ',';
    if (!*more && (s->at == s->end || *s->at != close))
        return unexpected(s, close == '}' ? "',' or '}'" : "',' or ']'");
    const char *comma = s->at++;
    space(s);
    if (*more && s->at < s->end && *s->at == close) return fail_at(s, comma, "a comma after the last element");
    return TERN_OK;
}

static tern_status container(scan *s, char close) {
    if (++s->depth > TERN__JSON_DEPTH) return fail(s, "nested more than 64 deep");
    s->at++;
    space(s);
    bool more = s->at == s->end || *s->at != close;
    if (!more) s->at++;
    while (more) {
        tern_status status = TERN_OK;
        if (close == '}') {
            if (s->at == s->end || *s->at != '"') return unexpected(s, "a key in double quotes");
            if ((status = string(s))) return status;
            space(s);
            if (s->at == s->end || *s->at != ':') return unexpected(s, "':'");
            s->at++;
        }
        if ((status = value(s)) || (status = separator(s, close, &more))) return status;
    }
    s->depth--;
    return TERN_OK;
}

static tern_status value(scan *s) {
    space(s);
    if (s->at == s->end) return unexpected(s, "a value");
    switch (*s->at) {
    case '{': return container(s, '}');
    case '[': return container(s, ']');
    case '"': return string(s);
    case 't':
    case 'f':
    case 'n': return word(s);
    default: break;
    }
    if (*s->at == '-' || (*s->at >= '0' && *s->at <= '9')) return number(s);
    return unexpected(s, "a value");
}

tern_status tern__json_check(const char *text, size_t length, const char *name, tern_error *err) {
    scan s = {.text = text, .end = text + length, .at = text, .name = name, .err = err};
    if (length > TERN__JSON_SIZE) {
        char message[96];
        snprintf(message, sizeof message, "is %zu bytes long; model files are at most %d", length, TERN__JSON_SIZE);
        return fail(&s, message);
    }
    if (length >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3))
        return fail(&s, "begins with a byte order mark; save the file without one");
    if (memchr(text, 0, length)) {
        s.at = memchr(text, 0, length);
        return fail(&s, "a zero byte");
    }
    tern_status status = value(&s);
    if (status) return status;
    space(&s);
    return s.at == s.end ? TERN_OK : unexpected(&s, "the end of the text");
}
