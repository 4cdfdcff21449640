/* test_targets.c - one function for each file format; see targets.h. The bytes become a file in memory: all of the
 * reader runs. */
#include "targets.h"
#include "image.h"
#include "memory.h"
#include "npy.h"
#include "npz.h"
#include "safetensors.h"
#include "text.h"

#include <tern/model.h>
#include <tern/reader.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

extern const tern_reader_type tern_reader_idx, tern_reader_csv;

/* Opens the bytes as a file and writes its path. */
static int make_file(const uint8_t *data, size_t size, char path[64]) {
    int fd = memfd_create("fuzz", 0);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size) abort();
    snprintf(path, 64, "/proc/self/fd/%d", fd);
    return fd;
}

/* The options of any reader. */
typedef union options {
    max_align_t align;
    char bytes[512];
} options;

static volatile double sink;

/* Reads every number, so that the sanitizers see it. */
static void use_column(const tern_array *c, size_t n) {
    size_t total = c->data ? n * tern_shape_count(&c->shape) : 0;
    for (size_t i = 0; i < total; i++) sink += tern_array_get(c, i);
}

static void use_dataset(tern_dataset *d) {
    use_column(d->x, d->n);
    if (d->targets) use_column(d->y, d->n);
    for (size_t i = 0; i < d->x->labels; i++) sink += (double)strlen(d->x->label[i]);
    for (size_t i = 0; d->targets && i < d->y->labels; i++) sink += (double)strlen(d->y->label[i]);
    tern_dataset_free(d);
}

static bool read_with(const tern_reader_type *reader, const void *self) {
    tern_error err = {0};
    tern_dataset *d = reader->read(self, NULL, false, &err);
    if (!d == !err.errors) abort(); /* a refusal has its reason */
    if (d) use_dataset(d);
    return d;
}

bool fuzz_safetensors(const uint8_t *data, size_t size) {
    char path[64];
    int fd = make_file(data, size, path);
    tern_error err = {0};
    tern__safetensors *s;
    tern_status status = tern__safetensors_open(path, &s, &err);
    if (!s != !!status || !status != !err.errors) abort();
    for (size_t i = 0; s && i < tern__safetensors_count(s); i++) {
        tern_shape shape = tern__safetensors_shape(s, i);
        double *numbers = malloc((tern_shape_count(&shape) + 1) * sizeof *numbers);
        tern__safetensors_get_double(s, i, numbers);
        tern__safetensors_get(s, i, (tern_real *)(void *)numbers);
        free(numbers);
        if (tern__safetensors_find(s, tern__safetensors_name(s, i)) != i) abort();
    }
    if (s) (void)tern__safetensors_meta(s, "format");
    tern__safetensors_free(s);
    close(fd);
    return s;
}

bool fuzz_idx(const uint8_t *data, size_t size) {
    char path[64];
    options self = {0};
    int fd = make_file(data, size, path);
    tern_reader_idx.from_files(&self, &(tern_files){.input = path, .target = path});
    bool accepted = read_with(&tern_reader_idx, &self);
    close(fd);
    return accepted;
}

/* The options' own defaults, as far as a table of text has any. */
static void set_defaults(options *self) {
    static const char *const comma = ",", *const point = ".";
    for (const tern_option *row = tern_reader_csv.base.options; row->name; row++) {
        if (!strcmp(row->name, "separator")) memcpy(self->bytes + row->offset, &comma, sizeof comma);
        if (!strcmp(row->name, "decimal")) memcpy(self->bytes + row->offset, &point, sizeof point);
        if (!strcmp(row->name, "header")) self->bytes[row->offset] = true;
    }
}

/* As inputs, and as inputs and targets; with a header where there seems to be one. */
bool fuzz_csv(const uint8_t *data, size_t size) {
    char path[64];
    int fd = make_file(data, size, path);
    bool accepted = false;
    for (int targets = 0; targets < 2; targets++) {
        options self = {0};
        set_defaults(&self);
        tern_reader_csv.from_files(&self, &(tern_files){.input = path, .target = targets ? path : NULL});
        accepted |= read_with(&tern_reader_csv, &self);
    }
    close(fd);
    return accepted;
}

