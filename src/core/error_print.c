/* error_print.c - a record of errors as lines of a file: the one place of the library that prints, where it is told to.
 */
#include <tern/error.h>

#include <stdio.h>

void tern_error_print(const tern_error *err, FILE *to) {
    for (size_t i = 0; i < err->count; i++) {
        char line[TERN_MAX_TEXT + TERN_MAX_POINTER + 4 * 256];
        fprintf(to, "%s\n", tern_error_line(err, i, line, sizeof line));
    }
    if (err->dropped) fprintf(to, "... and %zu more\n", err->dropped);
}
