/* test_page.c - docs/exports.md, the table of layer by way out, is what the examples of the layers say.
 *
 *     TERN_WRITE=docs/exports.md build/dev/tests/tests export      writes it */
#include "cases.h"
#include "json_writer.h"

#include <stdarg.h>

TCase *page_case(void);

#ifdef TERN_HAVE_ONNX
#include "onnx.pb-c.h"

static const char head[] =
    "# Ways out\n\n"
    "What of a trained model leaves by `tern export`. The file is written by\n"
    "`TERN_WRITE=docs/exports.md build/dev/tests/tests export`, which tries every example of every layer type; tests "
    "compare.\n\n"
    "| | C (`--to c`) | ONNX (`--to onnx`) |\n|---|---|---|\n"
    "| scales of inputs | inside | inside |\n"
    "| the columns of a table | refused | inputs by name: numbers, categories, yes or no; dates are refused |\n"
    "| sequences of any length | refused | refused |\n"
    "| probabilities, units of targets | inside, but for `--raw` | inside, but for `--raw` |\n"
    "| names of classes or targets | `NAME_classes`, `NAME_targets` | a list in JSON in the metadata: `classes`, "
    "`targets` |\n"
    "| samples at a time | 1 | any number, or `--batch N` |\n\n"
    "A layer of a plugin leaves, too, once its type has `lower` (`tern/lower.h`).\n\n"
    "In a browser ([web](../web/README.md)) and in Python ([python](../python/README.md)) the library itself runs: "
    "every layer, with scales, columns and names.\n\n"
    "| layer | C | operators in ONNX |\n|---|---|---|\n";

static tern_error err;
static char dir[24];
static tern__buffer page;

static void add(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    tern__buffer_print(&page, format, arguments);
    va_end(arguments);
}

/* One row, of all examples of a type. */
typedef struct row {
    char name[64], refused[400];
    size_t operators;
    char operator[40][32];
    bool open;
} row;

static row now;

static void finish_row(void) {
    if (!now.open) return;
    add("| %s | yes%s |", now.name, now.refused);
    for (size_t i = 0; i < now.operators; i++) add("%s %s", i ? "," : "", now.operator[i]);
    add("%s%s |\n", now.operators ? "" : " none", now.refused);
    now = (row){0};
}

static void note_operators(const char *path) {
    static unsigned char bytes[1 << 20];
    FILE *f = fopen(path, "rb");
    size_t size = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    Onnx__ModelProto *model = onnx__model_proto__unpack(NULL, size, bytes);
    ck_assert_ptr_nonnull(model);
    for (size_t i = 0; i < model->graph->n_node; i++) {
        const char *type = model->graph->node[i]->op_type;
        size_t k = 0;
        while (k < now.operators && strcmp(now.operator[k], type)) k++;
        ck_assert_uint_lt(k, 40);
        if (k == now.operators && strcmp(type, "Identity")) strcpy(now.operator[now.operators++], type);
    }
    onnx__model_proto__free_unpacked(model, NULL);
}

static void note_refusal(void) {
    const char *why = strstr(err.item[0].text, ": it ");
    ck_assert_ptr_nonnull(why);
    snprintf(now.refused, sizeof now.refused, ", but where it %s", why + 5);
}

static void try(tern_model *m, const char *refused) {
    char name[64], path[64];
    snprintf(name, sizeof name, "%s", tern_model_name(m));
    *strrchr(name, '-') = 0;
    if (strcmp(name, now.name)) finish_row();
    strcpy(now.name, name);
    now.open = true;
    snprintf(path, sizeof path, "%s/m.onnx", dir);
    tern_status c = tern_export_c(m, dir, NULL, &err);
    ck_assert_int_eq(c != TERN_OK, refused != NULL);
    if (refused) note_refusal();
    tern_error_clear(&err);
    tern_status onnx = tern_export_onnx(m, path, NULL, &err);
    ck_assert_int_eq(onnx, c);
    tern_error_clear(&err);
    if (!onnx) note_operators(path);
}

START_TEST(is_fresh) {
    const char *path = getenv("TERN_WRITE");
    begin(dir);
    add("%s", head);
    each_example(try);
    finish_row();
    end(dir);
    FILE *f = fopen(path ? path : "docs/exports.md", path ? "w" : "r");
    ck_assert_ptr_nonnull(f);
    if (path) {
        fwrite(page.text, 1, page.length, f);
    } else {
        static char text[1 << 16];
        text[fread(text, 1, sizeof text - 1, f)] = 0;
        ck_assert_msg(!strcmp(text, page.text), "docs/exports.md is not what the layers do: TERN_WRITE=docs/exports.md "
                                                "build/dev/tests/tests export");
    }
    fclose(f);
}
END_TEST
#endif

TCase *page_case(void) {
    TCase *c = tcase_create("page");
    tcase_set_timeout(c, 120);
#ifdef TERN_HAVE_ONNX
    tcase_add_test(c, is_fresh);
#endif
    return c;
}
