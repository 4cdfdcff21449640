/* args.c - reads the command line by the rows of a command. */
#include "args.h"

#include "memory.h"
#include "names.h"

#include <tern/version.h>

#include <stdio.h>
#include <string.h>

/* What every command takes beside its own. */
static const option common_options[] = {
    FLAG(args, json, "json", "Machine-readable standard output."),
    FLAG(args, quiet, "quiet", "Nothing but results and errors."),
    FLAG(args, help, "help", "Show this."),
    {0},
};

const option *args_each(const command *c, bool (*call)(void *user, const option *o), void *user) {
    const option *const table[] = {c->options, common_options};
    for (size_t i = 0; i < 2; i++)
        for (const option *o = table[i]; o && o->name; o++)
            if (call(user, o)) return o;
    return NULL;
}

/* ---- names ---- */

enum { MOST_OPTIONS = 64 };

typedef struct names {
    size_t n;
    const char *name[MOST_OPTIONS]; /* "--epochs" */
    char text[MOST_OPTIONS][32];
} names;

static bool add_name(void *user, const option *o) {
    names *list = user;
    if (list->n == MOST_OPTIONS) return false;
    snprintf(list->text[list->n], sizeof *list->text, "--%s", o->name);
    list->name[list->n] = list->text[list->n];
    list->n++;
    return false;
}

static tern_status unknown_option(const command *c, const char *name, size_t length, tern_error *err) {
    names list = {0};
    char given[64], nearest[96] = "";
    args_each(c, add_name, &list);
    snprintf(given, sizeof given, "%.*s", (int)(length < 60 ? length : 60), name);
    tern__text_add_nearest(nearest, sizeof nearest, given, list.n, list.name);
    return tern_error_add(err, TERN_ERROR_USAGE, NULL, "%s has no option %s%s see tern %s --help", c->name, given,
                          nearest, c->name);
}

/* A whole number in digits; `end` is what follows it. False: there is none, or it is too large. */
static bool read_digits(const char *text, size_t *out, const char **end) {
    size_t v = 0;
    if (*text < '0' || *text > '9') return false;
    for (; *text >= '0' && *text <= '9'; text++)
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, (size_t)(*text - '0'), &v)) return false;
    *out = v;
    *end = text;
    return true;
}

static tern_status read_count(const option *o, const char *value, size_t least, size_t *out, tern_error *err) {
    const size_t most = ((size_t)1 << 53) - 1;
    const char *end;
    if (!read_digits(value, out, &end) || *end || *out < least || *out > most)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "--%s: expected an integer from %zu to %zu, found \"%.60s\"",
                              o->name, least, most, value);
    return TERN_OK;
}

/* 512M, 2G, 1000000: K, M, G, T are powers of 1024, a B or iB may follow. */
static tern_status read_bytes(const option *o, const char *value, size_t *out, tern_error *err) {
    static const char units[] = "KMGT";
    const char *end, *unit;
    if (read_digits(value, out, &end) && *out) {
        bool fits = true;
        if (*end && (unit = strchr(units, *end & ~0x20))) {
            fits = !__builtin_mul_overflow(*out, (size_t)1 << (10 * (unit - units + 1)), out);
            end++;
            if (*end == 'i' && end[1] == 'B') end++;
        }
        if (*end == 'B') end++;
        if (fits && !*end) return TERN_OK;
    }
    return tern_error_add(err, TERN_ERROR_USAGE, NULL, "--%s: expected a size such as 512M or 2G, found \"%.60s\"",
                          o->name, value);
}

/* 90s, 10m, 2h. */
static tern_status read_time(const option *o, const char *value, size_t *out, tern_error *err) {
    static const char units[] = "smh";
    static const size_t seconds[] = {1, 60, 3600};
    const char *end, *unit;
    if (read_digits(value, out, &end) && *out && *end && !end[1] && (unit = strchr(units, *end)) &&
        !__builtin_mul_overflow(*out, seconds[unit - units], out))
        return TERN_OK;
    return tern_error_add(err, TERN_ERROR_USAGE, NULL, "--%s: expected a time such as 90s, 10m or 2h, found \"%.60s\"",
                          o->name, value);
}

