/* args.c - reads the command line by one table of options. */
#include "args.h"

#include "memory.h"
#include "options.h"

#include <stdio.h>
#include <string.h>

/* What an option's field is. */
typedef enum form { FLAG, TEXT, TEXTS, COUNT, SEED, BYTES } form;

typedef struct option {
    const char *name, *value; /* value: how help calls it; NULL for a flag */
    form form;
    size_t offset;
    unsigned commands;
    const char *doc;
} option;

#define FIELD(f) offsetof(args, f)

static const option options[] = {
    {"out", "DIR", TEXT, FIELD(out), TRAIN, "The run directory (default: runs/NAME)."},
    {"init", "FILE", TEXT, FIELD(init), TRAIN, "Start from these weights (.safetensors)."},
    {"resume", NULL, FLAG, FIELD(resume), TRAIN, "Go on from the run directory's checkpoint."},
    {"epochs", "N", COUNT, FIELD(epochs), TRAIN, "Train so many epochs instead of the model file's."},
    {"steps", "N", COUNT, FIELD(steps), TRAIN, "Stop after so many updates, also within an epoch."},
    {"seed", "N", SEED, FIELD(seed), TRAIN | PREDICT, "Use this seed instead of the model file's."},
    {"no-shuffle", NULL, FLAG, FIELD(no_shuffle), TRAIN, "Take the samples in the order of the data."},
    {"log-every", "N", COUNT, FIELD(log_every), TRAIN, "Write a line to log.jsonl each so many steps."},
    {"split", "NAME", TEXT, FIELD(split), EVAL, "test, valid or train (default: test)."},
    {"input", "FILE", TEXT, FIELD(input), PREDICT | GRAD, "The inputs: .npy, .csv or IDX."},
    {"target", "FILE", TEXT, FIELD(target), GRAD, "The targets: .npy, .csv or IDX."},
    {"output", "FILE", TEXT, FIELD(output), PREDICT | GRAD, "Where to write: .npy or .csv; gradients: .safetensors."},
    {"generate", "N", COUNT, FIELD(generate), PREDICT,
     "Go on with a text, by so many bytes, instead of reading --input."},
    {"prompt", "TEXT", TEXT, FIELD(prompt), PREDICT, "What the generated text begins with (default: a new line)."},
    {"temperature", "X", TEXT, FIELD(temperature), PREDICT,
     "Scores are divided by it: below 1 the likely gets likelier, 0 takes the likeliest (default: 1)."},
    {"weights", "FILE", TEXT, FIELD(weights), EVAL | PREDICT | GRAD, "The weights to use (.safetensors)."},
    {"all", NULL, FLAG, FIELD(all), GRADCHECK, "Check every type on its own examples."},
    {"data", "DIR", TEXT, FIELD(data), TRAIN | EVAL | BENCH, "Where the model file's data paths start."},
    {"set", "KEY=VALUE", TEXTS, FIELD(set), READS_MODEL,
     "Change the model file: --set optimizer.lr=0.01; may be repeated."},
    {"threads", "N", COUNT, FIELD(threads), TRAIN | EVAL | PREDICT | SUMMARY | GRAD | BENCH,
     "Threads to use, no more than there are CPUs (default: one for each)."},
    {"plugin", "FILE", TEXTS, FIELD(plugin), READS_MODEL | INSPECT | TYPES | SCHEMA | NEW,
     "Load types from ./FILE.so; may be repeated."},
    {"max-memory", "SIZE", BYTES, FIELD(max_memory), READS_MODEL,
     "Refuse what needs more: 512M, 2G (default: 3/4 of the machine's)."},
    {"json", NULL, FLAG, FIELD(json), EVERY, "Machine-readable standard output."},
    {"quiet", NULL, FLAG, FIELD(quiet), EVERY, "Nothing but results and errors."},
    {"help", NULL, FLAG, FIELD(help), EVERY, "Show this."},
};
enum { OPTIONS = sizeof options / sizeof *options };

