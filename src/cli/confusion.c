/* confusion.c - who was taken for whom: class by class, as a matrix, and what of it deserves a remark; see confusion.h.
 */
#include "confusion.h"

#include "memory.h"

#include <math.h>
#include <string.h>

tern_status confusion_make(confusion *c, const tern_model *m, const tern_dataset *d, tern_error *err) {
    tern_target kind[TERN_MAX_LOSSES];
    *c = (confusion){.data = d};
    tern_status status = tern_dataset_target(d, m, kind, err);
    if (status || kind[0] != TERN_TARGET_CLASSES || tern_model_outputs(m) != 1) return status;
    c->classes = tern_model_describe(m).target.classes;
    c->count = tern__alloc(c->classes * c->classes, sizeof *c->count, err);
    return c->count ? TERN_OK : TERN_ERROR_MEMORY;
}

void confusion_free(confusion *c) { tern__free(c->count); }

static const char *class_name(const confusion *c, size_t k, char out[TABLE_CELL]) {
    if (k < c->data->y->labels) tern__text_safe(c->data->y->label[k], out, TABLE_CELL);
    else snprintf(out, TABLE_CELL, "%zu", k);
    return out;
}

static size_t sum_row(const confusion *c, size_t k) {
    size_t sum = 0;
    for (size_t i = 0; i < c->classes; i++) sum += c->count[k * c->classes + i];
    return sum;
}

static size_t sum_column(const confusion *c, size_t k) {
    size_t sum = 0;
    for (size_t i = 0; i < c->classes; i++) sum += c->count[i * c->classes + k];
    return sum;
}

/* The part of a class among all that were taken for it (precision), or that are of it (recall); NAN where there are
 * none. */
static double share(const confusion *c, size_t k, size_t of) {
    return of ? (double)c->count[k * c->classes + k] / (double)of : (double)NAN;
}

static void set_share(table *t, size_t column, double share) {
    if (isnan(share)) table_set(t, column, "-");
    else table_set(t, column, "%.4f", share);
}

static void print_classes(const confusion *c) {
    table t;
    char name[TABLE_CELL];
    puts("\nclasses");
    table_begin(&t, 4, (const char *const[]){"class", ">samples", ">precision", ">recall"});
    for (size_t k = 0; k < c->classes; k++) {
        table_row(&t);
        table_set(&t, 0, "%s", class_name(c, k, name));
        table_set(&t, 1, "%zu", sum_row(c, k));
        set_share(&t, 2, share(c, k, sum_column(c, k)));
        set_share(&t, 3, share(c, k, sum_row(c, k)));
    }
    table_end(&t);
}

/* A true class, and the one that it was taken for. */
typedef struct mistake {
    size_t truth, taken, rows;
} mistake;

/* Puts a mistake into a list of the `most` largest, the largest first. */
static void keep_largest(mistake *list, size_t *n, size_t most, mistake m) {
    size_t at = *n;
    while (at && list[at - 1].rows < m.rows) at--;
    if (at == most) return;
    if (*n < most) ++*n;
    memmove(list + at + 1, list + at, (*n - at - 1) * sizeof *list);
    list[at] = m;
}

/* In the place of a matrix that is too wide for a terminal. */
static void print_mistakes(const confusion *c) {
    enum { SHOWN = 20 };
    mistake list[SHOWN];
    size_t n = 0, kinds = 0;
    table t;
    char name[TABLE_CELL];
    for (size_t i = 0; i < c->classes * c->classes; i++) {
        mistake m = {i / c->classes, i % c->classes, c->count[i]};
        if (!m.rows || m.truth == m.taken) continue;
        kinds++;
        keep_largest(list, &n, SHOWN, m);
    }
    printf("\nconfusion: the %zu largest of %zu kinds of mistakes; --json has the matrix of all %zu classes\n", n,
           kinds, c->classes);
    table_begin(&t, 4, (const char *const[]){"true class", "taken for", ">samples", ">of the class"});
    for (size_t i = 0; i < n; i++) {
        table_row(&t);
        table_set(&t, 0, "%s", class_name(c, list[i].truth, name));
        table_set(&t, 1, "%s", class_name(c, list[i].taken, name));
        table_set(&t, 2, "%zu", list[i].rows);
        table_set(&t, 3, "%.4f", (double)list[i].rows / (double)sum_row(c, list[i].truth));
    }
    table_end(&t);
}