static tern_status append(texts *list, const char *text, tern_error *err) {
    const char **grown = tern__realloc(list->v, list->n ? list->n + 1 : 0, list->n + 2, sizeof *grown, err);
    if (!grown) return TERN_ERROR_MEMORY;
    list->v = grown;
    grown[list->n++] = text;
    return TERN_OK;
}

static tern_status store_seed(args *a, const option *o, const char *value, tern_error *err) {
    size_t seed = 0;
    tern_status status = read_count(o, value, 0, &seed, err);
    if (status) return status;
    snprintf(a->seed, sizeof a->seed, "seed=%zu", seed);
    return append(&a->set, a->seed, err);
}

/* More threads than CPUs only wait for each other: up to four times as slow as one. */
static tern_status store_threads(size_t *field, const option *o, const char *value, tern_error *err) {
    tern_status status = read_count(o, value, 1, field, err);
    if (!status && *field > tern_cpu_count()) *field = tern_cpu_count();
    return status;
}

static tern_status store(void *self, const option *o, const char *value, tern_error *err) {
    void *field = (char *)self + o->offset;
    switch (o->kind) {
    case OPTION_FLAG: *(bool *)field = true; return TERN_OK;
    case OPTION_TEXT: *(const char **)field = value; return TERN_OK;
    case OPTION_TEXTS: return append(field, value, err);
    case OPTION_COUNT: return read_count(o, value, 1, field, err);
    case OPTION_THREADS: return store_threads(field, o, value, err);
    case OPTION_BYTES: return read_bytes(o, value, field, err);
    case OPTION_TIME: return read_time(o, value, field, err);
    case OPTION_SEED: return store_seed(self, o, value, err);
    }
    return TERN_OK;
}

typedef struct wanted {
    const char *name;
    size_t length;
} wanted;

static bool is_wanted(void *user, const option *o) {
    const wanted *w = user;
    return strlen(o->name) == w->length && !strncmp(o->name, w->name, w->length);
}

/* Letters for options that several commands have; -o is whichever the command has. */
static const struct {
    char letter;
    const char *name;
} letters[] = {{'o', "output"}, {'o', "out"}, {'q', "quiet"}, {'j', "json"}, {'t', "threads"}, {'h', "help"}};
enum { LETTERS = sizeof letters / sizeof *letters };

char args_letter(const char *name) {
    for (size_t i = 0; i < LETTERS; i++)
        if (!strcmp(letters[i].name, name)) return letters[i].letter;
    return 0;
}

static const option *find_letter(const command *c, char letter) {
    const option *o = NULL;
    for (size_t i = 0; i < LETTERS && !o; i++)
        if (letters[i].letter == letter)
            o = args_each(c, is_wanted, &(wanted){letters[i].name, strlen(letters[i].name)});
    return o;
}

const option *args_find(const command *c, const char *arg, const char **value) {
    size_t length = strcspn(arg, "=");
    if (arg[1] != '-') {
        *value = arg[2] ? arg + 2 : NULL;
        return find_letter(c, arg[1]);
    }
    *value = arg[length] ? arg + length + 1 : NULL;
    return args_each(c, is_wanted, &(wanted){arg + 2, length - 2});
}

/* Whether an argument before number `i` names the same option. */
static bool is_repeated(const command *c, const option *o, char **argv, int i) {
    const char *value;
    for (int k = 0; k < i && strcmp(argv[k], "--"); k++)
        if (argv[k][0] == '-' && argv[k][1] && args_find(c, argv[k], &value) == o) return true;
    return false;
}

