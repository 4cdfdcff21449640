/* table_codes.h - the texts of a column in the making: each once, and its code. */
#ifndef TERN_DATA_TABLE_CODES_H
#define TERN_DATA_TABLE_CODES_H

#include "table.h"

/* Which of a column's values a text is; the column's `memory` while it is being built. */
typedef struct tern__dictionary {
    size_t slots, room; /* of slot, a power of two; of the column's values */
    uint32_t *slot;     /* value + 1; 0: free */
} tern__dictionary;

/* The code of a text, which is added where it is new. */
tern_status tern__table_encode(tern__table *t, tern__table_column *c, const char *text, uint32_t *code,
                               tern_error *err);

/* Frees the dictionary; the codes and values as well. */
void tern__table_drop_dictionary(tern__table_column *c);
void tern__table_drop_codes(tern__table_column *c);

#endif
