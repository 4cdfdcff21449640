/* images - a folder of PNG, JPEG, PGM or PPM files, in one folder for each class or all in one.
 *
 * All files are decoded when the data is opened, by all CPUs, so that every bad one is named before training starts.
 * What fits into `memory` stays; else each is decoded again whenever its turn comes. */
#include <tern/reader.h>

#include "dataset_from_columns.h"
#include "digest.h"
#include "error_scope.h"
#include "file.h"
#include "image.h"
#include "image_list.h"
#include "workers.h"

#include <stdatomic.h>
#include <string.h>

typedef struct images {
    const char *folder;
    bool labelled;
    tern_strings classes;
    int resize, scaling, on_error;
    tern_reals background;
    size_t memory;
} images;

enum { ON_ERROR_STOP, ON_ERROR_SKIP };
enum { MOST_PIXELS = 1 << 28, MOST_BYTES = 1 << 30, NAMED = 20 }; /* NAMED: bad files in one report */

/* The files of a dataset, and how a row of them is made. */
typedef struct source {
    images options;
    tern__image_list list;
    tern_shape sample; /* [height, width] or [channels, height, width] */
    tern__image_options decode;
} source;

static void free_source(void *memory) {
    source *s = memory;
    tern__image_list_free(&s->list);
    tern__free(s);
}

/* ---- one file ---- */

static unsigned char *read_image(const source *s, size_t row, size_t *size, tern__image *image, tern_error *err) {
    unsigned char *file = tern__file_read(s->list.file[row].path, MOST_BYTES, size, err);
    *image = (tern__image){0};
    if (file && !tern__image_decode(file, *size, &s->decode, image, err)) return file;
    tern__free(file);
    return NULL;
}

/* Writes the sample of a file. `digest` may be NULL. */
static bool decode_row(const source *s, size_t row, unsigned char *out, uint64_t *digest, tern_error *err) {
    size_t size, height = s->sample.dim[s->sample.rank - 2], width = s->sample.dim[s->sample.rank - 1];
    tern__image image;
    unsigned char *file = read_image(s, row, &size, &image, err);
    bool done = file && !tern__image_fit(&image, width, height, (tern__resize)s->options.resize,
                                         (tern__scaling)s->options.scaling, s->decode.background, out, err);
    if (done && digest) *digest = tern__bytes_digest(file, size, row);
    tern__image_free(&image);
    tern__free(file);
    return done;
}

static bool fetch(const void *from, size_t row, void *sample) { return decode_row(from, row, sample, NULL, NULL); }

/* ---- all files ---- */

typedef struct pass {
    const source *s;
    size_t size;         /* bytes of a sample */
    unsigned char *kept; /* [n][size]; NULL: they are only looked at */
    unsigned char *own;  /* [workers][size], then */
    bool *bad;           /* [n] */
    uint64_t *digest;    /* [n] */
    atomic_size_t next;
} pass;

static void decode_task(void *arg, size_t worker) {
    pass *p = arg;
    for (size_t row; (row = atomic_fetch_add(&p->next, 1)) < p->s->list.n;) {
        unsigned char *to = p->kept ? p->kept + row * p->size : p->own + worker * p->size;
        p->bad[row] = !decode_row(p->s, row, to, &p->digest[row], NULL);
    }
}

static tern_status decode_all(pass *p, tern_error *err) {
    size_t workers = tern__cpus() < p->s->list.n ? tern__cpus() : p->s->list.n;
    tern__workers *w = tern__workers_new(workers, false, err);
    p->own = w ? tern__alloc(workers, p->size, err) : NULL;
    if (p->own) tern__workers_do(w, tern__workers_ready(w, workers), decode_task, p);
    tern__workers_free(w);
    tern_status status = p->own ? TERN_OK : TERN_ERROR_MEMORY;
    tern__free(p->own);
    return status;
}

/* Names the bad files, in their order: each is decoded once more for what is wrong with it. */
static tern_status report_bad(const pass *p, tern_error *err) {
    size_t bad = 0;
    unsigned char *out = tern__alloc(p->size, 1, err);
    if (!out) return TERN_ERROR_MEMORY;
    for (size_t row = 0; row < p->s->list.n; row++) {
        if (!p->bad[row] || bad++ >= NAMED) continue;
        tern__error_scope before;
        tern__error_scope_enter(err, p->s->list.file[row].path, NULL, &before);
        decode_row(p->s, row, out, NULL, err);
        tern__error_scope_leave(err, &before);
    }
    tern__free(out);
    return tern_error_add(err, TERN_ERROR_DATA, "folder",
                          "%zu of %zu images can't be read%s; take them out, or say \"on_error\": \"skip\"", bad,
                          p->s->list.n, bad > NAMED ? ", the first of them named here" : "");
}

