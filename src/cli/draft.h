/* draft.h - shows what tern init and tern inspect found in data. */
#ifndef TERN_CLI_DRAFT_H
#define TERN_CLI_DRAFT_H

#include "commands.h"

#include <tern/draft.h>

/* What was found, column by column, and what was chosen. */
void draft_print(const tern_draft *d);

/* The same as members of an object. */
void draft_json(json *j, const tern_draft *d);

#endif