/* Reads the option, and its value, at argv[*i]; of letters in a row, -qj, all but the last take none. */
static tern_status read_option(void *self, const command *c, int argc, char **argv, int *i, tern_error *err) {
    const char *arg = argv[*i], *value;
    const option *o = args_find(c, arg, &value);
    tern_status status = TERN_OK;
    for (; arg[1] != '-' && o && !o->value && value && !status; value = value[1] ? value + 1 : NULL) {
        status = store(self, o, NULL, err);
        o = find_letter(c, *value);
    }
    if (status) return status;
    if (!o) return unknown_option(c, arg, strcspn(arg, "="), err);
    if (o->value && o->kind != OPTION_TEXTS && is_repeated(c, o, argv, *i))
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "--%s is given twice; one is accepted", o->name);
    if (!o->value && value) return tern_error_add(err, TERN_ERROR_USAGE, NULL, "--%s takes no value", o->name);
    if (o->value && !value && *i + 1 < argc && strncmp(argv[*i + 1], "--", 2)) value = argv[++*i];
    if (o->value && (!value || !*value))
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "--%s needs a value: %s", o->name, o->value);
    return store(self, o, value, err);
}

static tern_status refuse_operand(const args *a, const command *c, tern_error *err) {
    const char *found = a->operand.v[c->most];
    if (args_each(c, is_wanted, &(wanted){"input", 5}))
        return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                              "%s: unexpected argument \"%.200s\"; if that is data: tern %s %.200s --input %.200s",
                              c->name, found, c->name, a->operand.v[0], found);
    return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                          "%s: unexpected argument \"%.200s\"; usage: tern %s [options]%s%s", c->name, found, c->name,
                          *c->operand ? " " : "", c->operand);
}

static tern_status check_operands(const args *a, const command *c, tern_error *err) {
    if (a->operand.n > c->most) return refuse_operand(a, c, err);
    if (a->operand.n >= c->least) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_USAGE, NULL, "%s needs %s; usage: tern %s [options] %s", c->name,
                          !strncmp(c->operand, "FILE", 4)   ? "a file"
                          : !strncmp(c->operand, "DATA", 4) ? "data: a table, a folder of images, an array"
                          : c->most == 2                    ? "a kind and a name"
                          : strstr(c->operand, "RUN")       ? "a model file or a run directory"
                                                            : "a model file",
                          c->name, c->operand);
}

tern_status args_read(void *self, const command *c, int argc, char **argv, tern_error *err) {
    args *a = self;
    bool only_operands = false;
    tern_status status = TERN_OK;
    for (int i = 0; i < argc && !status; i++) {
        const char *arg = argv[i];
        if (only_operands || *arg != '-' || !arg[1]) status = append(&a->operand, arg, err);
        else if (!strcmp(arg, "--")) only_operands = true;
        else status = read_option(self, c, argc, argv, &i, err);
    }
    return status || a->help ? status : check_operands(a, c, err);
}

static bool free_texts(void *self, const option *o) {
    texts *list = o->kind == OPTION_TEXTS ? (texts *)(void *)((char *)self + o->offset) : NULL;
    if (list) tern__free(list->v), *list = (texts){0};
    return false;
}

void args_free(void *self, const command *c) {
    args *a = self;
    args_each(c, free_texts, self);
    tern__free(a->operand.v);
    tern__free(a->set.v); /* of --seed, where a command has no --set */
}

/* ---- help ---- */

enum { LEFT = 20, WIDTH = 80 };

void help_row(const char *left, const char *text) {
    size_t column = (size_t)printf("  %-*s", LEFT - 2, left);
    if (column > LEFT) column = (size_t)printf("\n%*s", LEFT, "") - 1; /* its text begins on a line of its own */
    for (size_t n; *text; text += n + (text[n] == ' ')) {
        n = strcspn(text, " ");
        if (column > LEFT && column + 1 + n > WIDTH) column = (size_t)printf("\n%*s", LEFT, "") - 1;
        column += (size_t)printf(" %.*s", (int)n, text);
    }
    putchar('\n');
}

static bool print_option(void *user, const option *o) {
    char left[48], letter[] = {'-', args_letter(o->name), ',', ' ', 0};
    (void)user;
    snprintf(left, sizeof left, "%s--%s%s%s", letter[1] ? letter : "", o->name, o->value ? " " : "",
             o->value ? o->value : "");
    help_row(left, o->doc);
    return false;
}

void args_help(const command *c) {
    printf("usage: tern %s [options]%s%s\n\n%s\n\noptions:\n", c->name, *c->operand ? " " : "", c->operand, c->doc);
    args_each(c, print_option, NULL);
}
