/* page.c - markup into a buffer; see page.h. */
#include "page.h"

#include "text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void tern__page_add(tern__page *p, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    tern__buffer_print(&p->html, format, arguments);
    va_end(arguments);
}

void tern__page_text(tern__page *p, const char *text) {
    char part[1024], piece[9];
    for (size_t n; *text; text += n) {
        /* In pieces, as tern__text_safe() cuts: never within a character. */
        n = strnlen(text, 8);
        while (n > 1 && text[n] && ((unsigned char)text[n] & 0xC0) == 0x80) n--;
        memcpy(piece, text, n);
        piece[n] = 0;
        tern__text_safe(piece, part, sizeof part);
        for (const char *c = part; *c; c++) {
            if (*c == '<') tern__buffer_write(&p->html, "&lt;", 4);
            else if (*c == '>') tern__buffer_write(&p->html, "&gt;", 4);
            else if (*c == '&') tern__buffer_write(&p->html, "&amp;", 5);
            else if (*c == '"') tern__buffer_write(&p->html, "&quot;", 6);
            else tern__buffer_write(&p->html, c, 1);
        }
    }
}

/* ---- numbers ---- */

/* Sets the thousands of the whole part apart. */
static void group(const char *digits, char out[TERN__SHORT_NUMBER]) {
    size_t sign = *digits == '-', whole = sign + strspn(digits + sign, "0123456789"), used = 0;
    for (size_t i = 0; i < whole && used + 2 < TERN__SHORT_NUMBER; i++) {
        if (i > sign && (whole - i) % 3 == 0) out[used++] = ',';
        out[used++] = digits[i];
    }
    snprintf(out + used, TERN__SHORT_NUMBER - used, "%s", digits + whole);
}

const char *tern__short_number(double value, int digits, char out[TERN__SHORT_NUMBER]) {
    char text[TERN__SHORT_NUMBER];
    if (!isfinite(value)) return strcpy(out, isnan(value) ? "-" : value > 0 ? "inf" : "-inf");
    double size = fabs(value);
    if (size >= 1000 && size < 1e9) { /* not 1.2e+04 */
        int after = digits - (int)floor(log10(size)) - 1;
        snprintf(text, sizeof text, "%.*f", after > 0 && size != floor(size) ? after : 0, value);
        group(text, out);
        return out;
    }
    snprintf(out, TERN__SHORT_NUMBER, "%.*g", digits, value);
    return out;
}

const char *tern__count_number(size_t n, char out[TERN__SHORT_NUMBER]) {
    char text[TERN__SHORT_NUMBER];
    snprintf(text, sizeof text, "%zu", n);
    group(text, out);
    return out;
}

const char *tern__bytes_number(size_t n, char out[TERN__SHORT_NUMBER]) {
    static const char *const unit[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    double value = (double)n;
    size_t k = 0;
    for (; k < 4 && value >= 1024; k++) value /= 1024;
    snprintf(out, TERN__SHORT_NUMBER, k ? "%.1f %s" : "%.0f %s", value, unit[k]);
    return out;
}

void tern__page_number(tern__page *p, double value, int digits) {
    char number[TERN__SHORT_NUMBER];
    tern__page_add(p, "%s", tern__short_number(value, digits, number));
}

/* ---- tables ---- */

/* Long names may be broken between their parts: "layers.0.", "out_", "features". */
static void add_title(tern__page *p, const char *title) {
    char part[TERN_MAX_NAME];
    for (size_t n; *title; title += n) {
        n = strcspn(title, "._") + 1;
        if (n > strlen(title)) n = strlen(title);
        if (n >= sizeof part) n = sizeof part - 1;
        snprintf(part, sizeof part, "%.*s", (int)n, title);
        tern__page_text(p, part);
        if (title[n]) tern__page_add(p, "<wbr/>");
    }
}

void tern__page_table(tern__page *p, size_t columns, const char *const *titles) {
    tern__page_add(p, "<div class=\"scroll\" tabindex=\"0\"><table><thead><tr>");
    for (size_t i = 0; i < columns; i++) {
        bool number = *titles[i] == '>';
        tern__page_add(p, "<th scope=\"col\"%s>", number ? " class=\"n\"" : "");
        add_title(p, titles[i] + number);
        tern__page_add(p, "</th>");
    }
    tern__page_add(p, "</tr></thead><tbody>");
}

/* Without </tr>, which HTML closes by itself; but pages are to be read as XML too. */
void tern__page_row(tern__page *p) {
    bool first = p->html.length >= 7 && !memcmp(p->html.text + p->html.length - 7, "<tbody>", 7);
    tern__page_add(p, first ? "<tr>" : "</tr>\n<tr>");
}

void tern__page_cell(tern__page *p, const char *text) {
    tern__page_add(p, "<td>");
    tern__page_text(p, text);
    tern__page_add(p, "</td>");
}

void tern__page_cell_number(tern__page *p, double value, int digits) {
    tern__page_add(p, "<td class=\"n\">");
    tern__page_number(p, value, digits);
    tern__page_add(p, "</td>");
}

void tern__page_cell_share(tern__page *p, double value) {
    if (isnan(value)) tern__page_cell_number(p, value, 1);
    else tern__page_add(p, "<td class=\"n\">%.4f</td>", value);
}

void tern__page_cell_count(tern__page *p, size_t n) {
    char number[TERN__SHORT_NUMBER];
    tern__page_add(p, "<td class=\"n\">%s</td>", tern__count_number(n, number));
}

void tern__page_table_end(tern__page *p) {
    bool empty = p->html.length >= 7 && !memcmp(p->html.text + p->html.length - 7, "<tbody>", 7);
    tern__page_add(p, "%s</tbody></table></div>\n", empty ? "" : "</tr>");
}

/* ---- sections and figures ---- */

void tern__page_section(tern__page *p, const char *title, const char *note) {
    tern__page_add(p, "<section><h2>");
    tern__page_text(p, title);
    tern__page_add(p, "</h2>\n");
    if (!note) return;
    tern__page_add(p, "<p class=\"note\">");
    tern__page_text(p, note);
    tern__page_add(p, "</p>\n");
}

void tern__page_section_end(tern__page *p) { tern__page_add(p, "</section>\n"); }

void tern__page_grid(tern__page *p) { tern__page_add(p, "<div class=\"grid\">\n"); }

void tern__page_grid_end(tern__page *p) { tern__page_add(p, "</div>\n"); }

static void begin_figure(tern__page *p, const char *kind, const char *title, const char *note) {
    tern__page_add(p, "<figure%s><figcaption><b>", kind);
    tern__page_text(p, title);
    tern__page_add(p, "</b>");
    if (note) {
        tern__page_add(p, "<span>");
        tern__page_text(p, note);
        tern__page_add(p, "</span>");
    }
    tern__page_add(p, "</figcaption>\n");
}

void tern__page_figure(tern__page *p, const char *title, const char *note) { begin_figure(p, "", title, note); }

void tern__page_card(tern__page *p, const char *title, const char *note) {
    begin_figure(p, " class=\"card\"", title, note);
}

void tern__page_card_end(tern__page *p) { tern__page_add(p, "</figure>\n"); }

void tern__page_numbers(tern__page *p, size_t columns, const char *const *titles) {
    tern__page_add(p, "<details><summary>Numbers</summary>");
    tern__page_table(p, columns, titles);
}

void tern__page_figure_end(tern__page *p) {
    tern__page_table_end(p);
    tern__page_add(p, "</details></figure>\n");
}
