/* test_generate.c - sequences token by token: the scores after each are those of a forward pass over all of them. */
#include "fixtures/models.h"

#include "memory.h"
#include "stepper.h"

#include <tern/generate.h>
#include <tern/predictor.h>

enum { MOST = 9, WORDS = 7, ALONE = 3 };

/* What reads sequences and can go on by steps; the layers between the tokens and their scores. */
static const char *const bodies[] = {
    "{'type':'rnn','hidden_size':6}",
    "{'type':'lstm','hidden_size':6,'num_layers':2}",
    "{'type':'gru','hidden_size':6,'bias':false},{'type':'gru','hidden_size':5}",
    "{'type':'rnn','hidden_size':6,'nonlinearity':'relu','num_layers':2}",
    "{'type':'multi_head_attention','num_heads':2,'causal':true}",
    "{'type':'multi_head_attention','num_heads':2,'causal':true,'window':3}",
    "{'type':'positional_embedding','max_len':20},{'type':'multi_head_attention','num_heads':3,'causal':true,"
    "'bias':false}",
    "{'type':'positional_embedding','kind':'sinusoidal'},{'type':'layer_norm','name':'a'},"
    "{'type':'multi_head_attention','num_heads':1,'causal':true,'name':'b'},{'type':'add','inputs':['a','b']},"
    "{'type':'rms_norm'},{'type':'dense','out_features':8},{'type':'gelu'},{'type':'dropout','p':0.3}",
    "{'type':'dense','out_features':8,'name':'a'},{'type':'swiglu','name':'w'},{'type':'glu','inputs':['a'],'name':"
    "'g'},{'type':'multiply','inputs':['g','w']},{'type':'softmax','name':'m'},{'type':'subtract','inputs':['g','m'],"
    "'name':'s'},{'type':'maximum','inputs':['g','s']},{'type':'silu'},{'type':'log_softmax'}",
};

/* A model of [null] tokens, or of exactly MOST, whose scores stand as [C, T]; or after the last step alone. */
static tern_model *make(size_t body, bool fixed, bool last) {
    char text[3000];
    snprintf(
        text, sizeof text,
        "{'seed':5,'input':{'shape':[%s]%s},'layers':[{'type':'embedding','num_embeddings':7,'embedding_dim':6},%s,"
        "%s{'type':'dense','out_features':7}%s]}",
        fixed ? "9" : "null", fixed ? "" : ",'max_length':9", bodies[body], last ? "{'type':'last_step'}," : "",
        fixed && !last ? ",{'type':'permute','dims':[0,2,1]}" : "");
    return quick_model(text, NULL);
}

static size_t token_at(size_t row, size_t t) { return (row * 3 + t * t + t) % WORDS; }

/* ---- steps ---- */

/* What forward says of the first n tokens of a row. */
static void whole(const tern_model *m, size_t row, size_t n, bool fixed, bool last, double *score) {
    tern_real x[MOST] = {0}, y[MOST * WORDS];
    tern_shape out = tern_model_output(m);
    const size_t *length = &n;
    for (size_t t = 0; t < n; t++) x[t] = (tern_real)token_at(row, t);
    tern_tensor tx = {{2, {1, MOST}}, x}, ty = {tern_shape_batch(&out, 1), y};
    tern_predictor *p = tern_predictor_new(m, 1, 1, NULL);
    ck_assert_int_eq(tern_predictor_forward_sequences(p, &tx, fixed ? NULL : &length, &ty, NULL), TERN_OK);
    for (size_t c = 0; c < WORDS; c++)
        score[c] = (double)(last ? y[c] : fixed ? y[c * MOST + n - 1] : y[(n - 1) * WORDS + c]);
    tern_predictor_free(p);
}

