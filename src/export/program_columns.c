/* program_columns.c - a table's columns as operations: each is an input, of numbers or of codes for its texts; see
 * tern/export.h. */
#include "program_columns.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

/* Codes behind those of the values that a column knows. */
enum { RARE, OTHER, MISSING, CODES };

size_t tern__columns_inputs(const tern__features *f) {
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++) n += f->item[i].type != TERN__COLUMN_IGNORE;
    return n;
}

/* ---- texts ---- */

typedef struct texts {
    tern__program *p;
    size_t n, *code;
    const char **text;
} texts;

static void add_text(texts *t, const char *text, size_t code) {
    for (size_t i = 0; i < t->n; i++)
        if (!strcmp(t->text[i], text)) return;
    t->code[t->n] = code;
    t->text[t->n++] = text;
}

/* A word as it is listed, in lower and in upper case, and with a capital. */
static void add_cases(texts *t, const char *word, size_t code) {
    add_text(t, word, code);
    for (size_t way = 0; way < 3; way++) {
        char *copy = tern__arena_text(&t->p->arena, word, strlen(word), t->p->err);
        if (!copy) t->p->failed = true;
        for (size_t i = 0; copy && copy[i]; i++) {
            int c = (unsigned char)copy[i];
            copy[i] = (char)(way == 1 || (way == 2 && !i) ? toupper(c) : tolower(c));
        }
        if (copy) add_text(t, copy, code);
    }
}

/* What the cells of a column may say, each with its code; `known`: how many values it has. */
static void list_texts(tern__program *p, const tern__feature *f, size_t known, tern_column *out) {
    enum { CASES = 4 * 20 }; /* of all words */
    size_t most = f->categories.n + f->rare.n + CASES;
    texts t = {.p = p};
    t.text = tern__arena_alloc(&p->arena, most, sizeof *t.text, p->err);
    t.code = tern__arena_alloc(&p->arena, most, sizeof *t.code, p->err);
    if (!t.text || !t.code) {
        p->failed = true;
        return;
    }
    for (size_t i = 0; i < f->categories.n; i++) t.text[t.n] = f->categories.v[i], t.code[t.n++] = i;
    for (size_t i = 0; i < f->rare.n; i++) t.text[t.n] = f->rare.v[i], t.code[t.n++] = known + RARE;
    if (f->type == TERN__COLUMN_CATEGORY) {
        add_text(&t, "", known + MISSING);
    } else {
        for (size_t i = 0; tern__boolean_words[i]; i++) add_cases(&t, tern__boolean_words[i], i % 2);
        for (size_t i = 0; tern__missing_texts[i]; i++) add_cases(&t, tern__missing_texts[i], known + MISSING);
    }
    *out = (tern_column){t.n, t.code, t.text, known + OTHER};
}

/* ---- numbers ---- */

/* Whether a cell with that code is refused where the program reads tables. */
static bool refused(const tern__feature *f, size_t known, size_t code) {
    if (code == known + MISSING) return f->missing == TERN__MISSING_ERROR;
    return code == known + OTHER && (f->type == TERN__COLUMN_BOOLEAN || f->unseen == TERN__UNSEEN_ERROR);
}

/* A row of numbers for each code; NAN for what is refused, so that no answer is made of it. */
static tern_operand look_up(tern_lowering *l, const tern__feature *f, size_t known, tern_operand code) {
    tern__program *p = l->program;
    size_t width = tern__feature_width(f);
    tern_operand table;
    tern_real *row = tern_lower_constant(l, TERN_SHAPE(known + CODES, width), &table);
    double *number = tern__arena_alloc(&p->arena, width, sizeof *number, p->err);
    if (!number) p->failed = true;
    for (size_t i = 0; row && number && i < known + CODES; i++, row += width) {
        double value = i < known ? (double)i : i == known + RARE ? -2 : i == known + OTHER ? -1 : (double)NAN;
        memset(number, 0, width * sizeof *number);
        tern__feature_cell(f, value, tern__feature_fill(f), number);
        for (size_t k = 0; k < width; k++) row[k] = refused(f, known, i) ? (tern_real)NAN : (tern_real)number[k];
    }
    return tern_lower_reshape(l, tern_lower_lookup(l, code, table), TERN_SHAPE(width));
}

