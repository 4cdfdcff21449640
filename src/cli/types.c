/* types.c - tern types: what a model file can name, from the tables of the types. */
#include "commands.h"

#include "names.h"

#include <tern/schema.h>

#include <string.h>

/* ---- the whole list ---- */

static void print_kind(const tern_registry *r, tern_kind kind) {
    table t;
    printf("%s types\n", tern_kind_name(kind));
    table_begin(&t, 2, (const char *const[]){"type", "what it does"});
    for (size_t i = 0; i < tern_registry_count(r, kind); i++) {
        const tern_type *type = tern_registry_at(r, kind, i);
        table_row(&t);
        table_set(&t, 0, "%s", type->name);
        table_set(&t, 1, "%s", type->doc);
    }
    table_end(&t);
}

static void print_list(const tern_registry *r) {
    for (tern_kind kind = 0; kind < TERN_KINDS; kind++) {
        if (kind) putchar('\n');
        print_kind(r, kind);
    }
    puts("\ntern types NAME shows the types of a kind (optimizer), the options of a type (adam) or of a block of the "
         "model file (input, columns, early_stopping), and who has an option of that name (momentum).");
}

/* ---- one of them ---- */

static void add_rows(table *t, const tern_option *rows) {
    for (const tern_option *row = rows; row && row->name; row++) {
        char accepts[400], def[400];
        table_row(t);
        table_set(t, 0, row->alias ? "%s, %s" : "%s", row->name, row->alias);
        table_set(t, 1, "%s", tern_option_accepts(row, accepts, sizeof accepts));
        table_set(t, 2, "%s", row->required ? "required" : tern_option_default(row, def, sizeof def));
        table_set(t, 3, "%s", row->doc);
    }
}

static void print_options(const tern_option *own, const tern_option *common) {
    table t;
    if (!(own && own->name) && !(common && common->name)) return;
    table_begin(&t, 4, (const char *const[]){"option", "accepts", "default", "meaning"});
    add_rows(&t, own);
    add_rows(&t, common);
    putchar('\n');
    table_end(&t);
}

/* An example's options are a JSON object; "type" goes before them. */
static void print_example(const tern_type *type, const char *options) {
    const char *rest = options + 1 + strspn(options + 1, " ");
    printf("  {\"type\": \"%s\"%s%s\n", type->name, *rest == '}' ? "" : ", ", rest);
}

/* Examples may differ in the shapes alone that tests try. */
static bool is_first(const tern_example *all, const tern_example *e) {
    for (; all != e; all++)
        if (!strcmp(all->options, e->options)) return false;
    return true;
}

static void print_type(const tern_type *type) {
    const char *kind = tern_kind_name(type->kind);
    printf("%s, a%s %s type\n\n%s\n", type->name, strchr("aeiou", *kind) ? "n" : "", kind, type->doc);
    if (type->aliases && *type->aliases) fputs("Also called", stdout);
    for (const char *const *alias = type->aliases; alias && *alias; alias++)
        printf("%s %s", alias == type->aliases ? "" : ",", *alias);
    if (type->aliases && *type->aliases) puts(".");
    print_options(type->options, tern_kind_options(type->kind));
    puts("\nin a model file:");
    for (const tern_example *e = type->examples; e && e->options; e++)
        if (is_first(type->examples, e)) print_example(type, e->options);
}

/* ---- an option, whoever has it ---- */

static const tern_option *find_option(const tern_option *rows, const char *name) {
    for (; rows && rows->name; rows++)
        if (tern__name_same(rows->name, name) || (rows->alias && tern__name_same(rows->alias, name))) return rows;
    return NULL;
}

static void add_owner(table *t, const char *kind, const char *owner, const tern_option *row) {
    char accepts[400], def[400];
    table_row(t);
    table_set(t, 0, "%s", owner);
    table_set(t, 1, "%s", kind);
    table_set(t, 2, "%s", tern_option_accepts(row, accepts, sizeof accepts));
    table_set(t, 3, "%s", row->required ? "required" : tern_option_default(row, def, sizeof def));
    table_set(t, 4, "%s", row->doc);
}

/* Adds whoever has an option to a table, which may be NULL; returns how many there are. */
static size_t each_owner(const tern_registry *r, const char *name, table *t) {
    size_t found = 0;
    for (tern_kind kind = 0; kind < TERN_KINDS; kind++) {
        const tern_option *common = find_option(tern_kind_options(kind), name);
        char every[TERN_MAX_NAME];
        snprintf(every, sizeof every, "every %s", tern_kind_name(kind));
        if (common && ++found && t) add_owner(t, tern_kind_name(kind), every, common);
        for (size_t i = 0; i < tern_registry_count(r, kind); i++) {
            const tern_type *type = tern_registry_at(r, kind, i);
            const tern_option *row = find_option(type->options, name);
            if (row && ++found && t) add_owner(t, tern_kind_name(kind), type->name, row);
        }
    }
    return found;
}

static void print_owners(const tern_registry *r, const char *name) {
    table t;
    printf("%s, an option of\n\n", name);
    table_begin(&t, 5, (const char *const[]){"type", "kind", "accepts", "default", "meaning"});
    each_owner(r, name, &t);
    table_end(&t);
}

