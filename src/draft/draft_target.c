/* draft_target.c - which columns of a table are the targets, and what is to be learned of them; see draft_internal.h.
 */
#include "draft_internal.h"

#include "alike.h"
#include "names.h"
#include "text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MANY_CLASSES = 1000, FEW_VALUES = 20 };

/* ---- which columns ---- */

static void list_columns(const tern__draft_table *t, char *out, size_t size) {
    for (size_t k = 0; k < t->t->columns; k++) tern__text_add(out, size, "%s%s", k ? ", " : "", t->column[k].name);
}

static tern_status refuse_names(tern__draft *d, const tern__draft_table *t, tern_status status, const char *what) {
    char names[400] = "";
    list_columns(t, names, sizeof names);
    return tern_error_add(d->err, status, NULL, "%s; name it with --target COLUMN: the columns are %s", what, names);
}

static void add_target(tern__draft_table *t, size_t k) {
    t->target[t->targets++] = k;
    t->column[k].target = true;
}

/* The columns that --target names: one, or several with commas between them. */
static tern_status take_named(tern__draft *d, tern__draft_table *t, const char *names) {
    size_t whole = tern__table_find(t->t, names);
    if (whole != SIZE_MAX) return add_target(t, whole), TERN_OK;
    for (const char *at = names, *end; *at; at = *end ? end + 1 : end) {
        end = strchr(at, ',') ? strchr(at, ',') : at + strlen(at);
        const char *name = tern__draft_text(d, "%.*s", (int)(end - at), at);
        size_t k = tern__table_find(t->t, name);
        if (k == SIZE_MAX)
            return refuse_names(d, t, TERN_ERROR_USAGE,
                                tern__draft_text(d, "--target: there is no column \"%.128s\"", name));
        if (t->column[k].target)
            return tern_error_add(d->err, TERN_ERROR_USAGE, NULL, "--target names the column \"%.128s\" twice", name);
        add_target(t, k);
    }
    return t->targets ? TERN_OK : tern_error_add(d->err, TERN_ERROR_USAGE, NULL, "--target names no column");
}

/* Of a series, the last column of numbers: the others are then what it goes by, too. */
static bool guess_series(tern__draft *d, tern__draft_table *t) {
    size_t clock = tern__draft_clock(t), k = tern__draft_last_number(t, clock);
    bool series = d->task == TERN__TASK_SERIES || (d->task == TERN__TASK_UNKNOWN && clock != SIZE_MAX);
    if (!series || k == SIZE_MAX) return false;
    tern__draft_note(d, "the target is \"%s\", the last column of numbers; --target COLUMN names another",
                     t->column[k].name);
    return add_target(t, k), true;
}

/* A column that is called so, or the last one. */
static tern_status guess(tern__draft *d, tern__draft_table *t) {
    static const char *const names[] = {"target", "label", "class", "y"};
    size_t called[2], n = 0, last = t->t->columns - 1;
    if (guess_series(d, t)) return TERN_OK;
    for (size_t k = 0; k <= last && n < 2; k++)
        for (size_t i = 0; i < sizeof names / sizeof *names && n < 2; i++)
            if (tern__name_same(t->column[k].name, names[i])) called[n++] = k;
    if (n > 1)
        return refuse_names(d, t, TERN_ERROR_USAGE,
                            tern__draft_text(d, "which column is the target, \"%s\" or \"%s\"?",
                                             t->column[called[0]].name, t->column[called[1]].name));
    size_t k = n ? called[0] : last;
    const tern_draft_column *c = &t->column[k];
    if (!n && (c->why || t->features.item[k].type == TERN__COLUMN_DATE))
        return refuse_names(d, t, TERN_ERROR_USAGE,
                            tern__draft_text(d, "which column is the target? The last one, \"%.128s\", can't be: %s",
                                             c->name, c->why ? c->why : "it holds dates"));
    tern__draft_note(d, "the target is \"%s\", %s; --target COLUMN names another", c->name,
                     n ? "by its name" : "the last column");
    return add_target(t, k), TERN_OK;
}

/* ---- classes ---- */

/* A class and how many rows have it. */
typedef struct class {
    const char *name;
    double number; /* of a column of numbers */
    size_t rows;
} class;

static int compare_classes(const void *a, const void *b) {
    const class *x = a, *y = b;
    if (x->number != y->number) return x->number < y->number ? -1 : 1;
    return strcmp(x->name, y->name);
}

