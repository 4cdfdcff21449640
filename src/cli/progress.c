/* progress.c - how training goes: a bar on a terminal, else one plain line an epoch. */
#include "commands.h"

#include "clock.h"

#include <math.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { BAR = 24, LINE = 400 };

/* With --json standard output is for the result alone. */
progress progress_begin(const args *a) {
    FILE *to = a->quiet ? NULL : a->json ? stderr : stdout;
    return (progress){.to = to, .terminal = to && isatty(fileno(to))};
}

void progress_clear(const progress *bar) {
    if (bar->terminal && bar->drawn > 0) fputs("\r\033[K", bar->to);
}

/* "1:02:03", "4:05" */
static void add_time(char *line, size_t size, double seconds) {
    size_t used = strlen(line), s = seconds > 0 && seconds < 1e9 ? (size_t)(seconds + 0.5) : 0;
    if (s >= 3600) snprintf(line + used, size - used, "%zu:%02zu:%02zu", s / 3600, s / 60 % 60, s % 60);
    else snprintf(line + used, size - used, "%zu:%02zu", s / 60, s % 60);
}

static void add_score(char *line, size_t size, const char *prefix, const tern_score *score) {
    size_t used = strlen(line);
    used += (size_t)snprintf(line + used, size - used, "  %sloss %.4g", prefix, score->loss);
    for (size_t i = 0; i < score->metrics && used < size; i++) {
        char name[40];
        tern__text_safe(score->name[i], name, sizeof name);
        used += (size_t)snprintf(line + used, size - used, "  %s%s %.4f", prefix, name, score->value[i]);
    }
}

static struct winsize size_of(FILE *to) {
    struct winsize size = {0};
    if (ioctl(fileno(to), TIOCGWINSZ, &size)) size = (struct winsize){0};
    return size;
}

size_t terminal_columns(FILE *to) {
    size_t columns = size_of(to).ws_col;
    return columns < 20 ? 79 : columns - 1;
}

size_t terminal_rows(FILE *to) {
    size_t rows = size_of(to).ws_row;
    return rows ? rows : 24;
}

static void draw(const progress *bar, const tern_progress *p) {
    char line[LINE] = "", cells[BAR + 1], speed[SHORT_TEXT];
    size_t full = p->batches ? p->batch * BAR / p->batches : 0;
    memset(cells, ' ', BAR);
    memset(cells, '=', full);
    if (full && full < BAR) cells[full - 1] = '>';
    cells[BAR] = 0;
    size_t used = (size_t)snprintf(line, sizeof line, "epoch %zu/%zu [%s]", p->epoch, p->epochs, cells);
    if (p->train) add_score(line, sizeof line, "", p->train);
    else snprintf(line + used, sizeof line - used, "  loss %.4g", p->loss);
    used = strlen(line);
    snprintf(line + used, sizeof line - used, "  %s samples/s  ",
             count_text((size_t)fmax(p->samples_per_second, 0), speed));
    add_time(line, sizeof line, p->batch ? (double)(p->steps - p->step) * p->seconds / (double)p->batch : 0);
    used = strlen(line);
    snprintf(line + used, sizeof line - used, " left");
    fprintf(bar->to, "\r%.*s\033[K", (int)terminal_columns(bar->to), line);
    fflush(bar->to);
}

void progress_step(progress *bar, const tern_progress *p) {
    if (!bar->terminal) return;
    double now = tern__clock();
    if (bar->drawn > 0 && now - bar->drawn < 0.1) return;
    bar->drawn = now;
    draw(bar, p);
}

/* Where a line has two blanks it is broken, on a terminal, before it would wrap. Returns the lines that it took;
 * written at once, as a signal may interrupt one write. */
static size_t print_parts(const progress *bar, const char *line) {
    char out[3 * LINE] = "";
    size_t width = bar->terminal ? terminal_columns(bar->to) : SIZE_MAX, column = 0, lines = 1;
    for (size_t n; *line; line += n + strspn(line + n, " ")) {
        const char *end = strstr(line, "  ");
        n = end ? (size_t)(end - line) : strlen(line);
        bool broken = column && column + 2 + n > width;
        tern__text_add(out, sizeof out, "%s%.*s", broken ? "\n    " : column ? "  " : "", (int)n, line);
        column = broken ? 4 + n : column ? column + 2 + n : n;
        lines += broken;
    }
    fprintf(bar->to, "%s\n", out);
    return lines;
}

size_t progress_epoch(progress *bar, const tern_progress *p) {
    if (!bar->to) return 0;
    char line[2 * LINE] = "", speed[SHORT_TEXT];
    size_t used;
    snprintf(line, sizeof line, "epoch %zu/%zu", p->epoch, p->epochs);
    if (p->train) add_score(line, sizeof line, "train_", p->train);
    if (p->valid) add_score(line, sizeof line, "valid_", p->valid);
    used = strlen(line);
    snprintf(line + used, sizeof line - used, "  %.1f s  %s samples/s%s", p->seconds,
             count_text((size_t)fmax(p->samples_per_second, 0), speed), p->best && p->valid ? "  best" : "");
    progress_clear(bar);
    size_t lines = print_parts(bar, line);
    fflush(bar->to);
    return lines;
}