/* Who was taken for whom. */
static void print_matrix(const confusion *c) {
    enum { WIDEST = 20 };
    char names[WIDEST + 1][TABLE_CELL] = {""};
    const char *title[WIDEST + 1] = {""};
    table t;
    if (c->classes > WIDEST) {
        print_mistakes(c);
        return;
    }
    puts("\nconfusion (a row is the true class, a column the predicted one)");
    for (size_t k = 0; k < c->classes; k++) {
        names[k + 1][0] = '>';
        class_name(c, k, names[0]);
        snprintf(names[k + 1] + 1, TABLE_CELL - 1, "%.20s", names[0]);
        title[k + 1] = names[k + 1];
    }
    table_begin(&t, c->classes + 1, title);
    for (size_t k = 0; k < c->classes; k++) {
        table_row(&t);
        table_set(&t, 0, "%s", class_name(c, k, names[0]));
        for (size_t i = 0; i < c->classes; i++) table_set(&t, i + 1, "%zu", c->count[k * c->classes + i]);
    }
    table_end(&t);
}

void confusion_print(const confusion *c) {
    print_classes(c);
    print_matrix(c);
}

/* ---- remarks ---- */

/* "a", "b" and 3 more: the classes that samples have, but no answer. Returns how many there are. */
static size_t list_unnamed(const confusion *c, char *out, size_t size) {
    enum { SHOWN = 3 };
    char name[TABLE_CELL];
    size_t n = 0;
    for (size_t k = 0; k < c->classes; k++)
        if (sum_row(c, k) && !sum_column(c, k) && n++ < SHOWN)
            tern__text_add(out, size, "%s\"%s\"", n > 1 ? ", " : "", class_name(c, k, name));
    if (n > SHOWN) tern__text_add(out, size, " and %zu more", n - SHOWN);
    return n;
}

void confusion_remark(FILE *to, const confusion *c) {
    size_t n = 0, right = 0, there = 0, most = 0;
    char text[3 * TABLE_CELL + 64] = "", name[TABLE_CELL];
    for (size_t k = 0; k < c->classes; k++) {
        n += sum_row(c, k), right += c->count[k * c->classes + k], there += sum_row(c, k) > 0;
        if (sum_row(c, k) > sum_row(c, most)) most = k;
    }
    if (there < 2) return;
    if (list_unnamed(c, text, sizeof text)) fprintf(to, "never answers %s\n", text);
    if (right <= sum_row(c, most))
        fprintf(to, "no better than always \"%s\" (%.4f)\n", class_name(c, most, name),
                (double)sum_row(c, most) / (double)n);
}

/* ---- JSON ---- */

static void json_shares(json *j, const char *key, const confusion *c, size_t (*sum)(const confusion *c, size_t k)) {
    json_open(j, key, '[');
    for (size_t k = 0; k < c->classes; k++) json_real(j, NULL, share(c, k, sum(c, k)));
    json_close(j, ']');
}

void confusion_json(json *j, const confusion *c) {
    char name[TABLE_CELL];
    json_open(j, "classes", '[');
    for (size_t k = 0; k < c->classes; k++)
        json_text(j, NULL, k < c->data->y->labels ? c->data->y->label[k] : class_name(c, k, name));
    json_close(j, ']');
    json_open(j, "confusion", '[');
    for (size_t k = 0; k < c->classes; k++) {
        json_open(j, NULL, '[');
        for (size_t i = 0; i < c->classes; i++) json_size(j, NULL, c->count[k * c->classes + i]);
        json_close(j, ']');
    }
    json_close(j, ']');
    json_shares(j, "precision", c, sum_column);
    json_shares(j, "recall", c, sum_row);
}
