/* option_text.h - words for messages about options. */
#ifndef TERN_CONFIG_OPTION_TEXT_H
#define TERN_CONFIG_OPTION_TEXT_H

#include "options.h"

/* What a JSON value is: `"128"`, `3.5`, `a list of 2`. Returns `out`. */
const char *tern__json_found(const cJSON *value, char *out, size_t size);

#endif