static void warn_alike(tern__draft *d, const tern__table_column *c, const class *classes) {
    tern__name_count *names = tern__arena_alloc(&d->arena, c->values, sizeof *names, d->err);
    for (size_t i = 0; names && i < c->values; i++) names[i] = (tern__name_count){classes[i].name, classes[i].rows};
    if (names) tern__names_warn_alike(c->label, c->values, names, d->err);
}

static tern_status count_classes(tern__draft *d, tern__draft_table *t, const tern__table_column *c) {
    class *classes = tern__arena_alloc(&d->arena, c->values, sizeof *classes, d->err);
    t->classes = tern__arena_alloc(&d->arena, c->values, sizeof *t->classes, d->err);
    if (!classes || !t->classes) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < c->values; i++) {
        classes[i].name = c->value[i];
        if (c->number) tern__cell_number(c->value[i], t->t->decimal, &classes[i].number);
    }
    for (size_t i = 0; i < t->t->n; i++)
        if (c->code[i] != TERN__NO_CODE) classes[c->code[i]].rows++;
    qsort(classes, c->values, sizeof *classes, compare_classes);
    size_t most = 0, least = t->t->n, largest = 0, smallest = 0;
    for (size_t i = 0; i < c->values; i++) {
        t->classes[i] = classes[i].name;
        if (classes[i].rows > most) most = classes[i].rows, largest = i;
        if (classes[i].rows < least) least = classes[i].rows, smallest = i;
    }
    t->n_classes = c->values, t->least = least;
    if (!c->number) warn_alike(d, c, classes);
    d->outputs = c->values;
    tern__draft_note(d,
                     "classification: \"%s\" has %zu classes of %zu to %zu rows; to say \"%s\" always would be "
                     "right in %.1f %%",
                     c->name, c->values, least, most, classes[largest].name, 100.0 * (double)most / (double)t->t->n);
    tern__draft_shares(d, t->t->n, classes[largest].name, most, classes[smallest].name, least);
    if (least < 5) tern__draft_note(d, "a class of %zu row%s is hard to learn", least, least == 1 ? "" : "s");
    return TERN_OK;
}

static tern_status refuse_classes(tern__draft *d, const tern_draft_column *c, const char *why) {
    return tern_error_add(d->err, TERN_ERROR_DATA, NULL, "the target \"%.128s\" %s", c->name, why);
}

static bool whole(const tern__table_column *c, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (c->number[i] != floor(c->number[i])) return false;
    return true;
}

static tern_status classify(tern__draft *d, tern__draft_table *t, size_t k) {
    const tern__table_column *c = &t->t->column[k];
    const tern_draft_column *shown = &t->column[k];
    bool fractions = c->number && !whole(c, t->t->n);
    if (fractions || !c->code || c->values > MANY_CLASSES || 2 * c->values > t->t->n)
        return refuse_classes(d, shown,
                              tern__draft_text(d, "has %zu different values in %zu rows, which are no classes%s",
                                               shown->distinct, t->t->n,
                                               c->number ? "; --task regression predicts numbers" : ""));
    if (c->number && c->values != shown->distinct)
        return refuse_classes(d, shown, "writes the same number in several ways, such as 1 and 1.0");
    return count_classes(d, t, c);
}

/* ---- the task ---- */

/* Few whole numbers, each of them often, counted from 0 or 1 or only two or three: classes. */
static bool seems_classes(const tern__draft_table *t, size_t k) {
    const tern__table_column *c = &t->t->column[k];
    size_t values = t->column[k].distinct;
    if (!c->number) return true;
    double least = t->column[k].min;
    bool dense = (least == 0 || least == 1) && t->column[k].max - least + 1 == (double)values;
    return c->code && c->values == values && values <= (dense ? FEW_VALUES : 3) && 10 * values <= t->t->n &&
           whole(c, t->t->n);
}

static tern_status regress(tern__draft *d, tern__draft_table *t) {
    char names[300] = "";
    for (size_t i = 0; i < t->targets; i++) {
        const tern_draft_column *c = &t->column[t->target[i]];
        if (!t->t->column[t->target[i]].number)
            return refuse_classes(d, c, "holds texts, and numbers are wanted of it");
        tern__text_add(names, sizeof names, "%s\"%s\" (%g to %g)", i ? ", " : "", c->name, c->min, c->max);
    }
    d->outputs = t->targets;
    tern__draft_note(d, "regression: numbers are predicted: %s", names);
    return TERN_OK;
}

