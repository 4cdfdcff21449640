/* image_source.c - files of images as a dataset; see image_source.h. */
#include "image_source.h"

#include "dataset_from_columns.h"
#include "digest.h"
#include "error_scope.h"
#include "file.h"
#include "text.h"
#include "workers.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

typedef tern__image_source source;

enum { MOST_BYTES = 1 << 30, NAMED = 20 }; /* NAMED: bad files in one report */

void tern__image_source_free(void *memory) {
    source *s = memory;
    if (!s) return;
    tern__image_list_free(&s->list);
    tern__free(s->y.data);
    tern__free(s->weight);
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

/* What else there is to know of a file. */
typedef struct facts {
    uint64_t digest;
    bool gray;
} facts;

/* Writes the sample of a file. `found` may be NULL. */
static bool decode_row(const source *s, size_t row, unsigned char *out, facts *found, tern_error *err) {
    size_t size, height = s->sample.dim[s->sample.rank - 2], width = s->sample.dim[s->sample.rank - 1];
    tern__image image;
    unsigned char *file = read_image(s, row, &size, &image, err);
    bool done = file && !tern__image_fit(&image, width, height, s->resize, s->scaling, s->decode.background, out, err);
    if (done && found) found->digest = tern__bytes_digest(file, size, row), found->gray = !image.colour;
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
    bool *gray;          /* [n] */
    atomic_size_t next;
} pass;

static void decode_task(void *arg, size_t worker) {
    pass *p = arg;
    for (size_t row; (row = atomic_fetch_add(&p->next, 1)) < p->s->list.n;) {
        unsigned char *to = p->kept ? p->kept + row * p->size : p->own + worker * p->size;
        facts found = {0};
        p->bad[row] = !decode_row(p->s, row, to, &found, NULL);
        p->digest[row] = found.digest, p->gray[row] = found.gray;
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
    return tern_error_add(err, TERN_ERROR_DATA, p->s->key, "%zu of %zu images can't be read%s%s", bad, p->s->list.n,
                          bad > NAMED ? ", the first of them named here" : "",
                          p->s->skip ? "" : "; take them out, or say \"on_error\": \"skip\"");
}

/* Names the files that are skipped and what is wrong with them, many in a message. */
static void say_skipped(const pass *p, tern_error *err) {
    enum { LENGTH = 560 };
    char names[LENGTH + 1] = "", one[LENGTH];
    size_t named = 0;
    unsigned char *out = tern__alloc(p->size, 1, NULL);
    tern_error *why = tern__alloc(1, sizeof *why, NULL);
    for (size_t row = 0; out && why && row < p->s->list.n && named < NAMED; row++) {
        if (!p->bad[row]) continue;
        tern_error_clear(why);
        decode_row(p->s, row, out, NULL, why);
        named++;
        snprintf(one, sizeof one, "%.256s (%.160s)", p->s->list.file[row].path, why->item[0].text);
        if (*names && strlen(names) + strlen(one) + 2 > LENGTH) {
            tern_error_warn(err, NULL, "%s", names);
            *names = 0;
        }
        tern__text_add(names, sizeof names, "%s%s", *names ? ", " : "", one);
    }
    if (*names) tern_error_warn(err, NULL, "%s", names);
    tern__free(why);
    tern__free(out);
}

/* Closes the ranks where bad files are left out. */
static void skip_bad(pass *p, source *s, tern_error *err) {
    size_t good = 0, all = s->list.n;
    say_skipped(p, err);
    for (size_t row = 0; row < all; row++) {
        if (p->bad[row]) continue;
        s->list.file[good] = s->list.file[row];
        p->digest[good] = p->digest[row], p->gray[good] = p->gray[row];
        if (p->kept && good < row) memcpy(p->kept + good * p->size, p->kept + row * p->size, p->size);
        good++;
    }
    s->list.n = good;
    tern_error_warn(err, s->key, "%zu of %zu images can't be read and are skipped%s", all - good, all,
                    all - good > NAMED ? ", the first of them named here" : "");
}

/* ---- the dataset ---- */

/* The targets and weights of the rows that are left. */
static tern_status take_targets(const source *s, tern_dataset *d, tern_error *err) {
    size_t n = s->list.n, size = tern_shape_count(&s->y.shape) * tern_dtype_size(s->y.dtype);
    tern_array y = s->y, w = {.dtype = TERN_F64, .name = "sample_weight"};
    tern_status status = TERN_OK;
    if (s->y.data) {
        if (!(y.data = tern__alloc(n, size, err))) return TERN_ERROR_MEMORY;
        for (size_t i = 0; i < n; i++)
            memcpy((char *)y.data + i * size, (const char *)s->y.data + s->list.file[i].row * size, size);
        status = tern__dataset_own(d, y.data, tern__free, err);
        if (!status) status = tern_dataset_add_target(d, &y, err);
        if (!status && s->list.classes)
            status = tern_dataset_label(d, d->y, s->list.classes, (const char *const *)s->list.class_name, err);
    }
    if (status || !s->weight) return status;
    double *weight = tern__alloc(n, sizeof *weight, err);
    if (!(w.data = weight)) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < n; i++) weight[i] = s->weight[s->list.file[i].row];
    return tern__dataset_weigh(d, n, &w, err);
}

static tern_status name_samples(const source *s, tern_dataset *d, tern_error *err) {
    const char **names = s->named ? tern__alloc(s->list.n, sizeof *names, err) : NULL;
    for (size_t i = 0; names && i < s->list.n; i++) names[i] = s->list.file[i].name;
    tern_status status = !s->named ? TERN_OK : names ? tern_dataset_name_samples(d, names, err) : TERN_ERROR_MEMORY;
    tern__free(names);
    return status;
}

/* Which rows of the table the images are, where some of it are left out. */
static tern_status keep_rows(const source *s, tern_dataset *d, tern_error *err) {
    size_t n = s->list.n;
    if (!n || s->list.file[n - 1].origin == n - 1) return TERN_OK;
    size_t *row = tern__alloc(n, sizeof *row, err);
    if (!row) return TERN_ERROR_MEMORY;
    for (size_t i = 0; i < n; i++) row[i] = s->list.file[i].origin;
    d->row = row;
    return tern__dataset_own(d, row, tern__free, err);
}

/* Makes the dataset of what a pass has found good; takes `p->kept` and `s` over. */
static tern_dataset *make_dataset(pass *p, source *s, tern_error *err) {
    tern_array x = {.dtype = TERN_U8, .shape = s->sample, .data = p->kept};
    if (!p->kept) x.fetch = fetch, x.source = s;
    x.digest = tern__bytes_digest(p->digest, s->list.n * sizeof *p->digest, 0);
    size_t gray = 0;
    for (size_t i = 0; i < s->list.n; i++) gray += p->gray[i];
    tern_dataset *d = tern_dataset_borrow(s->list.n, &x, NULL, err);
    if (!d || tern__dataset_own(d, s, tern__image_source_free, err)) {
        if (!d) tern__image_source_free(s);
        return tern_dataset_free(d), NULL;
    }
    tern__dataset_say_gray(d, gray);
    tern_status status = take_targets(s, d, err);
    if (!status) status = name_samples(s, d, err);
    if (!status) status = keep_rows(s, d, err);
    if (p->kept && !tern__dataset_own(d, p->kept, tern__free, err)) p->kept = NULL;
    else if (p->kept) status = TERN_ERROR_MEMORY, p->kept = NULL; /* it was freed */
    return status ? tern_dataset_free(d), NULL : d;
}

tern_dataset *tern__image_source_read(source *s, tern_error *err) {
    pass p = {.s = s, .size = tern_shape_count(&s->sample)};
    size_t most = s->memory, n = s->list.n;
    p.bad = tern__alloc(n, sizeof *p.bad, err);
    p.digest = tern__alloc(n, sizeof *p.digest, err);
    p.gray = tern__alloc(n, sizeof *p.gray, err);
    if (n <= most / p.size) p.kept = tern__alloc(n, p.size, err);
    tern_status status = p.bad && p.digest && p.gray && (p.kept || n > most / p.size) ? TERN_OK : TERN_ERROR_MEMORY;
    if (!status) status = decode_all(&p, err);
    size_t bad = 0;
    for (size_t i = 0; !status && i < n; i++) bad += p.bad[i];
    if (!status && bad && (!s->skip || bad == n)) status = report_bad(&p, err);
    else if (!status && bad) skip_bad(&p, s, err);
    tern_dataset *d = NULL;
    if (!status) d = make_dataset(&p, s, err);
    else tern__image_source_free(s);
    if (!d) tern__free(p.kept);
    tern__free(p.bad);
    tern__free(p.digest);
    tern__free(p.gray);
    return d;
}

/* ---- without a model ---- */

/* Without a model the size is that of the first file, in colour if it is. */
tern_status tern__image_source_size(source *s, tern_error *err) {
    size_t size;
    tern__image image;
    s->decode = (tern__image_options){.channels = 3, .most = TERN__IMAGE_PIXELS};
    tern__error_scope before;
    tern__error_scope_enter(err, s->list.file[0].path, NULL, &before);
    unsigned char *file = read_image(s, 0, &size, &image, err);
    tern__error_scope_leave(err, &before);
    s->sample = (tern_shape){3, {image.colour ? 3 : 1, image.height, image.width}};
    tern__image_free(&image);
    tern__free(file);
    return file ? TERN_OK : TERN_ERROR_DATA;
}
