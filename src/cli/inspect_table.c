/* inspect_table.c - tern inspect on a .csv file: its columns one by one, numbers or text. */
#include "inspect.h"

#include "text.h"

static const char *column_name(const tern_table_column *c, size_t k, char out[TABLE_CELL]) {
    if (c->name) return tern__text_safe(c->name, out, TABLE_CELL);
    snprintf(out, TABLE_CELL, "%zu", k);
    return out;
}

static void add_row(table *t, size_t k, const tern_table_column *c) {
    char name[TABLE_CELL];
    table_row(t);
    table_set(t, 0, "%s", column_name(c, k, name));
    if (c->numbers) {
        table_set(t, 1, "%.6g", c->stats.min);
        table_set(t, 2, "%.6g", c->stats.max);
        table_set(t, 3, "%.6g", c->stats.mean);
        table_set(t, 4, "%.6g", c->stats.std);
        table_set(t, 6, "%zu", c->stats.nans + c->stats.infs - c->empty);
    } else {
        table_set(t, 1, "text");
    }
    table_set(t, 5, "%zu", c->empty);
    if (c->distinct) table_set(t, 7, "%zu", c->distinct);
}

static void print_texts(size_t k, const tern_table_column *c) {
    char shown[TABLE_CELL];
    if (c->numbers || c->distinct > TERN_MAX_HISTOGRAM) return;
    printf("\n%s\n", column_name(c, k, shown));
    for (size_t i = 0; i < c->distinct; i++)
        printf("  %6zu  %s\n", c->count[i], tern__text_safe(c->text[i], shown, sizeof shown));
}

static void json_column(json *j, size_t k, const tern_table_column *c) {
    char name[TABLE_CELL];
    json_open(j, NULL, '{');
    json_text(j, "name", c->name ? c->name : column_name(c, k, name));
    json_text(j, "type", c->numbers ? "number" : "text");
    json_size(j, "empty", c->empty);
    if (c->numbers) json_stats(j, &c->stats);
    else json_size(j, "distinct", c->distinct);
    if (!c->numbers && c->distinct <= TERN_MAX_HISTOGRAM) {
        json_open(j, "histogram", '{');
        for (size_t i = 0; i < c->distinct; i++) json_size(j, c->text[i], c->count[i]);
        json_close(j, '}');
    }
    json_close(j, '}');
}

static tern_status show_text(tern_table *sheet, const args *a, tern_error *err) {
    char path[PATH_SIZE], count[SHORT_TEXT];
    tern_table_column c;
    table t;
    tern_status status = TERN_OK;
    size_t columns = tern_table_columns(sheet);
    printf("%s: %s rows, %zu columns, %s\n\n", tern__text_safe(a->operand.v[0], path, sizeof path),
           count_text(tern_table_rows(sheet), count), columns,
           tern_table_has_header(sheet) ? "with a header" : "no header");
    table_begin(&t, 8,
                (const char *const[]){"column", ">min", ">max", ">mean", ">std", ">empty", ">NaN, inf", ">distinct"});
    for (size_t k = 0; !status && k < columns; k++)
        if (!(status = tern_table_inspect(sheet, k, &c, err))) add_row(&t, k, &c);
    table_end(&t);
    for (size_t k = 0; !status && k < columns; k++)
        if (!(status = tern_table_inspect(sheet, k, &c, err))) print_texts(k, &c);
    return status;
}

static tern_status show_json(tern_table *sheet, const args *a, tern_error *err) {
    json j = {0};
    tern_table_column c;
    tern_status status = TERN_OK;
    json_open(&j, NULL, '{');
    json_text(&j, "file", a->operand.v[0]);
    json_size(&j, "samples", tern_table_rows(sheet));
    json_bool(&j, "header", tern_table_has_header(sheet));
    json_open(&j, "columns", '[');
    for (size_t k = 0; !status && k < tern_table_columns(sheet); k++)
        if (!(status = tern_table_inspect(sheet, k, &c, err))) json_column(&j, k, &c);
    json_close(&j, ']');
    json_close(&j, '}');
    json_end();
    return status;
}

tern_status inspect_table(const args *a, tern_error *err) {
    tern_table *sheet = tern_table_open(a->operand.v[0], err);
    if (!sheet) return TERN_ERROR_DATA;
    tern_status status = a->json ? show_json(sheet, a, err) : show_text(sheet, a, err);
    tern_table_free(sheet);
    return status;
}
