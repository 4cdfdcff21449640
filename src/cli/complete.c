/* complete.c - tern complete: what may come next on a command line, for the completion of a shell (cmake/completion).
 */
#include "commands.h"

#include <tern/schema.h>

#include <string.h>

typedef struct request {
    size_t n;                /* words before the one that is typed */
    const char *const *word; /* [n] */
    const char *typed;       /* of that one, as far as the cursor */
    size_t kept;             /* bytes of it that stay before whatever is offered: "--set=" */
    const command *c;        /* NULL: it is a command that is typed */
    char model[PATH_SIZE];   /* what stands where the command takes a model file; "": nothing does yet */
    const char *shell;       /* what else the shell may offer: "files", "directories"; or NULL */
    json *j;                 /* NULL: lines of text */
} request;

/* ---- answers ---- */

static void offer(void *user, const char *text, const char *doc) {
    const request *r = user;
    if (strncmp(text, r->typed + r->kept, strlen(r->typed + r->kept))) return;
    if (!r->j) {
        printf("%.*s%s\t%s\n", (int)r->kept, r->typed, text, doc);
        return;
    }
    json_open(r->j, NULL, '{');
    json_text(r->j, "text", text);
    json_text(r->j, "doc", doc);
    json_close(r->j, '}');
}

/* Names of files are the shell's business. */
static void ask_shell(const request *r) {
    if (!r->j) {
        printf(":%s\n", r->shell);
        return;
    }
    json_open(r->j, NULL, '{');
    json_text(r->j, "shell", r->shell);
    json_close(r->j, '}');
}

/* ---- what a word may be, by what help calls it ---- */

static void offer_files(request *r) { r->shell = "files"; }

static void offer_directories(request *r) {
    if (!r->shell) r->shell = "directories";
}

static void offer_commands(request *r) {
    const command *c;
    for (size_t i = 0; (c = command_at(i)); i++) offer(r, c->name, c->doc);
}

static void offer_topics(request *r) { help_topics(offer, r); }

static void offer_kinds(request *r) {
    for (tern_kind kind = 0; kind < TERN_KINDS; kind++) offer(r, kind_word(kind), "");
}

static void offer_types(request *r) {
    for (tern_kind kind = 0; kind < TERN_KINDS; kind++)
        for (size_t i = 0; i < tern_registry_count(NULL, kind); i++) {
            const tern_type *type = tern_registry_at(NULL, kind, i);
            offer(r, type->name, type->doc);
        }
}

/* Assignments to options of the model file or, where that can't be read, of any. */
static void offer_assignments(request *r) {
    char file[PATH_SIZE], run[PATH_SIZE];
    tern_error ignored = {0};
    const char *begun = r->typed + r->kept;
    bool found = *r->model && strcmp(r->model, "-") && !find_run(r->model, file, run, &ignored);
    if (!found || tern_schema_complete(file, NULL, begun, offer, r, &ignored))
        tern_schema_complete(NULL, NULL, begun, offer, r, &ignored);
    tern_error_clear(&ignored);
}

static const struct {
    const char *name;
    void (*offer)(request *r);
} words[] = {
    {"FILE", offer_files},
    {"MODEL", offer_files},
    {"RUN", offer_files},
    {"DATA", offer_files},
    {"Y", offer_files},
    {"DIR", offer_directories},
    {"KEY=VALUE", offer_assignments},
    {"PATH=VALUES", offer_assignments},
    {"PATH=V1,V2", offer_assignments},
    {"COMMAND", offer_commands},
    {"TOPIC", offer_topics},
    {"KIND", offer_kinds},
    {"TYPE", offer_types},
};

/* Offers what one alternative may be: one of the names above, or, in lower case, a word as it stands. */
static void offer_word(request *r, const char *name) {
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(words[i].name, name)) words[i].offer(r);
    if (*name >= 'a' && *name <= 'z') offer(r, name, "");
}

/* Offers all alternatives of "MODEL|RUN", "[TYPE|KIND]", "c|onnx". */
static void offer_value(request *r, const char *value) {
    for (value += *value == '['; *value && *value != ' '; value += *value == '|') {
        char name[TERN_MAX_NAME];
        size_t n = strcspn(value, "|]. ");
        snprintf(name, sizeof name, "%.*s", (int)n, value);
        offer_word(r, name);
        value += strcspn(value, "| ");
    }
}

/* ---- the place in the command line ---- */

static bool offer_option(void *user, const option *o) {
    char name[TERN_MAX_NAME];
    snprintf(name, sizeof name, "--%s", o->name);
    offer(user, name, o->doc);
    return false;
}

/* Offers what operand number `i` may be: the last one, where it may be repeated. */
static void offer_operand(request *r, size_t i) {
    const char *operand = r->c->operand;
    for (const char *space; i && (space = strchr(operand, ' ')); i--) operand = space + 1;
    if (i && !strstr(operand, "...")) return;
    offer_value(r, operand);
}

/* Goes through the words as args_read() does. */
static void answer(request *r) {
    size_t operands = 0;
    bool only_operands = false;
    const option *open = NULL; /* the option whose value comes next */
    const char *value;
    for (size_t i = 1; i < r->n; i++) {
        const char *word = r->word[i];
        if (open) open = NULL;
        else if (!only_operands && !strcmp(word, "--")) only_operands = true;
        else if (!only_operands && *word == '-' && word[1]) {
            open = args_find(r->c, word, &value);
            if (open && (value || !open->value)) open = NULL;
        } else if (!operands++) snprintf(r->model, sizeof r->model, "%s", word);
    }
    if (only_operands || *r->typed != '-') {
        if (open) offer_value(r, open->value);
        else offer_operand(r, operands);
        return;
    }
    const option *named = args_find(r->c, r->typed, &value);
    if (!named || !value || r->typed[1] != '-') args_each(r->c, offer_option, r);
    else if (named->value) r->kept = (size_t)(value - r->typed), offer_value(r, named->value);
}

static int run(const void *self, tern_error *err) {
    const args *a = self;
    json j = {0};
    (void)err;
    request r = {.word = a->operand.v, .typed = "", .j = a->json ? &j : NULL};
    if (a->operand.n) r.n = a->operand.n - 1, r.typed = a->operand.v[r.n];
    if (r.n) r.c = command_find(r.word[0]);
    if (r.j) json_open(r.j, NULL, '[');
    if (!r.n) offer_commands(&r);
    else if (r.c) answer(&r);
    if (r.shell) ask_shell(&r);
    if (r.j) json_close(r.j, ']'), json_end();
    return EXIT_DONE;
}

const command command_complete = {
    .name = "complete",
    .operand = "-- [WORD]...",
    .most = SIZE_MAX,
    .doc = "What may come next on a command line; shells ask this.",
    .size = sizeof(args),
    .run = run,
};
