/* draft_images.c - a folder of images, one folder in it for each class; see draft_internal.h. */
#include "draft_internal.h"

#include "file.h"
#include "image_source.h"

#include <stdlib.h>

enum { LOOKED_AT = 64, MOST_SIDE = 64, MOST_BYTES = 1 << 30 };

/* What some of the images are like. */
typedef struct survey {
    size_t n, width[LOOKED_AT], height[LOOKED_AT];
    bool colour;
} survey;

static void look_at(const char *path, survey *s) {
    static const tern__image_options options = {
        .channels = 3, .most = TERN__IMAGE_PIXELS, .background = {255, 255, 255}};
    size_t size;
    tern__image image;
    unsigned char *file = tern__file_read(path, MOST_BYTES, &size, NULL);
    bool good = file && !tern__image_decode(file, size, &options, &image, NULL);
    tern__free(file);
    if (!good) return;
    for (const unsigned char *p = image.pixel, *end = p + 3 * image.width * image.height; p < end; p += 3)
        s->colour = s->colour || p[0] != p[1] || p[0] != p[2];
    s->width[s->n] = image.width, s->height[s->n++] = image.height;
    tern__image_free(&image);
}

static int compare_sizes(const void *a, const void *b) {
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return x < y ? -1 : x > y;
}

/* Sides between which a picture loses least, in steps of 4 where there are several sizes; of at most MOST_SIDE. */
static void choose_size(survey *s, size_t *height, size_t *width, bool *several) {
    qsort(s->width, s->n, sizeof *s->width, compare_sizes);
    qsort(s->height, s->n, sizeof *s->height, compare_sizes);
    *width = s->width[s->n / 2], *height = s->height[s->n / 2];
    *several = s->width[0] != s->width[s->n - 1] || s->height[0] != s->height[s->n - 1];
    size_t longest = *width > *height ? *width : *height;
    if (longest > MOST_SIDE) {
        *width = *width * MOST_SIDE / longest, *height = *height * MOST_SIDE / longest;
        *width += (4 - *width % 4) % 4, *height += (4 - *height % 4) % 4;
    }
    if (*width < 4) *width = 4;
    if (*height < 4) *height = 4;
}

/* Decodes all of them, as training will, and names every bad one; `bad`: how many. The list is used up. */
static tern_status find_bad(const tern__draft *d, tern__image_list *list, const tern_shape *sample, size_t *bad) {
    size_t n = list->n;
    tern__image_source *s = tern__alloc(1, sizeof *s, d->err);
    if (!s) return TERN_ERROR_MEMORY;
    *s = (tern__image_source){.list = *list, .sample = *sample, .skip = true};
    s->decode = (tern__image_options){.channels = sample->dim[0], .most = TERN__IMAGE_PIXELS};
    *list = (tern__image_list){0};
    tern_dataset *all = tern__image_source_read(s, d->err);
    *bad = all ? n - all->n : 0;
    tern_dataset_free(all);
    return all ? TERN_OK : TERN_ERROR_DATA;
}

/* ---- the model file ---- */

/* The images of a folder, with the classes of those that train, if there are any yet. For tern__image_list_free(). */
static tern_status list_folder(tern__draft *d, const char *folder, const tern_strings *classes,
                               tern__image_list *list) {
    char *path = tern__path_join(d->base, folder, false, NULL, d->err);
    *list = (tern__image_list){0};
    tern_status status = path ? tern__image_list_make(list, path, true, classes, d->err) : TERN_ERROR_MEMORY;
    tern__free(path);
    return status;
}

/* Writes where the images of a split are, whose list is used up, after a look at each. */
static tern_status add_split(tern__draft *d, const tern__image_splits *splits, size_t k, tern__image_list *list,
                             const tern_shape *sample, bool several) {
    tern__buffer *options[TERN__IMAGES_SPLITS] = {&d->options, &d->valid, &d->test};
    size_t bad, n = list->n;
    tern_status status = find_bad(d, list, sample, &bad);
    if (status) return status;
    if (k != TERN__IMAGES_TRAIN)
        tern__draft_note(d, "%s: %zu images, which %s", splits->folder[k], n,
                         k == TERN__IMAGES_VALID ? "validate" : "test");
    if (bad) tern__draft_note(d, "%zu of the images can't be read, which the model skips (\"on_error\")", bad);
    tern__json_writer w = {.write = tern__buffer_write, .to = options[k]};
    tern__json_open(&w, NULL, '{');
    tern__json_add_text(&w, "folder", splits->folder[k]);
    if (several) tern__json_add_text(&w, "resize", "crop");
    if (bad) tern__json_add_text(&w, "on_error", "skip");
    tern__json_close_bracket(&w, '}');
    return TERN_OK;
}

