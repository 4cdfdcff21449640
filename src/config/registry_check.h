/* registry_check.h - whether a type from outside can be trusted to be whole. */
#ifndef TERN_CONFIG_REGISTRY_CHECK_H
#define TERN_CONFIG_REGISTRY_CHECK_H

#include <tern/type.h>

/* Refuses a type without a name, a sentence, a function it needs, or with a bad row in its option table; each with its
 * own text. */
tern_status tern__type_check(const tern_type *type, tern_error *err);

#endif
