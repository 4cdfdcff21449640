/* test_images.c - folders of images: classes by their folders, sizes, bad files, and images that stay on disk. */
#include "fixtures/scratch.h"
#include "labels.h"
#include "test_data.h"

#include <sys/stat.h>

static const tern_shape sample = {2, {1, 2}};

/* Writes DIR/NAME, a picture of two pixels. */
static void write_image(const char *dir, const char *name, unsigned char left, unsigned char right) {
    char path[160], data[] = "P5 2 1 255\n..";
    mkdir(scratch_path("photos"), 0777);
    snprintf(path, sizeof path, "%s/%s", scratch_path("photos"), dir);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "photos/%s/%s", dir, name);
    data[sizeof data - 3] = (char)left, data[sizeof data - 2] = (char)right;
    scratch_file(path, data, sizeof data - 1);
}

static void write_photos(void) {
    write_image("dog", "b.pgm", 3, 4);
    write_image("dog", "a.PGM", 1, 2);
    write_image("cat", "x.pgm", 250, 251);
    scratch_file("photos/cat/notes.txt", "no image", 8);
    scratch_file("photos/cat/.hidden.pgm", "no image", 8);
}

static void set_usual(reader_options *o) {
    memset(o, 0, sizeof *o);
    *(const char **)option_field(o, &tern_reader_images, "folder") = scratch_path("photos");
    *(bool *)option_field(o, &tern_reader_images, "labelled") = true;
    *(size_t *)option_field(o, &tern_reader_images, "memory") = 1;
}

static tern_dataset *read_for(const reader_options *o, tern_error *err) {
    return tern_reader_images.read_for(o, NULL, false, &sample, err);
}

static void check_rows(const tern_dataset *d, size_t n, const tern_real *x, const int64_t *label) {
    tern_real got[16];
    double gain = 2, shift = 1;
    ck_assert_uint_eq(d->n, n);
    tern_array_gather(d->x, NULL, n, got);
    for (size_t i = 0; i < 2 * n; i++) ck_assert(got[i] == x[i]);
    tern_array_gather_scaled(d->x, (const size_t[]){n - 1}, 1, 1, 2, &gain, &shift, got);
    ck_assert(got[0] == 2 * x[2 * n - 2] + 1 && got[1] == 2 * x[2 * n - 1] + 1);
    for (size_t i = 0; i < n && label; i++) ck_assert(tern_array_get(d->y, i) == (double)label[i]);
}

/* The message that came last: a warning of the file beside the images may be before it. */
static const char *last(const tern_error *err) { return err->item[err->count - 1].text; }

/* Kept in memory, or decoded again for each batch. */
START_TEST(test_folder) {
    write_photos();
    reader_options o;
    set_usual(&o);
    *(size_t *)option_field(&o, &tern_reader_images, "memory") = (size_t)_i;
    tern_error err = {0};
    tern_dataset *d = read_for(&o, &err);
    ck_assert_msg(d != NULL, "%s", err.item[0].text);
    ck_assert((d->x->data == NULL) == (_i == 0));
    ck_assert(d->y->labels == 2 && !strcmp(d->y->label[0], "cat") && !strcmp(d->y->label[1], "dog"));
    check_rows(d, 3, (const tern_real[]){250, 251, 1, 2, 3, 4}, (const int64_t[]){0, 1, 1});
    tern_dataset_free(d);
}
END_TEST

START_TEST(test_classes) {
    static const char *const order[] = {"dog", "fish", "cat"}, *const one[] = {"dogs"};
    write_photos();
    reader_options o;
    set_usual(&o);
    tern_error err = {0};
    *(tern_strings *)option_field(&o, &tern_reader_images, "classes") = (tern_strings){3, order};
    tern_dataset *d = read_for(&o, &err);
    check_rows(d, 3, (const tern_real[]){250, 251, 1, 2, 3, 4}, (const int64_t[]){2, 0, 0});
    ck_assert_uint_eq(d->y->labels, 3);
    tern_dataset_free(d);
    *(tern_strings *)option_field(&o, &tern_reader_images, "classes") = (tern_strings){1, one};
    ck_assert_ptr_null(read_for(&o, &err));
    ck_contains(last(&err), "photos/cat\" is the folder of a class that is not known");
}
END_TEST

START_TEST(test_unlabelled) {
    write_photos();
    reader_options o;
    set_usual(&o);
    tern_reader_images.from_files(&o, &(tern_files){.input = scratch_path("photos/dog")});
    tern_error err = {0};
    tern_dataset *d = read_for(&o, &err);
    ck_assert_uint_eq(d->targets, 0);
    check_rows(d, 2, (const tern_real[]){1, 2, 3, 4}, NULL);
    tern_dataset_free(d);
    tern_reader_images.from_files(&o, &(tern_files){.input = scratch_path("photos/cat/x.pgm")});
    d = tern_reader_images.read(&o, NULL, false, &err);
    ck_assert(d->x->shape.rank == 3 && d->x->shape.dim[0] == 1 && d->x->shape.dim[1] == 1 && d->x->shape.dim[2] == 2);
    check_rows(d, 1, (const tern_real[]){250, 251}, NULL);
    tern_dataset_free(d);
}
END_TEST

