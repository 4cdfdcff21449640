/* number.h - numbers as text, whatever the locale. */
#ifndef TERN_IO_NUMBER_H
#define TERN_IO_NUMBER_H

enum { TERN__NUMBER = 40 };

/* The shortest decimal text that reads back as the same double; "null" where it is not finite, as JSON has it. `out`
 * holds TERN__NUMBER bytes; returned. */
const char *tern__number_text(double value, char *out);

#endif
