/* draft_cells.c - cells that a person reads otherwise than the program does: "12,50 EUR" is a number, 02/01/2010 two
 * dates; see draft_internal.h. */
#include "draft_internal.h"

#include "date.h"

#include <string.h>

/* What may stand before or behind a number. */
typedef struct sign {
    const char *text, *called;
} sign;

static const sign signs[] = {{"%", "a percent sign"},
                             {"€", "a currency"},
                             {"$", "a currency"},
                             {"£", "a currency"},
                             {"¥", "a currency"},
                             {"EUR", "a currency"},
                             {"USD", "a currency"},
                             {"GBP", "a currency"},
                             {"CHF", "a currency"},
                             {"\xc2\xa0", NULL},
                             {" ", NULL}};
enum { SIGNS = sizeof signs / sizeof *signs };

/* Takes signs off both ends of `length` bytes; what the last of them is called. */
static const char *strip(const char **text, size_t *length) {
    const char *called = NULL;
    for (size_t i = 0; i < SIGNS; i++) {
        size_t n = strlen(signs[i].text);
        bool before = *length > n && !memcmp(*text, signs[i].text, n),
             after = *length > n && !memcmp(*text + *length - n, signs[i].text, n);
        if (!before && !after) continue;
        *text += before ? n : 0;
        *length -= n;
        if (signs[i].called) called = signs[i].called;
        i = (size_t)-1; /* once more from the first */
    }
    return called;
}

/* Digits in groups of three with `mark` between them, and then a fraction or not. */
static bool is_grouped(const char *text, size_t length, const char *mark, char decimal) {
    size_t at = *text == '-' || *text == '+', n = strlen(mark), groups = 0, digits = 0;
    for (; at < length; at++) {
        if (text[at] >= '0' && text[at] <= '9') {
            digits++;
            continue;
        }
        bool fraction = text[at] == decimal, group = !fraction && length - at > n && !memcmp(text + at, mark, n);
        if (groups ? digits != 3 : digits < 1 || digits > 3) return false;
        if (fraction) return groups > 0 && strspn(text + at + 1, "0123456789") >= length - at - 1;
        if (!group) return false;
        groups++, digits = 0, at += n - 1;
    }
    return groups > 0 && digits == 3;
}

static const char *like(const char *text, char decimal) {
    static const struct {
        const char *mark;
        char decimal;
    } forms[] = {{".", ','}, {",", '.'}, {"'", '.'}, {" ", ','}, {"\xc2\xa0", ','}};
    char plain[64];
    double ignored;
    size_t length = strlen(text);
    const char *called = strip(&text, &length);
    if (!length || length >= sizeof plain) return NULL;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (is_grouped(text, length, forms[i].mark, forms[i].decimal))
            return called ? called : "marks between thousands";
    memcpy(plain, text, length);
    plain[length] = 0;
    if (tern__cell_number(plain, decimal, &ignored)) return called;
    return tern__cell_number(plain, decimal == '.' ? ',' : '.', &ignored) ? called ? called : "another decimal mark"
                                                                          : NULL;
}

const char *tern__draft_number_like(const tern__table_column *c, char decimal) {
    const char *called = NULL;
    size_t plain = 0;
    double ignored;
    for (size_t k = 0; k < c->values; k++) {
        const char *one = like(c->value[k], decimal);
        if (one) called = one;
        else if (tern__cell_number(c->value[k], decimal, &ignored) || tern__cell_missing(c->value[k])) plain++;
        else return NULL;
    }
    return plain < c->values ? called : NULL;
}

bool tern__draft_doubtful_dates(const tern__table_column *c) {
    static const char *const formats[] = {"%d/%m/%Y", "%m/%d/%Y", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"};
    double ignored;
    for (size_t f = 0; f < 4; f += 2) {
        bool both = c->values > 0;
        for (size_t k = 0; both && k < c->values; k++)
            both = tern__date_read(c->value[k], formats[f], &ignored) &&
                   tern__date_read(c->value[k], formats[f + 1], &ignored);
        if (both) return true;
    }
    return false;
}
