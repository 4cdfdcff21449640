/* reader.h - what a data reader is: a file format that becomes a dataset. */
#ifndef TERN_READER_H
#define TERN_READER_H

#include <tern/dataset.h>
#include <tern/type.h>

TERN_BEGIN

struct tern__table_source;

/* A kind of data reader. */
typedef struct tern_reader_type {
    tern_type base;

    /* File name endings by which `tern predict --input` and `tern inspect` know the format (".npy"), NULL at the end;
     * or NULL. */
    const char *const *endings;

    /* Reads the files that the options name. `dir` is where relative paths start; where `safe` is true, absolute paths
     * and ".." are refused (the path came from a model file). Files may be hostile: sizes are checked against the file
     * before anything is allocated. Returns NULL with `err` filled in; else a dataset for the caller to free. */
    tern_dataset *(*read)(const void *self, const char *dir, bool safe, tern_error *err);

    /* As `read`, for a model whose input is `sample`: for formats whose samples can be made to fit it. NULL: they
     * can't, and `read` serves. */
    tern_dataset *(*read_for)(const void *self, const char *dir, bool safe, const tern_shape *sample, tern_error *err);

    /* Tables only, else NULL: opens the file, whose columns a model file may describe. For built-in readers. */
    tern_status (*table)(const void *self, const char *dir, bool safe, struct tern__table_source *out, tern_error *err);

    /* Sets the options so that `read` takes the inputs (and from `files->target`, unless NULL, the targets) of plain
     * files. They hold their defaults, or those that the training data was read with: what says how a file is written
     * (separator, header, window) stays, what names files, columns and parts of them goes; but where the files are
     * `labelled`, what names columns and classes of targets stays. */
    void (*from_files)(void *self, const tern_files *files);
} tern_reader_type;

/* For TERN_PLUGIN(). */
#undef TERN_SIZES_READER
#define TERN_SIZES_READER \
    { sizeof(tern_reader_type), sizeof(tern_dataset) }

TERN_END

#endif
