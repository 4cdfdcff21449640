/* test_npy.c - NumPy's files: bytes made by hand, the bytes written, and the hostile list with its messages. */
#include "file.h"
#include "memory.h"
#include "npy.h"
#include "fixtures/scratch.h"
#include "test.h"
#include "test_io.h"

#include <math.h>

static const char *make_npy(const char *dictionary, int version, const void *numbers, size_t size) {
    static unsigned char bytes[1024];
    size_t length = strlen(dictionary), at = version == 1 ? 10 : 12;
    memcpy(bytes, "\x93NUMPY", 6);
    bytes[6] = (unsigned char)version, bytes[7] = 0;
    memset(bytes + 8, 0, 4);
    bytes[8] = (unsigned char)length;
    memcpy(bytes + at, dictionary, length);
    if (size) memcpy(bytes + at + length, numbers, size);
    return scratch_file("hand.npy", bytes, at + length + size);
}

START_TEST(test_read) {
    static const int16_t big[] = {0x0100, 0x0200, -1, 0x0001, 0x7f00, 0x0080};
    static const double want[] = {1, 2, -1, 256, 127, -32768};
    for (int version = 1; version <= 3; version++) {
        tern_error err = {0};
        tern_array c;
        size_t n;
        const char *path =
            make_npy("{'descr': '>i2', 'fortran_order': False, 'shape': (2, 3), }  \n", version, big, sizeof big);
        ck_assert_int_eq(tern__npy_read(path, "x", &n, &c, &err), TERN_OK);
        ck_assert_uint_eq(n, 2);
        ck_assert(c.shape.rank == 1 && c.shape.dim[0] == 3 && c.dtype == TERN_I16);
        for (size_t i = 0; i < 6; i++) ck_assert(tern_array_get(&c, i) == want[i]);
        tern__free(c.data);
    }
    tern_array c;
    size_t n;
    const char *path = make_npy("{\"shape\":(4,),\"descr\":\"|u1\",\"fortran_order\":True}", 1, "abcd", 4);
    ck_assert_int_eq(tern__npy_read(path, NULL, &n, &c, NULL), TERN_OK);
    ck_assert(n == 4 && c.shape.rank == 0 && c.dtype == TERN_U8 && tern_array_get(&c, 3) == 'd');
    tern__free(c.data);
}
END_TEST

/* Types that become a wider one, in either byte order; what NumPy's own conversion gives. */
START_TEST(test_widened) {
    static const struct {
        const char *descr;
        tern_dtype dtype;
        size_t n, size;
        unsigned char bytes[24];
        double want[6];
    } cases[] = {
        {"|b1", TERN_U8, 4, 1, {0, 1, 2, 255}, {0, 1, 1, 1}},
        {"<u2", TERN_I32, 3, 2, {1, 0, 0xff, 0xff, 0, 0x80}, {1, 65535, 32768}},
        {">u2", TERN_I32, 2, 2, {0, 1, 0x80, 0}, {1, 32768}},
        {"<u4", TERN_I64, 2, 4, {1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff}, {1, 4294967295}},
        {"<u8", TERN_I64, 2, 8, {7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x40}, {7, 0x1p62}},
        {"<f2",
         TERN_F32,
         6,
         2,
         {0, 0x3c, 0, 0xc1, 1, 0, 0xff, 0x83, 0xff, 0x7b, 0, 0x7c},
         {1, -2.5, 0x1p-24, -1023 * 0x1p-24, 65504, (double)INFINITY}},
        {">f2", TERN_F32, 2, 2, {0x35, 0x55, 0x04, 0}, {0.333251953125, 0x1p-14}},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char dictionary[128];
        tern_error err = {0};
        tern_array c;
        size_t n;
        snprintf(dictionary, sizeof dictionary, "{'descr': '%s', 'fortran_order': False, 'shape': (%zu,)}",
                 cases[i].descr, cases[i].n);
        const char *path = make_npy(dictionary, 1, cases[i].bytes, cases[i].n * cases[i].size);
        ck_assert_msg(!tern__npy_read(path, "x", &n, &c, &err), "%s", err.item[0].text);
        ck_assert(n == cases[i].n && c.dtype == cases[i].dtype);
        for (size_t k = 0; k < n; k++)
            ck_assert_msg(tern_array_get(&c, k) == cases[i].want[k], "%s %zu: %.17g", cases[i].descr, k,
                          tern_array_get(&c, k));
        tern__free(c.data);
    }
}
END_TEST

