/* split.c - which samples validate, and in which order the others train; see split.h. */
#include "split.h"
#include "memory.h"

#include <tern/random.h>

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* A row on its way to one side: a class's rows are drawn in the order of their random keys. */
typedef struct ticket {
    double label;
    uint64_t key;
    size_t row;
} ticket;

/* A class: tickets[begin .. begin + size - 1]. */
typedef struct class {
    size_t begin, size;
} class;

static uint64_t bits64(const tern_random *random, size_t i) {
    uint32_t half[2];
    tern_random_bits(random, 2 * (uint64_t)i, 2, half);
    return (uint64_t)half[0] << 32 | half[1];
}

static int compare_tickets(const void *a, const void *b) {
    const ticket *s = a, *t = b;
    if (s->label != t->label) return s->label < t->label ? -1 : 1;
    if (s->key != t->key) return s->key < t->key ? -1 : 1;
    return s->row < t->row ? -1 : s->row > t->row;
}

static int compare_classes(const void *a, const void *b) {
    const class *s = a, *t = b;
    if (s->size != t->size) return s->size < t->size ? -1 : 1;
    return s->begin < t->begin ? -1 : s->begin > t->begin;
}

static size_t find_classes(const ticket *tickets, size_t n, class *classes) {
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        if (!i || tickets[i].label != tickets[i - 1].label) classes[found++] = (class){.begin = i};
        classes[found - 1].size++;
    }
    return found;
}

/* Marks the rows that validate, `all` of them if the classes have so many to spare, and returns their number. Each
 * class gets what brings the running total nearest to its share; the largest come last, for they can best make up for
 * what small ones had to give or could not. Where not each class can have one of `all`, some have none. */
static double choose(const ticket *tickets, class *classes, size_t n_classes, double fraction, double all,
                     bool *chosen) {
    qsort(classes, n_classes, sizeof *classes, compare_classes);
    double wanted = 0, given = 0, several = 0;
    for (size_t c = 0; c < n_classes; c++) several += classes[c].size > 1;
    for (size_t c = 0; c < n_classes; c++) {
        double size = (double)classes[c].size, least = size > 1 && several <= all, most = size - 1;
        wanted += fraction * size;
        double here = fmin(fmax(round(wanted - given), least), most);
        given += here;
        for (size_t i = 0; i < (size_t)here; i++) chosen[tickets[classes[c].begin + i].row] = true;
    }
    return given;
}

static tern_status refuse(size_t n, size_t n_classes, double fraction, double all, double given, tern_error *err) {
    return tern_error_add(err, TERN_ERROR_DATA, NULL,
                          "a validation_split of %g is %.0f of %zu rows, but only %.0f can be spared: each of the %zu "
                          "classes keeps a row to train; give validation data of their own, or ask for less",
                          fraction, all, n, given, n_classes);
}

static void deal(const tern_array *y, size_t n, uint64_t seed, ticket *tickets) {
    const tern_random random = {.seed = seed, .purpose = TERN_RANDOM_SPLIT};
    for (size_t i = 0; i < n; i++) {
        double label = y ? tern_array_get(y, i) : 0;
        tickets[i] = (ticket){.label = isnan(label) ? -(double)INFINITY : label, .key = bits64(&random, i), .row = i};
    }
    qsort(tickets, n, sizeof *tickets, compare_tickets);
}

tern_status tern__split(const tern_array *y, size_t n, double fraction, uint64_t seed, bool stratified, size_t *valid,
                        size_t *n_valid, size_t *train, size_t *n_train, tern_error *err) {
    assert(fraction > 0 && fraction < 1);
    if (n < 2) return tern_error_add(err, TERN_ERROR_DATA, NULL, "needs at least 2 samples, but there are %zu", n);
    if (y && (!stratified || tern_shape_count(&y->shape) != 1)) y = NULL;
    ticket *tickets = tern__alloc(n, sizeof *tickets, err);
    class *classes = tickets ? tern__alloc(n, sizeof *classes, err) : NULL;
    bool *chosen = classes ? tern__alloc(n, sizeof *chosen, err) : NULL;
    tern_status status = chosen ? TERN_OK : TERN_ERROR_MEMORY;
    if (chosen) {
        deal(y, n, seed, tickets);
        size_t n_classes = find_classes(tickets, n, classes);
        double all = fmin(fmax(round(fraction * (double)n), 1), (double)n - 1),
               given = choose(tickets, classes, n_classes, fraction, all, chosen);
        if (given < all - 1 || given < 1) status = refuse(n, n_classes, fraction, all, given, err);
        *n_valid = *n_train = 0;
        for (size_t i = 0; i < n; i++) *(chosen[i] ? &valid[(*n_valid)++] : &train[(*n_train)++]) = i;
    }
    tern__free(chosen);
    tern__free(classes);
    tern__free(tickets);
    return status;
}

tern_status tern__split_draw(const tern_array *y, size_t n, uint64_t seed, size_t *order, tern_error *err) {
    ticket *tickets = tern__alloc(n, sizeof *tickets, err);
    if (!tickets) return TERN_ERROR_MEMORY;
    deal(y, n, seed, tickets);
    for (size_t i = 0; i < n; i++) order[i] = tickets[i].row;
    tern__free(tickets);
    return TERN_OK;
}

tern_status tern__split_in_time(size_t n, double fraction, size_t overlap, size_t *n_valid, size_t *n_train,
                                tern_error *err) {
    *n_valid = (size_t)fmax(round(fraction * (double)n), 1);
    *n_train = n > *n_valid + overlap ? n - *n_valid - overlap : 0;
    if (*n_train) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_DATA, NULL,
                          "a validation_split of %g is %zu of %zu samples, and %zu more share rows of the series with "
                          "them: none is left to train",
                          fraction, *n_valid, n, overlap);
}

tern_status tern__split_refuse_overlap(size_t overlap, tern_error *err) {
    if (!overlap) return TERN_OK;
    size_t depth = tern_error_enter(err, "train", 0);
    tern_status status = tern_error_add(
        err, TERN_ERROR_MODEL, "validation_split",
        "draws samples at random, but each shares rows of the series with the %zu after it, so that training would see "
        "what validates; \"split\": \"time\" beside it validates on the last samples instead",
        overlap);
    tern_error_leave(err, depth);
    return status;
}

void tern_shuffle(uint64_t seed, size_t epoch, size_t n, size_t *order) {
    const tern_random random = {.seed = seed, .purpose = TERN_RANDOM_SHUFFLE, .step = (uint32_t)epoch};
    for (size_t i = 0; i < n; i++) order[i] = i;
    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)(bits64(&random, i - 1) % i), t = order[j]; /* the remainder's bias is below n / 2^64 */
        order[j] = order[i - 1];
        order[i - 1] = t;
    }
}
