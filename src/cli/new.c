/* new.c - tern new: writes a file to start a type from, a plugin that compiles as it is. */
#include "commands.h"

#include "templates.h"

#include <errno.h>
#include <string.h>

static const char *const templates[TERN_KINDS] = {
    [TERN_LAYER] = layer_template,
    [TERN_LOSS] = loss_template,
    [TERN_OPTIMIZER] = optimizer_template,
    [TERN_SCHEDULE] = schedule_template,
    [TERN_INITIALIZER] = initializer_template,
    [TERN_METRIC] = metric_template,
    [TERN_READER] = reader_template,
};

static tern_status find_kind(const char *name, tern_kind *kind, tern_error *err) {
    if ((*kind = kind_find(name)) < TERN_KINDS) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_USAGE, NULL,
                          "there is no kind \"%.60s\"; there are layer, loss, optimizer, schedule, initializer, metric"
                          " and reader",
                          name);
}

static bool is_word_of_c(const char *name) {
    static const char *const words[] = {
        "auto",   "bool", "break",    "case",     "char",     "const", "continue", "default", "do",     "double",
        "else",   "enum", "extern",   "false",    "float",    "for",   "goto",     "if",      "inline", "int",
        "long",   "main", "register", "restrict", "return",   "short", "signed",   "sizeof",  "static", "struct",
        "switch", "true", "typedef",  "union",    "unsigned", "void",  "volatile", "while"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(words[i], name)) return true;
    return false;
}

/* A name is a word in C, and not yet taken. */
static tern_status check_name(const tern_registry *r, tern_kind kind, const char *name, tern_error *err) {
    enum { LONGEST = 40 };
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
    if (name[length] || *name < 'a' || length > LONGEST)
        return tern_error_add(
            err, TERN_ERROR_USAGE, NULL,
            "\"%.60s\" is not a name; expected a letter, then letters, digits and _, in lower case, at most %d"
            " characters",
            name, LONGEST);
    if (is_word_of_c(name))
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "\"%s\" is not a name: C reserves it", name);
    const tern_type *taken = tern_registry_find(r, kind, name);
    if (taken)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "the name \"%s\" is taken: tern types %s shows by what",
                              name, taken->name);
    return TERN_OK;
}

/* The text with its @name@ filled in. */
static void write_text(FILE *to, const char *text, const char *name) {
    static const char mark[] = "@name@";
    for (const char *next; (next = strstr(text, mark)); text = next + strlen(mark))
        fprintf(to, "%.*s%s", (int)(next - text), text, name);
    fputs(text, to);
}

static tern_status write_file(const char *path, tern_kind kind, const char *name, tern_error *err) {
    FILE *file = fopen(path, "wx");
    if (!file && errno == EEXIST)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "%s exists already, and tern new replaces no file", path);
    if (!file) return tern_error_add(err, TERN_ERROR_IO, NULL, "cannot write \"%s\": %s", path, strerror(errno));
    write_text(file, templates[kind], name);
    bool failed = ferror(file);
    if (fclose(file) || failed) {
        tern_status status = tern_error_add(err, TERN_ERROR_IO, NULL, "cannot write \"%s\": %s", path, strerror(errno));
        remove(path);
        return status;
    }
    return TERN_OK;
}

static void tell(const args *a, const char *path, tern_kind kind, const char *name) {
    bool checked = kind == TERN_LAYER || kind == TERN_LOSS;
    if (a->json) {
        json j = {0};
        json_open(&j, NULL, '{');
        json_text(&j, "file", path);
        json_close(&j, '}');
        json_end();
        return;
    }
    if (a->quiet) return;
    printf("%s is written. It compiles as it is:\n\n", path);
    printf("  cc -shared -fPIC -O2 $(pkg-config --cflags tern%s) %s -o %s.so\n", checked ? "-f64" : "", path, name);
    if (checked)
        printf("  tern-f64 gradcheck %s --plugin ./%s.so\n\nThe check fails until the gradient is filled in.\n", name,
               name);
    else printf("  tern types %s --plugin ./%s.so\n", name, name);
}

static int run(const void *self, tern_error *err) {
    const args *a = self;
    session s = {0};
    tern_kind kind;
    char path[TERN_MAX_NAME];
    tern_status status = session_open(&s, a, err);
    if (!status) status = find_kind(a->operand.v[0], &kind, err);
    if (!status) status = check_name(s.registry, kind, a->operand.v[1], err);
    if (!status) {
        snprintf(path, sizeof path, "%s.c", a->operand.v[1]);
        status = write_file(path, kind, a->operand.v[1], err);
    }
    if (!status) tell(a, path, kind, a->operand.v[1]);
    session_close(&s);
    return exit_code(status);
}

static const option options[] = {PLUGIN_OPTION, {0}};

const command command_new = {
    .name = "new",
    .operand = "KIND NAME",
    .least = 2,
    .most = 2,
    .doc = "A file to start a type from: layer, loss, optimizer, ...",
    .size = sizeof(args),
    .options = options,
    .run = run,
};
