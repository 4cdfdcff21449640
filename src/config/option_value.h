/* option_value.h - reads the value of one option that is no type and no block. */
#ifndef TERN_CONFIG_OPTION_VALUE_H
#define TERN_CONFIG_OPTION_VALUE_H

#include "options.h"

/* Reads a value into its field; a mistake is reported. */
tern__outcome tern__value_read(const tern__reading *r, const tern_option *row, const cJSON *value, void *out);

/* Reports that a value is not what the row accepts. */
tern__outcome tern__value_refuse(const tern__reading *r, const tern_option *row, const cJSON *value);

#endif
