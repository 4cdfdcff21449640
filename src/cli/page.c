/* page.c - see page.h. */
#include "page.h"

#include <tern/version.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH = 80 };

/* ---- a text, block by block ---- */

typedef enum block_kind { PARAGRAPH, HEADING, ITEM, VERBATIM } block_kind;

typedef struct block {
    block_kind kind;
    const char *text; /* behind its mark */
    size_t length;
} block;

/* Takes the next block off a text; false: there is none. */
static bool next_block(const char **text, block *b) {
    const char *at = *text + strspn(*text, "\n"), *end = strstr(at, "\n\n");
    if (!*at) return false;
    if (!end) end = at + strlen(at) - (at[strlen(at) - 1] == '\n');
    *text = end;
    b->kind = !strncmp(at, "# ", 2)   ? HEADING
              : !strncmp(at, "- ", 2) ? ITEM
              : !strncmp(at, "  ", 2) ? VERBATIM
                                      : PARAGRAPH;
    if (b->kind != PARAGRAPH && b->kind != VERBATIM) at += 2;
    b->text = at;
    b->length = (size_t)(end - at);
    return true;
}

/* ---- on a terminal ---- */

/* Prints words, as many a line as fit; all but the first line are indented. */
static void fill(const block *b, size_t indent, size_t column) {
    const char *end = b->text + b->length;
    bool first = true;
    for (const char *word = b->text; word < end; first = false) {
        size_t n = strcspn(word, " \n");
        if (word + n > end) n = (size_t)(end - word);
        bool wraps = !first && column + 1 + n > WIDTH;
        if (wraps) printf("\n%*s", (int)indent, ""), column = indent;
        column += (size_t)printf("%s%.*s", first || wraps ? "" : " ", (int)n, word);
        word += n;
        word += word < end;
    }
    putchar('\n');
}

void page_print_text(const char *text) {
    block b;
    while (next_block(&text, &b)) {
        putchar('\n');
        switch (b.kind) {
        case HEADING: printf("%.*s:\n", (int)b.length, b.text); break;
        case VERBATIM: printf("%.*s\n", (int)b.length, b.text); break;
        case PARAGRAPH: fill(&b, 0, 0); break;
        case ITEM: fputs("  - ", stdout), fill(&b, 4, 4); break;
        }
    }
}

/* ---- as a man page ---- */

/* Prints text so that troff takes none of it for its own; `start`: it begins a line. */
static void escape(const char *text, size_t n, bool start, bool upper) {
    for (size_t i = 0; i < n; i++) {
        if (start && (text[i] == '.' || text[i] == '\'')) fputs("\\&", stdout);
        start = text[i] == '\n';
        switch (text[i]) {
        case '\\': fputs("\\e", stdout); break;
        case '-': fputs("\\-", stdout); break;
        case '\'': fputs("\\(aq", stdout); break;
        case '"': fputs("\\(dq", stdout); break;
        case '^': fputs("\\(ha", stdout); break;
        case '~': fputs("\\(ti", stdout); break;
        case '`': fputs("\\(ga", stdout); break;
        default: putchar(upper ? toupper((unsigned char)text[i]) : text[i]);
        }
    }
}

static void put(const char *text) { escape(text, strlen(text), true, false); }

static void print_verbatim(const block *b, bool head) {
    puts(head ? ".nf\n.RS 4" : ".PP\n.nf\n.RS 4");
    for (const char *at = b->text, *end = at + b->length; at < end;) {
        size_t n = strcspn(at, "\n");
        if (at + n > end) n = (size_t)(end - at);
        escape(at + 2, n > 2 ? n - 2 : 0, true, false);
        putchar('\n');
        at += n + 1;
    }
    puts(".RE\n.fi");
}

