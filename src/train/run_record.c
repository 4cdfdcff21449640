/* run_record.c - fills in run.json; see run_record.h. */
#include "run_record.h"

#include "clock.h"
#include "cpu.h"
#include "data_directory.h"
#include "data_files.h"
#include "file.h"
#include "text.h"
#include "utf8.h"

#include <tern/version.h>

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *copy(tern__run_record *r, const char *text, tern_error *err) {
    return tern__arena_text(&r->arena, text, strlen(text), err);
}

/* ---- who, when, on what ---- */

static const char *now(tern__run_record *r, tern_error *err) {
    char text[32] = "";
    time_t seconds = time(NULL);
    struct tm utc;
    if (gmtime_r(&seconds, &utc)) strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return copy(r, text, err);
}

static tern__record_machine machine(tern__run_record *r, const tern_fit_options *o, tern_error *err) {
    const tern_build b = tern_version();
    char cpu[256];
    size_t threads = o->threads && o->threads < b.cpus ? o->threads : b.cpus;
    tern__cpu_name(cpu, sizeof cpu);
    return (tern__record_machine){.given = true,
                                  .cpu = *cpu ? copy(r, cpu, err) : NULL,
                                  .cpu_path = b.cpu_path,
                                  .blas = b.blas,
                                  .compiler = b.compiler,
                                  .cpus = b.cpus,
                                  .threads = threads};
}

static tern_status begin_session(tern__run_record *r, const tern_model *m, const tern_fit_options *o, tern_error *err) {
    const tern_build b = tern_version();
    size_t n = 0;
    while (o->command && o->command[n]) n++;
    r->record.last = (tern__record_session){.version = b.version,
                                            .real = b.real,
                                            .command = {n, n ? o->command : NULL},
                                            .seed = m->config.seed,
                                            .started = now(r, err),
                                            .seconds = (double)NAN,
                                            .machine = machine(r, o, err)};
    r->record.name = m->name;
    r->began = tern__clock();
    return r->record.last.started ? TERN_OK : TERN_ERROR_MEMORY;
}

/* ---- the data ---- */

/* `to` seen from `from`, both in full: "../../data". */
static const char *relative(tern__run_record *r, const char *from, const char *to, tern_error *err) {
    char out[PATH_MAX] = "";
    size_t same = 0, i = 0;
    for (; from[i] && from[i] == to[i]; i++)
        if (from[i] == '/') same = i;
    bool ends = (!from[i] || from[i] == '/') && (!to[i] || to[i] == '/');
    if (ends) same = i;
    for (const char *step = from + same; *step; step++)
        if (*step == '/' && step[1]) tern__text_add(out, sizeof out, "%s..", *out ? "/" : "");
    const char *rest = to + same + (to[same] == '/');
    if (*rest) tern__text_add(out, sizeof out, "%s%s", *out ? "/" : "", rest);
    return copy(r, *out ? out : ".", err);
}

static tern_status find_data(tern__run_record *r, const tern_model *m, const tern_fit_options *o, tern_error *err) {
    const tern__data *d = &m->config.data;
    const tern_object *reader[TERN__RECORD_SPLITS] = {&d->train, &d->valid, &d->test};
    char *own = o->data ? NULL : tern__data_directory(m, "train", err), full[PATH_MAX], out[PATH_MAX];
    const char *dir = o->data ? o->data : own;
    tern_status status = dir ? TERN_OK : TERN_ERROR_MEMORY;
    r->record.data.given = true;
    if (dir && realpath(dir, full) && realpath(o->out, out) && tern__utf8_valid(full, strlen(full))) {
        r->record.data.absolute = copy(r, full, err);
        if (tern__utf8_valid(out, strlen(out))) r->record.data.directory = relative(r, out, full, err);
    }
    for (size_t i = 0; i < TERN__RECORD_SPLITS && !status; i++)
        status = tern__data_files(reader[i], dir, &r->arena, tern__record_split_at(&r->record.data, i), err);
    tern__free(own);
    return status;
}

/* ---- begin, go on, end ---- */

tern_status tern__run_record_begin(tern__run_record *r, const tern_model *m, const tern_fit_options *o,
                                   const char *checksum, tern_error *err) {
    tern_status status = begin_session(r, m, o, err);
    if (!status && m->config.data.given) status = find_data(r, m, o, err);
    r->record.data.given = true;
    r->record.data.checksum = checksum;
    return status;
}

tern_status tern__run_record_go_on(tern__run_record *r, const char *path, tern_error *err) {
    tern__record old = {0};
    tern_error said = {0};
    size_t size;
    unsigned char *text = tern__file_read(path, TERN__JSON_SIZE, &size, &said);
    tern_status status =
        text ? tern__record_read((const char *)text, size, path, &r->arena, &old, &said) : TERN_ERROR_IO;
    tern__free(text);
    if (status) {
        tern_error_warn(err, NULL, "%s can't be read, and is made anew: %s", path, said.count ? said.item[0].text : "");
        return TERN_OK;
    }
    tern__record_session *all = tern__arena_alloc(&r->arena, old.earlier.n + 1, sizeof *all, err);
    if (!all) return TERN_ERROR_MEMORY;
    if (old.earlier.n) memcpy(all, old.earlier.item, old.earlier.n * sizeof *all);
    all[old.earlier.n] = old.last;
    r->record.earlier = (tern_blocks){.n = old.earlier.n + 1, .item = all};
    return TERN_OK;
}

tern_status tern__run_record_end(tern__run_record *r, tern_status status, const char *done, tern_error *err) {
    tern__record_session *s = &r->record.last;
    s->ended = now(r, err);
    s->seconds = tern__clock() - r->began;
    s->outcome = status == TERN_ERROR_CANCELLED  ? "stopped"
                 : status == TERN_ERROR_DIVERGED ? "diverged"
                 : status                        ? "failed"
                                                 : done;
    return s->ended ? TERN_OK : TERN_ERROR_MEMORY;
}

void tern__run_record_free(tern__run_record *r) { tern__arena_free(&r->arena); }
