/* onnx_formula.c - formulas in the notation of C (see tern_lower_formula) as nodes: read by recursive descent, one node
 * for each operator and function. */
#include "onnx_graph.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A number that is known, or the name of a tensor. */
typedef struct term {
    char *name; /* NULL: a number */
    double number;
} term;

typedef struct reader {
    tern__onnx *g;
    const char *at;
    char *operand[TERN_MAX_INPUTS];
    size_t operands;
    bool wrong;
} reader;

static term read_choice(reader *r);

static bool take(reader *r, char c) {
    while (*r->at == ' ') r->at++;
    if (*r->at != c) return false;
    r->at++;
    return true;
}

static char *name_of(reader *r, term t) { return t.name ? t.name : tern__onnx_number(r->g, t.number); }

static term node(reader *r, const char *type, term x) { return (term){TERN__ONNX(r->g, type, name_of(r, x)), 0}; }

static term node2(reader *r, const char *type, term x, term y) {
    return (term){TERN__ONNX(r->g, type, name_of(r, x), name_of(r, y)), 0};
}

/* Functions that ONNX lacks are made of those that it has: their small results count for nothing among the others of a
 * formula. */
static term call(reader *r, const char *name, size_t length, term x) {
    static const struct {
        const char *name, *type;
    } known[] = {{"exp", "Exp"},   {"log", "Log"}, {"sqrt", "Sqrt"},
                 {"tanh", "Tanh"}, {"erf", "Erf"}, {"sigmoid", "Sigmoid"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strlen(known[i].name) == length && !strncmp(name, known[i].name, length)) return node(r, known[i].type, x);
    const term one = {NULL, 1};
    if (length == 5 && !strncmp(name, "expm1", length)) return node2(r, "Sub", node(r, "Exp", x), one);
    if (length == 5 && !strncmp(name, "log1p", length)) return node(r, "Log", node2(r, "Add", one, x));
    r->wrong = true;
    return x;
}

static term read_word(reader *r) {
    const char *name = r->at;
    size_t length = 0;
    while (isalnum((unsigned char)name[length])) length++;
    r->at += length;
    if (length == 1 && *name >= 'x' && (size_t)(*name - 'x') < r->operands) return (term){r->operand[*name - 'x'], 0};
    if (!length || !take(r, '(')) return r->wrong = true, (term){0};
    term x = read_choice(r);
    r->wrong = !take(r, ')') || r->wrong;
    return call(r, name, length, x);
}

static term read_unary(reader *r) {
    if (take(r, '-')) {
        term x = read_unary(r);
        return x.name ? node(r, "Neg", x) : (term){NULL, -x.number};
    }
    if (take(r, '(')) {
        term x = read_choice(r);
        r->wrong = !take(r, ')') || r->wrong;
        return x;
    }
    if (!isdigit((unsigned char)*r->at)) return read_word(r);
    char *end;
    double number = strtod(r->at, &end);
    r->at = end;
    return (term){NULL, number};
}

static term calculate(reader *r, char operation, term x, term y) {
    static const char signs[] = "+-*/<>";
    static const char *const type[] = {"Add", "Sub", "Mul", "Div", "Less", "Greater"};
    if (x.name || y.name) return node2(r, type[strchr(signs, operation) - signs], x, y);
    switch (operation) {
    case '+': return (term){NULL, x.number + y.number};
    case '-': return (term){NULL, x.number - y.number};
    case '*': return (term){NULL, x.number * y.number};
    case '/': return (term){NULL, x.number / y.number};
    default: return r->wrong = true, x; /* a comparison of two numbers chooses nothing */
    }
}

/* Operators of one rank, from the left: those of `signs` between what `next` reads. */
static term read_operators(reader *r, const char *signs, term (*next)(reader *)) {
    term x = next(r);
    for (;;) {
        const char *sign = signs;
        while (*sign && !take(r, *sign)) sign++;
        if (!*sign || r->wrong) return x;
        x = calculate(r, *sign, x, next(r));
    }
}

static term read_product(reader *r) { return read_operators(r, "*/", read_unary); }
static term read_sum(reader *r) { return read_operators(r, "+-", read_product); }

static term read_choice(reader *r) {
    term x = read_operators(r, "<>", read_sum);
    if (r->wrong || !take(r, '?')) return x;
    term yes = read_choice(r);
    if (!take(r, ':') || !x.name) r->wrong = true;
    if (r->wrong) return x;
    term no = read_choice(r);
    return (term){TERN__ONNX(r->g, "Where", x.name, name_of(r, yes), name_of(r, no)), 0};
}

/* Whole formulas for which ONNX has an operator, which runtimes join with what comes before; # is a number. */
static bool matches(const char *formula, const char *pattern, double *number) {
    for (; *pattern; pattern++) {
        char *end;
        if (*pattern != '#') {
            if (*pattern != *formula++) return false;
            continue;
        }
        *number = strtod(formula, &end);
        if (end == formula) return false;
        formula = end;
    }
    return !*formula;
}

static char *whole(tern__onnx *g, const char *formula, char *const *operand) {
    static const struct {
        const char *formula, *type;
        bool alpha;
        size_t operands;
    } known[] = {{"x < 0 ? 0 : x", "Relu", false, 1},
                 {"x > 0 ? x : # * x", "LeakyRelu", true, 1},
                 {"x > 0 ? x : y * x", "PRelu", false, 2},
                 {"x > 0 ? x : # * expm1(x)", "Elu", true, 1}};
    double alpha = 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!matches(formula, known[i].formula, &alpha)) continue;
        char *y = tern__onnx_node(g, known[i].type, known[i].operands, operand);
        if (known[i].alpha) tern__onnx_real(g, "alpha", alpha);
        return y;
    }
    return NULL;
}

char *tern__onnx_formula(tern__onnx *g, const tern_op *op) {
    reader r = {.g = g, .at = op->as.formula, .operands = op->inputs};
    tern_shape shape = g->p->value[op->output].shape;
    size_t count = tern_shape_count(&shape);
    for (size_t k = 0; k < op->inputs; k++)
        r.operand[k] =
            tern__onnx_spread(g, op->input[k], shape, count / tern_shape_count(&g->p->value[op->input[k]].shape));
    char *y = whole(g, op->as.formula, r.operand);
    if (y) return y;
    y = name_of(&r, read_choice(&r));
    if (*r.at || r.wrong) g->refuse = "has a formula that is not in the notation of tern_lower_formula()";
    return y;
}
