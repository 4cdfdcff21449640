/* test_idx.c - IDX files, plain and compressed: bytes made here, and the hostile list with its messages. */
#include "fixtures/scratch.h"
#include "test_data.h"

#include <zlib.h>

typedef struct bytes {
    unsigned char data[4096];
    size_t size;
} bytes;

static bytes make_idx(int type, size_t rank, const uint32_t *sizes, size_t body) {
    bytes b = {.data = {0, 0, (unsigned char)type, (unsigned char)rank}, .size = 4 + 4 * rank + body};
    ck_assert_uint_le(b.size, sizeof b.data);
    for (size_t i = 0; i < 4 * rank; i++) b.data[4 + i] = (unsigned char)(sizes[i / 4] >> (24 - i % 4 * 8));
    for (size_t i = 0; i < body; i++) b.data[4 + 4 * rank + i] = (unsigned char)i;
    return b;
}

static bytes pack(const bytes *plain, size_t n) {
    bytes b = {0};
    z_stream z = {0};
    ck_assert_int_eq(deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    static unsigned char data[1 << 20];
    memcpy(data, plain->data, plain->size);
    z.next_in = data, z.avail_in = (unsigned)n;
    z.next_out = b.data, z.avail_out = sizeof b.data;
    ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    b.size = z.total_out;
    deflateEnd(&z);
    return b;
}

static tern_dataset *read_bytes(const bytes *x, const bytes *y, tern_error *err) {
    reader_options o = {0};
    const char *x_path = scratch_file("x-ubyte", x->data, x->size),
               *y_path = y ? scratch_file("y-ubyte", y->data, y->size) : NULL;
    tern_reader_idx.from_files(&o, &(tern_files){.input = x_path, .target = y_path});
    return tern_reader_idx.read(&o, NULL, false, err);
}

START_TEST(test_read) {
    const uint32_t sizes[] = {3, 2, 2};
    bytes x = make_idx(8, 3, sizes, 12), y = make_idx(8, 1, sizes, 3), packed = pack(&x, x.size);
    for (int i = 0; i < 2; i++) {
        tern_error err = {0};
        tern_dataset *d = read_bytes(i ? &packed : &x, i ? NULL : &y, &err);
        ck_assert_msg(d != NULL, "%s", err.item[0].text);
        ck_assert(d->n == 3 && d->x->dtype == TERN_U8 && d->x->shape.rank == 2 && d->x->shape.dim[0] == 2 &&
                  d->x->shape.dim[1] == 2);
        for (size_t k = 0; k < 12; k++) ck_assert(tern_array_get(d->x, k) == (double)k);
        if (i) ck_assert_uint_eq(d->targets, 0);
        else ck_assert(d->y->shape.rank == 0 && tern_array_get(d->y, 2) == 2);
        tern_dataset_free(d);
    }
}
END_TEST

/* Big-endian numbers of each type: 00 01 02 03 ... by the formats' definitions. */
START_TEST(test_types) {
    static const struct {
        int type;
        tern_dtype dtype;
        double want[2];
    } cases[] = {{8, TERN_U8, {0, 1}},
                 {9, TERN_I8, {0, 1}},
                 {11, TERN_I16, {1, 515}},
                 {12, TERN_I32, {66051, 67438087}},
                 {13, TERN_F32, {0x010203p-149, 0x850607p-142}},
                 {14, TERN_F64, {0, 0}}};
    const uint32_t two = 2;
    for (size_t i = 0; i < COUNT(cases); i++) {
        bytes b = make_idx(cases[i].type, 1, &two, 2 * tern_dtype_size(cases[i].dtype));
        tern_dataset *d = read_bytes(&b, NULL, NULL);
        ck_assert_ptr_nonnull(d);
        ck_assert_int_eq(d->x->dtype, cases[i].dtype);
        for (size_t k = 0; k < 2 && cases[i].type < 14; k++) ck_assert(tern_array_get(d->x, k) == cases[i].want[k]);
        tern_dataset_free(d);
    }
    const unsigned char reals[] = {0xbf, 0xf8, 0, 0, 0, 0, 0, 0}; /* -1.5 */
    const uint32_t one = 1;
    bytes b = make_idx(14, 1, &one, 8);
    memcpy(b.data + 8, reals, 8);
    tern_dataset *d = read_bytes(&b, NULL, NULL);
    ck_assert(tern_array_get(d->x, 0) == -1.5);
    tern_dataset_free(d);
}
END_TEST

static void refuse(const bytes *x, const bytes *y, const char *pointer, const char *text) {
    tern_error err = {0};
    ck_assert_ptr_null(read_bytes(x, y, &err));
    ck_assert_uint_eq(err.errors, 1);
    ck_assert_str_eq(err.item[0].pointer, pointer);
    ck_contains(err.item[0].text, text);
}

START_TEST(test_hostile) {
    static const struct {
        int type;
        size_t rank;
        uint32_t sizes[6];
        size_t body;
        const char *text;
    } cases[] = {
        {8, 2, {2, 3}, 5, "has 5 bytes of numbers, but its sizes are [2, 3] of uint8"},
        {8, 2, {2, 3}, 7, "has 7 bytes of numbers"},
        {12, 2, {2, 3}, 6, "has 6 bytes of numbers, but its sizes are [2, 3] of int32"},
        {13, 5, {4294967295u, 4294967295u, 4294967295u, 4294967295u, 4294967295u}, 0, "has 0 bytes of numbers"},
        {8, 2, {1u << 31, 1u << 31}, 8, "has 8 bytes of numbers, but its sizes are [2147483648, 2147483648]"},
        {8, 2, {0, 3}, 0, "holds no sample"},
        {8, 0, {0}, 1, "has 0 dimensions; accepted are 1 to 5"},
        {8, 6, {1, 1, 1, 1, 1, 1}, 1, "has 6 dimensions"},
        {10, 1, {1}, 1, "not an IDX file"},
        {7, 1, {1}, 1, "not an IDX file"},
        {15, 1, {1}, 8, "not an IDX file"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        bytes b = make_idx(cases[i].type, cases[i].rank, cases[i].sizes, cases[i].body);
        refuse(&b, NULL, "/x", cases[i].text);
    }
    const uint32_t sizes[] = {3, 1};
    bytes b = make_idx(8, 2, sizes, 3), few = make_idx(8, 1, (const uint32_t[]){2}, 2);
    refuse(&b, &few, "/y", "has 2 samples, but x has 3");
    b.size = 10;
    refuse(&b, NULL, "/x", "ends within its sizes");
    b.size = 3;
    refuse(&b, NULL, "/x", "not an IDX file");
    b.data[0] = 1, b.size = 12;
    refuse(&b, NULL, "/x", "not an IDX file");
}
END_TEST

/* Several members, as pigz and bgzip write them, are one file; the last of bgzip's is empty. */
START_TEST(test_members) {
    const uint32_t ten = 10;
    bytes plain = make_idx(8, 1, &ten, 10), all = {.size = 0}, b;
    static const size_t cuts[] = {0, 3, 9, 9, 18, 18};
    for (size_t i = 0; i + 1 < COUNT(cuts); i++) {
        bytes piece = {.size = cuts[i + 1] - cuts[i]};
        memcpy(piece.data, plain.data + cuts[i], piece.size);
        b = pack(&piece, piece.size);
        memcpy(all.data + all.size, b.data, b.size);
        all.size += b.size;
    }
    tern_dataset *d = read_bytes(&all, NULL, NULL);
    ck_assert_ptr_nonnull(d);
    for (size_t i = 0; i < 10; i++) ck_assert(tern_array_get(d->x, i) == (double)i);
    tern_dataset_free(d);
    all.data[all.size - 8] ^= 1; /* the last member's checksum */
    refuse(&all, NULL, "/x", "it is damaged");
    all.data[all.size - 8] ^= 1;
    all.size -= 5;
    refuse(&all, NULL, "/x", "it ends early");
    all.size += 5;
    b = pack(&plain, 1);
    memcpy(all.data + all.size, b.data, b.size);
    all.size += b.size;
    refuse(&all, NULL, "/x", "it holds more");
}
END_TEST

START_TEST(test_hostile_gzip) {
    const uint32_t ten = 10, many = 1u << 30;
    bytes plain = make_idx(8, 1, &ten, 10), b = pack(&plain, plain.size);
    b.size -= 9;
    refuse(&b, NULL, "/x", "it ends early");
    b = pack(&plain, plain.size);
    b.data[b.size - 6] ^= 1; /* of the checksum */
    refuse(&b, NULL, "/x", "it is damaged");
    b = pack(&plain, plain.size);
    b.data[b.size++] = 0;
    refuse(&b, NULL, "/x", "something follows");
    b = pack(&plain, plain.size - 1);
    refuse(&b, NULL, "/x", "it ends early");
    b = pack(&plain, 1 << 19); /* a bomb: half a megabyte where ten bytes are announced */
    refuse(&b, NULL, "/x", "it holds more");
    b = pack(&plain, 6);
    refuse(&b, NULL, "/x", "ends within its sizes");
    plain = make_idx(8, 1, &many, 0);
    b = pack(&plain, plain.size); /* a gigabyte announced by a file that cannot hold it */
    refuse(&b, NULL, "/x", "has at most");
}
END_TEST

START_TEST(test_paths) {
    reader_options o = {0};
    tern_error err = {0};
    *(const char **)option_field(&o, &tern_reader_idx, "x") = "../x-ubyte";
    ck_assert_ptr_null(tern_reader_idx.read(&o, "/tmp", true, &err));
    ck_assert_str_eq(err.item[0].pointer, "/x");
    ck_contains(err.item[0].text, "\"..\" is not accepted");
    *(const char **)option_field(&o, &tern_reader_idx, "x") = "absent-ubyte";
    ck_assert_ptr_null(tern_reader_idx.read(&o, "/tmp", true, &err));
    ck_assert_str_eq(err.item[1].pointer, "/x");
    ck_contains(err.item[1].text, "cannot read \"/tmp/absent-ubyte\": No such file");
}
END_TEST

TCase *idx_case(void) {
    TCase *c = tcase_create("idx");
    tcase_add_test(c, test_read);
    tcase_add_test(c, test_types);
    tcase_add_test(c, test_hostile);
    tcase_add_test(c, test_members);
    tcase_add_test(c, test_hostile_gzip);
    tcase_add_test(c, test_paths);
    return c;
}
