/* meaning.h - whether an export says more than a network's plain outputs. */
#ifndef TERN_EXPORT_MEANING_H
#define TERN_EXPORT_MEANING_H

#include <tern/meaning.h>

/* What a model's one output means. Zeros where there are several, where its first loss is about another value, or where
 * the export is to be raw: then outputs stay as they are, though numbers still come in their own unit unless raw. */
tern_meaning tern__export_meaning(const tern_model *m, bool raw);

#endif
