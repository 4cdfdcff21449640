/* inspect_data.c - tern inspect on a file of data: samples, their elements, what they could mean as labels. */
#include "inspect.h"

#include "text.h"

/* ---- what statistics say ---- */

static void print_stats(const tern_array_stats *s) {
    printf("  min %.6g  max %.6g  mean %.6g  std %.6g\n  NaN %zu  infinite %zu  constant %zu of %zu\n", s->min, s->max,
           s->mean, s->std, s->nans, s->infs, s->constant, tern_shape_count(&s->shape));
}

static void print_histogram(const tern_array_stats *s) {
    table t;
    if (!s->values) return;
    putchar('\n');
    table_begin(&t, 3, (const char *const[]){">value", ">count", ">share"});
    for (size_t i = 0; i < s->values; i++) {
        table_row(&t);
        table_set(&t, 0, "%.15g", s->value[i]);
        table_set(&t, 1, "%zu", s->count[i]);
        table_set(&t, 2, "%.1f %%", 100.0 * (double)s->count[i] / (double)(s->n * tern_shape_count(&s->shape)));
    }
    table_end(&t);
    if (s->from_one) puts("  As labels these seem to start at 1; tern counts classes from 0.");
}

void json_stats(json *j, const tern_array_stats *s) {
    json_real(j, "min", s->min);
    json_real(j, "max", s->max);
    json_real(j, "mean", s->mean);
    json_real(j, "std", s->std);
    json_size(j, "nans", s->nans);
    json_size(j, "infs", s->infs);
    json_size(j, "constant", s->constant);
    if (!s->values) return;
    json_open(j, "histogram", '{');
    for (size_t i = 0; i < s->values; i++) {
        char value[40];
        snprintf(value, sizeof value, "%.15g", s->value[i]);
        json_size(j, value, s->count[i]);
    }
    json_close(j, '}');
    json_bool(j, "from_one", s->from_one);
}

/* ---- a data file ---- */

static tern_status show(const tern_dataset *d, const args *a, tern_error *err) {
    tern_array_stats s;
    json j = {0};
    char path[PATH_SIZE], shape[TERN_SHAPE_TEXT], count[SHORT_TEXT];
    tern_status status = tern_array_inspect(d->x, d->n, &s, err);
    if (status) return status;
    if (a->json) {
        json_open(&j, NULL, '{');
        json_text(&j, "file", a->operand.v[0]);
        json_size(&j, "samples", d->n);
        json_shape(&j, "shape", &d->x->shape);
        json_text(&j, "dtype", tern_dtype_name(d->x->dtype));
        json_stats(&j, &s);
    } else {
        printf("%s: %s samples of %s, %s\n\n", tern__text_safe(a->operand.v[0], path, sizeof path),
               count_text(d->n, count), d->x->shape.rank ? tern_shape_text(&d->x->shape, shape) : "one element",
               tern_dtype_name(d->x->dtype));
        print_stats(&s);
        print_histogram(&s);
    }
    if (a->json) {
        json_close(&j, '}');
        json_end();
    }
    return TERN_OK;
}

tern_status inspect_data(const args *a, tern_error *err) {
    session s;
    tern_status status = session_open(&s, a, err);
    tern_dataset *d = status ? NULL : read_plain(s.registry, NULL, &(tern_files){.input = a->operand.v[0]}, err);
    status = d ? show(d, a, err) : TERN_ERROR_DATA;
    tern_dataset_free(d);
    session_close(&s);
    return status;
}
