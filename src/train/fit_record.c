/* fit_record.c - run.json at the start of a fit, so that one that is killed has said what it was made of, and at its
 * end.
 */
#include "fit_internal.h"

static tern_status write_record(tern__fit *f, tern_error *err) {
    char *text = tern__record_render(&f->record.record, err);
    tern_status status = text ? tern__run_write(&f->run, "run.json", text, err) : TERN_ERROR_MEMORY;
    tern__free(text);
    return status;
}

tern_status tern__fit_record_begin(tern__fit *f, tern_error *err) {
    char *path = f->o->resume ? tern__run_path(&f->run, "run.json", err) : NULL;
    tern_status status = tern__run_record_begin(&f->record, f->m, f->o, f->data.digest, err);
    if (!status && path) status = tern__run_record_go_on(&f->record, path, err);
    tern__free(path);
    return status ? status : write_record(f, err);
}

tern_status tern__fit_record_end(tern__fit *f, tern_status status, tern_error *err) {
    if (!f->writes) return status;
    tern__record_session *s = &f->record.record.last;
    s->epochs = f->epochs_done, s->steps = f->trainer->step;
    const char *stopped = f->stopped_early ? "stopped early" : f->out_of_time ? "out of time" : "done";
    tern_status last = tern__run_record_end(&f->record, status, stopped, err);
    if (!last) last = write_record(f, err);
    return status ? status : last;
}
