/* image_list.c - see image_list.h. */
#include "image_list.h"

#include "file.h"
#include "names.h"
#include "text.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define ACCEPTED ".png, .jpg, .jpeg, .pgm and .ppm"

bool tern__image_name(const char *name) {
    static const char *const endings[] = {".png", ".jpg", ".jpeg", ".pgm", ".ppm"};
    size_t length = strlen(name);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t n = strlen(endings[i]);
        if (length > n && !strcasecmp(name + length - n, endings[i])) return true;
    }
    return false;
}

static tern_status fail(const char *path, tern_error *err) {
    return tern_error_add(err, TERN_ERROR_IO, NULL, "cannot read \"%.256s\": %s", path, strerror(errno));
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* The paths in a directory, hidden ones left out, sorted by name. */
static tern_status list_directory(const char *path, tern__arena *arena, size_t *n, const char ***out, tern_error *err) {
    DIR *d = opendir(path);
    if (!d) return fail(path, err);
    size_t room = 0;
    const char **names = NULL;
    tern_status status = TERN_OK;
    *n = 0;
    errno = 0;
    for (struct dirent *e; !status && (e = readdir(d)); errno = 0) {
        char joined[4096];
        if (e->d_name[0] == '.') continue;
        if (*n == room) {
            const char **grown = tern__realloc(names, room, 2 * room + 64, sizeof *grown, err);
            if (!grown) status = TERN_ERROR_MEMORY;
            else names = grown, room = 2 * room + 64;
        }
        int length = snprintf(joined, sizeof joined, "%s/%s", path, e->d_name);
        if (!status && (size_t)length >= sizeof joined) errno = ENAMETOOLONG, status = fail(path, err);
        if (!status && !(names[(*n)++] = tern__arena_text(arena, joined, (size_t)length, err)))
            status = TERN_ERROR_MEMORY;
    }
    if (!status && errno) status = fail(path, err);
    closedir(d);
    if (*n && !status) qsort(names, *n, sizeof *names, by_name);
    *out = tern__arena_alloc(arena, *n, sizeof **out, err);
    if (!*out) status = TERN_ERROR_MEMORY;
    if (!status && *n) memcpy(*out, names, *n * sizeof *names);
    tern__free(names);
    return status;
}

static const char *last_name(const char *path) { return strrchr(path, '/') + 1; }

/* And no link to one, which may lead in circles. */
static bool is_own_directory(const char *path) {
    struct stat s;
    return !lstat(path, &s) && S_ISDIR(s.st_mode);
}

static void leave_out(tern__image_list *list, const char *path) {
    if (list->others < TERN__OTHERS_NAMED) list->other[list->others] = path;
    list->others++;
}

static void warn_left_out(const tern__image_list *list, const char *path, bool labelled, tern_error *err) {
    char names[400] = "";
    for (size_t i = 0; i < list->others && i < TERN__OTHERS_NAMED; i++)
        tern__text_add(names, sizeof names, "%s\"%.80s\"", i ? ", " : "", list->other[i]);
    if (list->others)
        tern_error_warn(err, NULL, "\"%.128s\": %zu of its files and folders are left out: %s%s; read are %s%s", path,
                        list->others, names, list->others > TERN__OTHERS_NAMED ? ", ..." : "", ACCEPTED,
                        labelled ? ", right in the folder of a class" : "");
}

/* Adds a directory's images to the list, whose names begin after `root` bytes; `deep`: and those of the directories
 * below it. */
static tern_status add_directory(tern__image_list *list, const char *path, size_t root, int64_t label, bool deep,
                                 tern_error *err) {
    const char **names;
    size_t n, images = 0;
    tern_status status = list_directory(path, &list->arena, &n, &names, err);
    for (size_t i = 0; !status && i < n; i++) images += tern__image_name(names[i]);
    if (status) return status;
    for (size_t i = 0; i < n; i++)
        if (!tern__image_name(names[i]) && !(deep && is_own_directory(names[i]))) leave_out(list, names[i]);
    tern__image_file *grown = tern__realloc(list->file, list->n, list->n + images, sizeof *grown, err);
    if (!grown) return TERN_ERROR_MEMORY;
    list->file = grown;
    for (size_t i = 0; i < n; i++)
        if (tern__image_name(names[i])) {
            list->file[list->n] = (tern__image_file){names[i], names[i] + root, label, list->n, list->n};
            list->n++;
        }
    for (size_t i = 0; deep && !status && i < n; i++)
        if (is_own_directory(names[i])) status = add_directory(list, names[i], root, label, deep, err);
    return status;
}

static tern_status add_images(tern__image_list *list, const char *path, int64_t label, bool deep, tern_error *err) {
    size_t before = list->n;
    tern_status status = add_directory(list, path, strlen(path) + 1, label, deep, err);
    if (status || list->n > before) return status;
    return tern_error_add(err, TERN_ERROR_DATA, NULL, "\"%.256s\" holds no image; accepted are " ACCEPTED, path);
}

/* The class of a folder of that name; the classes are sorted or given. -1: none. */
static int64_t find_class(const tern__image_list *list, const char *name) {
    for (size_t k = 0; k < list->classes; k++)
        if (!strcmp(list->class_name[k], name)) return (int64_t)k;
    return -1;
}

static tern_status refuse_folder(const tern__image_list *list, const char *path, tern_error *err) {
    char text[400] = "";
    tern__text_add_accepted(text, sizeof text, last_name(path), list->classes, list->class_name);
    return tern_error_add(err, TERN_ERROR_DATA, NULL, "\"%.256s\" is the folder of a class that is not known%s", path,
                          text);
}

static tern_status list_classes(tern__image_list *list, const char *path, const tern_strings *classes,
                                tern_error *err) {
    const char **names;
    size_t n, folders = 0;
    tern_status status = list_directory(path, &list->arena, &n, &names, err);
    for (size_t i = 0; !status && i < n; i++)
        if (tern__path_is_directory(names[i])) names[folders++] = names[i];
        else leave_out(list, names[i]);
    if (!status && !folders)
        return tern_error_add(err, TERN_ERROR_DATA, NULL,
                              "\"%.256s\" holds no folders; accepted is one for each class, with its images", path);
    list->classes = classes->n ? classes->n : folders;
    list->class_name = status ? NULL : tern__arena_alloc(&list->arena, list->classes, sizeof *list->class_name, err);
    if (!list->class_name) return status ? status : TERN_ERROR_MEMORY;
    for (size_t k = 0; k < list->classes; k++) list->class_name[k] = classes->n ? classes->v[k] : last_name(names[k]);
    for (size_t i = 0; !status && i < folders; i++) {
        int64_t label = find_class(list, last_name(names[i]));
        status = label < 0 ? refuse_folder(list, names[i], err) : add_images(list, names[i], label, false, err);
    }
    return status;
}

tern_status tern__image_list_make(tern__image_list *list, const char *path, bool labelled, const tern_strings *classes,
                                  tern_error *err) {
    *list = (tern__image_list){0};
    if (labelled || tern__path_is_directory(path)) {
        tern_status status = labelled ? list_classes(list, path, classes, err) : add_images(list, path, 0, true, err);
        if (!status) warn_left_out(list, path, labelled, err);
        return status;
    }
    list->file = tern__alloc(1, sizeof *list->file, err);
    char *copy = tern__arena_text(&list->arena, path, strlen(path), err);
    if (!list->file || !copy) return TERN_ERROR_MEMORY;
    list->file[list->n++] = (tern__image_file){copy, copy, 0, 0, 0};
    return TERN_OK;
}

void tern__image_list_free(tern__image_list *list) {
    tern__free(list->file);
    tern__arena_free(&list->arena);
    *list = (tern__image_list){0};
}
