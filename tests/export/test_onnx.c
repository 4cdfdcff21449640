/* test_onnx.c - every layer example and every model as ONNX: checked, and run against tern's own predictions.
 *
 * check_onnx asks onnx's checker (python3-onnx). Where TERN_ONNXRUNTIME names a directory with node_modules of
 * onnxruntime-node, run_onnx.js runs them there; tests/slow/onnx brings one. Without either they are left out. */
#include "c_samples.h"
#include "cases.h"

#ifdef TERN_HAVE_ONNX
static tern_error err;
static char dir[24];

/* ---- files ---- */

static void write_tensors(FILE *f, const char *what, size_t n, const tern_tensor *t, const char *(*name)(size_t k)) {
    char shape[TERN_SHAPE_TEXT];
    fprintf(f, "\"%s\": {", what);
    for (size_t k = 0; k < n; k++) {
        fprintf(f, "%s\"%s\": {\"shape\": %s, \"data\": [", k ? ", " : "", name(k),
                tern_shape_text(&t[k].shape, shape));
        for (size_t i = 0; i < tern_tensor_count(&t[k]); i++) fprintf(f, "%s%.9g", i ? "," : "", (double)t[k].data[i]);
        fprintf(f, "]}");
    }
    fprintf(f, "}");
}

static const tern_program *program;
static const char *input_name(size_t k) { return program->value[k].name; }
static const char *output_name(size_t k) { return program->output[k].name; }

/* DIR/NAME.onnx, and beside it NAME.json: samples, and what tern makes of them. */
static void export(const tern_model *m, const char *name, const tern_export_onnx_options *options) {
    char path[200];
    tern__c_samples samples;
    snprintf(path, sizeof path, "%s/%s.onnx", dir, name);
    ck_assert_msg(!tern_export_onnx(m, path, options, &err), "%s: %s", tern_model_name(m), err.item[0].text);
    tern_program *p = tern_program_new(m, options && options->raw, &err);
    tern_export_c_options as = {.raw = options && options->raw};
    ck_assert_int_eq(tern__c_samples_make(m, p, &as, &samples, &err), TERN_OK);
    snprintf(path, sizeof path, "%s/%s.json", dir, name);
    FILE *f = fopen(path, "w");
    ck_assert_ptr_nonnull(f);
    program = p;
    fprintf(f, "{");
    write_tensors(f, "inputs", p->inputs, samples.x, input_name);
    fprintf(f, ", ");
    write_tensors(f, "outputs", p->outputs, samples.y, output_name);
    fprintf(f, "}\n");
    fclose(f);
    tern__c_samples_free(&samples);
    tern_program_free(p);
}

static void export_usual(tern_model *m, const char *refused) {
    if (!refused) {
        export(m, tern_model_name(m), NULL);
        return;
    }
    ck_assert_int_eq(tern_export_onnx(m, "/nowhere/at/all", NULL, &err), TERN_ERROR_MODEL);
    ck_contains(err.item[0].text, refused);
    tern_error_clear(&err);
}

static void run_all(void) {
    static const char script[] =
        "cd %s && for python in python3 /usr/bin/python3; do $python -c 'import onnx' 2>/dev/null && break; done; "
        "$python $OLDPWD/tests/export/check_onnx . || [ $? = 77 ] && "
        "{ [ -z \"$TERN_ONNXRUNTIME\" ] || node $OLDPWD/tests/export/run_onnx.js .; }";
    char command[sizeof script + sizeof dir];
    snprintf(command, sizeof command, script, dir);
    ck_assert_msg(system(command) == 0, "some ONNX files don't do what tern does");
}

START_TEST(layers) {
    begin(dir);
    each_example(export_usual);
    run_all();
    end(dir);
}
END_TEST

START_TEST(models) {
    begin(dir);
    each_model(export_usual);
    run_all();
    end(dir);
}
END_TEST

#endif

TCase *onnx_case(void);

TCase *onnx_case(void) {
    TCase *c = tcase_create("onnx");
    tcase_set_timeout(c, 600);
#ifdef TERN_HAVE_ONNX
    tcase_add_test(c, layers);
    tcase_add_test(c, models);
#endif
    return c;
}
