/* csv - tables of text (RFC 4180): columns by name or position, class names become indices. */
#include <tern/reader.h>

#include "csv_files.h"
#include "fraction.h"
#include "table_source.h"

#include <string.h>

typedef struct csv {
    tern_strings file;
    const char *one_file, *y_file;
    const char *separator, *decimal;
    int encoding;
    bool header;
    tern_strings x, y, classes;
    size_t window, horizon, stride;
    double from, to;
    const char *sample_weight, *sequence;
    int target_of;
    bool plain; /* no model says whether there is a header: there is one unless the first row is numbers */
} csv;

static tern_status open_files(const csv *o, const tern_strings *files, const char *key, const char *dir, bool safe,
                              tern__table_source *out, tern_error *err) {
    const tern__csv_form form = {o->separator, o->decimal, (tern__encoding)o->encoding, o->header, o->plain};
    tern_status status = tern__csv_files_open(files, key, dir, safe, &form, out, err);
    const tern__series series = {o->window, o->horizon, o->stride};
    out->roles = (tern__roles){.x = o->x,
                               .y = o->y,
                               .classes = o->classes,
                               .series = series,
                               .from = o->from,
                               .to = o->to,
                               .weight = o->sample_weight,
                               .sequence = o->sequence,
                               .target_of = o->target_of};
    return status;
}

static tern_status open_targets(const csv *o, const char *dir, bool safe, tern__table_source *out, tern_error *err) {
    const tern_strings y_file = {1, &o->y_file};
    out->targets = tern__alloc(1, sizeof *out->targets, err);
    return out->targets ? open_files(o, &y_file, "y_file", dir, safe, out->targets, err) : TERN_ERROR_MEMORY;
}

static tern_status csv_table(const void *self, const char *dir, bool safe, tern__table_source *out, tern_error *err) {
    const csv *o = self;
    tern_status status = tern__series_check(&(tern__series){o->window, o->horizon, o->stride}, err);
    if (!status) status = open_files(o, &o->file, "file", dir, safe, out, err);
    if (!status && o->y_file) status = open_targets(o, dir, safe, out, err);
    if (status) tern__table_source_close(out);
    return status;
}

static tern_dataset *csv_read(const void *self, const char *dir, bool safe, tern_error *err) {
    tern__table_source s = {0};
    if (csv_table(self, dir, safe, &s, err)) return NULL;
    tern_dataset *d = tern__table_source_read(&s, err);
    tern__table_source_close(&s);
    return d;
}

static void csv_from_files(void *self, const tern_files *files) {
    csv *o = self;
    o->plain = !o->file.n; /* options that name a file are those of training: they say how this one is written, too */
    o->one_file = files->input, o->y_file = files->target;
    o->file = (tern_strings){1, &o->one_file};
    /* A series goes on from what it was: its columns are where they were, and its last rows are an input, too. */
    if (!o->window) o->x = (tern_strings){0};
    if (!files->labelled) o->y = o->classes = (tern_strings){0};
    o->from = 0, o->to = 1, o->stride = 1, o->sample_weight = NULL;
}

static const tern_option options[] = {
    TERN_STRINGS(
        csv, file, 1, 0,
        "The table; also several files one after the other, or a pattern: \"sales-*.csv\", in natural order, 2 "
        "before 10. May be compressed: .csv.gz.",
        .required = true, .path = true),
    TERN_STRING(csv, y_file, NULL, "A table with the targets, row by row; left out: they are columns of `file`.",
                .path = true),
    TERN_BOOL(csv, header, true, "The first row names the columns."),
    TERN_STRING(csv, separator, "\",\"", "The character between fields; also \"tab\"."),
    TERN_STRING(csv, decimal, "\".\"", "The decimal mark of numbers: \".\" or \",\"."),
    TERN_CHOICE(csv, encoding, TERN__ENCODING_UTF8, tern__encoding_words,
                "How its characters are written; latin1 is also Windows-1252. What is UTF-8 is read as that."),
    TERN_STRINGS(csv, x, 1, 0, "Columns of the inputs, by name or by position from 0; left out: all that are not y."),
    TERN_STRINGS(csv, y, 1, 0,
                 "Columns of the targets; left out: all of `y_file`, or no targets. One column may hold class names."),
    TERN_STRINGS(csv, classes, 1, 0, "The class names in the order of their indices; left out: sorted."),
    TERN_SERIES_OPTIONS(csv),
    TERN_STRING(
        csv, sample_weight, NULL,
        "The column that says how much each row counts in training's loss, a number from 0; left out: all alike."),
    TERN_STRING(csv, sequence, NULL,
                "The column that says to which sequence a row belongs: rows with one value there, in their order, are "
                "the steps of a sample, [steps, columns]; left out: a row is a sample."),
    TERN_CHOICE(csv, target_of, TERN__TARGET_OF_SEQUENCE, tern__target_of_words,
                "What has a target: a sequence, whose rows then agree on it, or each of its steps."),
    TERN_FRACTION_OPTIONS(csv, "rows, or sequences"),
    {0},
};

static const tern_example examples[] = {
    {"{\"file\": \"iris.csv\", \"y\": [\"species\"]}", {{0}}},
    {"{\"file\": \"table.csv\", \"header\": false, \"separator\": \";\", \"x\": [0, 1, 2], \"y\": [3]}", {{0}}},
    {"{\"file\": \"walks.csv\", \"sequence\": \"walk\", \"y\": \"activity\"}", {{0}}},
    {"{\"file\": \"series.csv\", \"x\": \"value\", \"y\": \"value\", \"window\": 24, \"horizon\": 6, \"to\": 0.8}",
     {{0}}},
    {0},
};

const tern_reader_type tern_reader_csv = {
    .base = {TERN_READER, "csv", NULL, "Tables of text; a column of class names becomes class indices.", sizeof(csv),
             options, examples},
    .endings = (const char *const[]){".csv", ".tsv", ".csv.gz", ".tsv.gz", NULL},
    .read = csv_read,
    .table = csv_table,
    .from_files = csv_from_files,
};
