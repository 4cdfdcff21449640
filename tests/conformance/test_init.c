/* test_init.c - every registered initializer on its examples (tern/initializer.h); and every data reader without files.
 */
#include "conform.h"

#include <tern/initializer.h>
#include <tern/reader.h>

static const tern_initializer_type *initializer_of(const conform *c) { return (const tern_initializer_type *)c->type; }

static tern_tensor filled(conform *c, uint32_t index) {
    tern_tensor w = {.shape = c->example->in[0]};
    conform_assert(c, w.shape.rank > 0, "the example has no shape");
    tern_status status = initializer_of(c)->plan ? initializer_of(c)->plan(c->object.self, &w.shape, &c->err) : TERN_OK;
    conform_assert(c, status == TERN_OK && !c->err.count, "its plan says: %s", c->err.item[0].text);
    size_t n = tern_tensor_count(&w);
    w.data = guarded_new(n);
    size_t allocations = tern__alloc_count();
    initializer_of(c)->fill(c->object.self, &(tern_random){.seed = 1, .purpose = TERN_RANDOM_INIT, .index = index}, &w);
    conform_assert(c, tern__alloc_count() == allocations, "fill allocates");
    conform_finite(c, "w", w.data, n);
    conform_assert(c, guarded_intact(w.data, n), "wrote beside w");
    return w;
}

static bool constant(const tern_tensor *w) {
    for (size_t i = 1; i < tern_tensor_count(w); i++)
        if (w->data[i] != w->data[0]) return false;
    return true;
}

/* `_i` is the example. */
START_TEST(fill_depends_on_the_stream_alone) {
    conform c;
    conform_open(&c, TERN_INITIALIZER, _i);
    tern_tensor first = filled(&c, 0), other = filled(&c, 1), again = filled(&c, 0);
    size_t bytes = tern_tensor_count(&first) * sizeof *first.data;
    conform_assert(&c, !memcmp(first.data, again.data, bytes), "the same stream gave other numbers");
    conform_assert(&c, constant(&first) || memcmp(first.data, other.data, bytes),
                   "another stream gave the same numbers");
    guarded_free(first.data);
    guarded_free(other.data);
    guarded_free(again.data);
    conform_close(&c);
}
END_TEST

/* ---- data readers ---- */

START_TEST(missing_files_are_an_error) {
    conform c;
    conform_open(&c, TERN_READER, _i);
    for (int safe = 0; safe < 2; safe++) {
        tern_error_clear(&c.err);
        tern_dataset *d = ((const tern_reader_type *)c.type)->read(c.object.self, "/nonexistent", safe, &c.err);
        conform_assert(&c, !d, "read something where there are no files");
        conform_assert(&c, c.err.errors > 0 && *c.err.item[0].text, "gave no reason");
    }
    conform_close(&c);
}
END_TEST

TCase *conform_init_case(void) {
    TCase *t = tcase_create("init");
    tcase_add_loop_test(t, fill_depends_on_the_stream_alone, 0, conform_examples(TERN_INITIALIZER));
    tcase_add_loop_test(t, missing_files_are_an_error, 0, conform_examples(TERN_READER));
    return t;
}
