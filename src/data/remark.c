/* remark.c - see remark.h. */
#include "remark.h"

#include "text.h"

#include <string.h>

void tern__remark_add(tern__remark *r, size_t row, const char *part, size_t size) {
    size_t k = r->count++;
    if (k < TERN__REMARK_CELLS) r->row[k] = row, r->part[k] = part, r->size[k] = size;
}

const char *tern__remark_show(const tern__remark *r, const tern__table *t, const tern__table_column *c, bool texts,
                              char out[TERN__REMARK_TEXT]) {
    char place[TERN__TABLE_PLACE], number[40];
    *out = 0;
    for (size_t i = 0; i < r->count && i < TERN__REMARK_CELLS; i++) {
        const char *cell = r->part[i] ? r->part[i] : tern__table_show(c, r->row[i], number), *comma = i ? ", " : "";
        size_t size = r->part[i] ? r->size[i] : strlen(cell);
        tern__table_place(t, r->row[i], place);
        if (texts)
            tern__text_add(out, TERN__REMARK_TEXT, "%s\"%.*s\" (%.80s)", comma, (int)(size < 32 ? size : 32), cell,
                           place);
        else tern__text_add(out, TERN__REMARK_TEXT, "%s%.80s", comma, place);
    }
    if (r->count > TERN__REMARK_CELLS) tern__text_add(out, TERN__REMARK_TEXT, ", ...");
    return out;
}
