/* date.h - dates as text: seconds since 1970, and their parts. No time zones but those that the text names. */
#ifndef TERN_DATA_DATE_H
#define TERN_DATA_DATE_H

#include <stdbool.h>
#include <stddef.h>

/* year, month, day, weekday (Monday 0), yearday (from 1), hour, minute, time (days since 1970). NULL at the end. */
extern const char *const tern__date_parts[];

/* Reads a date: as `format` says (%Y %m %d %H %M %S, %b a month's English name, %q a quarter, the rest as it stands),
 * or where it is NULL as ISO 8601 has it: 2024-01-31, 2024-01-31T09:30, 2024-01-31 09:30:15.25+02:00. False where it is
 * none. */
bool tern__date_read(const char *text, const char *format, double *seconds);

/* Writes a date as a format says, cut where there is no room. */
void tern__date_write(double seconds, const char *format, char *out, size_t size);

/* Other usual formats; NULL at the end. Those that begin with %d/ and %m/ may both fit. */
extern const char *const tern__date_formats[];

/* What comes after n moments that follow one another evenly: by so many seconds, or by so many months on the same day
 * (or the month's last, where it has no such day). False: they don't. */
bool tern__date_next(const double *seconds, size_t n, double *next);

/* A part by its name. */
double tern__date_part(double seconds, const char *part);

#endif
