/* draft_image_splits.c - whether a folder of images comes divided, as photos/train and photos/test; see
 * draft_internal.h. */
#include "draft_internal.h"

#include "file.h"
#include "image_list.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

/* What people call them. */
static const char *const names[TERN__IMAGES_SPLITS][4] = {
    {"train", "training"}, {"valid", "val", "validation"}, {"test", "testing"}};

/* Which split a folder is called after; SPLITS: none. */
static size_t split_of(const char *name) {
    size_t k = 0;
    for (; k < TERN__IMAGES_SPLITS; k++)
        for (size_t i = 0; i < sizeof names[k] / sizeof *names[k] && names[k][i]; i++)
            if (!strcasecmp(names[k][i], name)) return k;
    return k;
}

/* Whether a folder holds folders, and no images beside them: it is no class. */
static bool holds_folders(const char *path) {
    DIR *dir = opendir(path);
    size_t folders = 0, images = 0;
    for (struct dirent *e; dir && (e = readdir(dir));) {
        char below[4096];
        if (e->d_name[0] == '.') continue;
        snprintf(below, sizeof below, "%s/%s", path, e->d_name);
        folders += tern__path_is_directory(below), images += tern__image_name(e->d_name);
    }
    if (dir) closedir(dir);
    return folders && !images;
}

/* Takes a folder for the split that it is called after. What is none is left out, and said. */
static tern_status take(tern__draft *d, const char *path, const char *name, tern__image_splits *s) {
    char below[4096];
    size_t k = split_of(name);
    snprintf(below, sizeof below, "%s/%s", path, name);
    if (k == TERN__IMAGES_SPLITS || !holds_folders(below)) {
        tern_error_warn(d->err, NULL, "\"%.256s\" is left out: %s", below,
                        k == TERN__IMAGES_SPLITS ? "beside \"train\" the folders \"valid\" and \"test\" are read"
                                                 : "it holds no folder for each class");
        return TERN_OK;
    }
    if (s->folder[k])
        return tern_error_add(d->err, TERN_ERROR_DATA, NULL,
                              "\"%.256s\" and \"%.256s\" are both called after one split", s->folder[k], below);
    s->folder[k] = strcmp(d->path, ".") ? tern__draft_text(d, "%s/%s", d->path, name) : tern__draft_text(d, "%s", name);
    return TERN_OK;
}

/* The folder that trains, if the data is divided. */
static bool is_divided(const char *path) {
    char below[4096];
    for (size_t i = 0; names[TERN__IMAGES_TRAIN][i]; i++) {
        snprintf(below, sizeof below, "%s/%s", path, names[TERN__IMAGES_TRAIN][i]);
        if (holds_folders(below)) return true;
    }
    return false;
}

tern_status tern__draft_image_splits(tern__draft *d, tern__image_splits *out) {
    char *path = tern__path_join(d->base, d->path, false, NULL, d->err);
    if (!path) return TERN_ERROR_MEMORY;
    *out = (tern__image_splits){{d->path}};
    tern_status status = TERN_OK;
    DIR *dir = is_divided(path) ? opendir(path) : NULL;
    if (dir) out->folder[TERN__IMAGES_TRAIN] = NULL;
    for (struct dirent *e; !status && dir && (e = readdir(dir));)
        if (e->d_name[0] != '.') status = take(d, path, e->d_name, out);
    if (dir) closedir(dir);
    tern__free(path);
    return status;
}
