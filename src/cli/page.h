/* page.h - what a page of the manual says, on a terminal or as a man page. */
#ifndef TERN_CLI_PAGE_H
#define TERN_CLI_PAGE_H

#include "args.h"

/* A page. Its text is paragraphs with an empty line between them, filled to the width; "# Title" is a heading, "- "
 * begins an item of a list, and lines that begin with two blanks stay as they are. */
typedef struct page {
    const char *text;
    const command *command; /* NULL: it is about a topic, or the whole program */
    const char *name, *doc; /* of a topic or the program: what it is called, and a sentence */
} page;

/* Prints a text for a terminal of 80 columns. */
void page_print_text(const char *text);

/* Prints page `p` of all `pages`, which a row of zeros ends, in the language of man(7). The first is the program's and
 * lists the others. */
void page_print_man(const page *p, const page *pages);

#endif