/* ---- JSON ---- */

static void json_options(json *j, const tern_option *rows) {
    for (const tern_option *row = rows; row && row->name; row++) {
        char text[400];
        json_open(j, NULL, '{');
        json_text(j, "name", row->name);
        if (row->alias) json_text(j, "alias", row->alias);
        json_bool(j, "required", row->required);
        json_text(j, "accepts", tern_option_accepts(row, text, sizeof text));
        json_text(j, "default", *tern_option_default(row, text, sizeof text) ? text : NULL);
        json_text(j, "doc", row->doc);
        json_close(j, '}');
    }
}

static void json_type(json *j, const tern_type *type) {
    json_open(j, NULL, '{');
    json_text(j, "kind", tern_kind_name(type->kind));
    json_text(j, "name", type->name);
    json_open(j, "aliases", '[');
    for (const char *const *alias = type->aliases; alias && *alias; alias++) json_text(j, NULL, *alias);
    json_close(j, ']');
    json_text(j, "doc", type->doc);
    json_open(j, "options", '[');
    json_options(j, type->options);
    json_options(j, tern_kind_options(type->kind));
    json_close(j, ']');
    json_open(j, "examples", '[');
    for (const tern_example *e = type->examples; e && e->options; e++) json_text(j, NULL, e->options);
    json_close(j, ']');
    json_close(j, '}');
}

static void print_json(const tern_registry *r, const char *name, const tern_option *block) {
    json j = {0};
    json_open(&j, NULL, '[');
    json_options(&j, block);
    for (tern_kind kind = 0; kind < TERN_KINDS; kind++) {
        const tern_type *named = name ? tern_registry_find(r, kind, name) : NULL;
        bool all = !name || kind_find(name) == kind;
        for (size_t i = 0; all && i < tern_registry_count(r, kind); i++) json_type(&j, tern_registry_at(r, kind, i));
        if (named && !all) json_type(&j, named);
    }
    json_close(&j, ']');
    json_end();
}

/* ---- the command ---- */

static size_t print_named(const tern_registry *r, const char *name) {
    size_t found = 0;
    for (tern_kind kind = 0; kind < TERN_KINDS; kind++) {
        const tern_type *type = tern_registry_find(r, kind, name);
        if (type && found++) putchar('\n');
        if (type) print_type(type);
    }
    return found;
}

static size_t count_named(const tern_registry *r, const char *name) {
    size_t found = 0;
    for (tern_kind kind = 0; kind < TERN_KINDS; kind++) found += tern_registry_find(r, kind, name) != NULL;
    return found;
}

enum { MOST_NAMES = 512 };

static int unknown(const tern_registry *r, const char *name, tern_error *err) {
    const char *names[MOST_NAMES];
    size_t n = 0;
    for (tern_kind kind = 0; kind < TERN_KINDS; kind++) {
        if (n < MOST_NAMES) names[n++] = kind_word(kind);
        for (size_t i = 0; i < tern_registry_count(r, kind) && n < MOST_NAMES; i++)
            names[n++] = tern_registry_at(r, kind, i)->name;
    }
    char nearest[TERN_MAX_NAME + 32] = "";
    tern__text_add_nearest(nearest, sizeof nearest, name, n, names);
    tern_error_add(err, TERN_ERROR_USAGE, NULL,
                   "there is no type, kind, block or option \"%.60s\"%s tern types lists them all", name, nearest);
    return EXIT_USAGE;
}

/* A name may be a kind's, a block's and a type's at once. */
static void print_all_of(const tern_registry *r, const char *name) {
    const tern_option *block = tern_block_options(name);
    tern_kind kind = kind_find(name);
    size_t types = count_named(r, name);
    if (kind < TERN_KINDS) print_kind(r, kind);
    if (block) printf("%s%s, a block of the model file\n", kind < TERN_KINDS ? "\n" : "", name);
    if (block) print_options(block, NULL);
    if (types && !block) print_named(r, name);
    if (kind == TERN_KINDS && !block && !types) print_owners(r, name);
}

static int show(const session *s, const args *a, tern_error *err) {
    const char *name = a->operand.n ? a->operand.v[0] : NULL;
    const tern_option *block = name ? tern_block_options(name) : NULL;
    bool known = !name || block || kind_find(name) < TERN_KINDS || count_named(s->registry, name);
    if (!known && (a->json || !each_owner(s->registry, name, NULL))) return unknown(s->registry, name, err);
    if (a->json) print_json(s->registry, name, block);
    else if (name) print_all_of(s->registry, name);
    else print_list(s->registry);
    return EXIT_DONE;
}

static int run(const void *self, tern_error *err) {
    const args *a = self;
    session s;
    int code = session_open(&s, a, err) ? exit_code_of(err) : show(&s, a, err);
    session_close(&s);
    return code;
}

static const option options[] = {PLUGIN_OPTION, {0}};

const command command_types = {
    .name = "types",
    .operand = "[TYPE|KIND|OPTION]",
    .most = 1,
    .doc = "Types and their options, from their tables.",
    .size = sizeof(args),
    .options = options,
    .run = run,
};