/* `_i`: the body; of sequences of any length, of a fixed one, and by their last step. */
START_TEST(steps_are_the_forward_pass) {
    for (size_t how = 0; how < 3; how++) {
        bool fixed = how == 1, last = how == 2;
        tern_model *m = make((size_t)_i, fixed, last);
        tern__stepper *s = tern__stepper_new(m, 0, ALONE, NULL);
        ck_assert_ptr_nonnull(s);
        for (size_t round = 0; round < 2; round++) { /* a second sequence knows nothing of the first */
            tern__stepper_begin(s, NULL, NULL);
            for (size_t t = 0; t < MOST; t++) {
                tern_real x[ALONE];
                for (size_t i = 0; i < ALONE; i++) x[i] = (tern_real)token_at(i + round, t);
                const tern_tensor *y = tern__stepper_next(s, x);
                for (size_t i = 0; i < ALONE; i++) {
                    double expected[WORDS], found[WORDS];
                    whole(m, i + round, t + 1, fixed, last, expected);
                    for (size_t c = 0; c < WORDS; c++) found[c] = (double)y->data[i * WORDS + c];
                    ck_near_all(found, expected, WORDS, TOLERANCE(1e-5, 1e-12));
                }
            }
        }
        tern__stepper_free(s);
        tern_model_free(m);
    }
}
END_TEST

/* An encoder's rows, of lengths of their own, and a decoder that looks at them. */
static const char translator[] =
    "{'seed':2,'inputs':{'said':{'shape':[null],'max_length':8},'so_far':{'shape':[null],'max_length':9}},'layers':["
    "{'type':'embedding','num_embeddings':7,'embedding_dim':6,'inputs':['said']},"
    "{'type':'gru','hidden_size':3,'bidirectional':true},{'type':'multi_head_attention','num_heads':2,'name':'memory'},"
    "{'type':'embedding','num_embeddings':7,'embedding_dim':6,'inputs':['so_far']},"
    "{'type':'multi_head_attention','num_heads':2,'causal':true,'name':'self'},"
    "{'type':'multi_head_attention','num_heads':3,'inputs':['self','memory'],'name':'cross'},"
    "{'type':'multi_head_attention','num_heads':1,'inputs':['cross','memory','memory']},"
    "{'type':'dense','out_features':7}]}";

START_TEST(a_decoder_goes_by_steps) {
    tern_model *m = quick_model(translator, NULL);
    tern_real said[ALONE * 8], so_far[ALONE * MOST], y[ALONE * MOST * WORDS];
    size_t lengths[ALONE] = {8, 1, 5}, all[ALONE] = {MOST, MOST, MOST};
    const size_t *length[] = {lengths, all};
    for (size_t i = 0; i < ALONE * 8; i++) said[i] = (tern_real)(i * 5 % WORDS);
    for (size_t i = 0; i < ALONE * MOST; i++) so_far[i] = (tern_real)token_at(i / MOST, i % MOST);
    tern_tensor x[] = {{{2, {ALONE, 8}}, said}, {{2, {ALONE, MOST}}, so_far}}, ty = {{3, {ALONE, MOST, WORDS}}, y};
    tern_predictor *p = tern_predictor_new(m, ALONE, 1, NULL);
    ck_assert_int_eq(tern_predictor_forward_sequences(p, x, length, &ty, NULL), TERN_OK);
    tern__stepper *s = tern__stepper_new(m, 1, ALONE, NULL);
    ck_assert_ptr_nonnull(s);
    ck_assert_uint_eq(tern__stepper_most(s), MOST);
    tern__stepper_begin(s, x, length);
    for (size_t t = 0; t < MOST; t++) {
        tern_real now[ALONE];
        for (size_t i = 0; i < ALONE; i++) now[i] = so_far[i * MOST + t];
        const tern_tensor *out = tern__stepper_next(s, now);
        for (size_t k = 0; k < ALONE * WORDS; k++)
            ck_near((double)out->data[k], (double)y[(k / WORDS * MOST + t) * WORDS + k % WORDS],
                    TOLERANCE(1e-5, 1e-12));
    }
    tern__stepper_free(s);
    tern_predictor_free(p);
    tern_model_free(m);
}
END_TEST

/* ---- what can't go on by steps ---- */

static const struct {
    const char *body, *why;
} refused[] = {
    {"{'type':'lstm','hidden_size':6,'bidirectional':true}", "layer \"1\" (lstm) looks at later steps, too"},
    {"{'type':'multi_head_attention','num_heads':2,'name':'m'}", "layer \"m\" (multi_head_attention) looks at later"},
    {"{'type':'reduce','dims':1}", "layer \"1\" (reduce) makes each step of all steps"},
    {"{'type':'tanh','name':'t'},{'type':'last_step','name':'l'},{'type':'multi_head_attention','num_heads':1,"
     "'causal':true,'inputs':['t']},{'type':'last_step','name':'m'},{'type':'add','inputs':['l','m']}",
     NULL},
};

