/* c_file.c - NAME.c and NAME.h from their heads to their feet; see c_file.h. */
#include "c_file.h"

#include "c_samples.h"
#include "file.h"
#include "graph.h"
#include "meaning.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static size_t count_of(const tern_program *p, tern_operand v) { return tern_shape_count(&p->value[v].shape); }

/* ---- the header ---- */

static void add_port(tern__c_file *f, bool output, size_t k) {
    char name[TERN__C_NAME], shape[TERN_SHAPE_TEXT];
    tern_operand v = output ? f->p->output[k].value : k;
    tern__c_port(f->p, output, k, name);
    tern__c_add(f, "enum { %s_%s = %zu }; /* numbers of a sample: %s */\n", f->upper,
                (output ? f->p->outputs : f->p->inputs) == 1 ? output ? "OUT" : "IN"
                                                             : tern__c_port(f->p, output, k, name),
                count_of(f->p, v), tern_shape_text(&f->p->value[v].shape, shape));
}

static void add_names(tern__c_file *f, const tern_meaning *meaning, bool header) {
    if (!meaning->names) return;
    const char *what = meaning->classes ? "classes" : "targets";
    size_t n = meaning->classes ? meaning->classes : meaning->names;
    if (header) tern__c_add(f, "/* What out[k] is about. */\nextern ");
    tern__c_add(f, "const char *const %s_%s[%zu]", f->name, what, n);
    if (header) {
        tern__c_add(f, ";\n\n");
        return;
    }
    tern__c_add(f, " = {");
    for (size_t k = 0; k < n; k++) {
        char text[TERN_NUMBER_TEXT];
        if (k) tern__c_add(f, ", ");
        tern__c_add_string(f, tern_meaning_name(meaning, k, text));
    }
    tern__c_add(f, "};\n\n");
}

static void add_head(tern__c_file *f, const char *ending, const char *what) {
    tern__c_add(f, "/* %s.%s - %s\n * Made by tern %s. C99; needs math.h alone, allocates nothing. */\n", f->name,
                ending, what, TERN_VERSION);
}

static void add_header(tern__c_file *f, const tern_meaning *meaning) {
    add_head(f, "h", "a trained network as one function.");
    tern__c_add(f, "#ifndef %s_H\n#define %s_H\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n", f->upper, f->upper);
    for (size_t k = 0; k < f->p->inputs; k++) add_port(f, false, k);
    for (size_t k = 0; k < f->p->outputs; k++) add_port(f, true, k);
    tern__c_add(f,
                "enum {\n    %s_FLASH = %zu, /* bytes of constants */\n    %s_RAM = %zu /* bytes of memory to work in, "
                "static */\n};\n\n",
                f->upper, f->plan->flash, f->upper, f->plan->arena * sizeof(float));
    add_names(f, meaning, true);
    tern__c_add(f,
                "/* Predicts one sample, as the data have it: preprocessing is inside. Memory of the caller's, which "
                "must not overlap.\n * Returns 0. For one thread at a time. */\nint %s_predict(",
                f->name);
    tern__c_add_parameters(f);
    tern__c_add(f, ");\n\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n");
}

/* ---- the source ---- */

static void add_predict(tern__c_file *f) {
    char name[TERN__C_NAME];
    if (f->plan->arena) tern__c_add(f, "static float arena[%zu];\n\n", f->plan->arena);
    tern__c_add(f, "int %s_predict(", f->name);
    tern__c_add_parameters(f);
    tern__c_add(f, ") {\n");
    tern__c_add_ops(f);
    for (size_t k = 0; k < f->p->outputs; k++) {
        tern_operand v = f->p->output[k].value;
        tern__c_place at = f->plan->value[v];
        if (at.room == TERN__C_OUTPUT && at.at == k) continue;
        tern__c_add(f, "    {\n        int i;\n        for (i = 0; i < %zu; i++) %s[i] = (", count_of(f->p, v),
                    tern__c_port(f->p, true, k, name));
        tern__c_add_value(f, v);
        tern__c_add(f, ")[i];\n    }\n");
    }
    for (size_t k = 0; k < f->p->inputs; k++)
        if (f->p->inputs > 1) tern__c_add(f, "    (void)%s;\n", tern__c_port(f->p, false, k, name));
    tern__c_add(f, "    return 0;\n}\n");
}

