/* kept.c - numbers and texts that live as long as the report; see sections.h. */
#include "sections.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

double *tern__report_numbers(tern__report *r, size_t n) {
    return tern__arena_alloc(&r->arena, n, sizeof(double), r->err);
}

const char *tern__report_text(tern__report *r, const char *format, ...) {
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    const char *kept = tern__arena_text(&r->arena, text, strlen(text), r->err);
    if (!kept) r->page.html.failed = true;
    return kept ? kept : "";
}
