/* axis.c - ends and ticks of axes; see axis.h. */
#include "axis.h"

#include "page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void tern__range_add(tern__range *r, size_t n, const double *value) {
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(value[i])) continue;
        r->low = fmin(r->low, value[i]);
        r->high = fmax(r->high, value[i]);
        r->positive = r->positive && value[i] > 0;
    }
}

void tern__axis_fit(tern__axis *a, const tern__range *r) {
    if (a->least != 0 || a->most != 0) return;
    double low = r->low, high = r->high;
    bool data = low <= high;
    if (!data) low = 0, high = 1;
    a->log = data && a->log_helps && r->positive && high / low > 12;
    if (a->log) {
        double pad = a->tight ? 1 : pow(high / low, 0.05);
        a->least = low / pad, a->most = high * pad;
        return;
    }
    if (a->zero) low = fmin(low, 0), high = fmax(high, 0);
    if (low == high) { /* all the same */
        double around = low != 0 ? fabs(low) * 0.1 : 1;
        low -= around, high += around;
    }
    double pad = a->tight ? 0 : (high - low) * 0.05;
    a->least = a->zero && low == 0 ? 0 : low - pad;
    a->most = a->zero && high == 0 ? 0 : high + pad;
}

double tern__axis_place(const tern__axis *a, double value) {
    if (a->log) return (log10(value) - log10(a->least)) / (log10(a->most) - log10(a->least));
    return (value - a->least) / (a->most - a->least);
}

static void add_tick(tern__ticks *t, double at, int decimals) {
    char number[TERN__SHORT_NUMBER];
    if (t->n == TERN__TICKS) return;
    t->at[t->n] = at;
    if (decimals >= 0 && fabs(at) < 1000) snprintf(number, sizeof number, "%.*f", decimals, at);
    else tern__short_number(at, 6, number);
    snprintf(t->text[t->n++], TERN__TICK_TEXT, "%.20s", number);
}

/* Steps of 1, 2 or 5 times a power of ten. */
static void linear_ticks(const tern__axis *a, size_t wanted, tern__ticks *out) {
    double span = a->most - a->least, rough = span / (double)wanted, ten = pow(10, floor(log10(rough)));
    double step = rough / ten <= 1.5 ? ten : rough / ten <= 3.5 ? 2 * ten : rough / ten <= 7.5 ? 5 * ten : 10 * ten;
    if (a->whole && step < 1) step = 1;
    int decimals = step < 1 ? (int)ceil(-log10(step) - 1e-9) : 0;
    if (decimals > 6) decimals = -1; /* too many zeros: as 1e-07 */
    for (double k = ceil(a->least / step - 1e-9); k * step <= a->most + 1e-9 * span && out->n < TERN__TICKS; k++)
        add_tick(out, k == 0 ? 0 : k * step, decimals);
}

/* Powers of ten; where there are few, also 2 and 5 times those. */
static void log_ticks(const tern__axis *a, size_t wanted, tern__ticks *out) {
    double low = log10(a->least), high = log10(a->most);
    double every = ceil((high - low) / (double)wanted);
    bool between = high - low < 2.2;
    for (double k = floor(low); k <= high && out->n < TERN__TICKS; k++) {
        static const double factor[] = {1, 2, 5};
        for (size_t i = 0; i < (between ? 3 : 1); i++) {
            double at = factor[i] * pow(10, k);
            if (at >= a->least * (1 - 1e-9) && at <= a->most * (1 + 1e-9) && fmod(k, every) == 0) add_tick(out, at, -1);
        }
    }
}

void tern__axis_ticks(const tern__axis *a, size_t wanted, tern__ticks *out) {
    memset(out, 0, sizeof *out);
    if (a->log) log_ticks(a, wanted, out);
    if (out->n < 2) {
        out->n = 0;
        linear_ticks(a, wanted, out);
    }
}
