/* test_series.c - series: which windows validate, and how they go on. */
#include "fixtures/models.h"
#include "fixtures/scratch.h"

static const char *message(const tern_error *err) {
    static char line[900];
    return tern_error_line(err, 0, line, sizeof line);
}

/* Opens a model whose training data is the file s.csv, with these keys in its reader, layers, and others. */
static tern_model *open_model(const char *shape, const char *reader, const char *layers, const char *more,
                              tern_error *err) {
    char text[2048];
    tern_error_clear(err);
    snprintf(text, sizeof text,
             "{\"seed\": 1, \"input\": {%s}, \"layers\": [%s], \"loss\": \"mse\", \"optimizer\": \"adam\", %s, "
             "\"data\": {\"train\": {\"type\": \"csv\", \"file\": \"s.csv\", %s}}}",
             shape, layers, more, reader);
    tern_model *m = tern_model_open_fitted(scratch_file("m.json", text, strlen(text)), NULL, NULL, err);
    return m;
}

static void write_series(const char *header, size_t n, double (*value)(size_t row, size_t column), size_t columns) {
    char text[8192];
    size_t used = (size_t)snprintf(text, sizeof text, "%s", header);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < columns; k++)
            used +=
                (size_t)snprintf(text + used, sizeof text - used, "%.12g%c", value(i, k), k + 1 < columns ? ',' : '\n');
    scratch_file("s.csv", text, used);
}

/* 3, 5, 7, ... and 10, 9.5, 9, ... */
static double lines(size_t row, size_t column) { return column ? 10 - 0.5 * (double)row : 3 + 2 * (double)row; }

/* ---- what validates ---- */

#define FLAT "\"flatten\", {\"type\": \"dense\", \"out_features\": 1}"

START_TEST(overlapping_windows_are_not_split_at_random) {
    static tern_error err;
    tern_split split;
    write_series("v\n", 60, lines, 1);
    tern_model *m = open_model("\"shape\": [5, 1]", "\"x\": \"v\", \"y\": \"v\", \"window\": 5, \"horizon\": 1", FLAT,
                               "\"train\": {\"epochs\": 1, \"validation_split\": 0.2, \"split\": \"random\"}", &err);
    tern_dataset *d = m ? tern_dataset_open(m, "train", NULL, &err) : NULL;
    ck_assert_msg(d != NULL, "%s", message(&err));
    ck_assert_int_eq(tern_dataset_split(d, m, &split, &err), TERN_ERROR_MODEL);
    ck_assert_ptr_nonnull(strstr(message(&err), "/train/validation_split"));
    ck_assert_ptr_nonnull(strstr(message(&err), "\"split\": \"time\""));
    tern_split_free(&split);
    tern_dataset_free(d);
    tern_model_free(m);
}
END_TEST

/* The rows of a training sample, with its targets, and those of a sample that validates have none in common; those
 * between are no more than need be. */
static void check_gap(const tern_split *split, size_t stride, size_t reach, size_t samples) {
    size_t last = split->train[split->trains - 1], first = split->valid[0];
    ck_assert_uint_eq(split->train[0], 0);
    ck_assert_uint_eq(split->trains, last + 1);
    ck_assert_uint_eq(split->valid[split->valids - 1], samples - 1);
    ck_assert_uint_eq(split->valids, samples - first);
    ck_assert_uint_ge(first * stride, last * stride + reach);
    ck_assert_uint_lt(first * stride, (last + 1) * stride + reach);
}

static const struct {
    size_t window, horizon, stride;
} windows[] = {{5, 1, 1}, {5, 3, 1}, {5, 3, 2}, {4, 2, 3}, {4, 2, 6}, {4, 2, 7}};