START_TEST(others_see_all_tokens_anew) {
    for (size_t k = 0; k < COUNT(refused); k++) {
        char text[2000];
        snprintf(text, sizeof text,
                 "{'input':{'shape':[null],'max_length':9},'layers':[{'type':'embedding','num_embeddings':7,"
                 "'embedding_dim':6},%s,{'type':'dense','out_features':7}]}",
                 refused[k].body);
        tern_model *m = quick_model(text, NULL);
        tern_generator *g = tern_generator_new(m, false, NULL);
        tern_generator_info info = tern_generator_describe(g);
        ck_assert_int_eq(info.by_steps, !refused[k].why);
        if (refused[k].why) ck_assert_msg(strstr(info.why, refused[k].why) == info.why, "%s", info.why);
        tern_generator_free(g);
        tern_model_free(m);
    }
}
END_TEST

static size_t drawn[100], count;
static bool keep(void *arg, size_t token) {
    (void)arg;
    drawn[count++] = token;
    return true;
}

/* Both ways say the same while the context lasts. */
START_TEST(whole_and_by_steps_agree) {
    for (size_t body = 0; body < COUNT(bodies); body++) {
        size_t first[MOST];
        for (size_t how = 0; how < 4; how++) {
            tern_model *m = make(body, how / 2, false);
            tern_generator *g = tern_generator_new(m, how % 2, NULL);
            const tern_generate_options o = {
                .sampling = {.temperature = 3, .seed = 11}, .most = MOST - 1, .token = keep};
            count = 0;
            ck_assert_int_eq(tern_generator_begin(g, NULL, NULL, NULL), TERN_OK);
            ck_assert_int_eq(tern_generate(g, 2, (size_t[]){3, 1}, &o, NULL, NULL), TERN_OK);
            ck_assert_uint_eq(count, MOST - 1);
            if (!how) memcpy(first, drawn, sizeof *first * count);
            ck_assert_mem_eq(first, drawn, sizeof *first * count);
            tern_generator_free(g);
            tern_model_free(m);
        }
    }
}
END_TEST

/* Behind the context the last half of it is seen, and so on; or the sequence ends. */
START_TEST(a_context_slides_or_ends) {
    tern_model *m = make(5, false, false);
    tern_generator *g = tern_generator_new(m, false, NULL), *fresh = tern_generator_new(m, false, NULL);
    tern_real slid[WORDS], expected[WORDS];
    ck_assert_uint_eq(tern_generator_describe(g).context, MOST);
    tern_generator_begin(g, NULL, NULL, NULL);
    for (size_t t = 0; t <= MOST; t++) tern_generator_add(g, token_at(1, t), slid, NULL);
    tern_generator_begin(fresh, NULL, NULL, NULL);
    for (size_t t = MOST - MOST / 2; t <= MOST; t++) tern_generator_add(fresh, token_at(1, t), expected, NULL);
    ck_assert_mem_eq(slid, expected, sizeof slid);

    tern_generate_options o = {.most = 50, .keep_context = true, .token = keep};
    tern_generate_end end;
    count = 0;
    tern_generator_begin(g, NULL, NULL, NULL);
    ck_assert_int_eq(tern_generate(g, 2, (size_t[]){0, 1}, &o, &end, NULL), TERN_OK);
    ck_assert_int_eq(end, TERN_GENERATE_FULL);
    ck_assert_uint_eq(count, MOST - 1);
    o.keep_context = false;
    count = 0;
    tern_generator_begin(g, NULL, NULL, NULL);
    ck_assert_int_eq(tern_generate(g, 2, (size_t[]){0, 1}, &o, &end, NULL), TERN_OK);
    ck_assert_int_eq(end, TERN_GENERATE_MOST);
    ck_assert_uint_eq(count, 50);
    tern_generator_free(fresh);
    tern_generator_free(g);
    tern_model_free(m);
}
END_TEST

/* ---- drawing ---- */

static const size_t likely[] = {1, 3};
static const tern_real scores[] = {1, 3, 2, 3, -(tern_real)INFINITY, 0};
enum { SCORES = 6, DRAWS = 20000 };

