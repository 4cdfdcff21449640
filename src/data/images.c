/* images - PNG, JPEG, PGM or PPM files: in one folder for each class, all in one, or by the paths of a table.
 *
 * All files are decoded when the data is opened, by all CPUs, so that every bad one is named before training starts.
 * What fits into `memory` stays; else each is decoded again whenever its turn comes. */
#include <tern/reader.h>

#include "checksum.h"
#include "file.h"
#include "image_source.h"
#include "image_table.h"

#include <string.h>

typedef struct images {
    const char *folder, *file, *path, *sample_weight, *separator, *decimal;
    bool labelled;
    tern_strings y, classes;
    int resize, scaling, on_error;
    tern_reals background;
    size_t memory;
    bool plain; /* a caller names the files: the samples are to be called by them */
} images;

enum { ON_ERROR_STOP, ON_ERROR_SKIP };

typedef tern__image_source source;

static tern_status set_decode(const images *o, source *s, tern_error *err) {
    char shape[TERN_SHAPE_TEXT];
    const tern_reals *b = &o->background;
    size_t channels = s->sample.rank == 3 ? s->sample.dim[0] : 1;
    if (s->sample.rank < 2 || s->sample.rank > 3 || (channels != 1 && channels != 3))
        return tern_error_add(err, TERN_ERROR_DATA, NULL,
                              "the model's input is %s; images go into [height, width], [1, height, width] (gray) or "
                              "[3, height, width] (red, green, blue)",
                              tern_shape_text(&s->sample, shape));
    s->decode = (tern__image_options){.channels = channels, .most = TERN__IMAGE_PIXELS, .background = {255, 255, 255}};
    for (size_t c = 0; b->n && c < 3; c++) s->decode.background[c] = (unsigned char)b->v[b->n == 3 ? c : 0];
    return TERN_OK;
}

/* The classes of folders as targets. */
static tern_status take_labels(source *s, tern_error *err) {
    int64_t *label = tern__alloc(s->list.n, sizeof *label, err);
    for (size_t i = 0; label && i < s->list.n; i++) label[i] = s->list.file[i].label;
    s->y = (tern_array){.dtype = TERN_I64, .data = label};
    return label ? TERN_OK : TERN_ERROR_MEMORY;
}

static tern_status list_folder(const images *o, const char *dir, bool safe, source *s, tern_error *err) {
    char *path = tern__path_join(dir, o->folder, safe, "folder", err);
    tern_status status = path ? tern__image_list_make(&s->list, path, o->labelled, &o->classes, err) : TERN_ERROR_MODEL;
    tern__free(path);
    return !status && o->labelled ? take_labels(s, err) : status;
}

static tern_status list_files(const images *o, const char *dir, bool safe, bool skip, source *s, tern_error *err) {
    const tern__image_table table = {o->file,          o->folder,    o->path,    o->y, o->classes,
                                     o->sample_weight, o->separator, o->decimal, skip};
    return tern__image_table_read(&table, dir, safe, s, err);
}

static tern_dataset *read_images(const images *o, const char *dir, bool safe, const tern_shape *sample, bool skip,
                                 tern_error *err) {
    source *s = tern__alloc(1, sizeof *s, err);
    if (!s) return NULL;
    s->key = o->file ? "file" : "folder";
    s->resize = (tern__resize)o->resize, s->scaling = (tern__scaling)o->scaling;
    s->named = o->plain;
    s->skip = o->on_error == ON_ERROR_SKIP, s->memory = o->memory << 20;
    tern_status status = o->file ? list_files(o, dir, safe, skip, s, err) : list_folder(o, dir, safe, s, err);
    if (!status && sample) s->sample = *sample;
    else if (!status) status = tern__image_source_size(s, err);
    if (!status) status = set_decode(o, s, err);
    if (!status) return tern__image_source_read(s, err);
    tern__image_source_free(s);
    return NULL;
}

static tern_dataset *images_read_for(const void *self, const char *dir, bool safe, const tern_shape *sample,
                                     tern_error *err) {
    return read_images(self, dir, safe, sample, false, err);
}

