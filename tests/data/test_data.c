/* test_data.c - datasets, and samples gathered from them; see the other files of the folder for the rest of the suite.
 */
#include "test_data.h"
#include "memory.h"
#include "fixtures/scratch.h"

/* ---- datasets ---- */

START_TEST(test_types) {
    static const struct {
        tern_dtype dtype;
        const char *name;
        size_t size;
        bool integer;
    } want[] = {{TERN_U8, "uint8", 1, true},    {TERN_I8, "int8", 1, true},   {TERN_I16, "int16", 2, true},
                {TERN_I32, "int32", 4, true},   {TERN_I64, "int64", 8, true}, {TERN_F32, "float32", 4, false},
                {TERN_F64, "float64", 8, false}};
    for (size_t i = 0; i < COUNT(want); i++) {
        ck_assert_str_eq(tern_dtype_name(want[i].dtype), want[i].name);
        ck_assert_uint_eq(tern_dtype_size(want[i].dtype), want[i].size);
        ck_assert(tern_dtype_is_integer(want[i].dtype) == want[i].integer);
    }
}
END_TEST

START_TEST(test_dataset) {
    static const char *const classes[] = {"cat", "dog"}, *const columns[] = {"a", "b", "c"};
    const tern_array x = {.dtype = TERN_I16, .shape = {1, {3}}, .data = NULL},
                     y = {.dtype = TERN_U8, .shape = {0, {0}}};
    tern_dataset *d = tern_dataset_new(5, &x, &y, NULL);
    ck_assert_ptr_nonnull(d);
    memset(d->x->data, 1, 5 * 3 * 2);
    memset(d->y->data, 2, 5);
    ck_assert(d->n == 5 && tern_array_get(d->x, 14) == 257 && tern_array_get(d->y, 4) == 2);
    ck_assert_int_eq(tern_dataset_label(d, d->y, 2, classes, NULL), TERN_OK);
    ck_assert_int_eq(tern_dataset_label(d, d->x, 3, columns, NULL), TERN_OK);
    ck_assert(d->y->labels == 2 && d->x->labels == 3 && d->y->label[1] != classes[1]);
    ck_assert_str_eq(d->y->label[1], "dog");
    ck_assert_str_eq(d->x->label[2], "c");
    tern_dataset_free(d);
    tern_dataset_free(NULL);

    int16_t numbers[] = {1, 2, 3};
    const tern_array seen = {.dtype = TERN_I16, .shape = {1, {3}}, .data = numbers};
    d = tern_dataset_borrow(1, &seen, NULL, NULL);
    ck_assert(d->x->data == numbers && !d->targets);
    const size_t lengths[] = {2};
    const tern_array mask = {.dtype = TERN_U8, .shape = {1, {9}}, .data = numbers, .name = "mask", .length = lengths};
    ck_assert_int_eq(tern_dataset_add_input(d, &mask, NULL), TERN_OK);
    ck_assert_int_eq(tern_dataset_add_target(d, &mask, NULL), TERN_OK);
    ck_assert(d->inputs == 2 && d->targets == 1 && d->x[1].length == lengths && d->x[0].data == numbers);
    ck_assert_str_eq(d->y->name, "mask");
    tern_dataset_free(d); /* and not the numbers */

    tern_error err = {0};
    const tern_array huge = {.dtype = TERN_F64, .shape = {2, {SIZE_MAX / 2, 9}}};
    ck_assert_ptr_null(tern_dataset_new(3, &huge, NULL, &err));
    ck_assert_int_eq(err.item[0].status, TERN_ERROR_MEMORY);
}
END_TEST

/* Every allocation of a reader may fail, once or from then on: an error, and nothing is lost (the sanitizers see to
 * that). */
