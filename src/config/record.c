/* record.c - the tables of run.json, one row per key; see record.h. */
#include "record.h"

#include "table_file.h"

#include <math.h>

enum { MOST = 1 << 30 };
static const double EXACT = 9007199254740991.0; /* 2^53 - 1 */

static const tern_option pictures_options[] = {
    TERN_SIZE(tern__record_pictures, bytes, 0, 0, EXACT, "Their size."),
    TERN_STRING(tern__record_pictures, crc32, NULL, "The checksum of their bytes."),
    {0},
};

static const tern_option file_options[] = {
    TERN_STRING(tern__record_file, path, NULL, "As the model file names it."),
    TERN_BOOL(tern__record_file, folder, false, "It is a folder."),
    TERN_SIZE(tern__record_file, bytes, 0, 0, EXACT, "Its size."),
    TERN_STRING(tern__record_file, crc32, NULL, "The checksum of its bytes."),
    TERN_BLOCK(tern__record_file, pictures, pictures_options, "The pictures that it names."),
    {0},
};

static const tern_option split_options[] = {
    TERN_STRING(tern__record_split, type, NULL, "The reader."),
    TERN_BLOCKS(tern__record_split, files, tern__record_file, file_options, "The files."),
    {0},
};

static const tern_option data_options[] = {
    TERN_STRING(tern__record_data, directory, NULL, "Where relative paths start, seen from the run directory."),
    TERN_STRING(tern__record_data, absolute, NULL, "The same in full."),
    TERN_STRING(tern__record_data, checksum, NULL, "Of the numbers that trained and validated."),
    TERN_BLOCK(tern__record_data, train, split_options, "The training data."),
    TERN_BLOCK(tern__record_data, valid, split_options, "The validation data."),
    TERN_BLOCK(tern__record_data, test, split_options, "The test data."),
    {0},
};

static const tern_option machine_options[] = {
    TERN_STRING(tern__record_machine, cpu, NULL, "The CPU, as the system calls it."),
    TERN_STRING(tern__record_machine, cpu_path, NULL, "Which vector code ran."),
    TERN_SIZE(tern__record_machine, cpus, 0, 0, MOST, "How many CPUs there were."),
    TERN_SIZE(tern__record_machine, threads, 0, 0, MOST, "How many threads trained."),
    TERN_STRING(tern__record_machine, blas, NULL, "The BLAS."),
    TERN_STRING(tern__record_machine, compiler, NULL, "What compiled the program."),
    {0},
};

/* clang-format off: one row each. */
#define SESSION_OPTIONS                                                                               \
    TERN_STRING(tern__record_session, version, NULL, "The program's version."),                       \
        TERN_STRING(tern__record_session, real, NULL, "What it counts in: float or double."),         \
        TERN_STRINGS(tern__record_session, command, 0, 0, "The command line."),                       \
        TERN_SIZE(tern__record_session, seed, 0, 0, EXACT, "Where all random numbers came from."),    \
        TERN_STRING(tern__record_session, started, NULL, "When, in UTC."),                            \
        TERN_STRING(tern__record_session, ended, NULL, "When; left out: not yet, or it was killed."), \
        TERN_REAL(tern__record_session, seconds, (double)NAN, 0, 1e30, "From the one to the other."), \
        TERN_STRING(tern__record_session, outcome, NULL,                                              \
                    "What it came to: done, stopped early, stopped, diverged, failed ..."),           \
        TERN_SIZE(tern__record_session, epochs, 0, 0, EXACT, "Done in all."),                         \
        TERN_SIZE(tern__record_session, steps, 0, 0, EXACT, "Done in all."),                          \
        TERN_BLOCK(tern__record_session, machine, machine_options, "On what it ran.")
/* clang-format on */

static const tern_option session_options[] = {SESSION_OPTIONS, {0}};

static const tern_option record_options[] = {
    SESSION_OPTIONS,
    TERN_STRING(tern__record, name, NULL, "What the model is called."),
    TERN_BLOCK(tern__record, data, data_options, "The data."),
    TERN_BLOCKS(tern__record, earlier, tern__record_session, session_options, "What came before it was resumed."),
    {0},
};

const char *const tern__record_splits[TERN__RECORD_SPLITS] = {"train", "valid", "test"};

tern__record_split *tern__record_split_at(tern__record_data *data, size_t i) {
    return i == 0 ? &data->train : i == 1 ? &data->valid : &data->test;
}

char *tern__record_render(const tern__record *record, tern_error *err) {
    tern__record copy = *record;
    return tern__table_render((tern__fields){record_options, &copy}, "run.json", err);
}

tern_status tern__record_read(const char *text, size_t length, const char *path, tern__arena *arena, tern__record *out,
                              tern_error *err) {
    return tern__table_read(text, length, path, arena, (tern__fields){record_options, out}, err);
}
