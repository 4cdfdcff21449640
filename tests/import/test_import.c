/* test_import.c - what is exported as ONNX comes back as it was, or is refused node by node; files may be hostile. */
#include "../export/cases.h"

#include <tern/import.h>

#ifdef TERN_HAVE_ONNX
static tern_error err;
static char dir[24], file[40], back[40];
static size_t imported;

static void start(void) {
    begin(dir);
    snprintf(file, sizeof file, "%s/m.onnx", dir);
    snprintf(back, sizeof back, "%s/back", dir);
    imported = 0;
}

/* Predictions for three random samples, of the only output. */
static void predict(const tern_model *m, const tern_model *like, tern_real *y) {
    tern_tensor x[TERN_MAX_INPUTS], out = {tern_shape_batch(&(tern_shape){0}, 3), y};
    tern_shape shape = tern_model_output(like);
    out.shape = tern_shape_batch(&shape, 3);
    for (size_t k = 0; k < tern_model_inputs(like); k++) {
        shape = tern_model_input_at(like, k).shape;
        x[k].shape = tern_shape_batch(&shape, 3);
        x[k].data = malloc(tern_tensor_count(&x[k]) * sizeof(tern_real));
        tern_random_uniform(&(tern_random){.seed = 5, .index = (uint32_t)k}, 0, tern_tensor_count(&x[k]), x[k].data);
        for (size_t i = 0;
             strstr(tern_model_name(like), "embedding-") == tern_model_name(like) && i < tern_tensor_count(&x[k]); i++)
            x[k].data[i] = 0;
    }
    ck_assert_msg(!tern_predict(m, x, &out, &err), "%s: %s", tern_model_name(like), err.item[0].text);
    for (size_t k = 0; k < tern_model_inputs(like); k++) free(x[k].data);
}

static void there_and_back(tern_model *m, const char *refused) {
    char weights[80], model[80];
    if (refused) return;
    ck_assert_int_eq(tern_export_onnx(m, file, &(tern_export_onnx_options){.raw = true}, &err), TERN_OK);
    if (tern_import_onnx(file, back, &err)) {
        bool named = strstr(err.item[0].text, "node \"") || strstr(err.item[0].text, "no output depends on");
        ck_assert_msg(named, "%s: %s", tern_model_name(m), err.item[0].text);
        tern_error_clear(&err);
        return;
    }
    imported++;
    snprintf(model, sizeof model, "%s/model.json", back);
    snprintf(weights, sizeof weights, "%s/weights.safetensors", back);
    tern_model *again = tern_model_open(model, NULL, &err);
    ck_assert_msg(again && !tern_model_load(again, weights, &err), "%s: %s", tern_model_name(m), err.item[0].text);
    tern_shape shape = tern_model_output(m);
    size_t n = 3 * tern_shape_count(&shape);
    tern_real *want = malloc(n * sizeof *want), *have = malloc(n * sizeof *have);
    predict(m, m, want);
    predict(again, m, have);
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(fabs((double)(have[i] - want[i])) <= 1e-5 * (1 + fabs((double)want[i])), "%s: %g for %g",
                      tern_model_name(m), (double)have[i], (double)want[i]);
    free(want);
    free(have);
    tern_model_free(again);
}

START_TEST(layers) {
    start();
    each_example(there_and_back);
    ck_assert_uint_ge(imported, 60);
    end(dir);
}
END_TEST

/* ---- what is refused ---- */

static tern_model *parse(const char *list) {
    char text[600];
    snprintf(text, sizeof text, "{\"format\": 1, \"input\": {\"shape\": [3, 8]}, \"layers\": [%s]}", list);
    tern_model *m = tern_model_parse(text, strlen(text), "m", NULL, &err);
    ck_assert_msg(m != NULL, "%s", err.item[0].text);
    return m;
}

/* Every node that no layer does, and nothing is written. */
START_TEST(node_by_node) {
    start();
    tern_model *m = parse("\"relu\", {\"type\": \"glu\", \"dim\": 2}");
    ck_assert_int_eq(tern_export_onnx(m, file, NULL, &err), TERN_OK);
    ck_assert_int_eq(tern_import_onnx(file, back, &err), TERN_ERROR_MODEL);
    ck_assert_uint_eq(err.count, 2); /* both halves, and in silence what reads them */
    ck_contains(err.item[0].text, "node \"1/Slice_1\" (Slice) is of a type that no layer does");
    ck_contains(err.item[1].text, "node \"1/Slice_2\" (Slice)");
    ck_assert_int_ne(access(back, F_OK), 0);
    tern_error_clear(&err);
    tern_model_free(m);
    end(dir);
}
END_TEST

static void write_bytes(const unsigned char *bytes, size_t n) {
    FILE *f = fopen(file, "wb");
    ck_assert_ptr_nonnull(f);
    fwrite(bytes, 1, n, f);
    fclose(f);
}

/* Cut off anywhere, and with any byte changed: an error, or a network of other numbers. */
START_TEST(damaged) {
    static unsigned char bytes[1 << 16];
    start();
    tern_model *m = parse("{\"type\": \"conv1d\", \"out_channels\": 2, \"kernel_size\": 3}, \"relu\", \"flatten\", "
                          "{\"type\": \"dense\", \"out_features\": 2}");
    ck_assert_int_eq(tern_export_onnx(m, file, NULL, &err), TERN_OK);
    tern_model_free(m);
    FILE *f = fopen(file, "rb");
    size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    for (size_t i = 0; i < n; i++) {
        write_bytes(bytes, i);
        tern_import_onnx(file, back, &err);
        tern_error_clear(&err);
        bytes[i] ^= (unsigned char)(1 + i % 255);
        write_bytes(bytes, n);
        tern_import_onnx(file, back, &err);
        tern_error_clear(&err);
        bytes[i] ^= (unsigned char)(1 + i % 255);
    }
    end(dir);
}
END_TEST

/* Messages in messages: as deep as a file of a few kilobytes can. */
START_TEST(deep) {
    static unsigned char bytes[1 << 16];
    size_t at = sizeof bytes, length = 0;
    start();
    while (at > 16 && length < sizeof bytes - 32) { /* graph { node { attribute { g { ... */
        static const unsigned char tag[] = {7 << 3 | 2, 1 << 3 | 2, 5 << 3 | 2, 6 << 3 | 2};
        static size_t level;
        unsigned char size[3];
        size_t used = 0;
        for (size_t rest = length; used == 0 || rest; rest >>= 7) size[used++] = (unsigned char)(rest & 0x7f);
        for (size_t k = 0; k + 1 < used; k++) size[k] |= 0x80;
        at -= used;
        memcpy(bytes + at, size, used);
        bytes[--at] = tag[3 - level++ % 4];
        length = sizeof bytes - at;
    }
    write_bytes(bytes + at, sizeof bytes - at);
    ck_assert_int_eq(tern_import_onnx(file, back, &err), TERN_ERROR_SYNTAX);
    ck_contains(err.item[0].text, "no ONNX file");
    tern_error_clear(&err);
    end(dir);
}
END_TEST
#endif

Suite *import_suite(void);

Suite *import_suite(void) {
    Suite *s = suite_create("import");
    TCase *c = tcase_create("onnx");
    tcase_set_timeout(c, 300);
#ifdef TERN_HAVE_ONNX
    tcase_add_test(c, layers);
    tcase_add_test(c, node_by_node);
    tcase_add_test(c, damaged);
    tcase_add_test(c, deep);
#endif
    suite_add_tcase(s, c);
    return s;
}