/* Closes the ranks where bad files are left out. */
static void skip_bad(pass *p, source *s, tern_error *err) {
    size_t good = 0, all = s->list.n;
    for (size_t row = 0; row < all; row++) {
        if (p->bad[row]) continue;
        s->list.file[good] = s->list.file[row];
        p->digest[good] = p->digest[row];
        if (p->kept && good < row) memcpy(p->kept + good * p->size, p->kept + row * p->size, p->size);
        good++;
    }
    s->list.n = good;
    tern_error_warn(err, "folder", "%zu of %zu images can't be read and are skipped", all - good, all);
}

/* ---- the dataset ---- */

static int64_t *copy_labels(const source *s, tern_error *err) {
    int64_t *label = tern__alloc(s->list.n, sizeof *label, err);
    for (size_t i = 0; label && i < s->list.n; i++) label[i] = s->list.file[i].label;
    return label;
}

/* Makes the dataset of what a pass has found good; takes `p->kept` and `s` over. */
static tern_dataset *make_dataset(pass *p, source *s, tern_error *err) {
    tern_array x = {.dtype = TERN_U8, .shape = s->sample, .data = p->kept}, y = {.dtype = TERN_I64};
    if (!p->kept) x.fetch = fetch, x.source = s;
    x.digest = tern__bytes_digest(p->digest, s->list.n * sizeof *p->digest, 0);
    y.data = s->options.labelled ? copy_labels(s, err) : NULL;
    bool labels = !s->options.labelled || y.data;
    tern_dataset *d = labels ? tern_dataset_borrow(s->list.n, &x, y.data ? &y : NULL, err) : NULL;
    tern_status status = d ? TERN_OK : TERN_ERROR_MEMORY;
    if (!d) tern__free(y.data);
    if (d && y.data) status = tern__dataset_own(d, y.data, tern__free, err);
    if (!status && y.data)
        status = tern_dataset_label(d, d->y, s->list.classes, (const char *const *)s->list.class_name, err);
    if (!d || tern__dataset_own(d, s, free_source, err)) {
        if (!d) free_source(s);
        status = TERN_ERROR_MEMORY;
    }
    if (p->kept && d && !tern__dataset_own(d, p->kept, tern__free, err)) p->kept = NULL;
    return status ? tern_dataset_free(d), NULL : d;
}

static tern_dataset *read_files(source *s, tern_error *err) {
    pass p = {.s = s, .size = tern_shape_count(&s->sample)};
    size_t most = s->options.memory << 20, n = s->list.n;
    p.bad = tern__alloc(n, sizeof *p.bad, err);
    p.digest = tern__alloc(n, sizeof *p.digest, err);
    if (n <= most / p.size) p.kept = tern__alloc(n, p.size, err);
    tern_status status = p.bad && p.digest && (p.kept || n > most / p.size) ? TERN_OK : TERN_ERROR_MEMORY;
    if (!status) status = decode_all(&p, err);
    bool any = false;
    for (size_t i = 0; !status && i < n; i++) any = any || p.bad[i];
    if (!status && any && s->options.on_error == ON_ERROR_STOP) status = report_bad(&p, err);
    else if (!status && any) skip_bad(&p, s, err);
    tern_dataset *d = NULL;
    if (!status) d = make_dataset(&p, s, err);
    else free_source(s);
    if (!d) tern__free(p.kept);
    tern__free(p.bad);
    tern__free(p.digest);
    return d;
}

/* ---- options ---- */

static tern_status set_decode(source *s, tern_error *err) {
    char shape[TERN_SHAPE_TEXT];
    const tern_reals *b = &s->options.background;
    size_t channels = s->sample.rank == 3 ? s->sample.dim[0] : 1;
    if (s->sample.rank < 2 || s->sample.rank > 3 || (channels != 1 && channels != 3))
        return tern_error_add(err, TERN_ERROR_DATA, NULL,
                              "the model's input is %s; images go into [height, width], [1, height, width] (gray) or "
                              "[3, height, width] (red, green, blue)",
                              tern_shape_text(&s->sample, shape));
    s->decode = (tern__image_options){.channels = channels, .most = MOST_PIXELS, .background = {255, 255, 255}};
    for (size_t c = 0; b->n && c < 3; c++) s->decode.background[c] = (unsigned char)b->v[b->n == 3 ? c : 0];
    return TERN_OK;
}