/* How often each comes. */
static void draw_many(const tern_sampling *s, double *share) {
    for (size_t c = 0; c < SCORES; c++) share[c] = 0;
    for (size_t i = 0; i < DRAWS; i++) {
        size_t token;
        ck_assert_int_eq(tern_sampling_draw(s, SCORES, scores, i, &token, NULL), TERN_OK);
        share[token] += 1.0 / DRAWS;
    }
}

/* The share of each by its definition: `kept` of them. */
START_TEST(tokens_come_as_often_as_they_should) {
    static const struct {
        tern_sampling s;
        bool kept[SCORES];
    } cases[] = {
        {{.temperature = 1}, {1, 1, 1, 1, 0, 1}},
        {{.temperature = 2}, {1, 1, 1, 1, 0, 1}},
        {{.temperature = 0}, {0, 1, 0, 0, 0, 0}},
        {{.temperature = 1, .top_k = 3}, {0, 1, 1, 1, 0, 0}},
        {{.temperature = 1, .top_k = 1}, {0, 1, 0, 0, 0, 0}},
        {{.temperature = 1, .top_k = 900}, {1, 1, 1, 1, 0, 1}},
        {{.temperature = 1, .top_p = 0.5}, {0, 1, 0, 1, 0, 0}}, /* 0.40, 0.40, 0.15, 0.05, 0.02 */
        {{.temperature = 1, .top_p = 0.9}, {0, 1, 1, 1, 0, 0}},
        {{.temperature = 1, .top_p = 1e-9}, {0, 1, 0, 0, 0, 0}},
        {{.temperature = 1, .top_p = 1}, {1, 1, 1, 1, 0, 1}},
        {{.temperature = 1, .never = likely, .nevers = 2}, {1, 0, 1, 0, 0, 1}},
    };
    for (size_t k = 0; k < COUNT(cases); k++) {
        double share[SCORES], sum = 0, T = cases[k].s.temperature;
        draw_many(&cases[k].s, share);
        for (size_t c = 0; c < SCORES; c++) sum += cases[k].kept[c] ? exp(T > 0 ? (double)scores[c] / T : 0) : 0;
        for (size_t c = 0; c < SCORES; c++) {
            double expected = cases[k].kept[c] ? exp(T > 0 ? (double)scores[c] / T : 0) / sum : 0;
            if (expected == 0) ck_assert_double_eq(share[c], 0);
            ck_assert_msg(fabs(share[c] - expected) < 0.015, "case %zu: token %zu has %g, not %g", k, c, share[c],
                          expected);
        }
    }
}
END_TEST

START_TEST(seeds_and_samples_differ) {
    double share[SCORES];
    size_t a[64], b[64], differ = 0;
    tern_sampling s = {.temperature = 1, .seed = 4};
    for (size_t i = 0; i < 64; i++) tern_sampling_draw(&s, SCORES, scores, i, &a[i], NULL);
    for (size_t i = 0; i < 64; i++) tern_sampling_draw(&s, SCORES, scores, i, &b[i], NULL);
    ck_assert_mem_eq(a, b, sizeof a);
    s.sample = 1;
    for (size_t i = 0; i < 64; i++) tern_sampling_draw(&s, SCORES, scores, i, &b[i], NULL), differ += a[i] != b[i];
    ck_assert_uint_gt(differ, 10);
    draw_many(&s, share);
}
END_TEST

START_TEST(what_can_t_be_drawn_is_refused) {
    tern_error err = {0};
    size_t token;
    const tern_real bad[] = {0, (tern_real)NAN}, none[] = {-(tern_real)INFINITY, -(tern_real)INFINITY};
    tern_sampling s = {.temperature = -1};
    ck_assert_int_eq(tern_sampling_draw(&s, SCORES, scores, 0, &token, &err), TERN_ERROR_USAGE);
    ck_assert_str_eq(err.item[0].text, "a temperature of -1; accepted are numbers from 0");
    s = (tern_sampling){.top_p = 1.5};
    ck_assert_int_eq(tern_sampling_draw(&s, SCORES, scores, 0, &token, &err), TERN_ERROR_USAGE);
    s = (tern_sampling){.never = (const size_t[]){0, 1}, .nevers = 2};
    ck_assert_int_eq(tern_sampling_draw(&s, 2, scores, 0, &token, &err), TERN_ERROR_USAGE);
    s = (tern_sampling){0};
    ck_assert_int_eq(tern_sampling_draw(&s, 2, bad, 0, &token, &err), TERN_ERROR_DIVERGED);
    ck_assert_str_eq(err.item[3].text, "the score of token 1 is not a number");
    ck_assert_int_eq(tern_sampling_draw(&s, 2, none, 0, &token, &err), TERN_ERROR_DIVERGED);
}
END_TEST

