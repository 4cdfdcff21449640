/* c_samples.c - the self-test of an exported C file; see c_samples.h. */
#include "c_samples.h"

#include "graph.h"
#include "meaning.h"

#include <tern/predictor.h>

#include <string.h>

enum { SAMPLES = 8, PER_LINE = 8 };

static tern_tensor *new_tensors(tern__c_samples *s, size_t n, const tern_model *m, bool output, tern_error *err) {
    tern_tensor *t = tern__arena_alloc(&s->memory, n, sizeof *t, err);
    for (size_t k = 0; t && k < n; k++) {
        tern_shape shape = output ? tern_model_output_at(m, k).shape : tern_model_input_at(m, k).shape;
        /* probabilities of yes and no are two where the network has one output */
        t[k].data = tern__arena_alloc(&s->memory, s->n * (tern_shape_count(&shape) + 1), sizeof *t[k].data, err);
        t[k].shape = tern_shape_batch(&shape, s->n);
        if (!t[k].data) return NULL;
    }
    return t;
}

/* Whole numbers where they are indices; else what preprocessing makes numbers between -1 and 1 of. */
static void draw(const tern_model *m, size_t k, tern_tensor *x) {
    tern_random random = {.seed = 1, .purpose = TERN_RANDOM_OTHER, .index = (uint32_t)k};
    size_t count = tern_tensor_count(x), sample = count / x->shape.dim[0];
    const tern__node *reader = tern__index_reader(m, k);
    const tern_scaling *by = &m->scaling[k];
    tern_random_uniform(&random, 0, count, x->data);
    for (size_t i = 0; i < count; i++) {
        size_t c = i % sample / (sample / by->channels);
        double u = (double)x->data[i];
        x->data[i] = reader ? (tern_real)(size_t)(u * (double)reader->indices)
                            : (tern_real)((2 * u - 1 - by->shift[c]) / by->gain[c]);
    }
}

/* What program.c adds behind the layers, row by row; backwards, as yes and no are two numbers in place of one. */
static tern_status finish(const tern_model *m, tern_tensor *y, tern_error *err) {
    tern_meaning meaning = tern__export_meaning(m, false);
    size_t rows = y->shape.dim[0], n = tern_tensor_count(y) / rows, wide = n == 1 && meaning.classes == 2 ? 2 : n;
    if (meaning.classes && !meaning.probabilities) return TERN_OK;
    double *score = tern__alloc(wide, sizeof *score, err);
    for (size_t row = rows; score && row-- > 0;) {
        const tern_real *from = y->data + row * n;
        if (meaning.classes) tern_model_scores(m, from, score);
        for (size_t k = 0; !meaning.classes && k < n; k++) score[k] = tern_model_unit(m, k, (double)from[k]);
        for (size_t k = 0; k < wide; k++) y->data[row * wide + k] = (tern_real)score[k];
    }
    if (wide != n) y->shape = TERN_SHAPE(rows, wide);
    tern__free(score);
    return score ? TERN_OK : TERN_ERROR_MEMORY;
}

tern_status tern__c_samples_make(const tern_model *m, const tern_program *p, const tern_export_c_options *options,
                                 tern__c_samples *out, tern_error *err) {
    *out = (tern__c_samples){.n = SAMPLES};
    if (options->x && options->x->shape.dim[0] < SAMPLES) out->n = options->x->shape.dim[0];
    out->x = new_tensors(out, p->inputs, m, false, err);
    out->y = new_tensors(out, p->outputs, m, true, err);
    if (!out->x || !out->y) return TERN_ERROR_MEMORY;
    for (size_t k = 0; k < p->inputs; k++) {
        if (!options->x) draw(m, k, &out->x[k]);
        else memcpy(out->x[k].data, options->x[k].data, tern_tensor_count(&out->x[k]) * sizeof(tern_real));
    }
    tern_status status = tern_predict(m, out->x, out->y, err);
    return status || options->raw || p->outputs > 1 ? status : finish(m, out->y, err);
}

void tern__c_samples_free(tern__c_samples *s) { tern__arena_free(&s->memory); }

/* ---- the text ---- */

static void add_array(tern__c_file *f, const char *what, const char *name, const tern_tensor *t) {
    size_t n = tern_tensor_count(t), rows = t->shape.dim[0];
    tern__c_add(f, "static const float %s_%s[%zu][%zu] = {", what, name, rows, n / rows);
    for (size_t i = 0; i < n; i++) {
        tern__c_add(f, i % (n / rows) ? "" : i ? "},\n    {" : "\n    {");
        if (i % (n / rows)) tern__c_add(f, i % (n / rows) % PER_LINE ? ", " : ",\n     ");
        tern__c_add_float(f, (double)t->data[i]);
    }
    tern__c_add(f, "}};\n");
}

static void add_compare(tern__c_file *f, const tern__c_samples *s, size_t k) {
    char name[TERN__C_NAME];
    size_t n = tern_tensor_count(&s->y[k]) / s->n;
    tern__c_port(f->p, true, k, name);
    tern__c_port(f->p, true, k, name);
    tern__c_add(f,
                "        for (i = 0; i < %zu; i++) {\n"
                "            const double want = (double)want_%s[row][i], off = fabs(want - (double)got_%s[i]);\n"
                "            if (fabs(want) > largest) largest = fabs(want);\n"
                "            if (!(off <= worst)) worst = off;\n        }\n",
                n, tern__c_port(f->p, true, k, name), tern__c_port(f->p, true, k, name));
}

void tern__c_add_test(tern__c_file *f, const tern__c_samples *s) {
    char name[TERN__C_NAME];
    tern__c_add(f, "\n#ifdef %s_TEST\n#include <stdio.h>\n\n/* Samples, and what tern predicts. */\n", f->upper);
    for (size_t k = 0; k < f->p->inputs; k++) add_array(f, "have", tern__c_port(f->p, false, k, name), &s->x[k]);
    for (size_t k = 0; k < f->p->outputs; k++) add_array(f, "want", tern__c_port(f->p, true, k, name), &s->y[k]);
    tern__c_add(f, "\nint main(void) {\n    double worst = 0, largest = 0;\n    int row, i, failed = 0;\n");
    for (size_t k = 0; k < f->p->outputs; k++)
        tern__c_add(f, "    static float got_%s[%zu];\n", tern__c_port(f->p, true, k, name),
                    tern_tensor_count(&s->y[k]) / s->n);
    tern__c_add(f, "    for (row = 0; row < %zu; row++) {\n        failed |= %s_predict(", s->n, f->name);
    for (size_t k = 0; k < f->p->inputs; k++)
        tern__c_add(f, "%shave_%s[row]", k ? ", " : "", tern__c_port(f->p, false, k, name));
    for (size_t k = 0; k < f->p->outputs; k++) tern__c_add(f, ", got_%s", tern__c_port(f->p, true, k, name));
    tern__c_add(f, ");\n");
    for (size_t k = 0; k < f->p->outputs; k++) add_compare(f, s, k);
    tern__c_add(f, "    }\n    failed |= %s_RAM != %s || %s_FLASH != 0", f->upper,
                f->plan->arena ? "(int)sizeof arena" : "0", f->upper);
    tern__c_add_sizes(f);
    tern__c_add(f, ";\n");
    tern__c_add(
        f, "    failed |= !(worst <= 1e-5 * largest);\n"
           "    printf(\"%%s: worst difference %%.2g, largest output %%.6g\\n\", failed ? \"FAILED\" : \"ok\", worst, "
           "largest);\n    return failed;\n}\n#endif\n");
}