START_TEST(test_no_memory) {
    static const char text[] = "a,kind\n1,cat\n2,dog\n";
    const char *path = scratch_file("a.csv", text, sizeof text - 1);
    static const char *const y[] = {"kind"};
    for (int onwards = 0; onwards < 2; onwards++) {
        tern_dataset *d = NULL;
        size_t k = 0;
        for (; !d; k++) {
            reader_options o = {0};
            tern_error err = {0};
            *(bool *)option_field(&o, &tern_reader_csv, "header") = true;
            *(const char **)option_field(&o, &tern_reader_csv, "separator") = ",";
            *(double *)option_field(&o, &tern_reader_csv, "to") = 1;
            *(size_t *)option_field(&o, &tern_reader_csv, "window") = 1;
            *(size_t *)option_field(&o, &tern_reader_csv, "horizon") = 1;
            *(size_t *)option_field(&o, &tern_reader_csv, "stride") = 1;
            *(const char **)option_field(&o, &tern_reader_csv, "decimal") = ".";
            *(tern_strings *)option_field(&o, &tern_reader_csv, "file") = (tern_strings){1, &path};
            *(tern_strings *)option_field(&o, &tern_reader_csv, "y") = (tern_strings){1, y};
            tern__alloc_fail(k, onwards);
            d = tern_reader_csv.read(&o, NULL, false, &err);
            tern__alloc_fail(SIZE_MAX, false);
            ck_assert(d || (err.errors && err.item[0].status == TERN_ERROR_MEMORY));
        }
        ck_assert_uint_gt(k, 10);
        tern_dataset_free(d);
    }
}
END_TEST

/* ---- gather ---- */

enum { N = 7, CHANNELS = 3, INNER = 5, EACH = CHANNELS * INNER };

/* Numbers that every type holds differently: small, negative where there is a sign, a fraction where there is one. */
static void *make_numbers(tern_dtype dtype) {
    static union {
        uint8_t u8[N * EACH];
        int8_t i8[N * EACH];
        int16_t i16[N * EACH];
        int32_t i32[N * EACH];
        int64_t i64[N * EACH];
        float f32[N * EACH];
        double f64[N * EACH];
    } v;
    for (int i = 0; i < N * EACH; i++) switch (dtype) {
        case TERN_U8: v.u8[i] = (uint8_t)(250 - i); break;
        case TERN_I8: v.i8[i] = (int8_t)(i - 50); break;
        case TERN_I16: v.i16[i] = (int16_t)(i * 300 - 20000); break;
        case TERN_I32: v.i32[i] = i * 70000 - 3000000; break;
        case TERN_I64: v.i64[i] = i * INT64_C(70001) - 3000000; break;
        case TERN_F32: v.f32[i] = (float)i * 0.37f - 9; break;
        case TERN_F64: v.f64[i] = i * 0.41 - 11; break;
        }
    return &v;
}

START_TEST(test_gather) {
    static const size_t rows[] = {6, 0, 3, 3, 5};
    static const double gain[] = {0.5, -2, 1}, shift[] = {1, 0.25, -3};
    const tern_array c = {
        .dtype = (tern_dtype)_i, .shape = {3, {CHANNELS, 1, INNER}}, .data = make_numbers((tern_dtype)_i)};
    tern_real got[N * EACH + 1];
    for (int all = 0; all < 2; all++) {
        size_t n = all ? N : COUNT(rows);
        got[n * EACH] = 77; /* not touched */
        tern_array_gather(&c, all ? NULL : rows, n, got);
        for (size_t i = 0; i < n * EACH; i++) {
            size_t from = (all ? i / EACH : rows[i / EACH]) * EACH + i % EACH;
            ck_assert(got[i] == (tern_real)tern_array_get(&c, from));
        }
        tern_array_gather_scaled(&c, all ? NULL : rows, n, CHANNELS, INNER, gain, shift, got);
        for (size_t i = 0; i < n * EACH; i++) {
            size_t from = (all ? i / EACH : rows[i / EACH]) * EACH + i % EACH, k = i % EACH / INNER;
            ck_near(got[i], tern_array_get(&c, from) * gain[k] + shift[k], TOLERANCE(1e-6, 1e-15));
        }
        tern_array_gather_scaled(&c, all ? NULL : rows, n, 1, EACH, gain, shift, got);
        for (size_t i = 0; i < n * EACH; i++) {
            size_t from = (all ? i / EACH : rows[i / EACH]) * EACH + i % EACH;
            ck_near(got[i], tern_array_get(&c, from) * 0.5 + 1, TOLERANCE(1e-6, 1e-15));
        }
        ck_assert(got[n * EACH] == 77);
    }
}
END_TEST

