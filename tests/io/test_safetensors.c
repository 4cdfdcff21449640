/* test_safetensors.c - safetensors files: round trips, bytes made by hand, and the hostile list with its messages. */
#include "file.h"
#include "memory.h"
#include "safetensors.h"
#include "fixtures/scratch.h"
#include "test.h"
#include "test_io.h"

/* A file of a header text and `body` bytes 0, 1, 2, ...; the length in front is the text's, plus `lie`. */
static const char *make(const char *header, size_t length, size_t body, uint64_t lie) {
    static unsigned char bytes[1 << 16];
    uint64_t announced = length + lie;
    ck_assert_uint_le(8 + length + body, sizeof bytes);
    memcpy(bytes, &announced, 8);
    memcpy(bytes + 8, header, length);
    for (size_t i = 0; i < body; i++) bytes[8 + length + i] = (unsigned char)i;
    return scratch_file("hand.safetensors", bytes, 8 + length + body);
}

/* The file, or NULL: as the status says. */
static tern__safetensors *open_file(const char *path, tern_error *err) {
    tern__safetensors *s;
    tern_status status = tern__safetensors_open(path, &s, err);
    ck_assert_int_eq(!s, status != TERN_OK);
    if (err && status) ck_assert_int_eq(status, err->item[err->count - 1].status);
    return s;
}

/* ---- accepted ---- */

START_TEST(test_round_trip) {
    static const uint8_t bytes[] = {0, 7, 255};
    static const int64_t counts[] = {-5, INT64_C(1) << 40};
    static const float singles[] = {1.5f, -2.25f, 3e-30f, 4, 5, 6};
    static const double doubles[] = {0.1, -1e300}, single = 42;
    const tern__entry entries[] = {
        {"z.bytes", TERN_U8, {1, {3}}, bytes},
        {"a.weight", TERN_F32, {2, {2, 3}}, singles},
        {"counts", TERN_I64, {1, {2}}, counts},
        {"exact", TERN_F64, {1, {2}}, doubles},
        {"\"odd\"\n\xc3\xa9", TERN_F64, {0, {0}}, &single},
        {"none", TERN_F32, {1, {0}}, NULL},
    };
    const tern__meta meta[] = {{"epoch", "12"}, {"model", "{\"a\": \"\\\\\",\n\t\"b\": 1}"}};
    tern_error err = {0};
    const char *path = scratch_path("round.safetensors");
    ck_assert_int_eq(tern__safetensors_write(path, COUNT(entries), entries, COUNT(meta), meta, &err), TERN_OK);
    tern__safetensors *s = open_file(path, &err);
    ck_assert_msg(s != NULL, "%s", err.item[0].text);
    ck_assert_uint_eq(tern__safetensors_count(s), COUNT(entries));
    for (size_t i = 0; i < COUNT(entries); i++) { /* in the order given */
        ck_assert_str_eq(tern__safetensors_name(s, i), entries[i].name);
        tern_shape shape = tern__safetensors_shape(s, i);
        ck_assert(tern_shape_equal(&shape, &entries[i].shape));
        ck_assert_uint_eq(tern__safetensors_find(s, entries[i].name), i);
    }
    ck_assert_uint_eq(tern__safetensors_find(s, "absent"), SIZE_MAX);
    ck_assert_str_eq(tern__safetensors_dtype(s, 0), "U8");
    ck_assert_str_eq(tern__safetensors_meta(s, "format"), "pt");
    ck_assert_str_eq(tern__safetensors_meta(s, "epoch"), "12");
    ck_assert_str_eq(tern__safetensors_meta(s, "model"), meta[1].value);
    ck_assert_ptr_null(tern__safetensors_meta(s, "absent"));

    tern_real real[6];
    double number[6];
    tern__safetensors_get(s, 1, real);
    for (int i = 0; i < 6; i++) ck_assert(real[i] == (tern_real)singles[i]);
    tern__safetensors_get_double(s, 3, number);
    ck_assert(number[0] == 0.1 && number[1] == -1e300);
    tern__safetensors_get_double(s, 2, number);
    ck_assert(number[0] == -5 && number[1] == 1099511627776.0);
    tern__safetensors_get_double(s, 0, number);
    ck_assert(number[0] == 0 && number[1] == 7 && number[2] == 255);
    tern__safetensors_get_double(s, 4, number);
    ck_assert(number[0] == 42);
    tern__safetensors_free(s);
}
END_TEST

