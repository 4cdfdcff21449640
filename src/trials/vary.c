/* vary.c - reads what trials differ in; see vary.h. */
#include "vary.h"

#include "text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Words for the optimizers that lessons compare, as far as their types have no such defaults: a learning rate suits an
 * optimizer, so that sgd alone can't know one. */
static const struct {
    const char *path, *word, *set, *name;
} shorthands[] = {
    {"optimizer", "sgd", "{\"type\": \"sgd\", \"lr\": 0.1}", "sgd"},
    {"optimizer", "momentum", "{\"type\": \"sgd\", \"lr\": 0.05, \"momentum\": 0.9}", "sgd with momentum 0.9"},
};
enum { SHORTHANDS = sizeof shorthands / sizeof *shorthands };

static tern_status refuse(const tern__vary *v, const char *why, tern_error *err) {
    return tern_error_add(err, TERN_ERROR_USAGE, NULL, "--vary %s: %s", v->given, why);
}

/* ---- values ---- */

static tern_status make_value(const tern__vary *v, const char *text, tern__value *out, tern__arena *arena,
                              tern_error *err) {
    const char *set = text;
    out->name = text;
    for (size_t i = 0; i < SHORTHANDS; i++)
        if (!strcmp(shorthands[i].path, v->path) && !strcmp(shorthands[i].word, text))
            set = shorthands[i].set, out->name = shorthands[i].name;
    size_t room = strlen(v->path) + strlen(set) + 2;
    char *change = tern__arena_alloc(arena, room, 1, err);
    if (!change) return TERN_ERROR_MEMORY;
    snprintf(change, room, "%s=%s", v->path, set);
    out->set = change;
    return TERN_OK;
}

/* Where the value ends that begins at `text`: at a comma outside of quotes and brackets. */
static const char *value_end(const char *text) {
    size_t depth = 0;
    for (bool quoted = false; *text; text++) {
        if (quoted && *text == '\\' && text[1]) text++;
        else if (*text == '"') quoted = !quoted;
        else if (!quoted && strchr("[{(", *text)) depth++;
        else if (!quoted && strchr("]})", *text)) depth -= depth > 0;
        else if (!quoted && !depth && *text == ',') break;
    }
    return text;
}

static tern_status read_values(tern__vary *v, const char *text, tern__arena *arena, tern_error *err) {
    size_t n = 1;
    for (const char *end = value_end(text); *end; end = value_end(end + 1)) n++;
    v->value = tern__arena_alloc(arena, n, sizeof *v->value, err);
    tern_status status = v->value ? TERN_OK : TERN_ERROR_MEMORY;
    for (; !status && v->n < n; v->n++) {
        const char *end = value_end(text);
        char *one = tern__arena_text(arena, text, (size_t)(end - text), err);
        if (!one) return TERN_ERROR_MEMORY;
        if (!*one) return refuse(v, "a value between two commas is missing; accepted: PATH=V1,V2,...", err);
        status = make_value(v, one, &v->value[v->n], arena, err);
        for (size_t i = 0; !status && i < v->n; i++)
            if (!strcmp(v->value[i].set, v->value[v->n].set)) status = refuse(v, "a value is given twice", err);
        text = end + 1;
    }
    return status;
}

/* ---- ranges ---- */

/* The number before `end`; NAN where there is none. */
static double read_number(const char *text, const char *end) {
    size_t n = (size_t)(end - text);
    bool digits = n && strspn(text, "+-.0123456789eE") >= n;
    double value = digits ? tern__number_value(text, n) : (double)NAN;
    return isfinite(value) ? value : (double)NAN;
}

/* A..B, log(A..B) and int(A..B). False: it is no range. */
static bool read_span(const char *text, tern__span *s) {
    static const char *const forms[] = {"", "log(", "int("};
    size_t form = !strncmp(text, forms[1], 4) ? 1 : !strncmp(text, forms[2], 4) ? 2 : 0, n = strlen(text);
    const char *begin = text + strlen(forms[form]), *dots = strstr(begin, ".."), *end = text + n - (form > 0);
    if (!dots || end < dots + 2 || (form && *end != ')')) return false;
    *s = (tern__span){form == 1, form == 2, read_number(begin, dots), read_number(dots + 2, end)};
    return !isnan(s->low) && !isnan(s->high);
}

static tern_status check_span(const tern__vary *v, bool spans, tern_error *err) {
    const tern__span *s = &v->span;
    return !spans ? refuse(v, "a range is for tern sweep --search random or halving; name the values", err)
           : !(s->low < s->high)   ? refuse(v, "the range's first number is to be below its last", err)
           : s->log && s->low <= 0 ? refuse(v, "a logarithmic range is of numbers above 0", err)
           : s->whole &&
                   (s->low != floor(s->low) || s->high != floor(s->high) || fabs(s->low) > 1e9 || fabs(s->high) > 1e9)
               ? refuse(v, "int(A..B) is between whole numbers of at most 1e9", err)
               : TERN_OK;
}

tern_status tern__vary_read(tern__vary *v, const char *text, bool spans, tern__arena *arena, tern_error *err) {
    const char *equals = strchr(text, '=');
    *v = (tern__vary){.given = text};
    if (!equals || equals == text || !equals[1])
        return refuse(v, "expected an option's path and its values: optimizer=sgd,momentum,adam", err);
    v->path = tern__arena_text(arena, text, (size_t)(equals - text), err);
    if (!v->path) return TERN_ERROR_MEMORY;
    return read_span(equals + 1, &v->span) ? check_span(v, spans, err) : read_values(v, equals + 1, arena, err);
}

/* To five digits: what is drawn is to be read, and typed again. */
const tern__value *tern__vary_at(const tern__vary *v, double place, tern__arena *arena, tern_error *err) {
    const tern__span *s = &v->span;
    if (v->n) return &v->value[(size_t)(place * (double)v->n)];
    double at = s->whole ? floor(s->low + place * (s->high - s->low + 1))
                : s->log ? exp(log(s->low) + place * (log(s->high) - log(s->low)))
                         : s->low + place * (s->high - s->low);
    double digits = at != 0 ? pow(10, 4 - floor(log10(fabs(at)))) : 1;
    char text[TERN__NUMBER];
    tern__number_text(s->whole ? at : round(at * digits) / digits, text);
    tern__value *made = tern__arena_alloc(arena, 1, sizeof *made, err);
    const char *kept = made ? tern__arena_text(arena, text, strlen(text), err) : NULL;
    return kept && !make_value(v, kept, made, arena, err) ? made : NULL;
}

bool tern__path_covers(const char *later, const char *path, size_t length) {
    size_t n = strlen(later);
    return n <= length && !strncmp(later, path, n) && (n == length || path[n] == '.');
}
