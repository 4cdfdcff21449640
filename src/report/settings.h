/* settings.h - the values of a model file, one by one: "optimizer.lr" and its text. */
#ifndef TERN_REPORT_SETTINGS_H
#define TERN_REPORT_SETTINGS_H

#include <tern/base.h>

/* Hears of a value; the text of a string is without its quotes. */
typedef void tern__setting(void *user, const char *path, const char *value);

/* Calls `found` for each value of well-formed JSON, in its order; a list of plain values is one. Layers and what was
 * fitted are left out, as their lists are long. */
void tern__settings(const char *json, tern__setting *found, void *user);

#endif