static void add_source(tern__c_file *f, const tern_meaning *meaning, const tern__c_samples *samples) {
    add_head(f, "c",
             "its constants, the functions that it is made of, and NAME_predict(); -DNAME_TEST adds a self-test.");
    tern__c_add(f, "#include \"%s.h\"\n\n#include <math.h>\n\n", f->name);
    tern__c_add_kernels(f);
    tern__c_add_constants(f);
    add_names(f, meaning, false);
    add_predict(f);
    tern__c_add_test(f, samples);
}

/* ---- files ---- */

static tern_status save(tern__c_file *f, const char *dir, const char *ending, tern_error *err) {
    char name[TERN__C_NAME + 8];
    if (f->text.failed)
        return tern_error_add(err, TERN_ERROR_MEMORY, NULL, "not enough memory for the text of %s", dir);
    snprintf(name, sizeof name, "%s.%s", f->name, ending);
    char *path = tern__path_join(dir, name, false, NULL, err);
    tern__replace *file = path ? tern__replace_open(path, err) : NULL;
    tern__free(path);
    if (!file) return TERN_ERROR_IO;
    tern__replace_write(file, f->text.text, f->text.length);
    return tern__replace_commit(file, err);
}

static tern_status make_directory(const char *dir, tern_error *err) {
    if (!mkdir(dir, 0777) || errno == EEXIST) return TERN_OK;
    return tern_error_add(err, TERN_ERROR_IO, NULL, "cannot make the directory \"%s\": %s", dir, strerror(errno));
}

static tern_status write_files(const tern_model *m, const char *dir, const tern__c_plan *plan, bool raw,
                               const tern__c_samples *samples, tern_error *err) {
    char name[TERN__C_NAME], upper[TERN__C_NAME];
    tern__c_name(tern_model_name(m), name);
    for (size_t i = 0; i < sizeof upper; i++) upper[i] = (char)toupper((unsigned char)name[i]);
    tern_meaning meaning = tern__export_meaning(m, raw);
    tern__c_file header = {.plan = plan, .p = plan->p, .name = name, .upper = upper}, source = header;
    add_header(&header, &meaning);
    add_source(&source, &meaning, samples);
    tern_status status = make_directory(dir, err);
    if (!status) status = save(&header, dir, "h", err);
    if (!status) status = save(&source, dir, "c", err);
    tern__free(header.text.text);
    tern__free(source.text.text);
    return status;
}

/* What C can hold. That it holds no table is said first: nothing else that is refused could be mended to any end. */
static tern_program *new_program(const tern_model *m, bool raw, tern_error *err) {
    const tern_blocks *described = &m->config.input.columns;
    if (!described->n && !described->choice && !m->config.fitted.input.columns.n) return tern_program_new(m, raw, err);
    tern_error_add(err, TERN_ERROR_MODEL, NULL,
                   "reads the columns of a table, which a C file can't: it takes numbers that go in as they are, or "
                   "scaled; ONNX has columns");
    return NULL;
}

tern_status tern_export_c(const tern_model *m, const char *dir, const tern_export_c_options *options, tern_error *err) {
    tern_export_c_options usual = {0};
    if (!options) options = &usual;
    tern_program *p = new_program(m, options->raw, err);
    if (!p) return TERN_ERROR_MODEL;
    tern__c_plan plan = {0};
    tern__c_samples samples = {0};
    tern_status status = tern__c_plan_make(p, &plan, err);
    if (!status) status = tern__c_samples_make(m, p, options, &samples, err);
    if (!status) status = write_files(m, dir, &plan, options->raw, &samples, err);
    tern__c_samples_free(&samples);
    tern__c_plan_free(&plan);
    tern_program_free(p);
    return status;
}

tern_status tern_export_c_cost(const tern_model *m, bool raw, tern_c_cost *out, tern_error *err) {
    tern_program *p = new_program(m, raw, err);
    if (!p) return TERN_ERROR_MODEL;
    tern__c_plan plan;
    tern_status status = tern__c_plan_make(p, &plan, err);
    *out = (tern_c_cost){plan.flash, plan.arena * sizeof(float), p->work};
    tern__c_plan_free(&plan);
    tern_program_free(p);
    return status;
}