/* Columns of 0 and 1, any of which may be 1 in a row. */
static bool are_flags(const tern__draft_table *t) {
    for (size_t i = 0; i < t->targets; i++) {
        const tern_draft_column *c = &t->column[t->target[i]];
        if (!t->t->column[t->target[i]].number || c->distinct != 2 || c->min != 0 || c->max != 1) return false;
    }
    return true;
}

static tern_status mark(tern__draft *d, tern__draft_table *t) {
    if (!are_flags(t))
        return tern_error_add(d->err, TERN_ERROR_DATA, NULL,
                              "several labels are columns of 0 and 1 each, which --target a,b,c names");
    d->outputs = t->targets;
    tern__draft_note(d, "multilabel: any of the %zu labels may hold in a row", t->targets);
    return TERN_OK;
}

/* What the targets themselves rule out, whatever the task. */
static tern_status check_target(tern__draft *d, const tern__draft_table *t, size_t k) {
    const tern_draft_column *c = &t->column[k];
    if (c->missing && c->missing < t->t->n)
        return refuse_classes(
            d, c, tern__draft_text(d, "has no value in %zu of %zu rows; take these rows out", c->missing, t->t->n));
    if (c->distinct < 2)
        return refuse_classes(d, c,
                              c->why ? tern__draft_text(d, "has nothing to learn: %s", c->why) : "has one value alone");
    if (t->t->column[k].bad && t->t->column[k].number)
        return refuse_classes(d, c, tern__draft_text(d, "can't be read: %s", c->why));
    return TERN_OK;
}

/* What the targets themselves say; several of them may be labels. */
static tern__task guess_task(tern__draft *d, const tern__draft_table *t) {
    size_t clock = tern__draft_clock(t);
    if (clock != SIZE_MAX) {
        tern__draft_note(d, "the rows are moments in order, by \"%s\"; --task regression takes each for itself",
                         t->column[clock].name);
        return TERN__TASK_SERIES;
    }
    if (t->targets > 1) return are_flags(t) ? TERN__TASK_MULTILABEL : TERN__TASK_REGRESSION;
    if (!seems_classes(t, t->target[0])) return TERN__TASK_REGRESSION;
    if (t->t->column[t->target[0]].number)
        tern__draft_note(d, "the numbers of the target are taken for classes; --task regression predicts numbers");
    return TERN__TASK_CLASSIFICATION;
}

static tern_status choose_task(tern__draft *d, tern__draft_table *t) {
    if (d->task == TERN__TASK_UNKNOWN) {
        d->task = guess_task(d, t);
        tern__draft_note_gaps(d, t);
    }
    switch (d->task) {
    case TERN__TASK_MULTILABEL: return mark(d, t);
    case TERN__TASK_CLASSIFICATION:
        if (t->targets == 1) return classify(d, t, t->target[0]);
        return tern_error_add(d->err, TERN_ERROR_USAGE, NULL,
                              "classification has one target column, --target names %zu", t->targets);
    case TERN__TASK_REGRESSION: return regress(d, t);
    default: return tern__draft_series_task(d, t);
    }
}

tern_status tern__draft_find_targets(tern__draft *d, tern__draft_table *t) {
    t->target = tern__arena_alloc(&d->arena, t->t->columns, sizeof *t->target, d->err);
    if (!t->target) return TERN_ERROR_MEMORY;
    return d->o->target ? take_named(d, t, d->o->target) : guess(d, t);
}

bool tern__draft_may_skip(const tern__draft *d, const tern__draft_table *t) {
    bool series = d->task == TERN__TASK_UNKNOWN ? tern__draft_clock(t) != SIZE_MAX : d->task == TERN__TASK_SERIES,
         any = false;
    for (size_t i = 0; i < t->targets; i++) {
        size_t missing = t->column[t->target[i]].missing;
        any = any || (missing && missing < t->t->n);
    }
    return any && !series;
}

tern_status tern__draft_choose(tern__draft *d, tern__draft_table *t) {
    tern_status status = TERN_OK;
    for (size_t i = 0; !status && i < t->targets; i++) status = check_target(d, t, t->target[i]);
    return status ? status : choose_task(d, t);
}