/* Each is named, in its order, and then how many there are; or all are left out. */
START_TEST(test_bad_files) {
    write_photos();
    scratch_file("photos/dog/aa.pgm", "P5 2 2 255\n..", 13);
    scratch_file("photos/dog/z.png", "", 0);
    reader_options o;
    set_usual(&o);
    tern_error err = {0};
    ck_assert_ptr_null(read_for(&o, &err));
    ck_assert_uint_eq(err.errors, 3);
    ck_contains(err.item[1].file, "photos/dog/aa.pgm");
    ck_contains(err.item[1].text, "is cut off");
    ck_contains(err.item[2].file, "photos/dog/z.png");
    ck_contains(err.item[2].text, "is empty");
    ck_contains(last(&err), "2 of 5 images can't be read");
    for (size_t memory = 0; memory < 2; memory++) {
        *(size_t *)option_field(&o, &tern_reader_images, "memory") = memory;
        *(int *)option_field(&o, &tern_reader_images, "on_error") = 1;
        tern_error_clear(&err);
        tern_dataset *d = read_for(&o, &err);
        check_rows(d, 3, (const tern_real[]){250, 251, 1, 2, 3, 4}, (const int64_t[]){0, 1, 1});
        ck_contains(last(&err), "2 of 5 images can't be read and are skipped");
        ck_assert_uint_eq(err.errors, 0);
        tern_dataset_free(d);
    }
}
END_TEST

START_TEST(test_refused) {
    reader_options o;
    set_usual(&o);
    tern_error err = {0};
    ck_assert_ptr_null(read_for(&o, &err));
    ck_contains(err.item[0].text, "cannot read");
    mkdir(scratch_path("photos"), 0777);
    tern_error_clear(&err);
    ck_assert_ptr_null(read_for(&o, &err));
    ck_contains(err.item[0].text, "holds no folders; accepted is one for each class");
    mkdir(scratch_path("photos/empty"), 0777);
    tern_error_clear(&err);
    ck_assert_ptr_null(read_for(&o, &err));
    ck_contains(last(&err), "photos/empty\" holds no image");
    write_photos();
    rmdir(scratch_path("photos/empty"));
    const tern_shape vector = {1, {2}};
    set_usual(&o);
    tern_error_clear(&err);
    ck_assert_ptr_null(tern_reader_images.read_for(&o, NULL, false, &vector, &err));
    ck_contains(last(&err), "the model's input is [2]; images go into [height, width]");
    tern_error_clear(&err);
    *(const char **)option_field(&o, &tern_reader_images, "folder") = "../photos";
    ck_assert_ptr_null(tern_reader_images.read_for(&o, NULL, true, &sample, &err));
}
END_TEST

/* The classes of a file that has only some of them get the indices that training gave them. */
START_TEST(test_renamed_classes) {
    static const char *const trained[] = {"bird", "cat", "dog"}, *const others[] = {"cat", "frog"};
    write_photos();
    reader_options o;
    set_usual(&o);
    tern_error err = {0};
    tern_dataset *d = read_for(&o, &err);
    ck_assert_int_eq(tern__labels_rename(d, d->y, 3, trained, &err), TERN_OK);
    check_rows(d, 3, (const tern_real[]){250, 251, 1, 2, 3, 4}, (const int64_t[]){1, 2, 2});
    ck_assert_str_eq(d->y->label[0], "bird");
    ck_assert_int_eq(tern__labels_rename(d, d->y, 2, others, &err), TERN_ERROR_DATA);
    ck_contains(last(&err), "the class \"bird\", which the model was not trained on");
    tern_dataset_free(d);
}
END_TEST

/* A file that is gone when its turn comes is no picture of zeros. */
START_TEST(test_vanished) {
    write_photos();
    reader_options o;
    set_usual(&o);
    *(size_t *)option_field(&o, &tern_reader_images, "memory") = 0;
    tern_dataset *d = read_for(&o, NULL);
    tern_real x[2];
    remove(scratch_path("photos/dog/b.pgm"));
    tern_array_gather(d->x, (const size_t[]){2}, 1, x);
    ck_assert(isnan(x[0]) && isnan(x[1]));
    tern_dataset_free(d);
}
END_TEST

TCase *images_case(void) {
    TCase *c = tcase_create("images");
    tcase_add_loop_test(c, test_folder, 0, 2);
    tcase_add_test(c, test_classes);
    tcase_add_test(c, test_unlabelled);
    tcase_add_test(c, test_bad_files);
    tcase_add_test(c, test_refused);
    tcase_add_test(c, test_renamed_classes);
    tcase_add_test(c, test_vanished);
    return c;
}