static void use_array(tern_array *c, size_t n) {
    use_column(c, n);
    tern__free(c->data);
}

bool fuzz_npy(const uint8_t *data, size_t size) {
    char path[64];
    int fd = make_file(data, size, path);
    tern_error err = {0};
    tern_array c;
    size_t n;
    tern_status status = tern__npy_read(path, "x", &n, &c, &err);
    if (!status != !err.errors) abort();
    if (!status) use_array(&c, n);
    close(fd);
    return !status;
}

/* Messages may be shown on a terminal. */
static void check_lines(const tern_error *err) {
    char line[TERN_MAX_TEXT + TERN_MAX_POINTER + 600];
    for (size_t i = 0; i < err->count; i++)
        if (!tern__text_is_safe(tern_error_line(err, i, line, sizeof line))) abort();
}

/* As one array, and as a list of sequences. */
bool fuzz_npz(const uint8_t *data, size_t size) {
    char path[64];
    int fd = make_file(data, size, path);
    tern_error err = {0};
    tern_array c = {0};
    size_t n, *length = NULL;
    tern_status status = tern__npz_read(path, "x_array", NULL, "x", &n, &c, &err);
    if (!status != !err.errors) abort();
    if (!status) use_array(&c, n);
    tern_error_clear(&err);
    bool list = tern__npz_is_list(path) && !tern__npz_read_list(path, &n, &c, &length, &err);
    if (list) {
        for (size_t i = 0; i < n; i++) sink += (double)length[i];
        use_array(&c, n);
        tern__free(length);
    }
    close(fd);
    return !status || list;
}

/* In gray and in colours, each made to fit in two ways. */
bool fuzz_image(const uint8_t *data, size_t size) {
    static const unsigned char border[3] = {1, 2, 3};
    unsigned char fitted[2][3 * 5 * 7];
    bool accepted = true;
    for (size_t channels = 1; channels <= 3; channels += 2) {
        tern_error err = {0};
        tern__image image = {0};
        tern__image_options wanted = {.channels = channels, .most = 1 << 20, .background = {9, 8, 7}};
        tern_status status = tern__image_decode(data, size, &wanted, &image, &err);
        if (!status != !err.errors) abort();
        if (!status &&
            (tern__image_fit(&image, 7, 5, TERN__RESIZE_PAD, TERN__SCALING_AREA, border, fitted[0], &err) ||
             tern__image_fit(&image, 7, 5, TERN__RESIZE_CROP, TERN__SCALING_BILINEAR, border, fitted[1], &err)))
            abort();
        for (size_t i = 0; !status && i < channels * 5 * 7; i++) sink += fitted[0][i] + fitted[1][i];
        tern__image_free(&image);
        accepted = accepted && !status;
    }
    return accepted;
}

/* Opened, rendered, and what was rendered opened: the same again. */
bool fuzz_model(const uint8_t *data, size_t size) {
    const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
    size_t change = end ? (size_t)(end - data) : 0, first = end ? change + 1 : 0;
    char *set = calloc(change + 1, 1);
    if (change) memcpy(set, data, change);
    const char *sets[] = {*set ? set : NULL, NULL};
    tern_error err = {0};
    tern_model_options looking = {.set = sets, .plan_only = true}, anew = {.plan_only = true};
    tern_model *m = tern_model_parse((const char *)data + first, size - first, "fuzz", &looking, &err), *again = NULL;
    if (!m == !err.errors) abort(); /* a refusal has its reason */
    check_lines(&err);
    char *text = m ? tern_model_render(m, &err) : NULL, *second = NULL;
    if (text && !(again = tern_model_parse(text, strlen(text), "fuzz", &anew, &err))) abort();
    if (again && strcmp(text, second = tern_model_render(again, &err))) abort();
    bool accepted = m;
    tern_model_free(again);
    tern_model_free(m);
    tern_free(second);
    tern_free(text);
    free(set);
    return accepted;
}