static tern_status unknown_option(const command *c, const char *name, size_t length, tern_error *err) {
    const char *names[OPTIONS];
    char given[64];
    size_t n = 0;
    for (size_t i = 0; i < OPTIONS; i++)
        if (options[i].commands & c->bit) names[n++] = options[i].name;
    snprintf(given, sizeof given, "%.*s", (int)(length < 60 ? length : 60), name);
    const char *nearest = tern__name_nearest(given, n, names);
    return tern_error_add(err, TERN_ERROR_USAGE, NULL, "%s has no option --%s%s%s%s see tern %s --help", c->name, given,
                          nearest ? "; did you mean --" : "", nearest ? nearest : "", nearest ? "?" : ";", c->name);
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

static tern_status append(const char ***list, size_t *n, const char *text, tern_error *err) {
    const char **grown = tern__realloc(*list, *n ? *n + 1 : 0, *n + 2, sizeof *grown, err);
    if (!grown) return TERN_ERROR_MEMORY;
    *list = grown;
    grown[(*n)++] = text;
    return TERN_OK;
}

/* --seed N is --set seed=N. */
static tern_status store_seed(args *a, const option *o, const char *value, tern_error *err) {
    size_t seed = 0;
    tern_status status = read_count(o, value, 0, &seed, err);
    if (status) return status;
    snprintf(a->seed, sizeof a->seed, "seed=%zu", seed);
    return append(&a->set, &a->sets, a->seed, err);
}

static tern_status store(args *a, const option *o, const char *value, tern_error *err) {
    void *field = (char *)a + o->offset;
    switch (o->form) {
    case FLAG: *(bool *)field = true; return TERN_OK;
    case TEXT: *(const char **)field = value; return TERN_OK;
    case TEXTS: return append(field, field == &a->set ? &a->sets : &a->plugins, value, err);
    case SEED: return store_seed(a, o, value, err);
    case COUNT: return read_count(o, value, 1, field, err);
    case BYTES: return read_bytes(o, value, field, err);
    }
    return TERN_OK;
}

static const option *find_option(const command *c, const char *name, size_t length) {
    for (const option *o = options; o < options + OPTIONS; o++)
        if ((o->commands & c->bit) && strlen(o->name) == length && !strncmp(o->name, name, length)) return o;
    return NULL;
}

/* Reads `--name`, `--name=value` or `--name value` at argv[*i]. */
static tern_status read_option(args *a, const command *c, int argc, char **argv, int *i, tern_error *err) {
    const char *name = argv[*i] + 2;
    size_t length = strcspn(name, "=");
    const option *o = find_option(c, name, length);
    if (!o) return unknown_option(c, name, length, err);
    const char *value = name[length] ? name + length + 1 : NULL;
    if (!o->value && value) return tern_error_add(err, TERN_ERROR_USAGE, NULL, "--%s takes no value", o->name);
    if (o->value && !value && *i + 1 < argc && strncmp(argv[*i + 1], "--", 2)) value = argv[++*i];
    if (o->value && (!value || !*value))
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "--%s needs a value: %s", o->name, o->value);
    return store(a, o, value, err);
}

static tern_status check_operands(const args *a, const command *c, tern_error *err) {
    if (a->operands >= c->least && a->operands <= c->most) return TERN_OK;
    if (a->operands > c->most)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                              "%s: \"%.200s\" is one too many; usage: tern %s [options]%s%s", c->name,
                              a->operand[c->most], c->name, *c->operand ? " " : "", c->operand);
    return tern_error_add(err, TERN_ERROR_USAGE, NULL, "%s needs %s; usage: tern %s [options] %s", c->name,
                          !strcmp(c->operand, "FILE") ? "a file"
                          : c->most == 2              ? "a kind and a name"
                                                      : "a model file",
                          c->name, c->operand);
}

tern_status args_read(args *a, const command *c, int argc, char **argv, tern_error *err) {
    bool only_operands = false;
    tern_status status = TERN_OK;
    for (int i = 0; i < argc && !status; i++) {
        const char *arg = argv[i];
        if (only_operands || *arg != '-' || !arg[1]) status = append(&a->operand, &a->operands, arg, err);
        else if (!strcmp(arg, "--")) only_operands = true;
        else if (!strcmp(arg, "-h")) a->help = true;
        else if (arg[1] == '-') status = read_option(a, c, argc, argv, &i, err);
        else status = unknown_option(c, arg + 1, strlen(arg + 1), err);
    }
    return status || a->help ? status : check_operands(a, c, err);
}

void args_free(args *a) {
    tern__free(a->operand);
    tern__free(a->set);
    tern__free(a->plugin);
}

void args_help(const command *c) {
    printf("usage: tern %s [options]%s%s\n\n%s\n\noptions:\n", c->name, *c->operand ? " " : "", c->operand, c->doc);
    for (size_t i = 0; i < OPTIONS; i++) {
        const option *o = &options[i];
        if (!(o->commands & c->bit)) continue;
        char left[40];
        snprintf(left, sizeof left, "--%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
        printf("  %-18s %s\n", left, o->doc);
    }
}