/* Number [i, j, k] of shape [2, 3, 2] lies at i + 2 j + 6 k. */
START_TEST(test_fortran) {
    static const unsigned char numbers[12] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    tern_array c;
    size_t n;
    const char *path =
        make_npy("{'descr': '|i1', 'fortran_order': True, 'shape': (2, 3, 2)}", 1, numbers, sizeof numbers);
    ck_assert_int_eq(tern__npy_read(path, "x", &n, &c, NULL), TERN_OK);
    ck_assert(n == 2 && c.shape.rank == 2 && c.shape.dim[0] == 3 && c.shape.dim[1] == 2);
    for (size_t i = 0; i < 12; i++) ck_assert(tern_array_get(&c, i) == (double)(i / 6 + 2 * (i / 2 % 3) + 6 * (i % 2)));
    tern__free(c.data);
    static const uint16_t big[4] = {0x0100, 0x0200, 0x0300, 0x0400};
    path = make_npy("{'descr': '>u2', 'fortran_order': True, 'shape': (2, 2)}", 1, big, sizeof big);
    ck_assert_int_eq(tern__npy_read(path, "x", &n, &c, NULL), TERN_OK);
    static const double want[] = {1, 3, 2, 4};
    for (size_t i = 0; i < 4; i++) ck_assert(tern_array_get(&c, i) == want[i]);
    tern__free(c.data);
}
END_TEST

START_TEST(test_write) {
    tern_real x[6] = {1, (tern_real)-2.5, 3, (tern_real)1e-30, 5, 6};
    tern_tensor t = {{2, {2, 3}}, x};
    const char *path = scratch_path("out.npy");
    ck_assert_int_eq(tern__npy_write(path, &t, NULL), TERN_OK);
    size_t size, n;
    char *text = (char *)tern__file_read(path, 1 << 10, &size, NULL);
    ck_assert_uint_eq(size, 128 + sizeof x);
    ck_assert_mem_eq(text, "\x93NUMPY\x01\x00\x76\x00", 10);
    ck_contains(text + 10, sizeof(tern_real) == 4 ? "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), } "
                                                  : "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), } ");
    ck_assert_int_eq(text[127], '\n');
    ck_assert_mem_eq(text + 128, x, sizeof x);
    tern__free(text);
    t.shape = (tern_shape){1, {6}};
    ck_assert_int_eq(tern__npy_write(path, &t, NULL), TERN_OK);
    tern_array c;
    ck_assert_int_eq(tern__npy_read(path, "x", &n, &c, NULL), TERN_OK);
    ck_assert(n == 6 && c.shape.rank == 0 && !memcmp(c.data, x, sizeof x));
    tern__free(c.data);
}
END_TEST

#define D(descr, fortran, shape) "{'descr': " descr ", 'fortran_order': " fortran ", 'shape': " shape ", }"

static const struct {
    const char *dictionary;
    size_t body;
    const char *text;
} hostile[] = {
    {D("'<f4'", "False", "(2,)"), 7, "has 7 bytes of numbers, but its shape is [2] of float32"},
    {D("'<f4'", "False", "(2,)"), 9, "has 9 bytes of numbers"},
    {D("'<f4'", "False", "(4611686018427387904,)"), 8, "its shape is [4611686018427387904]"},
    {D("'<f4'", "False", "(4611686018427387904, 4)"), 0, "bytes of numbers"},
    {D("'<f4'", "False", "(99999999999999999999,)"), 8, "whose shape is not acceptable"},
    {D("'<f4'", "False", "(1, 1, 1, 1, 1, 1)"), 4, "whose shape"},
    {D("'<f4'", "False", "(1)"), 4, "whose shape"},
    {D("'<f4'", "False", "(-1,)"), 4, "whose shape"},
    {D("'<f4'", "False", "()"), 4, "holds no sample"},
    {D("'<f4'", "False", "(0, 3)"), 0, "holds no sample"},
    {D("'<f2'", "True", "(2, 2)"), 7, "has 7 bytes of numbers, but its shape is [2, 2] of float16"},
    {D("'<u8'", "False", "(1,)"), 8, "holds numbers over 9223372036854775807; save x.astype('float64')"},
    {D("'<f2'", "False", "(1,)"), 4, "has 4 bytes of numbers"},
    {D("'<b2'", "False", "(1,)"), 2, "whose descr"},
    {D("'<M8'", "False", "(1,)"), 8, "holds dates; accepted are bool, integers and floats of up to 64 bits"},
    {D("'<m8[s]'", "False", "(1,)"), 8, "holds times"},
    {D("'<f4'", "Maybe", "(2,)"), 8, "whose fortran_order"},
    {D("'|O'", "False", "(1,)"), 8, "holds Python objects"},
    {D("'<c8'", "False", "(1,)"), 8, "holds complex numbers"},
    {D("'<U1'", "False", "(1,)"), 4, "holds texts"},
    {D("'|S100'", "False", "(1,)"), 4, "holds texts"},
    {D("'<f16'", "False", "(1,)"), 16, "holds floats of another size"},
    {D("'|f4'", "False", "(1,)"), 4, "whose descr"},
    {D("[('a', '<f4')]", "False", "(1,)"), 4, "holds records"},
    {"{'descr': '<f4', 'fortran_order': False}", 4, "whose number of keys"},
    {"{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", 4, "whose key"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}", 4, "whose key"},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x", 4, "whose end"},
    {"{'descr': '<f4", 0, "whose descr"},
    {"", 4, "whose start"},
};