START_TEST(a_split_in_time_leaves_out_the_border) {
    static tern_error err;
    char reader[200], input[64];
    size_t reach = windows[_i].window + windows[_i].horizon, stride = windows[_i].stride;
    write_series("v\n", 100, lines, 1);
    snprintf(reader, sizeof reader, "\"x\": \"v\", \"y\": \"v\", \"window\": %zu, \"horizon\": %zu, \"stride\": %zu",
             windows[_i].window, windows[_i].horizon, stride);
    snprintf(input, sizeof input, "\"shape\": [%zu, 1]", windows[_i].window);
    char layers[100], more[100];
    snprintf(more, sizeof more, "\"train\": {\"epochs\": 1, \"validation_split\": 0.25%s}",
             reach > stride ? "" : ", \"split\": \"time\"");
    snprintf(layers, sizeof layers, "\"flatten\", {\"type\": \"dense\", \"out_features\": %zu}", windows[_i].horizon);
    tern_model *m = open_model(input, reader, layers, more, &err);
    tern_dataset *d = m ? tern_dataset_open(m, "train", NULL, &err) : NULL;
    ck_assert_msg(d != NULL, "%s", message(&err));
    ck_assert_uint_eq(d->n, (100 - reach) / stride + 1);
    tern_split split;
    ck_assert_int_eq(tern_dataset_split(d, m, &split, &err), TERN_OK);
    check_gap(&split, stride, reach, d->n);
    ck_assert(!strstr(more, "split\": \"time") ==
              (strstr(message(&err), "validation_split takes the last ones") != NULL));
    ck_assert_uint_eq(split.valids, (size_t)round(0.25 * (double)d->n));
    ck_assert_msg(!tern_fit(m, d, NULL, NULL, NULL, &err), "%s", message(&err));
    tern_split_free(&split);
    tern_dataset_free(d);
    tern_model_free(m);
}
END_TEST

/* Columns are fitted to the rows of samples that train alone: the mean of a line says which rows they were. */
START_TEST(columns_are_fitted_to_the_rows_that_train) {
    static tern_error err;
    char reader[200], more[200];
    size_t reach = windows[_i].window + windows[_i].horizon, stride = windows[_i].stride;
    bool random = reach <= stride;
    write_series("v\n", 100, lines, 1);
    snprintf(reader, sizeof reader, "\"window\": %zu, \"horizon\": %zu, \"stride\": %zu", windows[_i].window,
             windows[_i].horizon, stride);
    char input[200], layers[100];
    snprintf(input, sizeof input, "\"shape\": [%zu, 1], \"columns\": [{\"name\": \"v\", \"normalize\": \"zscore\"}]",
             windows[_i].window);
    snprintf(layers, sizeof layers, "\"flatten\", {\"type\": \"dense\", \"out_features\": %zu}", windows[_i].horizon);
    snprintf(more, sizeof more,
             "\"target\": {\"columns\": [\"v\"]}, \"train\": {\"epochs\": 1, \"validation_split\": 0.25%s}",
             random   ? ", \"split\": \"random\""
             : _i % 2 ? ""
                      : ", \"split\": \"time\"");
    tern_model *m = open_model(input, reader, layers, more, &err);
    tern_dataset *d = m ? tern_dataset_open(m, "train", NULL, &err) : NULL;
    ck_assert_msg(d != NULL, "%s", message(&err));
    tern_split split;
    ck_assert_int_eq(tern_dataset_split(d, m, &split, &err), TERN_OK);
    bool trains[100] = {false};
    for (size_t i = 0; i < split.trains; i++)
        for (size_t k = 0; k < reach; k++) trains[split.train[i] * stride + k] = true;
    double sum = 0, n = 0;
    for (size_t i = 0; i < 100; i++)
        if (trains[i]) sum += lines(i, 0), n++;
    char *text = tern_model_render(m, NULL), *center = strstr(strstr(text, "\"fitted\""), "\"center\": ");
    ck_assert_ptr_nonnull(center);
    ck_near(strtod(center + strcspn(center, "0123456789"), NULL), sum / n, 1e-9);
    tern_free(text);
    tern_split_free(&split);
    tern_dataset_free(d);
    tern_model_free(m);
}
END_TEST

START_TEST(described_windows_are_not_split_at_random) {
    static tern_error err;
    write_series("v\n", 60, lines, 1);
    ck_assert_ptr_null(open_model("\"shape\": [5, 1], \"columns\": [{\"name\": \"v\"}]", "\"window\": 5", FLAT,
                                  "\"target\": {\"columns\": [\"v\"]}, "
                                  "\"train\": {\"epochs\": 1, \"validation_split\": 0.2, \"split\": \"random\"}",
                                  &err));
    ck_assert_ptr_nonnull(strstr(message(&err), "\"split\": \"time\""));
}
END_TEST

