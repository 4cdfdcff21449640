/* date.c - dates by the Gregorian calendar; see date.h. */
#include "date.h"

#include "text.h"

#include <math.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

const char *const tern__date_parts[] = {"year", "month", "day", "weekday", "yearday", "hour", "minute", "time", NULL};

const char *const tern__date_formats[] = {"%Y-%m",
                                          "%Y-Q%q",
                                          "%YQ%q",
                                          "%Y/%m/%d",
                                          "%Y/%m/%d %H:%M",
                                          "%d.%m.%Y",
                                          "%d.%m.%Y %H:%M",
                                          "%d.%m.%Y %H:%M:%S",
                                          "%d/%m/%Y",
                                          "%m/%d/%Y",
                                          "%d/%m/%Y %H:%M",
                                          "%m/%d/%Y %H:%M",
                                          "%b %Y",
                                          "%d %b %Y",
                                          "%d-%b-%Y",
                                          "%b %d, %Y",
                                          NULL};

typedef struct moment {
    int year, month, day, hour, minute;
    double second;
} moment;

/* Days from 1970-01-01; March begins the year, so that the leap day is its last. */
static int64_t days_of(int year, int month, int day) {
    int64_t y = year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400, in_era = y - era * 400;
    int64_t in_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

static moment moment_of(double seconds) {
    double days = floor(seconds / 86400);
    int64_t d = (int64_t)days + 719468, era = (d >= 0 ? d : d - 146096) / 146097, in_era = d - era * 146097;
    int64_t y = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int64_t in_year = in_era - (365 * y + y / 4 - y / 100), m = (5 * in_year + 2) / 153;
    double rest = seconds - days * 86400;
    moment out = {.month = (int)(m < 10 ? m + 3 : m - 9), .day = (int)(in_year - (153 * m + 2) / 5 + 1)};
    out.year = (int)(y + era * 400) + (out.month <= 2);
    out.hour = (int)(rest / 3600), out.minute = (int)(fmod(rest, 3600) / 60), out.second = fmod(rest, 60);
    return out;
}

/* `least` to `most` digits; -1: there are none. */
static int take(const char **s, int least, int most) {
    int n = 0, v = 0;
    for (; n < most && **s >= '0' && **s <= '9'; n++) v = v * 10 + (*(*s)++ - '0');
    return n >= least ? v : -1;
}

static int days_in(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (leap && month == 2);
}

static bool fits(const moment *m) {
    if (m->year < 0 || m->month < 1 || m->month > 12 || m->day < 1) return false;
    if (m->day > days_in(m->year, m->month)) return false;
    return m->hour >= 0 && m->hour < 24 && m->minute >= 0 && m->minute < 60 && m->second >= 0 && m->second < 61;
}

/* A month by its English name or the three letters that it begins with; 0: it is none. */
static int take_month(const char **s) {
    static const char *const names[] = {"january", "february", "march",     "april",   "may",      "june",
                                        "july",    "august",   "september", "october", "november", "december"};
    size_t length = strspn(*s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    for (int i = 0; i < 12; i++) {
        if ((length != 3 && length != strlen(names[i])) || strncasecmp(*s, names[i], length) != 0) continue;
        *s += length;
        return i + 1;
    }
    return 0;
}

static bool by_format(const char **s, const char *format, moment *m) {
    for (; *format; format++) {
        if (*format != '%') {
            if (*(*s)++ != *format) return false;
            continue;
        }
        switch (*++format) {
        case 'Y': m->year = take(s, 4, 4); break;
        case 'm': m->month = take(s, 1, 2); break;
        case 'b': m->month = take_month(s); break;
        case 'q': m->month = 3 * take(s, 1, 1) - 2; break;
        case 'd': m->day = take(s, 1, 2); break;
        case 'H': m->hour = take(s, 1, 2); break;
        case 'M': m->minute = take(s, 1, 2); break;
        case 'S': m->second = take(s, 1, 2); break;
        default: return false;
        }
    }
    return true;
}

/* A time zone, as RFC 3339 has it: at most 23:59 from Greenwich. */
static bool iso_zone(const char **s, double *east) {
    if (**s == 'Z') return (*s)++, true;
    if (**s != '+' && **s != '-') return true;
    double sign = *(*s)++ == '-' ? -1 : 1;
    int hours = take(s, 2, 2), minutes = 0;
    bool colon = **s == ':';
    *s += colon;
    if (colon || (**s >= '0' && **s <= '9')) minutes = take(s, 2, 2);
    *east = sign * (hours * 3600 + minutes * 60);
    return hours >= 0 && hours < 24 && minutes >= 0 && minutes < 60;
}

/* Seconds with a fraction, and a time zone; writes its seconds east. */
static bool iso_end(const char **s, moment *m, double *east) {
    if (**s == ':') {
        (*s)++;
        m->second = take(s, 2, 2);
        double unit = 0.1;
        if (**s == '.' && (*s)[1] >= '0' && (*s)[1] <= '9')
            for ((*s)++; **s >= '0' && **s <= '9'; unit /= 10) m->second += (*(*s)++ - '0') * unit;
    }
    return iso_zone(s, east);
}

bool tern__date_read(const char *text, const char *format, double *seconds) {
    moment m = {.year = 1970, .month = 1, .day = 1};
    double east = 0;
    const char *s = text + strspn(text, " \t");
    if (!by_format(&s, format ? format : "%Y-%m-%d", &m)) return false;
    if (!format && (*s == 'T' || (*s == ' ' && s[1] >= '0' && s[1] <= '9'))) {
        s++;
        if (!by_format(&s, "%H:%M", &m) || !iso_end(&s, &m, &east)) return false;
    }
    if (s[strspn(s, " \t")] || !fits(&m)) return false;
    *seconds = (double)days_of(m.year, m.month, m.day) * 86400 + m.hour * 3600 + m.minute * 60 + m.second - east;
    return true;
}

void tern__date_write(double seconds, const char *format, char *out, size_t size) {
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const moment m = moment_of(seconds);
    double time = seconds - floor(seconds / 86400) * 86400;
    for (*out = 0; *format; format++) {
        if (*format != '%') {
            tern__text_add(out, size, "%c", *format);
            continue;
        }
        switch (*++format) {
        case 'Y': tern__text_add(out, size, "%04d", m.year); break;
        case 'm': tern__text_add(out, size, "%02d", m.month); break;
        case 'b': tern__text_add(out, size, "%s", months[m.month - 1]); break;
        case 'q': tern__text_add(out, size, "%d", (m.month + 2) / 3); break;
        case 'd': tern__text_add(out, size, "%02d", m.day); break;
        case 'H': tern__text_add(out, size, "%02d", (int)(time / 3600)); break;
        case 'M': tern__text_add(out, size, "%02d", (int)fmod(time / 60, 60)); break;
        default: tern__text_add(out, size, "%02d", (int)fmod(time, 60)); break;
        }
    }
}

/* The moment `months` after 1970 began, on a day as far as the month has it, `rest` seconds into that day. */
static double in_month(int months, int day, double rest) {
    int year = 1970 + (months >= 0 ? months / 12 : -((11 - months) / 12)), month = months - 12 * (year - 1970) + 1;
    int last = days_in(year, month);
    return (double)days_of(year, month, day < last ? day : last) * 86400 + rest;
}

bool tern__date_next(const double *seconds, size_t n, double *next) {
    if (n < 2 || !isfinite(seconds[0]) || !isfinite(seconds[1])) return false;
    double step = seconds[1] - seconds[0], rest = seconds[0] - floor(seconds[0] / 86400) * 86400;
    bool even = step > 0, monthly = step > 0;
    moment first = moment_of(seconds[0]), second = moment_of(seconds[1]);
    int months = (first.year - 1970) * 12 + first.month - 1, day = first.day,
        apart = (second.year - 1970) * 12 + second.month - 1 - months;
    for (size_t i = 1; i < n && isfinite(seconds[i]); i++) {
        int here = moment_of(seconds[i]).day;
        if (here > day) day = here;
    }
    for (size_t i = 1; i < n; i++) {
        even = even && seconds[i] - seconds[i - 1] == step;
        monthly = monthly && seconds[i] == in_month(months + (int)i * apart, day, rest);
    }
    if (even) *next = seconds[n - 1] + step;
    else if (monthly) *next = in_month(months + (int)n * apart, day, rest);
    return even || monthly;
}

double tern__date_part(double seconds, const char *part) {
    moment m = moment_of(seconds);
    double days = floor(seconds / 86400);
    if (!strcmp(part, "year")) return m.year;
    if (!strcmp(part, "month")) return m.month;
    if (!strcmp(part, "day")) return m.day;
    if (!strcmp(part, "weekday")) return fmod(fmod(days + 3, 7) + 7, 7); /* 1970 began on a Thursday */
    if (!strcmp(part, "yearday")) return days - (double)days_of(m.year, 1, 1) + 1;
    if (!strcmp(part, "hour")) return m.hour;
    if (!strcmp(part, "minute")) return m.minute;
    return seconds / 86400;
}
