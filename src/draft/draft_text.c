/* draft_text.c - sentences about a draft, and comments in its model file; see draft_internal.h. */
#include "draft_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *const tern__task_words[TERN__TASKS] = {"unknown", "classification", "regression", "multilabel", "series"};

const char *tern__draft_text(tern__draft *d, const char *format, ...) {
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    const char *copy = tern__arena_text(&d->arena, text, strlen(text), d->err);
    return copy ? copy : "";
}

void tern__draft_note(tern__draft *d, const char *format, ...) {
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (d->shown.notes < TERN__DRAFT_NOTES) d->note[d->shown.notes++] = tern__draft_text(d, "%s", text);
}

void tern__draft_comment(tern__draft *d, const char *key, const char *format, ...) {
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    tern__json_add_text(&d->w, key, text);
}