START_TEST(a_split_that_leaves_nothing_is_refused) {
    static tern_error err;
    write_series("v\n", 9, lines, 1);
    tern_model *m = open_model("\"shape\": [5, 1]", "\"x\": \"v\", \"y\": \"v\", \"window\": 5", FLAT,
                               "\"train\": {\"epochs\": 1, \"validation_split\": 0.2, \"split\": \"time\"}", &err);
    tern_dataset *d = tern_dataset_open(m, "train", NULL, &err);
    tern_split split;
    ck_assert_int_eq(tern_dataset_split(d, m, &split, &err), TERN_ERROR_DATA);
    ck_assert_ptr_nonnull(strstr(message(&err), "none is left to train"));
    tern_split_free(&split);
    tern_dataset_free(d);
    tern_model_free(m);
}
END_TEST

/* ---- how a series goes on ---- */

/* Each column goes on as a straight line: twice the last value less the one before, in the column's own scale. */
static void set_line(tern_model *m, size_t window, size_t columns) {
    tern_tensor w = tern_model_weight(m, 0).tensor, b = tern_model_weight(m, 1).tensor;
    size_t out = w.shape.dim[0];
    memset(w.data, 0, tern_tensor_count(&w) * sizeof *w.data);
    memset(b.data, 0, tern_tensor_count(&b) * sizeof *b.data);
    for (size_t o = 0; o < out; o++) {
        size_t column = o % columns, ahead = o / columns + 1; /* (ahead + 1) last - ahead before */
        tern_real *row = w.data + o * window * columns;
        row[(window - 1) * columns + column] = (tern_real)(ahead + 1);
        row[(window - 2) * columns + column] = -(tern_real)ahead;
    }
}

static const struct {
    const char *header, *input, *reader, *more;
    size_t columns, horizon;
} forecasts[] = {
    {"a\n", "'shape': [4, 1]", "'x': 'a', 'y': 'a', 'window': 4", "", 1, 1},
    {"", "'shape': [4, 1]", "'x': [1], 'y': [1], 'window': 4, 'header': false", "", 1, 1},
    {"a,b\n", "'shape': [4, 2]", "'x': ['b', 'a'], 'y': ['b', 'a'], 'window': 4, 'horizon': 3, 'stride': 2", "", 2, 3},
    {"a,b\n", "'shape': [4, 2], 'columns': [{'name': 'a'}, {'name': 'b'}]", "'window': 4, 'horizon': 2",
     "'target': {'columns': ['a', 'b']}, ", 2, 2},
    {"a,b\n",
     "'shape': [4, 2], 'columns': [{'name': 'a', 'normalize': 'zscore'}, {'name': 'b', 'normalize': 'zscore'}]",
     "'window': 4, 'horizon': 2", "'target': {'columns': ['a', 'b'], 'normalize': 'zscore'}, ", 2, 2},
    {"a,b\n", "'shape': [4, 1], 'columns': [{'name': 'b', 'type': 'ignore'}, {'name': 'a', 'normalize': 'minmax'}]",
     "'window': 4", "'target': {'columns': ['a'], 'normalize': 'minmax'}, ", 1, 1},
};

static const char *quoted(const char *text, char *out) {
    size_t i = 0;
    for (; text[i]; i++) out[i] = text[i] == '\'' ? '"' : text[i];
    out[i] = 0;
    return out;
}

static tern_model *open_forecast(size_t i, tern_error *err) {
    char input[300], reader[200], more[200], layers[100];
    size_t outputs = forecasts[i].columns * forecasts[i].horizon;
    snprintf(layers, sizeof layers, "\"flatten\", {\"type\": \"dense\", \"out_features\": %zu}", outputs);
    quoted(forecasts[i].more, more);
    snprintf(more + strlen(more), sizeof more - strlen(more), "\"train\": {\"epochs\": 1}");
    tern_model *m =
        open_model(quoted(forecasts[i].input, input), quoted(forecasts[i].reader, reader), layers, more, err);
    ck_assert_msg(m != NULL, "%s", message(err));
    return m;
}

