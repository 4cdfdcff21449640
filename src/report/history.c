/* history.c - reads log.jsonl line by line; see history.h. */
#include "history.h"

#include "file.h"
#include "json_lexer.h"
#include "text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The numbers of one line. */
typedef struct line {
    size_t n;
    char name[TERN__LOG_KEYS][TERN__LOG_NAME];
    double value[TERN__LOG_KEYS];
} line;

/* One flat object; values that are no numbers are null, or of a later version. */
static bool read_line(const char *text, size_t length, line *l) {
    tern__json_lexer lexer = tern__json_lexer_start(text, length, TERN__LOG_NAME - 1);
    char key[TERN__LOG_NAME];
    l->n = 0;
    if (tern__json_next(&lexer) != TERN__JSON_OBJECT) return false;
    for (tern__json_token token; (token = tern__json_next(&lexer)) != TERN__JSON_OBJECT_END;) {
        if (token != TERN__JSON_KEY) return false;
        tern__json_string(&lexer, key);
        token = tern__json_next(&lexer);
        double value = (double)NAN;
        if (token == TERN__JSON_NUMBER) value = tern__number_value(lexer.begin, (size_t)(lexer.stop - lexer.begin));
        else if (!tern__json_skip(&lexer, token)) return false;
        if (l->n == TERN__LOG_KEYS) continue;
        snprintf(l->name[l->n], TERN__LOG_NAME, "%s", key);
        l->value[l->n++] = value;
    }
    return true;
}

static double line_value(const line *l, const char *name) {
    for (size_t i = 0; i < l->n; i++)
        if (!strcmp(l->name[i], name)) return l->value[i];
    return (double)NAN;
}

static tern__logged *find_or_add(tern__history *h, bool steps, const char *name, tern_error *err) {
    const tern__logged *old = tern__history_find(h, steps, name);
    if (old) return &h->record[old - h->record];
    if (h->n == 2 * TERN__LOG_KEYS) return NULL;
    tern__logged *grown = tern__realloc(h->record, h->n, h->n + 1, sizeof *grown, err);
    if (!grown) return NULL;
    h->record = grown;
    tern__logged *r = &grown[h->n++];
    snprintf(r->name, sizeof r->name, "%s", name);
    r->steps = steps;
    return r;
}

static tern_status add(tern__logged *r, double x, double y, tern_error *err) {
    if (r->n == r->capacity) {
        size_t capacity = r->capacity ? 2 * r->capacity : 64;
        double *gx = tern__realloc(r->x, r->n, capacity, sizeof *gx, err);
        if (gx) r->x = gx;
        double *gy = gx ? tern__realloc(r->y, r->n, capacity, sizeof *gy, err) : NULL;
        if (!gy) return TERN_ERROR_MEMORY;
        r->y = gy;
        r->capacity = capacity;
    }
    r->x[r->n] = x;
    r->y[r->n++] = y;
    return TERN_OK;
}

/* A line of an epoch has its seconds, that of a step has none. */
static tern_status take(tern__history *h, const line *l, tern_error *err) {
    double seconds = line_value(l, "seconds"), epoch = line_value(l, "epoch"), step = line_value(l, "step");
    bool steps = isnan(seconds);
    if (!isfinite(epoch) || !isfinite(step)) return TERN_OK;
    if (!steps) h->epochs = (size_t)epoch, h->seconds += seconds;
    h->steps = (size_t)step;
    for (size_t i = 0; i < l->n; i++) {
        if (!strcmp(l->name[i], "epoch") || !strcmp(l->name[i], "step")) continue;
        tern__logged *r = find_or_add(h, steps, l->name[i], err);
        if (!r && h->n < 2 * TERN__LOG_KEYS) return TERN_ERROR_MEMORY;
        if (r && add(r, steps ? step : epoch, l->value[i], err)) return TERN_ERROR_MEMORY;
    }
    return TERN_OK;
}

tern_status tern__history_read(tern__history *h, const char *path, tern_error *err) {
    size_t size, bad = 0;
    *h = (tern__history){0};
    char *text = (char *)tern__file_read(path, (size_t)1 << 30, &size, err);
    line *l = text ? tern__alloc(1, sizeof *l, err) : NULL;
    tern_status status = l ? TERN_OK : text ? TERN_ERROR_MEMORY : TERN_ERROR_IO;
    for (size_t at = 0; !status && at < size;) {
        const char *end = memchr(text + at, '\n', size - at);
        size_t length = end ? (size_t)(end - text) - at : size - at;
        if (read_line(text + at, length, l)) status = take(h, l, err);
        else bad++;
        at += length + 1;
    }
    if (bad) tern_error_warn(err, NULL, "%s: %zu lines are no JSON objects and are left out", path, bad);
    tern__free(l);
    tern__free(text);
    return status;
}

void tern__history_free(tern__history *h) {
    for (size_t i = 0; i < h->n; i++) tern__free(h->record[i].x), tern__free(h->record[i].y);
    tern__free(h->record);
    *h = (tern__history){0};
}

const tern__logged *tern__history_find(const tern__history *h, bool steps, const char *name) {
    for (size_t i = 0; i < h->n; i++)
        if (h->record[i].steps == steps && !strcmp(h->record[i].name, name)) return &h->record[i];
    return NULL;
}

double tern__history_best(const tern__history *h, const char *name, bool higher, double *value) {
    const tern__logged *r = tern__history_find(h, false, name);
    double best = (double)NAN, epoch = (double)NAN;
    for (size_t i = 0; r && i < r->n; i++)
        if (isfinite(r->y[i]) && (isnan(best) || (higher ? r->y[i] > best : r->y[i] < best)))
            best = r->y[i], epoch = r->x[i];
    *value = best;
    return epoch;
}