static tern_dataset *images_read(const void *self, const char *dir, bool safe, tern_error *err) {
    return read_images(self, dir, safe, NULL, false, err);
}

tern_dataset *tern__images_read_skipping(const void *self, const char *dir, bool safe, const tern_shape *sample,
                                         tern_error *err) {
    return read_images(self, dir, safe, sample, true, err);
}

bool tern__images_crc32(const void *self, const char *dir, char out[9], size_t *bytes) {
    images o = *(const images *)self;
    o.y = o.classes = (tern_strings){0}; /* pictures of rows without a target are among them */
    source *s = o.file ? tern__alloc(1, sizeof *s, NULL) : NULL;
    if (!s) return false;
    s->skip = o.on_error == ON_ERROR_SKIP;
    bool listed = !list_files(&o, dir, false, false, s, NULL);
    const char **path = listed ? tern__alloc(s->list.n, sizeof *path, NULL) : NULL;
    for (size_t i = 0; path && i < s->list.n; i++) path[i] = s->list.file[i].path;
    if (path) tern__files_crc32(s->list.n, path, out, bytes);
    bool summed = path;
    tern__free(path);
    tern__image_source_free(s);
    return summed;
}

static bool is_table(const char *path) {
    static const char *const endings[] = {".csv", ".tsv", ".csv.gz", ".tsv.gz"};
    size_t length = strlen(path);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t n = strlen(endings[i]);
        if (length > n && !strcmp(path + length - n, endings[i])) return true;
    }
    return tern__file_is_stream(path);
}

static void images_from_files(void *self, const tern_files *files) {
    images *o = self;
    bool table = is_table(files->input);
    if (!files->labelled) o->y = o->classes = (tern_strings){0};
    o->sample_weight = NULL;
    o->labelled &= files->labelled, o->plain = true;
    o->file = table ? files->input : NULL;
    o->folder = table ? NULL : files->input;
}

static const char *const resizes[] = {"crop", "pad", "stretch", NULL};
static const char *const scalings[] = {"area", "bilinear", NULL};
static const char *const errors[] = {"stop", "skip", NULL};

static const tern_option options[] = {
    TERN_STRING_REQUIRED(images, folder, "The folder, or one image file; with `file`, where its paths start.",
                         .unless = "file", .path = true),
    TERN_STRING(images, file, NULL,
                "A table (CSV) with a path in each row, which starts at `folder` or, where that is left out, at the "
                "table.",
                .path = true),
    TERN_STRING(images, path, "\"path\"", "The column of `file` with the paths."),
    TERN_STRINGS(images, y, 1, 0,
                 "The columns of `file` with the targets: one of class names or numbers, or several of numbers; left "
                 "out: none."),
    TERN_STRING(images, sample_weight, NULL,
                "The column of `file` that says how much each row counts in training's loss; left out: all alike."),
    TERN_STRING(images, separator, "\",\"", "The character between the fields of `file`; also \"tab\"."),
    TERN_STRING(images, decimal, "\".\"", "The decimal mark of its numbers: \".\" or \",\"."),
    TERN_BOOL(
        images, labelled, true,
        "Whether it holds one folder for each class; false: just images, there and in folders below, no targets."),
    TERN_STRINGS(images, classes, 0, 0,
                 "The classes, by the names of their folders or in `y`; left out: all, sorted by name."),
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
    {"{\"file\": \"labels.csv\", \"path\": \"image\", \"y\": [\"kind\"]}", {{0}}},
    {0},
};

const tern_reader_type tern_reader_images = {
    .base = {TERN_READER, "images", (const char *const[]){"image_folder", NULL},
             "PNG, JPEG, PGM and PPM files in folders, or by the paths of a table.", sizeof(images), options, examples},
    .endings = (const char *const[]){".png", ".jpg", ".jpeg", ".pgm", ".ppm", ".PNG", ".JPG", ".JPEG", NULL},
    .read = images_read,
    .read_for = images_read_for,
    .from_files = images_from_files,
};