START_TEST(a_line_goes_on) {
    static tern_error err;
    enum { ROWS = 20, AHEAD = 11 };
    size_t columns = forecasts[_i].columns;
    tern_real y[AHEAD * 2];
    write_series(forecasts[_i].header, ROWS, lines, 2);
    if (forecasts[_i].header[0] && !strchr(forecasts[_i].header, ','))
        write_series(forecasts[_i].header, ROWS, lines, 1);
    tern_model *m = open_forecast((size_t)_i, &err);
    tern_dataset *train = tern_dataset_open(m, "train", NULL, &err);
    ck_assert_int_eq(tern_model_learn(m, train, &err), TERN_OK);
    set_line(m, 4, columns);
    tern_dataset *d = tern_dataset_read_for(m, &(tern_files){.input = scratch_path("s.csv")}, &err);
    ck_assert_msg(d != NULL, "%s", message(&err));
    ck_assert_uint_eq(d->n, ROWS - 4 + 1);
    const char *const *names;
    tern_tensor to = {{2, {AHEAD, columns}}, y};
    ck_assert_uint_eq(tern_forecast_columns(m, &names, &err), columns);
    ck_assert_msg(!tern_dataset_forecast(d, m, 1, &to, &err), "%s", message(&err));
    for (size_t i = 0; i < AHEAD; i++)
        for (size_t k = 0; k < columns; k++) {
            size_t column = !strcmp(names[k], "b") || !strcmp(names[k], "1");
            ck_near((double)y[i * columns + k], lines(ROWS + i, column), 2e-4);
        }
    tern_dataset_free(train);
    tern_dataset_free(d);
    tern_model_free(m);
}
END_TEST

static const struct {
    const char *input, *reader, *more, *says;
} no_forecasts[] = {
    {"'shape': [4, 2]", "'x': ['a', 'b'], 'y': 'a', 'window': 4", "", "the input \"b\" is none of them (\"a\")"},
    {"'shape': [4, 1]", "'x': 'a', 'y': 'b', 'window': 4", "", "the input \"a\" is none of them (\"b\")"},
    {"'shape': [4, 1]", "'y': 'a', 'window': 4", "", "all columns that are no target"},
    {"'shape': [1]", "'x': 'a', 'y': 'a'", "", "has no \"window\""},
    {"'shape': [4, 2], 'columns': [{'name': 'a'}, {'name': 'b'}]", "'window': 4", "'target': {'columns': ['a']}, ",
     "the input \"b\" is none of them"},
};

START_TEST(what_cannot_go_on_is_refused) {
    static tern_error err;
    char input[300], reader[200], more[200];
    write_series("a,b\n", 20, lines, 2);
    quoted(no_forecasts[_i].more, more);
    strcat(more, "\"train\": {\"epochs\": 1}");
    tern_model *m =
        open_model(quoted(no_forecasts[_i].input, input), quoted(no_forecasts[_i].reader, reader), FLAT, more, &err);
    ck_assert_msg(m != NULL, "%s", message(&err));
    ck_assert_uint_eq(tern_forecast_columns(m, NULL, &err), 0);
    ck_assert_msg(strstr(message(&err), no_forecasts[_i].says) != NULL, "%s", message(&err));
    tern_model_free(m);
}
END_TEST

TCase *series_tcase(void);
TCase *series_tcase(void) {
    TCase *c = tcase_create("series");
    tcase_add_test(c, overlapping_windows_are_not_split_at_random);
    tcase_add_test(c, described_windows_are_not_split_at_random);
    tcase_add_loop_test(c, a_split_in_time_leaves_out_the_border, 0, COUNT(windows));
    tcase_add_loop_test(c, columns_are_fitted_to_the_rows_that_train, 0, COUNT(windows));
    tcase_add_test(c, a_split_that_leaves_nothing_is_refused);
    tcase_add_loop_test(c, a_line_goes_on, 0, COUNT(forecasts));
    tcase_add_loop_test(c, what_cannot_go_on_is_refused, 0, COUNT(no_forecasts));
    return c;
}
