/* csv_sniff.c - how a CSV file seems to be written: separator, decimal mark, header; see csv_sniff.h. */
#include "csv_sniff.h"

#include "csv_rows.h"
#include "table.h"
#include "text.h"
#include "text_file.h"

#include <math.h>
#include <string.h>

enum { LINES = 50, ROWS = 200 };

/* ---- the separator ---- */

/* Counts a character in the first lines, quoted fields left out; 0 unless all of them have as many. */
static size_t count_per_line(const char *text, char c) {
    size_t lines = 0, count = 0, first = 0;
    bool quoted = false;
    for (; *text && lines < LINES; text++) {
        if (*text == '"') quoted = !quoted;
        else if (!quoted && *text == c) count++;
        if (quoted || (*text != '\n' && text[1])) continue;
        if (!lines++) first = count;
        if (count != first) return 0;
        count = 0;
        if (text[1] == '\n' || text[1] == '\r') break; /* blank lines may stand at the end */
    }
    return first;
}

/* A comma comes last but one: in a file that is separated by semicolons it may be the decimal mark. */
static char find_separator(const char *text) {
    static const char candidates[] = "\t;|, ";
    for (const char *c = candidates; *c; c++)
        if (count_per_line(text, *c)) return *c;
    return ',';
}

/* ---- the decimal mark and the header ---- */

/* What the first rows say, by either mark: of each column, whether the first row has a number, and whether all rows
 * after it have one, or nothing. */
typedef struct survey {
    bool *first, *numbers; /* [columns] */
    size_t only;           /* cells that are numbers by this mark alone */
} survey;

enum { DOT, COMMA, MARKS };
static const char marks[MARKS] = {'.', ','};

static void survey_row(const tern__csv *c, bool first, survey *s) {
    for (size_t i = 0; i < c->columns; i++) {
        bool number[MARKS], missing = tern__cell_missing(c->field[i]);
        double ignored;
        for (size_t m = 0; m < MARKS; m++) {
            number[m] = tern__cell_number(c->field[i], marks[m], &ignored);
            if (first) s[m].first[i] = number[m], s[m].numbers[i] = true;
            else s[m].numbers[i] = s[m].numbers[i] && (number[m] || missing);
        }
        s[DOT].only += number[DOT] && !number[COMMA];
        s[COMMA].only += number[COMMA] && !number[DOT];
    }
}

/* The first row holds names where a column of numbers begins with a text, or where no column is numbers. */
static bool is_header(const survey *s, size_t columns) {
    bool any = false;
    for (size_t i = 0; i < columns; i++) {
        if (s->numbers[i] && !s->first[i]) return true;
        any = any || s->numbers[i];
    }
    return !any;
}

/* ---- what is in doubt ---- */

/* How the cells of a column are written. */
typedef struct writing {
    const char *first;                       /* its cell in the first row */
    size_t numbers, points, grouped, digits; /* numbers; with a point; that may be marked by thousands; digits alone */
    bool zero;                               /* some begin with a 0 */
    double least, most;                      /* but for the first row */
} writing;

/* Whether a number could be one with points between thousands: 36.683, and 897. */
static bool is_grouped(const char *s) {
    s += *s == '-' || *s == '+';
    size_t n = strspn(s, "0123456789");
    if (n < 1 || n > 3 || *s == '0') return false;
    return !s[n] || (s[n] == '.' && strspn(s + n + 1, "0123456789") == 3 && !s[n + 4]);
}

static void survey_writing(const tern__csv *c, bool first, writing *w) {
    for (size_t i = 0; i < c->columns; i++, w++) {
        const char *cell = c->field[i];
        double v;
        if (first) *w = (writing){.first = cell, .least = (double)INFINITY, .most = -(double)INFINITY};
        if (!tern__cell_number(cell, '.', &v)) continue;
        bool digits = !cell[strspn(cell, "0123456789")];
        w->numbers++;
        w->points += strchr(cell, '.') != NULL;
        w->grouped += is_grouped(cell);
        w->digits += digits;
        w->zero = w->zero || (digits && *cell == '0' && cell[1]);
        if (!first) w->least = fmin(w->least, v), w->most = fmax(w->most, v);
    }
}

