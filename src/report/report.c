/* report.c - a page about trained runs; see tern/report.h. */
#include "sections.h"
#include "text.h"

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

/* What the page is about, in one line. */
static const char *subtitle(tern__report *r) {
    char names[1000] = "";
    if (r->n == 1) return r->run[0].dir;
    for (size_t i = 0; i < r->n; i++) tern__text_add(names, sizeof names, "%s%s", i ? ", " : "", r->run[i].name);
    return tern__report_text(r, "%s", names);
}

static tern_status write_page(tern__report *r) {
    const char *title = r->n == 1 ? r->run[0].name : tern__report_text(r, "%zu runs", r->n);
    tern__page_begin(&r->page, title, subtitle(r));
    tern_status status = tern__write_overview(r);
    if (!status && r->n > 1) status = tern__write_differences(r);
    if (!status) status = tern__write_course(r);
    if (!status) status = write_parts(r);
    if (!status) status = tern__write_model(r);
    return status;
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
    if (!status) status = tern__page_save(&r->page, path, r->err);
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
    tern__plain before = tern__plain_enter();
    tern_status status = report(&r, runs, path);
    tern__plain_leave(before);
    tern__free(r.page.html.text);
    tern__arena_free(&r.arena);
    tern__free(r.run);
    return status;
}