START_TEST(wrong_calls_are_refused) {
    tern_error err = {0};
    tern_model *m = make(0, false, false), *other = quick_model("{'input':{'shape':[4]},'layers':['relu']}", NULL);
    tern_generator *g = tern_generator_new(m, false, NULL);
    const tern_generate_options o = {.most = 5}, bad = {.most = 5, .sampling = {.temperature = -2}};
    ck_assert_ptr_null(tern_generator_new(other, false, &err));
    ck_assert_msg(strstr(err.item[0].text, "this one takes [4] and gives [4]"), "%s", err.item[0].text);
    ck_assert_int_eq(tern_generator_add(g, 0, NULL, &err), TERN_ERROR_USAGE); /* not begun */
    ck_assert_int_eq(tern_generator_begin(g, NULL, NULL, &err), TERN_OK);
    ck_assert_int_eq(tern_generator_add(g, WORDS, NULL, &err), TERN_ERROR_USAGE);
    ck_assert_str_eq(err.item[2].text, "token 7; accepted are 0 to 6");
    ck_assert_int_eq(tern_generate(g, 0, NULL, &o, NULL, &err), TERN_ERROR_USAGE);
    ck_assert_int_eq(tern_generate(g, 1, (size_t[]){1}, &bad, NULL, &err), TERN_ERROR_USAGE);
    tern_generator_free(g);
    tern_model_free(other);
    m = (tern_model_free(m), quick_model(translator, NULL));
    g = tern_generator_new(m, false, NULL);
    ck_assert_int_eq(tern_generator_begin(g, NULL, NULL, &err), TERN_ERROR_USAGE); /* without what was said */
    tern_generator_free(g);
    tern_model_free(m);
}
END_TEST

/* Whichever allocation fails, it is said, and nothing is left behind. */
START_TEST(memory_may_run_out) {
    static tern_error err;
    for (size_t whole = 0; whole < 2; whole++) {
        tern_model *m = make(6, false, false);
        tern_generator *g = NULL;
        for (size_t after = 0; !g; after++) {
            tern_error_clear(&err);
            tern__alloc_fail(after, false);
            g = tern_generator_new(m, whole, &err);
            tern__alloc_fail(SIZE_MAX, false);
            ck_assert_int_eq(err.count ? (int)err.item[0].status : TERN_OK, g ? TERN_OK : TERN_ERROR_MEMORY);
        }
        tern_error_clear(&err);
        tern_generator_begin(g, NULL, NULL, NULL);
        tern__alloc_fail(1, true);
        const tern_generate_options o = {.most = 5};
        tern_status status = tern_generate(g, 1, (size_t[]){1}, &o, NULL, &err);
        tern__alloc_fail(SIZE_MAX, false);
        ck_assert_int_eq(status, TERN_ERROR_MEMORY);
        tern_generator_free(g);
        tern_model_free(m);
    }
}
END_TEST

TCase *examples_case(void); /* test_examples.c */

Suite *generate_suite(void) {
    Suite *s = suite_create("generate");
    TCase *c = tcase_create("generate");
    tcase_add_loop_test(c, steps_are_the_forward_pass, 0, (int)COUNT(bodies));
    tcase_add_test(c, a_decoder_goes_by_steps);
    tcase_add_test(c, others_see_all_tokens_anew);
    tcase_add_test(c, whole_and_by_steps_agree);
    tcase_add_test(c, a_context_slides_or_ends);
    tcase_add_test(c, tokens_come_as_often_as_they_should);
    tcase_add_test(c, seeds_and_samples_differ);
    tcase_add_test(c, what_can_t_be_drawn_is_refused);
    tcase_add_test(c, wrong_calls_are_refused);
    tcase_add_test(c, memory_may_run_out);
    suite_add_tcase(s, c);
    suite_add_tcase(s, examples_case());
    return s;
}
