/* page_file.c - a page from its head to its foot, and into its file; see page.h. */
#include "file.h"
#include "memory.h"
#include "page.h"
#include "style.h"

#include <tern/version.h>

void tern__page_begin(tern__page *p, const char *title, const char *subtitle) {
    tern__page_add(p, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>\n"
                      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>");
    tern__page_text(p, title);
    tern__page_add(p, " - tern</title>\n<style>\n");
    tern__buffer_write(&p->html, picture_css, sizeof picture_css - 1);
    tern__buffer_write(&p->html, style_css, sizeof style_css - 1);
    tern__page_add(p, "</style></head>\n<body>\n<header><h1>");
    tern__page_text(p, title);
    tern__page_add(p, "</h1>\n<p class=\"sub\">");
    tern__page_text(p, subtitle);
    tern__page_add(p, "</p>\n");
}

tern_status tern__page_save(tern__page *p, const char *path, tern_error *err) {
    tern_build build = tern_version();
    tern__page_add(p, "<footer>Made by tern %s (%s), %s.</footer>\n</body></html>\n", build.version, build.real,
                   build.blas);
    if (p->html.failed) return tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory for the page");
    tern__replace *file = tern__replace_open(path, err);
    if (!file) return TERN_ERROR_IO;
    tern__replace_write(file, p->html.text, p->html.length);
    return tern__replace_commit(file, err);
}

tern__plain tern__plain_enter(void) {
    tern__plain plain = {newlocale(LC_NUMERIC_MASK, "C", (locale_t)0), (locale_t)0};
    if (plain.locale) plain.before = uselocale(plain.locale);
    return plain;
}

void tern__plain_leave(tern__plain plain) {
    if (!plain.locale) return;
    uselocale(plain.before);
    freelocale(plain.locale);
}
