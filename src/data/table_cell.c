/* table_cell.c - what a cell of text says: a number, or nothing; see table.h. */
#include "table.h"

#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool tern__cell_blank(const char *text) { return !text[strspn(text, " \t")]; }

const char *const tern__missing_texts[] = {"",  "NA",   "N/A",     "NaN",     "null",  "none",
                                           "?", "#N/A", "#DIV/0!", "#VALUE!", "#REF!", NULL};

bool tern__cell_missing(const char *text) {
    const char *const *words = tern__missing_texts;
    text += strspn(text, " \t");
    size_t length = strlen(text);
    while (length && (text[length - 1] == ' ' || text[length - 1] == '\t')) length--;
    for (size_t i = 0; words[i]; i++)
        if (strlen(words[i]) == length && !strncasecmp(words[i], text, length)) return true;
    return false;
}

/* A number split where it lies: digits * 10^exponent. */
typedef struct decimal_number {
    bool negative, exact; /* exact: `digits` holds all digits */
    uint64_t digits;
    long exponent;
} decimal_number;

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Takes the digits, with a decimal mark among them or not; false where there are none. */
static bool take_digits(const char **at, char mark, decimal_number *d) {
    bool any = false, after = false;
    size_t significant = 0;
    for (;; (*at)++) {
        char c = **at;
        if (c == mark && !after) {
            after = true;
            continue;
        }
        if (!is_digit(c)) return any;
        any = true;
        if (significant || c != '0') significant++;
        if (significant > 18) d->exact = false;
        else d->digits = d->digits * 10 + (uint64_t)(c - '0');
        if (after && d->exact) d->exponent--;
    }
}

static bool take_exponent(const char **at, decimal_number *d) {
    if (**at != 'e' && **at != 'E') return true;
    const char *s = *at + 1;
    bool negative = *s == '-';
    s += *s == '-' || *s == '+';
    if (!is_digit(*s)) return false;
    long exponent = 0;
    for (; is_digit(*s); s++)
        if (exponent < 100000) exponent = exponent * 10 + (*s - '0');
    d->exponent += negative ? -exponent : exponent;
    *at = s;
    return true;
}

/* What has too many digits for the exact way: as the C library reads it, whatever the locale's decimal mark. */
static double read_slowly(const char *from, const char *end, char mark) {
    char text[512];
    size_t length = 0;
    for (; from < end && length + 1 < sizeof text; from++) text[length++] = *from == mark ? '.' : *from;
    text[length] = 0;
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    double value = plain && from == end ? strtod_l(text, NULL, plain) : (double)NAN;
    if (plain) freelocale(plain);
    return value;
}

bool tern__cell_number(const char *text, char decimal, double *out) {
    static const double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                   1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    text += strspn(text, " \t");
    decimal_number d = {.negative = *text == '-', .exact = true};
    const char *at = text + (*text == '-' || *text == '+');
    if (!take_digits(&at, decimal, &d) || !take_exponent(&at, &d) || !tern__cell_blank(at)) return false;
    /* Digits below 2^53 and a power of ten up to 10^22 are exact doubles, so that one operation rounds once. */
    if (d.exact && d.digits <= (1ull << 53) && labs(d.exponent) <= 22) {
        double v = (double)d.digits;
        v = d.exponent < 0 ? v / power[-d.exponent] : v * power[d.exponent];
        *out = d.negative ? -v : v;
    } else {
        *out = read_slowly(text, at, decimal);
    }
    return isfinite(*out) != 0;
}

/* ---- a column read again ---- */

static void read_again(tern__table_column *c, const double *value, size_t row) {
    uint32_t code = c->code[row];
    c->number[row] = code == TERN__NO_CODE ? (double)NAN : value[code];
    if (!isinf(c->number[row])) return;
    if (c->bad < TERN__TABLE_NOTED) c->bad_cell[c->bad] = (tern__cell){row, 0, c->value[code]};
    c->bad++;
}

tern_status tern__table_make_numbers(tern__table *t, size_t column, char decimal, tern_error *err) {
    tern__table_column *c = &t->column[column];
    if (c->number || !c->code) return TERN_OK;
    double *value = tern__alloc(c->values, sizeof *value, err);
    double *number = value ? tern__alloc(t->n, sizeof *number, err) : NULL;
    if (number) {
        c->number = number;
        c->bad = 0;
        for (size_t i = 0; i < c->values; i++)
            if (!tern__cell_number(c->value[i], decimal, &value[i]))
                value[i] = tern__cell_missing(c->value[i]) ? (double)NAN : (double)INFINITY;
        for (size_t i = 0; i < t->n; i++) read_again(c, value, i);
    }
    tern__free(value);
    return number ? TERN_OK : TERN_ERROR_MEMORY;
}
