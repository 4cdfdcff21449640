/* csv_sniff.h - how a CSV file seems to be written. */
#ifndef TERN_DATA_CSV_SNIFF_H
#define TERN_DATA_CSV_SNIFF_H

#include "encoding.h"

typedef struct tern__csv_guess {
    char separator, decimal;
    bool header;
    tern__encoding encoding;
    /* What is in doubt, each as a list of names or cells; "": nothing. */
    char thousands[160]; /* columns in which a point may stand for thousands, as in German */
    char codes[160];     /* columns of digits that begin with a 0 */
    char years[160];     /* the first row, where these numbers may be names */
} tern__csv_guess;

/* Guesses from the first rows. Errors: IO, SYNTAX, MEMORY. */
tern_status tern__csv_sniff(const char *path, tern__csv_guess *out, tern_error *err);

#endif
