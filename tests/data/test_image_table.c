/* test_image_table.c - images by the paths in a table: targets of each kind, weights, files that are not there. */
#include "fixtures/scratch.h"
#include "test_data.h"

#include <sys/stat.h>

static const tern_shape sample = {2, {1, 1}};
static tern_error err;

static void write_pixel(const char *name, char value) {
    char path[64], data[] = "P5 1 1 255\n.";
    mkdir(scratch_path("pics"), 0777);
    snprintf(path, sizeof path, "pics/%s.pgm", name);
    data[sizeof data - 2] = value;
    scratch_file(path, data, sizeof data - 1);
}

static const char table[] =
    "kind,file,old,new,count\ndog,pics/b.pgm,1,0,2.5\ncat,pics/a.pgm,0,1,1\ndog,pics/b.pgm,1,1,0\n";

static void set_table(reader_options *o, const char *text) {
    memset(o, 0, sizeof *o);
    write_pixel("a", 10);
    write_pixel("b", 20);
    *(const char **)option_field(o, &tern_reader_images, "file") = scratch_file("labels.csv", text, strlen(text));
    *(const char **)option_field(o, &tern_reader_images, "path") = "file";
    *(const char **)option_field(o, &tern_reader_images, "separator") = ",";
    *(const char **)option_field(o, &tern_reader_images, "decimal") = ".";
    *(size_t *)option_field(o, &tern_reader_images, "memory") = 1;
}

static void set_targets(reader_options *o, size_t n, const char *const *names) {
    *(tern_strings *)option_field(o, &tern_reader_images, "y") = (tern_strings){n, names};
}

static tern_dataset *read_table(const reader_options *o) {
    tern_error_clear(&err);
    return tern_reader_images.read_for(o, NULL, false, &sample, &err);
}

START_TEST(test_classes) {
    static const char *const kind[] = {"kind"};
    reader_options o;
    set_table(&o, table);
    set_targets(&o, 1, kind);
    *(const char **)option_field(&o, &tern_reader_images, "sample_weight") = "count";
    tern_dataset *d = read_table(&o);
    ck_assert_msg(d, "%s", err.item[0].text);
    ck_assert(d->n == 3 && tern_array_get(d->x, 0) == 20 && tern_array_get(d->x, 1) == 10);
    ck_assert(d->y->dtype == TERN_I64 && d->y->labels == 2);
    ck_assert(tern_array_get(d->y, 0) == 1 && tern_array_get(d->y, 1) == 0 && tern_array_get(d->y, 2) == 1);
    ck_assert_str_eq(d->y->label[0], "cat");
    ck_assert(d->weights == 1 && tern_array_get(d->w, 0) == 2.5 && tern_array_get(d->w, 2) == 0);
    tern_dataset_free(d);
}
END_TEST

START_TEST(test_numbers) {
    static const char *const several[] = {"new", "old"}, *const one[] = {"count"};
    reader_options o;
    set_table(&o, table);
    set_targets(&o, 2, several);
    tern_dataset *d = read_table(&o);
    ck_assert_msg(d, "%s", err.item[0].text);
    ck_assert(d->y->shape.rank == 1 && d->y->shape.dim[0] == 2);
    ck_assert(tern_array_get(d->y, 0) == 0 && tern_array_get(d->y, 1) == 1 && tern_array_get(d->y, 2) == 1);
    tern_dataset_free(d);
    set_targets(&o, 1, one);
    d = read_table(&o);
    ck_assert_msg(d, "%s", err.item[0].text);
    ck_assert(d->y->dtype == TERN_F64 && tern_array_get(d->y, 0) == 2.5);
    tern_dataset_free(d);
    set_targets(&o, 0, NULL);
    d = read_table(&o);
    ck_assert(d && !d->targets);
    tern_dataset_free(d);
}
END_TEST

/* All of them are named, with their lines; or all are skipped, and their targets with them. */
START_TEST(test_missing) {
    static const char *const kind[] = {"kind"};
    const char *text = "kind,file\nfox,pics/gone.pgm\ncat,pics/a.pgm\nfox,pics/lost.pgm\ndog,pics/b.pgm\n";
    reader_options o;
    set_table(&o, text);
    set_targets(&o, 1, kind);
    ck_assert_ptr_null(read_table(&o));
    ck_contains(err.item[0].text, "pics/gone.pgm (");
    ck_contains(err.item[0].text, "labels.csv, line 2)");
    ck_contains(err.item[0].text, "pics/lost.pgm (");
    ck_contains(err.item[1].text, "2 of 4 images are not there");
    *(int *)option_field(&o, &tern_reader_images, "on_error") = 1;
    tern_dataset *d = read_table(&o);
    ck_assert_msg(d, "%s", err.item[0].text);
    ck_assert(d->n == 2 && tern_array_get(d->x, 1) == 20);
    ck_assert_str_eq(d->y->label[(size_t)tern_array_get(d->y, 1)], "dog");
    ck_contains(err.item[0].text, "pics/gone.pgm (cannot read");
    ck_contains(err.item[0].text, "pics/lost.pgm (cannot read");
    ck_contains(err.item[1].text, "2 of 4 images can't be read and are skipped");
    tern_dataset_free(d);
}
END_TEST

START_TEST(test_refused) {
    static const char *const kind[] = {"kind"}, *const wrong[] = {"knd"};
    static const struct {
        const char *text, *path, *weight, *says;
        const char *const *y;
    } bad[] = {
        {table, "fle", NULL, "names the column \"fle\"", kind},
        {table, "file", NULL, "names the column \"knd\"", wrong},
        {table, "file", "weight", "names the column \"weight\"", kind},
        {"kind,file\ncat,\n", "file", NULL, "is empty; a path is accepted", kind},
        {"kind,file,w\ncat,pics/a.pgm,-1\n", "file", "w", "is \"-1\"; a weight is a finite number from 0", kind},
        {"kind,file\ncat,../a.pgm\n", "file", NULL, "\"..\" is not accepted", kind},
    };
    reader_options o;
    set_table(&o, bad[_i].text);
    set_targets(&o, 1, bad[_i].y);
    *(const char **)option_field(&o, &tern_reader_images, "path") = bad[_i].path;
    *(const char **)option_field(&o, &tern_reader_images, "sample_weight") = bad[_i].weight;
    char dir[64];
    snprintf(dir, sizeof dir, "%s", scratch_path(""));
    *(const char **)option_field(&o, &tern_reader_images, "file") = "labels.csv";
    tern_error_clear(&err);
    ck_assert_ptr_null(tern_reader_images.read_for(&o, dir, true, &sample, &err));
    ck_contains(err.item[0].text, bad[_i].says);
}
END_TEST

TCase *image_table_case(void) {
    TCase *c = tcase_create("images of a table");
    tcase_add_test(c, test_classes);
    tcase_add_test(c, test_numbers);
    tcase_add_test(c, test_missing);
    tcase_add_loop_test(c, test_refused, 0, 6);
    return c;
}
