/* alike.h - names of classes or categories that look alike. */
#ifndef TERN_DATA_ALIKE_H
#define TERN_DATA_ALIKE_H

#include <tern/error.h>

/* A distinct name, and the rows that have it. */
typedef struct tern__name_count {
    const char *name;
    size_t rows;
} tern__name_count;

/* Warns of names that differ in nothing but case, blanks or the width of their characters: "no", "No", "no ". `what`
 * begins the message: column "answer". Without memory nothing is said. */
void tern__names_warn_alike(const char *what, size_t n, const tern__name_count *names, tern_error *err);

#endif