/* Prints a text up to the heading at `until`, NULL: all of it. */
static void print_man_text(const char *text, const char *until) {
    block b;
    for (bool head = true; next_block(&text, &b) && (!until || b.text < until); head = b.kind == HEADING) {
        if (b.kind == VERBATIM) {
            print_verbatim(&b, head);
            continue;
        }
        if (b.kind == ITEM) puts(".IP \\(bu 2");
        else if (b.kind == HEADING) fputs(".SH ", stdout);
        else if (!head) puts(".PP");
        escape(b.text, b.length, b.kind != HEADING, b.kind == HEADING);
        putchar('\n');
    }
}

/* Names of pages: tern, tern-train, tern-weights; commands and the program are in section 1, topics in 7. */
static void put_name(const page *p, const page *pages, bool upper) {
    const char *name = p->command ? p->command->name : p->name;
    if (p != pages) escape("tern-", 5, false, upper);
    escape(name, strlen(name), false, upper);
}

static int section(const page *p, const page *pages) { return p->command || p == pages ? 1 : 7; }

static const char *doc_of(const page *p) { return p->command ? p->command->doc : p->doc; }

static bool print_option(void *user, const option *o) {
    char letter = args_letter(o->name);
    (void)user;
    puts(".TP");
    if (letter) printf("\\fB\\-%c\\fR, ", letter);
    fputs("\\fB\\-\\-", stdout);
    put(o->name);
    fputs("\\fR", stdout);
    if (o->value) fputs(" \\fI", stdout), put(o->value), fputs("\\fR", stdout);
    putchar('\n');
    put(o->doc);
    putchar('\n');
    return false;
}

static void print_synopsis(const command *c) {
    fputs(".SH SYNOPSIS\n.B tern ", stdout);
    put(c ? c->name : "COMMAND");
    fputs("\n[\\fIoptions\\fR]", stdout);
    if (!c) fputs(" \\&...", stdout);
    if (c && *c->operand) fputs(" \\fI", stdout), put(c->operand), fputs("\\fR", stdout);
    putchar('\n');
}

static void print_list(const char *title, const page *pages, int wanted) {
    printf(".SH %s\n", title);
    for (const page *p = pages + 1; p->text; p++) {
        if (section(p, pages) != wanted) continue;
        fputs(".TP\n.BR ", stdout);
        put_name(p, pages, false);
        printf(" (%d)\n", wanted);
        put(doc_of(p));
        putchar('\n');
    }
}

static void print_end(const page *p, const page *pages) {
    if (section(p, pages) == 1)
        puts(".SH EXIT STATUS\n.TP\n0\nDone.\n.TP\n1\nFailed while running.\n.TP\n2\nWrong usage.\n"
             ".TP\n3\nAn input file is not acceptable.\n"
             ".TP\n128 + N\nTraining was stopped by signal N, with a checkpoint.");
    if (p == pages)
        puts(".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nWhere it is set, nothing is printed in colour.\n.TP\n.B TERN_GEMM\n"
             ".I blas\ngives every matrix product to OpenBLAS,\n.I microkernel\nleaves it those alone that the program "
             "can not do itself; else, whichever is faster.");
    else puts(".SH SEE ALSO\n.BR tern (1)");
}

void page_print_man(const page *p, const page *pages) {
    const char *doc = doc_of(p), *examples = p->command ? strstr(p->text, "# Examples") : NULL;
    fputs(".TH ", stdout);
    put_name(p, pages, true);
    printf(" %d \"\" \"tern %s\" \"Manual of tern\"\n.SH NAME\n", section(p, pages), tern_version().version);
    put_name(p, pages, false);
    fputs(" \\- ", stdout);
    escape(doc, strlen(doc) - 1, false, false); /* without its full stop */
    putchar('\n');
    if (section(p, pages) == 1) print_synopsis(p->command);
    puts(".SH DESCRIPTION");
    print_man_text(p->text, examples);
    if (p == pages) print_list("COMMANDS", pages, 1), print_list("TOPICS", pages, 7);
    if (p->command) puts(".SH OPTIONS"), args_each(p->command, print_option, NULL);
    if (examples) print_man_text(examples, NULL);
    print_end(p, pages);
}
