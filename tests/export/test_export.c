/* test_export.c - every layer example and every model as C, compiled and run against tern's own predictions. */
#include "test.h"

#include <tern/tern.h>

#include <ctype.h>
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

static tern_error err;

/* Where the files of this run are; and a list of what was written, a line each: name, and the name in upper case. */
static char dir[] = "/tmp/tern-export-XXXXXX";
static FILE *list;

static void begin(void) {
    char path[64];
    strcpy(dir, "/tmp/tern-export-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/list", dir);
    ck_assert_ptr_nonnull(list = fopen(path, "w"));
}

static void end(void) {
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", dir);
    ck_assert_int_eq(system(command), 0);
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

/* Weights that no layer starts with: so that none is forgotten. */
static void disturb(const tern_model *m) {
    for (size_t i = 0; i < tern_model_weight_count(m); i++) {
        tern_weight w = tern_model_weight(m, i);
        size_t n = tern_tensor_count(&w.tensor);
        tern_real *noise = malloc(n * sizeof *noise);
        tern_random_uniform(&(tern_random){.seed = 7, .purpose = TERN_RANDOM_OTHER, .index = (uint32_t)i}, 0, n, noise);
        for (size_t k = 0; k < n && !w.integer; k++) w.tensor.data[k] += (tern_real)0.2 * (noise[k] - (tern_real)0.5);
        free(noise);
    }
}

static void export(tern_model *m, const tern_export_c_options *options) {
    char upper[128] = "", name[128] = "";
    ck_assert_msg(m != NULL, "%s", err.item[0].text);
    disturb(m);
    ck_assert_msg(!tern_export_c(m, dir, options, &err), "%s: %s", tern_model_name(m), err.item[0].text);
    const char *from = tern_model_name(m);
    for (size_t i = 0; from[i]; i++) {
        name[i] = isalnum((unsigned char)from[i]) ? from[i] : '_';
        upper[i] = (char)toupper((unsigned char)name[i]);
    }
    fprintf(list, "%s %s\n", name, upper);
    tern_model_free(m);
}

/* ---- layers ---- */

static void example_text(const tern_type *type, const tern_example *e, size_t k, char *text, size_t size) {
    char shape[TERN_SHAPE_TEXT];
    size_t used =
        (size_t)snprintf(text, size, "{\"format\": 1, \"name\": \"%s-%zu\", \"seed\": 3, \"inputs\": {", type->name, k);
    for (size_t i = 0; i < TERN_EXAMPLE_INPUTS && e->in[i].rank; i++)
        used += (size_t)snprintf(text + used, size - used, "%s\"x%zu\": {\"shape\": %s}", i ? ", " : "", i,
                                 tern_shape_text(&e->in[i], shape));
    used += (size_t)snprintf(text + used, size - used, "}, \"layers\": [{\"type\": \"%s\", \"inputs\": [", type->name);
    for (size_t i = 0; i < TERN_EXAMPLE_INPUTS && e->in[i].rank; i++)
        used += (size_t)snprintf(text + used, size - used, "%s\"x%zu\"", i ? ", " : "", i);
    snprintf(text + used, size - used, "]%s%s]}", strlen(e->options) > 2 ? ", " : "}", e->options + 1);
    if (strlen(e->options) == 2) snprintf(text + used, size - used, "]}]}");
}

START_TEST(layers) {
    tern_registry *r = tern_registry_new(&err);
    char text[2048];
    begin();
    for (size_t i = 0; i < tern_registry_count(r, TERN_LAYER); i++) {
        const tern_type *type = tern_registry_at(r, TERN_LAYER, i);
        for (size_t k = 0; type->examples[k].options; k++) {
            example_text(type, &type->examples[k], k, text, sizeof text);
            tern_model *m = tern_model_parse(text, strlen(text), text, NULL, &err);
            if (m && !strcmp(type->name, "batch_norm") && strstr(text, "\"track_running_stats\": false")) {
                ck_assert_int_eq(tern_export_c(m, dir, NULL, &err), TERN_ERROR_MODEL);
                ck_contains(err.item[0].text, "batch");
                tern_error_clear(&err);
                tern_model_free(m);
                continue;
            }
            export(m, NULL);
        }
    }
    tern_registry_free(r);
    run_all();
    end();
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
    begin();
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
    end();
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
    DIR *folder = opendir("models");
    begin();
    for (struct dirent *entry; (entry = readdir(folder));) {
        char path[300];
        if (!strstr(entry->d_name, ".json") || strstr(entry->d_name, "schema")) continue;
        snprintf(path, sizeof path, "models/%s", entry->d_name);
        tern_model *m = tern_model_open(path, &(tern_model_options){.unfitted = true}, &err);
        if (m && !tern_model_fitted(m)) tern_model_free(m); /* needs its data: those of slow tests */
        else export(m, NULL);
        tern_error_clear(&err);
    }
    closedir(folder);
    run_all();
    end();
}
END_TEST

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
    return s;
}
