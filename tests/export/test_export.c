/* test_export.c - every layer example and every model as C, compiled and run against tern's own predictions. */
#include "cases.h"

#include <ctype.h>

static tern_error err;

/* A list of what was written, a line each: name, and the name in upper case. */
static char dir[24];
static FILE *list;

static void start(void) {
    char path[64];
    begin(dir);
    snprintf(path, sizeof path, "%s/list", dir);
    ck_assert_ptr_nonnull(list = fopen(path, "w"));
}

/* Compiles and runs all files with each compiler of TERN_EXPORT_CC (else cc), warnings being errors. */
static void run_all(void) {
    static const char script[] =
        "cd %s && for cc in ${TERN_EXPORT_CC:-cc}; do xargs -P 2 -L 1 sh -c '"
        "$0 -std=c99 -Wall -Wextra -pedantic -Wconversion -Werror -O1 -D$2_TEST $1.c -o $1 -lm >$1.log 2>&1 && "
        "$TERN_EXPORT_RUN ./$1 >>$1.log 2>&1 && tail -1 $1.log >>worst || { echo $0 $1; head -20 $1.log; exit 1; }' "
        "$cc <list || exit 1; done";
    char command[sizeof script + sizeof dir];
    fclose(list);
    snprintf(command, sizeof command, script, dir);
    ck_assert_msg(system(command) == 0, "some exported files don't do what tern does");
}

static void export(tern_model *m, const char *refused) {
    char upper[128] = "", name[128] = "";
    tern_status status = tern_export_c(m, dir, NULL, &err);
    if (refused) {
        ck_assert_int_eq(status, TERN_ERROR_MODEL);
        ck_contains(err.item[0].text, refused);
        tern_error_clear(&err);
        return;
    }
    ck_assert_msg(!status, "%s: %s", tern_model_name(m), err.item[0].text);
    const char *from = tern_model_name(m);
    for (size_t i = 0; from[i]; i++) {
        name[i] = isalnum((unsigned char)from[i]) ? from[i] : '_';
        upper[i] = (char)toupper((unsigned char)name[i]);
    }
    fprintf(list, "%s %s\n", name, upper);
}

START_TEST(layers) {
    start();
    each_example(export);
    run_all();
    end(dir);
}
END_TEST

/* ---- what is told before, and what is refused ---- */

static tern_model *parse(const char *text, bool plan_only) {
    return tern_model_parse(text, strlen(text), "m", &(tern_model_options){.plan_only = plan_only}, &err);
}

/* That these are the sizes of the arrays, each file's own test says. */
START_TEST(costs) {
    const char *text = "{\"format\": 1, \"name\": \"4 it's\", \"input\": {\"shape\": [3], \"scale\": 0.5}, "
                       "\"layers\": [{\"type\": \"dense\", \"out_features\": 5}, {\"type\": \"relu\"}, "
                       "{\"type\": \"dense\", \"out_features\": 2}]}";
    char path[80], line[4096] = "";
    tern_c_cost cost;
    tern_model *m = parse(text, true);
    ck_assert_int_eq(tern_export_c_cost(m, false, &cost, &err), TERN_OK);
    ck_assert_uint_eq(cost.flash, 4 * (15 + 5 + 10 + 2) + 2 * sizeof(double));
    ck_assert_uint_eq(cost.ram, 4 * (3 + 5)); /* scaled input and hidden layer; the relu works in place */
    ck_assert(cost.work == 25 + 5 + 14);      /* weights, biases and outputs of each layer */
    tern_model_free(m);
    start();
    m = parse(text, false);
    ck_assert_int_eq(tern_export_c(m, dir, NULL, &err), TERN_OK);
    tern_model_free(m);
    snprintf(path, sizeof path, "%s/_4_it_s.h", dir);
    FILE *header = fopen(path, "r");
    ck_assert_ptr_nonnull(header);
    size_t length = fread(line, 1, sizeof line - 1, header);
    line[length] = 0;
    fclose(header);
    ck_contains(line, "_4_IT_S_FLASH = 144,");
    ck_contains(line, "_4_IT_S_RAM = 32 ");
    ck_contains(line, "int _4_it_s_predict(const float *in, float *out);");
    fprintf(list, "_4_it_s _4_IT_S\n");
    run_all();
    end(dir);
}
END_TEST

/* All of them in one go, and no file. */
START_TEST(refusals) {
    static const char norm[] = "{\"type\": \"batch_norm\", \"track_running_stats\": false}";
    char text[400];
    snprintf(text, sizeof text,
             "{\"format\": 1, \"input\": {\"shape\": [3, 4]}, \"layers\": [%s, {\"type\": \"relu\"}, %s]}", norm, norm);
    tern_model *m = parse(text, false);
    ck_assert_int_eq(tern_export_c(m, "/nowhere/at/all", NULL, &err), TERN_ERROR_MODEL);
    ck_assert_uint_eq(err.count, 2);
    ck_contains(err.item[0].text, "layer \"0\" (batch_norm)");
    ck_contains(err.item[1].text, "layer \"2\" (batch_norm)");
    tern_model_free(m);
    tern_error_clear(&err);
}
END_TEST

/* ---- models ---- */

START_TEST(models) {
    start();
    each_model(export);
    run_all();
    end(dir);
}
END_TEST

TCase *onnx_case(void), *page_case(void); /* test_onnx.c, test_page.c */
Suite *export_suite(void);

Suite *export_suite(void) {
    Suite *s = suite_create("export");
    TCase *c = tcase_create("c");
    tcase_set_timeout(c, 600);
    tcase_add_test(c, costs);
    tcase_add_test(c, refusals);
    tcase_add_test(c, layers);
    tcase_add_test(c, models);
    suite_add_tcase(s, c);
    suite_add_tcase(s, onnx_case());
    suite_add_tcase(s, page_case());
    return s;
}
