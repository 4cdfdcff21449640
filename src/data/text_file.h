/* text_file.h - a file of text in memory, unpacked where it is compressed; and the files that a pattern names. */
#ifndef TERN_DATA_TEXT_FILE_H
#define TERN_DATA_TEXT_FILE_H

#include "memory.h"

/* The bytes of a file, those of a .gz file unpacked, and a zero after them. Errors: IO, SYNTAX, MEMORY. Free with
 * tern__free(). */
unsigned char *tern__text_file_read(const char *path, size_t *size, tern_error *err);

/* Refuses a workbook of a spreadsheet program, by its ending. Errors: DATA. */
tern_status tern__workbook_refuse(const char *path, tern_error *err);

/* The paths that a path stands for: itself or, where its last part has * or ?, the files that match, in natural order,
 * s-2 before s-10. NULL with `err` filled in: also where there are none. */
const char *const *tern__text_files(const char *path, tern__arena *arena, size_t *n, tern_error *err);

#endif
