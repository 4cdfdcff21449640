/* test_vocabulary.c - which number a piece of text is, and which it is not. */
#include "test_data.h"
#include "memory.h"
#include "vocabulary.h"

/* The numbers of a text by a list of tokens. */
static size_t encode(tern__vocabulary v, const char *text, uint32_t *out, const char **unseen) {
    size_t size = 0;
    ck_assert_int_eq(tern__vocabulary_sort(&v, NULL), TERN_OK);
    size_t n = tern__vocabulary_encode(&v, text, NULL, unseen, &size);
    ck_assert_uint_eq(tern__vocabulary_encode(&v, text, out, unseen, &size), n);
    tern__free(v.sorted);
    return n;
}

START_TEST(a_token_is_its_place) {
    static const char *const letters[] = {"b", "é", "a", "€"}, *const words[] = {"on", "one", "o", "two"};
    const tern__vocabulary characters = {.tokens = {4, letters}},
                           spaced = {.tokens = {4, words}, .kind = TERN__TOKENS_WORDS}, bytes = {.kind = 0};
    uint32_t out[16];
    const char *unseen;
    ck_assert_uint_eq(encode(characters, "a€éb", out, &unseen), 4);
    ck_assert_ptr_null(unseen);
    ck_assert_mem_eq(out, ((uint32_t[]){3, 4, 2, 1}), 16);
    ck_assert_uint_eq(encode(spaced, " one  o two on", out, &unseen), 4); /* of one another the beginning */
    ck_assert_ptr_null(unseen);
    ck_assert_mem_eq(out, ((uint32_t[]){2, 3, 4, 1}), 16);
    ck_assert_uint_eq(encode(bytes, "aé", out, &unseen), 3);
    ck_assert_mem_eq(out, ((uint32_t[]){97, 195, 169}), 12);
    ck_assert_uint_eq(tern__vocabulary_size(&characters), 5);
    ck_assert_uint_eq(tern__vocabulary_size(&bytes), 256);
}
END_TEST

START_TEST(what_is_not_there_is_unknown_or_told) {
    static const char *const words[] = {"on", "one"};
    tern__vocabulary v = {.tokens = {2, words}, .kind = TERN__TOKENS_WORDS};
    uint32_t out[16];
    const char *unseen, *text = "one onet tw";
    ck_assert_uint_eq(encode(v, text, out, &unseen), 3);
    ck_assert_ptr_eq(unseen, text + 4);
    v.unknown = true;
    ck_assert_uint_eq(encode(v, text, out, &unseen), 3);
    ck_assert_ptr_null(unseen);
    ck_assert_mem_eq(out, ((uint32_t[]){2, 3, 3}), 12);
    ck_assert_uint_eq(tern__vocabulary_size(&v), 4);
}
END_TEST

START_TEST(a_list_that_can_t_be_one_is_refused) {
    static const struct {
        const char *token;
        int kind;
        const char *said;
    } cases[] = {{"on", TERN__TOKENS_WORDS, "has \"on\" twice"},
                 {"", TERN__TOKENS_WORDS, "has \"\", which is not a word without spaces"},
                 {"a b", TERN__TOKENS_WORDS, "has \"a b\", which is not a word"},
                 {"ab", TERN__TOKENS_CHARACTERS, "has \"ab\", which is not one character"}};
    for (size_t k = 0; k < COUNT(cases); k++) {
        static tern_error err;
        const char *list[] = {cases[k].kind ? "on" : "o", cases[k].token};
        tern__vocabulary v = {.tokens = {2, list}, .kind = cases[k].kind};
        tern_error_clear(&err);
        ck_assert_int_eq(tern__vocabulary_sort(&v, &err), TERN_ERROR_MODEL);
        ck_contains(err.item[0].text, cases[k].said);
        tern__free(v.sorted);
    }
}
END_TEST

TCase *vocabulary_case(void) {
    TCase *c = tcase_create("vocabulary");
    tcase_add_test(c, a_token_is_its_place);
    tcase_add_test(c, what_is_not_there_is_unknown_or_told);
    tcase_add_test(c, a_list_that_can_t_be_one_is_refused);
    return c;
}