/* Those that validate and test, of the classes that train. */
static tern_status add_others(tern__draft *d, const tern__image_splits *splits, const tern_strings *classes,
                              const tern_shape *sample, bool several) {
    tern_status status = TERN_OK;
    for (size_t k = TERN__IMAGES_TRAIN + 1; !status && k < TERN__IMAGES_SPLITS; k++) {
        tern__image_list list;
        if (!splits->folder[k]) continue;
        status = list_folder(d, splits->folder[k], classes, &list);
        if (!status) status = add_split(d, splits, k, &list, sample, several);
        tern__image_list_free(&list);
    }
    return status;
}

static void note_classes(tern__draft *d, const tern__image_list *list) {
    size_t most = 0, least = list->n, largest = 0, smallest = 0;
    for (size_t k = 0, i = 0, rows; k < list->classes; k++, i += rows) {
        for (rows = 0; i + rows < list->n && list->file[i + rows].label == (int64_t)k;) rows++;
        if (rows > most) most = rows, largest = k;
        if (rows < least) least = rows, smallest = k;
    }
    tern__draft_note(d,
                     "classification: %zu folders of %zu to %zu images; to say the largest always would be right in "
                     "%.1f %%",
                     list->classes, least, most, 100.0 * (double)most / (double)list->n);
    tern__draft_shares(d, list->n, list->class_name[largest], most, list->class_name[smallest], least);
}

/* Drafts a model for the images that train, whose list is used up, and for the other splits of theirs. */
static tern_status draft(tern__draft *d, tern__image_list *list, const tern__image_splits *splits) {
    survey s = {0};
    size_t n = list->n;
    tern_shape shape = {.rank = 3};
    bool several;
    for (size_t i = 0; i < LOOKED_AT && i < list->n; i++) /* evenly over the list */
        look_at(list->file[i * (list->n > LOOKED_AT ? list->n : LOOKED_AT) / LOOKED_AT].path, &s);
    d->shown.rows = list->n;
    const char *folder = splits->folder[TERN__IMAGES_TRAIN];
    d->shown.found = tern__draft_text(d, "%s: %zu images in %zu folders", folder, list->n, list->classes);
    if (list->classes < 2)
        return tern_error_add(d->err, TERN_ERROR_DATA, NULL, "\"%.256s\" holds one folder alone; each class has one",
                              folder);
    if (!s.n)
        return tern_error_add(d->err, TERN_ERROR_DATA, NULL, "none of the images in \"%.256s\" can be read", folder);
    note_classes(d, list);
    choose_size(&s, &shape.dim[1], &shape.dim[2], &several);
    shape.dim[0] = s.colour ? 3 : 1;
    d->outputs = list->classes;
    d->task = TERN__TASK_CLASSIFICATION;
    tern__draft_note(d, "images %s, %zu to %zu wide and %zu to %zu high; the model sees %zu by %zu%s",
                     s.colour ? "in colour" : "in gray", s.width[0], s.width[s.n - 1], s.height[0], s.height[s.n - 1],
                     shape.dim[2], shape.dim[1], several ? ", cropped to these proportions (\"resize\")" : "");
    const tern_strings classes = {list->classes, list->class_name};
    tern_status status = add_others(d, splits, &classes, &shape, several); /* first: they go by the list's classes */
    if (!status) status = add_split(d, splits, TERN__IMAGES_TRAIN, list, &shape, several);
    if (status) return status;
    tern__draft_begin(d);
    tern__draft_input(d, &shape, false);
    tern__draft_picture_layers(d, &shape, false);
    return tern__draft_end(d, n);
}

tern_status tern__draft_images(tern__draft *d) {
    static const tern_strings any = {0};
    tern__image_splits splits;
    tern__image_list list = {0};
    if (d->task != TERN__TASK_UNKNOWN && d->task != TERN__TASK_CLASSIFICATION)
        return tern_error_add(d->err, TERN_ERROR_USAGE, NULL, "a folder of images is drafted for classification alone");
    if (d->o->target || d->o->targets)
        return tern_error_add(d->err, TERN_ERROR_USAGE, NULL, "a folder of images has its classes as folders");
    d->reader = "images";
    tern_status status = tern__draft_image_splits(d, &splits);
    if (!status) status = list_folder(d, splits.folder[TERN__IMAGES_TRAIN], &any, &list);
    if (!status) status = draft(d, &list, &splits);
    tern__image_list_free(&list);
    return status;
}
