/* web.h - what a page calls: the library by numbers, addresses and JSON text. web/tern.js is the only caller, and has
 * no struct of C to know. Compiled for WebAssembly alone. */
#ifndef TERN_WEB_WEB_H
#define TERN_WEB_WEB_H

#include "json_writer.h"

#include <tern/fit.h>

/* Before a function of the module: the name that JavaScript calls it by. */
#define WEB_EXPORT(name) __attribute__((export_name(#name), used))

/* The record of the current call: whoever can fail adds to it, and web_errors() hands it over. */
tern_error *web_err(void);

/* The one answer that is under way: what web_answer_begin() starts, and web_answer_end() gives as text. It is valid
 * until the next. */
tern__json_writer *web_answer_begin(char bracket);
const char *web_answer_end(char bracket);

void web_add_shape(tern__json_writer *w, const char *key, const tern_shape *shape);
void web_add_score(tern__json_writer *w, const char *key, const tern_score *score); /* n 0: null */

#endif
