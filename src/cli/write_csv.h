/* write_csv.h - numbers as CSV: a row a sample, all its numbers in order. */
#ifndef TERN_CLI_WRITE_CSV_H
#define TERN_CLI_WRITE_CSV_H

#include <tern/tensor.h>

/* Prints a batch to standard output. */
void print_csv(const tern_tensor *t);

/* Writes it to a file, replacing it whole or not at all. Errors: IO, MEMORY. */
tern_status write_csv(const char *path, const tern_tensor *t, tern_error *err);

/* Whether a path ends so. */
bool ends_in(const char *path, const char *ending);

#endif
