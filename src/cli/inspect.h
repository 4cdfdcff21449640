/* inspect.h - tern inspect for each sort of file. */
#ifndef TERN_CLI_INSPECT_H
#define TERN_CLI_INSPECT_H

#include "commands.h"

#include <tern/inspect.h>

/* Prints what is in a .safetensors file. */
tern_status inspect_weights(const args *a, const char *path, tern_error *err);

/* Prints what a model could be drafted for: the columns of its table, its folders of images, and what would be learned.
 * `target` and `query` as tern init takes them. */
tern_status inspect_table(const args *a, const char *target, const char *query, tern_error *err);

/* Writes what the network of a model sees of its first training samples as a picture, and prints their targets. */
tern_status inspect_samples(const args *a, const char *data, size_t samples, const char *output, tern_error *err);

/* Prints what is in a file of any other sort that a reader takes. */
tern_status inspect_data(const args *a, tern_error *err);

/* Statistics as members of a JSON object. */
void json_stats(json *j, const tern_array_stats *s);

#endif
