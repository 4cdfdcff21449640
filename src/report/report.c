/* report.c - a page about trained runs; see tern/report.h. */
#include "file.h"
#include "sections.h"
#include "style.h"

#include <tern/version.h>

#include <locale.h>
#include <stdio.h>
#include <string.h>

/* ---- the parts of several runs, by their names ---- */

static bool alike(const tern__part *a, const tern__part *b) {
    return a->answers.kind == b->answers.kind && a->answers.k == b->answers.k && a->answers.n && b->answers.n;
}

/* What the runs have of a part, as far as it can be laid over that of the first which has it. */
static tern__parts gather_parts(const tern__report *r, const char *name) {
    tern__parts p = {.name = name};
    for (size_t i = 0; i < r->n; i++)
        for (size_t k = 0; k < r->run[i].parts; k++) {
            const tern__part *part = &r->run[i].part[k];
            if (strcmp(part->name, name) || !part->answers.n || (p.n && !alike(p.part[0], part))) continue;
            p.run[p.n] = &r->run[i];
            p.color[p.n] = i;
            p.part[p.n++] = part;
        }
    return p;
}

static bool same_columns(const tern__parts *p) {
    for (size_t i = 1; i < p->n; i++)
        if (!tern_shape_equal(&p->part[0]->data->x->shape, &p->part[i]->data->x->shape)) return false;
    return true;
}

static tern_status write_part(tern__report *r, const char *name) {
    tern__parts p = gather_parts(r, name);
    if (!p.n) return TERN_OK;
    const tern__answers *o = &p.part[0]->answers;
    char number[TERN__SHORT_NUMBER];
    const char *note = tern__report_text(r, "%s samples%s.%s", tern__count_number(o->asked, number),
                                         o->asked < p.part[0]->n ? ", as many as can be shown at once" : "",
                                         p.n < r->n ? " Runs that predict something else are left out." : "");
    tern__page_section(&r->page, tern__report_text(r, "%s data", name), note);
    tern_status status = o->kind == TERN__NUMBERS ? tern__write_numbers(r, &p) : tern__write_classes(r, &p);
    tern__page_section_end(&r->page);
    return status;
}

static tern_status write_parts(tern__report *r) {
    static const char *const names[] = {"Test", "Validation", "Training"};
    tern_status status = TERN_OK;
    for (size_t i = 0; !status && i < 3; i++) status = write_part(r, names[i]);
    if (status || !r->run[0].parts || !r->run[0].part[0].answers.n) return status;
    const tern__part *first = &r->run[0].part[0];
    if (r->n == 1) status = tern__write_samples(r, &r->run[0], first);
    if (!status && r->n == 1) status = tern__write_occlusion(r, &r->run[0], first);
    tern__parts p = gather_parts(r, first->name);
    if (!status && same_columns(&p)) status = tern__write_importance(r, &p);
    return status;
}

/* ---- the page ---- */

static void write_head(tern__report *r) {
    tern__page *p = &r->page;
    const char *title = r->n == 1 ? r->run[0].name : tern__report_text(r, "%zu runs", r->n);
    tern__page_add(p, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>\n"
                      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>");
    tern__page_text(p, title);
    tern__page_add(p, " - tern</title>\n<style>\n");
    tern__buffer_write(&p->html, style_css, sizeof style_css - 1);
    tern__page_add(p, "</style></head>\n<body>\n<header><h1>");
    tern__page_text(p, title);
    tern__page_add(p, "</h1>\n<p class=\"sub\">");
    for (size_t i = 0; i < r->n; i++) {
        if (i) tern__page_add(p, ", ");
        tern__page_text(p, r->n == 1 ? r->run[i].dir : r->run[i].name);
    }
    tern__page_add(p, "</p>\n");
}

static tern_status write_page(tern__report *r) {
    tern_build build = tern_version();
    write_head(r);
    tern_status status = tern__write_overview(r);
    if (!status && r->n > 1) status = tern__write_differences(r);
    if (!status) status = tern__write_course(r);
    if (!status) status = write_parts(r);
    if (!status) status = tern__write_model(r);
    tern__page_add(&r->page, "<footer>Made by tern %s (%s), %s.</footer>\n</body></html>\n", build.version, build.real,
                   build.blas);
    if (!status && r->page.html.failed)
        status = tern_error_add(r->err, TERN_ERROR_MEMORY, NULL, "not enough memory for the report");
    return status;
}

static tern_status save(const tern__buffer *html, const char *path, tern_error *err) {
    tern__replace *file = tern__replace_open(path, err);
    if (!file) return TERN_ERROR_IO;
    tern__replace_write(file, html->text, html->length);
    return tern__replace_commit(file, err);
}

/* Two runs of one name are told apart by their paths. */
static void set_names(tern__report *r) {
    bool twice[TERN_MAX_REPORTED] = {false};
    for (size_t i = 0; i < r->n; i++)
        for (size_t k = 0; k < r->n; k++) twice[i] = twice[i] || (i != k && !strcmp(r->run[i].name, r->run[k].name));
    for (size_t i = 0; i < r->n; i++)
        if (twice[i]) snprintf(r->run[i].name, sizeof r->run[i].name, "%s", r->run[i].dir);
}

static tern_status report(tern__report *r, const char *const *runs, const char *path) {
    tern_status status = TERN_OK;
    size_t opened = 0;
    for (; !status && opened < r->n; opened++)
        status = tern__subject_open(&r->run[opened], runs[opened], r->options, r->err);
    if (!status) set_names(r);
    if (!status) status = write_page(r);
    if (!status) status = save(&r->page.html, path, r->err);
    for (size_t i = 0; i < opened; i++) tern__subject_close(&r->run[i]);
    return status;
}

tern_status tern_report_write(size_t n, const char *const *runs, const tern_report_options *options, const char *path,
                              tern_error *err) {
    static const tern_report_options usual = {0};
    if (!n || n > TERN_MAX_REPORTED)
        return tern_error_add(err, TERN_ERROR_USAGE, NULL, "a report is about 1 to %d runs, not %zu", TERN_MAX_REPORTED,
                              n);
    tern__report r = {.n = n, .options = options ? options : &usual, .err = err};
    r.run = tern__alloc(n, sizeof *r.run, err);
    if (!r.run) return TERN_ERROR_MEMORY;
    /* Numbers have a point in SVG and CSS, whatever the program's locale: for this thread and this call. */
    locale_t plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0), before = plain ? uselocale(plain) : (locale_t)0;
    tern_status status = report(&r, runs, path);
    if (before) uselocale(before);
    if (plain) freelocale(plain);
    tern__free(r.page.html.text);
    tern__arena_free(&r.arena);
    tern__free(r.run);
    return status;
}
