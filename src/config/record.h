/* record.h - run.json as structs: what a run was made of, by whom, when and where. */
#ifndef TERN_CONFIG_RECORD_H
#define TERN_CONFIG_RECORD_H

#include "options.h"

/* The pictures that a table names, all together. */
typedef struct tern__record_pictures {
    bool given;
    size_t bytes;
    const char *crc32;
} tern__record_pictures;

/* A file of data. */
typedef struct tern__record_file {
    const char *path; /* as the model file names it; of a pattern, a file that matched */
    bool folder;      /* of images: what is in it counts for the checksum of its split alone */
    size_t bytes;
    const char *crc32; /* hexadecimal */
    tern__record_pictures pictures;
} tern__record_file;

/* A split of the data. */
typedef struct tern__record_split {
    bool given;
    const char *type;  /* of the reader */
    tern_blocks files; /* of tern__record_file */
} tern__record_split;

typedef struct tern__record_data {
    bool given;
    /* Where relative paths start: seen from the run directory, and in full. */
    const char *directory, *absolute;
    const char *checksum; /* of what was read to train and to validate, as numbers */
    tern__record_split train, valid, test;
} tern__record_data;

typedef struct tern__record_machine {
    bool given;
    const char *cpu, *cpu_path, *blas, *compiler;
    size_t cpus, threads;
} tern__record_machine;

/* A training, from its start to its end; a resumed run has several. */
typedef struct tern__record_session {
    const char *version, *real;
    tern_strings command;
    size_t seed;
    const char *started, *ended; /* UTC; ended NULL: it did not come to an end, or has not yet */
    double seconds;              /* NAN likewise */
    const char *outcome;
    size_t epochs, steps; /* done in all */
    tern__record_machine machine;
} tern__record_session;

typedef struct tern__record {
    tern__record_session last; /* its rows stand first in the file */
    const char *name;          /* of the model */
    tern__record_data data;
    tern_blocks earlier; /* of tern__record_session: before the run was resumed */
} tern__record;

/* The splits, and what the file calls them. */
enum { TERN__RECORD_SPLITS = 3 };
extern const char *const tern__record_splits[TERN__RECORD_SPLITS];
tern__record_split *tern__record_split_at(tern__record_data *data, size_t i);

/* As JSON text, for tern__free(). NULL: no memory. */
char *tern__record_render(const tern__record *record, tern_error *err);

/* The same again, of the file `path`, into the arena. Errors: SYNTAX, MODEL, MEMORY. */
tern_status tern__record_read(const char *text, size_t length, const char *path, tern__arena *arena, tern__record *out,
                              tern_error *err);

#endif