/* A number, not yet scaled, and whether it was missing. What is missing is neither below 0 nor above -1. */
static tern_operand number(tern_lowering *l, const tern__feature *f, tern_operand x) {
    double fill = isnan(f->fill) ? 0 : f->fill;
    tern_operand y[2] = {x};
    if (f->missing != TERN__MISSING_ERROR) y[0] = tern_lower_formula(l, 1, &x, "x < 0 ? x : x > -1 ? x : %.9g", fill);
    if (f->normalize == TERN__NORMALIZE_LOG1P) y[0] = tern_lower_formula(l, 1, y, "log1p(x)");
    if (!tern__feature_flags_missing(f)) return y[0];
    y[1] = tern_lower_formula(l, 1, &x, "x < 0 ? 0 : x > -1 ? 0 : 1");
    return tern_lower_concat(l, 2, y, 0);
}

/* All of them one behind the other, as many at a time as an operation takes. */
static tern_operand join(tern_lowering *l, size_t n, tern_operand *part) {
    while (n > 1) {
        size_t joined = 0;
        for (size_t i = 0; i < n; i += TERN_MAX_INPUTS) {
            size_t some = n - i < TERN_MAX_INPUTS ? n - i : TERN_MAX_INPUTS;
            part[joined++] = some > 1 ? tern_lower_concat(l, some, part + i, 0) : part[i];
        }
        n = joined;
    }
    return *part;
}

/* Numbers are scaled together; what codes stand for has been already. */
static tern_operand scale(tern_lowering *l, const tern__features *f, tern_operand x) {
    tern__program *p = l->program;
    size_t width = tern__features_width(f), at = 0;
    double *gain = tern__arena_alloc(&p->arena, width, sizeof *gain, p->err),
           *shift = tern__arena_alloc(&p->arena, width, sizeof *shift, p->err);
    if (!gain || !shift) return p->failed = true, x;
    bool plain = true;
    for (size_t k = 0; k < width; k++) gain[k] = 1;
    for (size_t i = 0; i < f->n; i++) {
        const tern__feature *c = &f->item[i];
        if (c->type == TERN__COLUMN_NUMBER && c->scale.n) {
            gain[at] = 1 / *c->scale.v, shift[at] = -*c->center.v / *c->scale.v;
            plain = false;
        }
        at += tern__feature_width(c);
    }
    return plain ? x : tern__program_scale(p, x, width, gain, shift);
}

/* ---- all of them ---- */

static tern_status check(const tern__features *f, tern_error *err) {
    enum { FAR = 10000 }; /* of float's 16 million steps, those that a unit of spread is left with are some hundreds */
    tern_status status = TERN_OK;
    for (size_t i = 0; i < f->n; i++) {
        const tern__feature *c = &f->item[i];
        if (c->type == TERN__COLUMN_DATE)
            status = tern_error_add(err, TERN_ERROR_MODEL, NULL,
                                    "column \"%.64s\" holds dates, which can't be exported: only numbers, categories "
                                    "and yes or no",
                                    c->name);
        if (c->type == TERN__COLUMN_NUMBER && c->scale.n && fabs(*c->center.v) > FAR * *c->scale.v)
            tern_error_warn(err, NULL,
                            "column \"%.64s\": its numbers, about %.9g, lie so close together that float, in which an "
                            "exported model takes them, tells few of them apart",
                            c->name, *c->center.v);
    }
    return status;
}

tern_status tern__columns_lower(tern_lowering *l, const tern__features *f, const tern_column **column,
                                tern_operand *out, tern_error *err) {
    tern__program *p = l->program;
    size_t n = tern__columns_inputs(f), k = 0;
    if (check(f, err)) return TERN_ERROR_MODEL;
    tern_column *columns = tern__arena_alloc(&p->arena, n, sizeof *columns, err);
    tern_operand *part = tern__arena_alloc(&p->arena, n, sizeof *part, err);
    if (!columns || !part) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < f->n; i++)
        if (f->item[i].type != TERN__COLUMN_IGNORE)
            part[k++] = tern__program_value(p, (tern__operand){.shape = TERN_SHAPE(1), .name = f->item[i].name});
    k = 0;
    for (size_t i = 0; i < f->n && !p->failed; i++) {
        const tern__feature *c = &f->item[i];
        size_t known = c->type == TERN__COLUMN_CATEGORY ? c->categories.n : 2;
        if (c->type == TERN__COLUMN_IGNORE) continue;
        if (c->type != TERN__COLUMN_NUMBER) list_texts(p, c, known, &columns[k]);
        part[k] = c->type == TERN__COLUMN_NUMBER ? number(l, c, part[k]) : look_up(l, c, known, part[k]);
        k++;
    }
    if (!p->failed) *out = scale(l, f, join(l, n, part));
    *column = columns;
    return p->failed ? TERN_ERROR_MEMORY : TERN_OK;
}
