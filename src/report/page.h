/* page.h - the HTML of a report as it grows: markup, escaped text, numbers and tables. */
#ifndef TERN_REPORT_PAGE_H
#define TERN_REPORT_PAGE_H

#include "json_writer.h"

#include <locale.h>

typedef struct tern__page {
    tern__buffer html;
} tern__page;

/* Begins a page up to its title and the line below it, within a <header> that is to be closed; and ends it, and
 * replaces a file by it. Errors: IO, MEMORY. */
void tern__page_begin(tern__page *p, const char *title, const char *subtitle);
tern_status tern__page_save(tern__page *p, const char *path, tern_error *err);

/* Between these two, numbers on this thread have a point, as SVG and CSS want it, whatever the program's locale. */
typedef struct tern__plain {
    locale_t locale, before;
} tern__plain;
tern__plain tern__plain_enter(void);
void tern__plain_leave(tern__plain plain);

/* Adds markup as it stands. What comes from a file never goes through here, but by tern__page_text(). */
void tern__page_add(tern__page *p, const char *format, ...) TERN_PRINTF(2, 3);

/* Adds text that may come from anywhere: what is markup, steers a terminal or is not UTF-8 is escaped. It may stand in
 * an attribute that is quoted by ". */
void tern__page_text(tern__page *p, const char *text);

/* A number for people: so many digits at most, thousands set apart, "-" where there is none. */
enum { TERN__SHORT_NUMBER = 40 };
const char *tern__short_number(double value, int digits, char out[TERN__SHORT_NUMBER]);
const char *tern__count_number(size_t n, char out[TERN__SHORT_NUMBER]);
const char *tern__bytes_number(size_t n, char out[TERN__SHORT_NUMBER]);
void tern__page_number(tern__page *p, double value, int digits);

/* ---- tables: titles that begin with '>' head columns of numbers ---- */

void tern__page_table(tern__page *p, size_t columns, const char *const *titles);
void tern__page_row(tern__page *p); /* begins a row; the one before ends */
void tern__page_cell(tern__page *p, const char *text);
void tern__page_cell_number(tern__page *p, double value, int digits);
void tern__page_cell_share(tern__page *p, double value); /* 0 .. 1, with as many digits as all others */
void tern__page_cell_count(tern__page *p, size_t n);
void tern__page_table_end(tern__page *p);

/* ---- sections, and the notes below their heads ---- */

void tern__page_section(tern__page *p, const char *title, const char *note);
void tern__page_section_end(tern__page *p);

/* Begins and ends the figures of a section, which stand side by side where there is room. */
void tern__page_grid(tern__page *p);
void tern__page_grid_end(tern__page *p);

/* A figure: its title, and a note (NULL: none) below; in between what is drawn. tern__page_numbers() begins the table
 * that stands folded beside a picture, tern__page_figure_end() ends it. */
void tern__page_figure(tern__page *p, const char *title, const char *note);
void tern__page_numbers(tern__page *p, size_t columns, const char *const *titles);
void tern__page_figure_end(tern__page *p);

/* The same for what is no picture: a table to itself, samples. */
void tern__page_card(tern__page *p, const char *title, const char *note);
void tern__page_card_end(tern__page *p);

#endif