/* Whether the numbers of a first row are rather names: whole ones in order, 2019, 2020, and each further from its
 * column's numbers than these are from each other. */
static bool are_names(const writing *w, const bool *numbers, size_t columns) {
    double before = -(double)INFINITY;
    size_t seen = 0;
    for (size_t i = 0; i < columns; i++) {
        double v, width = w[i].most - w[i].least;
        if (!numbers[i]) continue;
        if (!tern__cell_number(w[i].first, '.', &v) || v != floor(v) || v <= before || !(width > 0)) return false;
        if (v <= w[i].most + width && v >= w[i].least - width) return false;
        before = v, seen++;
    }
    return seen > 1;
}

static void add_doubt(const tern__csv_guess *g, const writing *w, size_t column, char out[160]) {
    if (g->header) tern__text_add(out, 160, "%s\"%.60s\"", *out ? ", " : "", w->first);
    else tern__text_add(out, 160, "%s%zu", *out ? ", " : "", column);
}

static void say_doubts(const writing *w, const bool *numbers, size_t columns, tern__csv_guess *g) {
    bool names = !g->header && g->decimal == '.' && are_names(w, numbers, columns);
    for (size_t i = 0; i < columns; i++) {
        if (!numbers[i]) continue;
        bool point = g->separator == ';' && g->decimal == '.' && w[i].points && w[i].grouped == w[i].numbers;
        if (point) add_doubt(g, &w[i], i, g->thousands);
        if (w[i].zero && w[i].digits == w[i].numbers) add_doubt(g, &w[i], i, g->codes);
        if (names) tern__text_add(g->years, sizeof g->years, "%s%s", *g->years ? ", " : "", w[i].first);
    }
}

static tern_status survey_rows(tern__csv *c, tern__csv_guess *out, bool *flags, writing *w, tern_error *err) {
    tern_status status;
    survey s[MARKS] = {{flags, flags + c->columns, 0}, {flags + 2 * c->columns, flags + 3 * c->columns, 0}};
    for (size_t k = 0; k < ROWS && tern__csv_next(c, &status, err); k++) survey_row(c, !k, s), survey_writing(c, !k, w);
    size_t mark = out->separator != ',' && s[COMMA].only > s[DOT].only;
    out->decimal = marks[mark];
    out->header = is_header(&s[mark], c->columns);
    if (!status) say_doubts(w, s[mark].numbers, c->columns, out);
    return status;
}

tern_status tern__csv_sniff(const char *path, tern__csv_guess *out, tern_error *err) {
    size_t size;
    unsigned char *text = tern__text_file_read(path, &size, err);
    if (!text) return TERN_ERROR_IO;
    const char *s = (const char *)text;
    bool latin1 = tern__encoding_fault(s, size) < size && tern__encoding_is_latin1(s, size);
    *out = (tern__csv_guess){.separator = find_separator(s),
                             .decimal = '.',
                             .header = true,
                             .encoding = latin1 ? TERN__ENCODING_LATIN1 : TERN__ENCODING_UTF8};
    tern__free(text);
    tern__csv c;
    tern_status status = tern__csv_open(&c, path, out->separator, out->encoding, err);
    if (status) return status;
    out->separator = c.separator; /* the file may say it */
    bool *flags = tern__alloc(4 * c.columns, sizeof *flags, err);
    writing *w = flags ? tern__alloc(c.columns, sizeof *w, err) : NULL;
    status = w ? survey_rows(&c, out, flags, w, err) : TERN_ERROR_MEMORY;
    tern__free(w);
    tern__free(flags);
    tern__csv_close(&c);
    return status;
}
