/* file_kind.h - what a file that is none of those accepted seems to be, for messages. */
#ifndef TERN_IO_FILE_KIND_H
#define TERN_IO_FILE_KIND_H

#include <stddef.h>

/* By its first bytes: "a picture (PNG)", "text, as a table is". NULL: nothing tells. Static memory. */
const char *tern__file_kind(const unsigned char *file, size_t size);

#endif