/* Half, bfloat16 and the unsigned kinds: bit patterns from the formats' definitions. */
START_TEST(test_kinds) {
    static const char header[] = "{\"h\":{\"dtype\":\"F16\",\"shape\":[6],\"data_offsets\":[0,12]},"
                                 "\"b\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[12,16]},"
                                 "\"u\":{\"dtype\":\"U16\",\"shape\":[1],\"data_offsets\":[16,18]}}  ";
    static const uint16_t bits[] = {0x3c00, 0xc000, 0x0001, 0x7bff, 0x7c00, 0xfe00, 0x3f80, 0xc2f7, 0xffff};
    static const double want[] = {1, -2, 0x1p-24, 65504, (double)INFINITY, (double)NAN, 1, -123.5, 65535};
    unsigned char bytes[512];
    uint64_t length = sizeof header - 1;
    memcpy(bytes, &length, 8);
    memcpy(bytes + 8, header, length);
    memcpy(bytes + 8 + length, bits, sizeof bits);
    tern__safetensors *s = open_file(scratch_file("kinds.safetensors", bytes, 8 + length + sizeof bits), NULL);
    ck_assert_ptr_nonnull(s);
    double got[9];
    tern__safetensors_get_double(s, 0, got);
    tern__safetensors_get_double(s, 1, got + 6);
    tern__safetensors_get_double(s, 2, got + 8);
    ck_near_all(got, want, 9, 0);
    tern__safetensors_free(s);
}
END_TEST

/* Names written with escapes, and the largest character. */
START_TEST(test_escapes) {
    static const char header[] =
        "{"
        "\"\\ud83d\\ude00\\u00e9\\u07ff\\u0800\\/\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[0,1]},"
        "\"\xf4\x8f\xbf\xbf\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[1,2]}}";
    tern__safetensors *s = open_file(make(header, sizeof header - 1, 2, 0), NULL);
    ck_assert_ptr_nonnull(s);
    ck_assert_str_eq(tern__safetensors_name(s, 0), "\xf0\x9f\x98\x80\xc3\xa9\xdf\xbf\xe0\xa0\x80/");
    ck_assert_uint_eq(tern__safetensors_find(s, "\xf4\x8f\xbf\xbf"), 1);
    tern__safetensors_free(s);
}
END_TEST

/* The text is the one other tools write, and with a name of any length the numbers start at a multiple of 8. */
START_TEST(test_bytes_written) {
    static const float x[] = {1, 2};
    const char *path = scratch_path("bytes.safetensors"), *name = &"weight78"[_i];
    const tern__entry entry = {name, TERN_F32, {1, {2}}, x};
    char want[256];
    size_t size, text = (size_t)snprintf(want, sizeof want,
                                         "{\"__metadata__\":{\"format\":\"pt\"},"
                                         "\"%s\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
                                         name);
    ck_assert_int_eq(tern__safetensors_write(path, 1, &entry, 0, NULL, NULL), TERN_OK);
    unsigned char *got = tern__file_read(path, 256, &size, NULL);
    size_t length = got[0];
    ck_assert_uint_eq(length % 8, 0);
    ck_assert_uint_eq(size, 8 + length + 8);
    ck_assert_mem_eq(got + 8, want, text);
    for (size_t i = 8 + text; i < 8 + length; i++) ck_assert_int_eq(got[i], ' ');
    ck_assert_mem_eq(got + 8 + length, x, 8);
    tern__free(got);
}
END_TEST

/* ---- refused ---- */

#define W(shape, offsets)        "{\"w\":{\"dtype\":\"F32\",\"shape\":" shape ",\"data_offsets\":" offsets "}}"

#define U8(name, shape, offsets) "\"" name "\":{\"dtype\":\"U8\",\"shape\":" shape ",\"data_offsets\":" offsets "}"