START_TEST(test_hostile) {
    static const unsigned char body[16] = {[7] = 0x80};
    tern_error err = {0};
    tern_array c = {0};
    size_t n;
    const char *path = make_npy(hostile[_i].dictionary, 1, body, hostile[_i].body);
    ck_assert_int_eq(tern__npy_read(path, "x", &n, &c, &err), TERN_ERROR_SYNTAX);
    ck_assert_str_eq(err.item[0].pointer, "/x");
    ck_contains(err.item[0].text, hostile[_i].text);
    ck_assert_ptr_null(c.data);
}
END_TEST

START_TEST(test_start) {
    static const struct {
        const char *bytes;
        size_t size;
        const char *text;
    } cases[] = {{"", 0, "not an .npy file"},
                 {"PK\3\4xxxxxxxx", 12, "not an .npy file"},
                 {"\x93NUMPY\4\0\1\0 ", 11, "version 4"},
                 {"\x93NUMPY\1\0\2\0 ", 11, "announces a header of 2 bytes"},
                 {"\x93NUMPY\2\0\1\0", 10, "announces a header"},
                 {"\x93NUMPY\2\0\xff\xff\xff\xff", 12, "announces a header of 4294967295 bytes"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        tern_error err = {0};
        tern_array c;
        size_t n;
        const char *path = scratch_file("start.npy", cases[i].bytes, cases[i].size);
        ck_assert_int_eq(tern__npy_read(path, "x", &n, &c, &err), TERN_ERROR_SYNTAX);
        ck_contains(err.item[0].text, cases[i].text);
    }
}
END_TEST

/* A file too large to be worth reading whole is mapped: what is written to the array stays out of the file. */
START_TEST(test_mapped) {
    const char *path = scratch_path("large.npy"),
               *text = "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }";
    enum { ROWS = 1 << 12, COLUMNS = 1 << 12, HEAD = 128 };
    char head[HEAD + 1];
    int used = snprintf(head, sizeof head, "\x93NUMPY\x01%c%c%c", 0, HEAD - 10, 0);
    used += snprintf(head + used, sizeof head - (size_t)used, text, ROWS, COLUMNS);
    while (used < HEAD - 1) head[used++] = ' ';
    head[used] = '\n';
    FILE *file = fopen(path, "w+b");
    float last = 2.5;
    ck_assert(file && fwrite(head, 1, HEAD, file) == HEAD);
    ck_assert_int_eq(ftruncate(fileno(file), HEAD + (off_t)ROWS * COLUMNS * 4), 0); /* zeros, and no disk */
    ck_assert_int_eq(fseek(file, -4, SEEK_END), 0);
    ck_assert_uint_eq(fwrite(&last, 4, 1, file), 1);
    fclose(file);
    for (int k = 0; k < 100; k++) { /* more often than there are places for mappings */
        tern_array a;
        size_t n, before = tern__alloc_count();
        ck_assert_int_eq(tern__npy_read(path, NULL, &n, &a, NULL), TERN_OK);
        ck_assert_uint_eq(tern__alloc_count(), before);
        ck_assert(n == ROWS && tern_array_get(&a, (size_t)ROWS * COLUMNS - 1) == 2.5 && tern_array_get(&a, 7) == 0);
        ((float *)a.data)[7] = 1;
        tern__free(a.data);
    }
}
END_TEST

TCase *npy_case(void) {
    TCase *c = tcase_create("npy");
    tcase_add_test(c, test_read);
    tcase_add_test(c, test_widened);
    tcase_add_test(c, test_fortran);
    tcase_add_test(c, test_write);
    tcase_add_loop_test(c, test_hostile, 0, (int)COUNT(hostile));
    tcase_add_test(c, test_start);
    tcase_add_test(c, test_mapped);
    return c;
}