/* tern_array_get() itself, against the numbers as they were written. */
START_TEST(test_get) {
    static const double want[][2] = {{250, 146},
                                     {-50, 54},
                                     {-20000, 11200},
                                     {-3000000, 4280000},
                                     {-3000000, 4280104},
                                     {(double)-9.0f, (double)(104.0f * 0.37f - 9)},
                                     {-11, 104 * 0.41 - 11}};
    for (int type = TERN_U8; type <= TERN_F64; type++) {
        const tern_array c = {.dtype = (tern_dtype)type, .shape = {0, {0}}, .data = make_numbers((tern_dtype)type)};
        ck_near(tern_array_get(&c, 0), want[type][0], 1e-7);
        ck_near(tern_array_get(&c, 104), want[type][1], 1e-7);
    }
}
END_TEST

/* ---- npy as training data ---- */

START_TEST(test_npy) {
    static const char x[] = "\x93NUMPY\1\0\x3b\0{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3)} \n"
                            "\1\2\3\4\5\6";
    static const char y[] = "\x93NUMPY\1\0\x3b\0{'descr': '|i1', 'fortran_order': False, 'shape': (2,)}   \n"
                            "\0\1";
    static const char z[] = "\x93NUMPY\1\0\x3b\0{'descr': '|i1', 'fortran_order': False, 'shape': (3,)}   \n"
                            "\0\1\2";
    reader_options o = {0};
    tern_error err = {0};
    const char *x_path = scratch_file("x.npy", x, sizeof x - 1);
    tern_reader_npy.from_files(&o, &(tern_files){.input = x_path, .target = scratch_file("y.npy", y, sizeof y - 1)});
    tern_dataset *d = tern_reader_npy.read(&o, NULL, false, &err);
    ck_assert_msg(d != NULL, "%s", err.item[0].text);
    ck_assert(d->n == 2 && d->x->shape.rank == 1 && d->x->shape.dim[0] == 3 && d->y->shape.rank == 0);
    ck_assert(tern_array_get(d->x, 5) == 6 && tern_array_get(d->y, 1) == 1);
    tern_dataset_free(d);
    tern_reader_npy.from_files(&o, &(tern_files){.input = x_path, .target = scratch_file("z.npy", z, sizeof z - 1)});
    ck_assert_ptr_null(tern_reader_npy.read(&o, NULL, false, &err));
    ck_assert_str_eq(err.item[0].pointer, "/y");
    ck_contains(err.item[0].text, "has 3 samples, but x has 2");
    ck_assert_ptr_null(tern_reader_npy.read(&o, NULL, true, &err));
    ck_contains(err.item[1].text, "an absolute path is not accepted");
}
END_TEST

Suite *data_suite(void);
Suite *data_suite(void) {
    Suite *s = suite_create("data");
    TCase *c = tcase_create("datasets");
    tcase_add_test(c, test_types);
    tcase_add_test(c, test_dataset);
    tcase_add_test(c, test_no_memory);
    tcase_add_loop_test(c, test_gather, TERN_U8, TERN_F64 + 1);
    tcase_add_test(c, test_get);
    tcase_add_test(c, test_npy);
    suite_add_tcase(s, c);
    suite_add_tcase(s, idx_case());
    suite_add_tcase(s, normalize_case());
    suite_add_tcase(s, npz_case());
    suite_add_tcase(s, vocabulary_case());
    suite_add_tcase(s, image_table_case());
    suite_add_tcase(s, images_case());
    suite_add_tcase(s, augment_case());
    suite_add_tcase(s, csv_case());
    suite_add_tcase(s, csv_files_case());
    suite_add_tcase(s, sqlite_case());
    suite_add_tcase(s, rows_case());
    suite_add_tcase(s, text_case());
    return s;
}