static const struct {
    const char *header;
    size_t body;
    const char *pointer, *text;
} hostile[] = {
    {W("[2]", "[0,8]"), 7, "/w", "ends at byte 8, but the file has 7 bytes of numbers"},
    {W("[2]", "[0,8]"), 9, "", "the tensors end after 8 bytes of numbers, but the file has 9"},
    {W("[2]", "[4,12]"), 12, "/w", "starts at byte 4, leaving a hole after the end of the tensor before it, 0"},
    {W("[2]", "[8,0]"), 8, "/w", "has the bytes 8 to 0, but [2] of F32 takes 8 bytes"},
    {W("[3]", "[0,8]"), 8, "/w", "has the bytes 0 to 8, but [3] of F32 takes 12 bytes"},
    {W("[4611686018427387904]", "[0,0]"), 0, "/w", "which no memory holds"},
    {W("[4611686018427387904,4]", "[0,0]"), 0, "/w", "which no memory holds"},
    {W("[99999999999999999999]", "[0,8]"), 8, "/w", "a number below 2^64"},
    {W("[2.0]", "[0,8]"), 8, "/w", "expected an integer of 0 or more, found 2.0"},
    {W("[2e0]", "[0,8]"), 8, "/w", "expected an integer of 0 or more, found 2e0"},
    {W("[-2]", "[0,8]"), 8, "/w", "expected an integer of 0 or more, found -2"},
    {W("[02]", "[0,8]"), 8, "/w", "a number has no leading zero"},
    {W("[\"2\"]", "[0,8]"), 8, "/w", "an integer of 0 or more"},
    {W("[1,1,1,1,1,2]", "[0,8]"), 8, "/w", "at most 5 sizes"},
    {W("[2]", "[0,8,8]"), 8, "/w", "expected two offsets"},
    {W("[2]", "[8]"), 8, "/w", "expected two offsets"},
    {W("[2,]", "[0,8]"), 8, "/w", "a comma after the last element"},
    {"{\"w\":{\"dtype\":\"F33\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "/w/dtype",
     "is \"F33\"; accepted are BOOL"},
    {"{\"w\":{\"dtype\":\"f32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "/w/dtype", "is \"f32\""},
    {"{\"w\":{\"dtype\":\"F32\",\"shape\":[2]}}", 0, "/w", "\"dtype\", \"shape\" and \"data_offsets\""},
    {"{\"w\":{}}", 0, "/w", "expected \"dtype\", \"shape\" and"},
    {"{\"w\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}", 0, "/w", "once"},
    {"{\"w\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0],\"more\":1}}", 0, "/w", "once"},
    {"{" U8("w", "[1]", "[0,1]") "," U8("\\u0077", "[1]", "[1,2]") "}", 2, "/w", "duplicate tensor"},
    {"{" U8("a", "[2]", "[0,2]") "," U8("b", "[2]", "[1,3]") "}", 3, "/b",
     "starts at byte 1, overlapping the end of the tensor before it, 2"},
    {"{" U8("a", "[2]", "[0,2]") "," U8("b", "[2]", "[0,2]") "}", 2, "/b", "overlapping"},
    {"{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", 0, "/__metadata__", "duplicate key \"a\""},
    {"{\"__metadata__\":{\"a\":1}}", 0, "", "expected a string, found 1"},
    {"{\"__metadata__\":{},\"__metadata__\":{}}", 0, "", "\"__metadata__\" once"},
    {"{\"\\u0000\":{}}", 0, "", "\\u0000 is not accepted in a string"},
    {"{\"\\ud800x\":{}}", 0, "", "half of a surrogate pair"},
    {"{\"\\q\":{}}", 0, "", "\\uXXXX"},
    {"{\"a\nb\":{}}", 0, "", "byte 11: a control character in a string"},
    {"{\"a\xff\":{}}", 0, "", "not UTF-8"},
    {"{\"\xc1\xbf\":{}}", 0, "", "not UTF-8"},         /* overlong */
    {"{\"\xe0\x9f\xbf\":{}}", 0, "", "not UTF-8"},     /* overlong */
    {"{\"\xf0\x8f\xbf\xbf\":{}}", 0, "", "not UTF-8"}, /* overlong */
    {"{\"\xed\xa0\x80\":{}}", 0, "", "not UTF-8"},     /* a surrogate */
    {"{\"\xf4\x90\x80\x80\":{}}", 0, "", "not UTF-8"}, /* above U+10FFFF */
    {"{\"\xe2\x82", 0, "", "not UTF-8"},
    {"{\"a", 0, "", "a string that does not end"},
    {"{} x", 0, "", "expected the end of the text, found 'x'"},
    {"[]", 0, "", "byte 8: expected an object, found ["},
    {"", 0, "", "found the end of the text"},
    {"{\"w\":[]}", 0, "/w", "expected an object, found ["},
    {"{,}", 0, "", "expected a key in double quotes, found ','"},
};