/* Without a model the size is that of the first file, in colour if it is. */
static tern_status first_size(source *s, tern_error *err) {
    size_t size;
    tern__image image;
    s->decode = (tern__image_options){.channels = 3, .most = MOST_PIXELS};
    tern__error_scope before;
    tern__error_scope_enter(err, s->list.file[0].path, NULL, &before);
    unsigned char *file = read_image(s, 0, &size, &image, err);
    tern__error_scope_leave(err, &before);
    bool gray = true;
    for (size_t i = 0; file && i < image.width * image.height; i++)
        gray = gray && image.pixel[3 * i] == image.pixel[3 * i + 1] && image.pixel[3 * i] == image.pixel[3 * i + 2];
    s->sample = (tern_shape){3, {gray ? 1 : 3, image.height, image.width}};
    tern__image_free(&image);
    tern__free(file);
    return file ? TERN_OK : TERN_ERROR_DATA;
}

static tern_dataset *images_read_for(const void *self, const char *dir, bool safe, const tern_shape *sample,
                                     tern_error *err) {
    const images *o = self;
    source *s = tern__alloc(1, sizeof *s, err);
    char *path = s ? tern__path_join(dir, o->folder, safe, "folder", err) : NULL;
    if (!path) return tern__free(s), NULL;
    s->options = *o;
    tern_status status = tern__image_list_make(&s->list, path, o->labelled, &o->classes, err);
    tern__free(path);
    if (!status && sample) s->sample = *sample;
    else if (!status) status = first_size(s, err);
    if (!status) status = set_decode(s, err);
    if (!status) return read_files(s, err);
    free_source(s);
    return NULL;
}

static tern_dataset *images_read(const void *self, const char *dir, bool safe, tern_error *err) {
    return images_read_for(self, dir, safe, NULL, err);
}

static void images_from_files(void *self, const char *input, const char *target) {
    images *o = self;
    (void)target;
    o->folder = input;
    o->labelled = false;
}

static const char *const resizes[] = {"crop", "pad", "stretch", NULL};
static const char *const scalings[] = {"area", "bilinear", NULL};
static const char *const errors[] = {"stop", "skip", NULL};

static const tern_option options[] = {
    TERN_STRING_REQUIRED(images, folder, "The folder; or one image file."),
    TERN_BOOL(images, labelled, true, "Whether it holds one folder for each class; false: just images, no targets."),
    TERN_STRINGS(images, classes, 0, 0, "The classes, by the names of their folders; left out: all, sorted by name."),
    TERN_CHOICE(images, resize, TERN__RESIZE_CROP, resizes,
                "How a picture of other proportions than the model's input becomes its size."),
    TERN_CHOICE(images, scaling, TERN__SCALING_AREA, scalings, "Pixels: the mean of an area, or between four others."),
    TERN_REALS(
        images, background, NULL, 0, 255, 1, 3,
        "The colour, one number or three, behind transparent pixels and around padded pictures; left out: white."),
    TERN_CHOICE(images, on_error, ON_ERROR_STOP, errors, "What to do about files that can't be read."),
    TERN_SIZE(images, memory, 1024, 0, 1 << 20, "MiB that decoded images may take; more are decoded as needed."),
    {0},
};

static const tern_example examples[] = {
    {"{\"folder\": \"photos\"}", {{0}}},
    {"{\"folder\": \"photos\", \"resize\": \"pad\", \"background\": 0}", {{0}}},
    {0},
};

const tern_reader_type tern_reader_images = {
    .base = {TERN_READER, "images", (const char *const[]){"image_folder", NULL},
             "PNG, JPEG, PGM and PPM files in folders.", sizeof(images), options, examples},
    .endings = (const char *const[]){".png", ".jpg", ".jpeg", ".pgm", ".ppm", ".PNG", ".JPG", ".JPEG", NULL},
    .read = images_read,
    .read_for = images_read_for,
    .from_files = images_from_files,
};