START_TEST(test_hostile) {
    tern_error err = {0};
    size_t length = strlen(hostile[_i].header);
    tern__safetensors *s = open_file(make(hostile[_i].header, length, hostile[_i].body, 0), &err);
    ck_assert_ptr_null(s);
    ck_assert_uint_eq(err.errors, 1);
    ck_assert_int_eq(err.item[0].status, TERN_ERROR_SYNTAX);
    ck_assert_str_eq(err.item[0].pointer, hostile[_i].pointer);
    ck_contains(err.item[0].text, hostile[_i].text);
    ck_contains(err.item[0].file, "hand.safetensors");
    ck_assert_str_eq(err.file, "");
}
END_TEST

START_TEST(test_length_lies) {
    static const struct {
        uint64_t lie;
        const char *text;
    } lies[] = {{1, "announces a header of 3 bytes, but has 10 bytes in all"},
                {UINT64_MAX - 2, "announces a header"},
                {(uint64_t)1 << 62, "announces a header"},
                {UINT64_MAX, "found the end of the text"}};
    for (size_t i = 0; i < COUNT(lies); i++) {
        tern_error err = {0};
        ck_assert_ptr_null(open_file(make("{}", 2, 0, lies[i].lie), &err));
        ck_contains(err.item[0].text, lies[i].text);
    }
    tern_error err = {0};
    ck_assert_ptr_null(open_file(scratch_file("short", "\1\0\0\0\0\0\0", 7), &err));
    ck_contains(err.item[0].text, "has 7 bytes");
}
END_TEST

/* Names of 512 bytes and headers of 16 MiB are accepted, one byte more is not. */
START_TEST(test_limits) {
    static char header[1024];
    for (int longer = 0; longer < 2; longer++) {
        tern_error err = {0};
        int length = snprintf(header, sizeof header, "{" U8("%0*d", "[0]", "[0,0]") "}", 512 + longer, 0);
        tern__safetensors *s = open_file(make(header, (size_t)length, 0, 0), &err);
        ck_assert_int_eq(s != NULL, !longer);
        tern__safetensors_free(s);
        if (longer) ck_contains(err.item[0].text, "a shorter name");
    }
    for (size_t longer = 0; longer < 2; longer++) {
        tern_error err = {0};
        uint64_t length = (16 << 20) + longer;
        unsigned char *bytes = malloc(8 + length);
        memcpy(bytes, &length, 8);
        memset(bytes + 8, ' ', length);
        memcpy(bytes + 8, "{}", 2);
        tern__safetensors *s = open_file(scratch_file("large.safetensors", bytes, 8 + length), &err);
        free(bytes);
        ck_assert_int_eq(s != NULL, !longer);
        tern__safetensors_free(s);
        if (longer) ck_contains(err.item[0].text, "accepted are up to 16777216");
    }
}
END_TEST

/* 100,000 tensors open in a blink, one more is refused. */
START_TEST(test_count) {
    for (size_t n = 100000; n <= 100001; n++) {
        tern_error err = {0};
        char *bytes = malloc(n * 64 + 16);
        size_t used = 8;
        for (size_t i = 0; i < n; i++)
            used += (size_t)snprintf(bytes + used, 72, "%c" U8("%zu", "[0]", "[0,0]"), i ? ',' : '{', i);
        bytes[used++] = '}';
        uint64_t length = used - 8;
        memcpy(bytes, &length, 8);
        tern__safetensors *s = open_file(scratch_file("many.safetensors", bytes, used), &err);
        free(bytes);
        ck_assert_int_eq(s != NULL, n == 100000);
        if (s) ck_assert_uint_eq(tern__safetensors_find(s, "99999"), 99999);
        else ck_contains(err.item[0].text, "at most 100000 tensors");
        tern__safetensors_free(s);
    }
}
END_TEST

TCase *safetensors_case(void) {
    TCase *c = tcase_create("safetensors");
    tcase_add_test(c, test_round_trip);
    tcase_add_test(c, test_kinds);
    tcase_add_test(c, test_escapes);
    tcase_add_loop_test(c, test_bytes_written, 0, 8);
    tcase_add_loop_test(c, test_hostile, 0, (int)COUNT(hostile));
    tcase_add_test(c, test_length_lies);
    tcase_add_test(c, test_limits);
    tcase_add_test(c, test_count);
    return c;
}
