/* test_embed.c - a training loop of a program's own: pieces that make one update. The process around it is in
 * test_process.c. */
#include "fixtures/batches.h"

TCase *process_tcase(void);
Suite *embed_suite(void);

/* ---- a loop of one's own ---- */

static const char *const reductions[] = {"mean", "sum", "batchmean"};

/* Rows `first` to `first + n - 1` of a batch, as a batch. `x` and `y` are what it looks at. */
static tern_batch piece(const batch_data *d, size_t first, size_t n, tern_tensor *x, tern_tensor *y) {
    *x = d->tx, *y = d->ty;
    x->data += first * (tern_tensor_count(x) / x->shape.dim[0]);
    y->data += first;
    x->shape.dim[0] = y->shape.dim[0] = n;
    return (tern_batch){.n = n, .x = x, .y = y};
}

/* Pieces of any size make the update of the whole, by whatever divisor: some of the targets count, some are to be
 * ignored. */
START_TEST(pieces_make_the_update_of_the_whole) {
    static const size_t cut[] = {0, 7, 30, 31, ROWS};
    tern_model *a = make_net("0", reductions[_i]), *b = make_net("0", reductions[_i]);
    tern_trainer *whole = make_trainer(a, &(tern_trainer_options){.batch_size = ROWS});
    tern_trainer *pieces = make_trainer(b, &(tern_trainer_options){.batch_size = 24, .accumulates = true});
    batch_data d;
    make_batch(&d, a, ROWS, 5);
    for (int step = 0; step < 3; step++) {
        tern_step one, many;
        tern_tensor x, y;
        ck_assert_int_eq(tern_trainer_step(whole, &d.batch, &one, NULL), TERN_OK);
        for (size_t k = 0; k + 1 < COUNT(cut); k++) {
            tern_batch batch = piece(&d, cut[k], cut[k + 1] - cut[k], &x, &y);
            ck_assert_int_eq(tern_trainer_accumulate(pieces, &batch, NULL, NULL), TERN_OK);
        }
        ck_assert_int_eq(tern_trainer_update(pieces, &many, NULL), TERN_OK);
        ck_assert_uint_eq(many.step, one.step);
        ck_near(many.loss, one.loss, TOLERANCE(1e-5, 1e-13));
        ck_near(many.grad_norm, one.grad_norm, TOLERANCE(1e-5, 1e-13));
        ck_near(many.lr, one.lr, 0);
    }
    ck_near(fingerprint(b), fingerprint(a), TOLERANCE(2e-3, 1e-10));
    free_batch(&d);
    tern_trainer_free(whole);
    tern_trainer_free(pieces);
    tern_model_free(a);
    tern_model_free(b);
}
END_TEST

/* What is random differs from piece to piece, though the rows are numbered from 0 in each. */
START_TEST(pieces_draw_their_own_numbers) {
    tern_model *m = make_net("0.5", "mean");
    tern_trainer *t = make_trainer(m, &(tern_trainer_options){.batch_size = 8, .accumulates = true});
    batch_data d;
    make_batch(&d, m, 8, 4);
    double first, second;
    ck_assert_int_eq(tern_trainer_accumulate(t, &d.batch, &first, NULL), TERN_OK);
    ck_assert_int_eq(tern_trainer_accumulate(t, &d.batch, &second, NULL), TERN_OK);
    ck_assert(first != second);
    free_batch(&d);
    tern_trainer_free(t);
    tern_model_free(m);
}
END_TEST

/* A bad batch is refused; what was added before it stays, and an update with it is as if it had not been there. */
START_TEST(a_bad_piece_leaves_the_others) {
    tern_model *a = make_net("0", "mean"), *b = make_net("0", "mean");
    const tern_trainer_options options = {.batch_size = 16, .accumulates = true};
    tern_trainer *with = make_trainer(a, &options), *without = make_trainer(b, &options);
    batch_data d;
    make_batch(&d, a, 16, 4);
    ck_assert_int_eq(tern_trainer_accumulate(with, &d.batch, NULL, NULL), TERN_OK);
    ck_assert_int_eq(tern_trainer_accumulate(without, &d.batch, NULL, NULL), TERN_OK);
    tern_real kept = d.x[3];
    d.x[3] = (tern_real)NAN;
    tern_error err = {0};
    ck_assert_int_eq(tern_trainer_accumulate(with, &d.batch, NULL, &err), TERN_ERROR_DIVERGED);
    d.x[3] = kept;
    ck_assert_int_eq(tern_trainer_update(with, NULL, NULL), TERN_OK);
    ck_assert_int_eq(tern_trainer_update(without, NULL, NULL), TERN_OK);
    ck_assert(fingerprint(a) == fingerprint(b));
    free_batch(&d);
    tern_trainer_free(with);
    tern_trainer_free(without);
    tern_model_free(a);
    tern_model_free(b);
}
END_TEST

Suite *embed_suite(void) {
    Suite *suite = suite_create("embed");
    TCase *loop = tcase_create("a loop of one's own");
    tcase_add_loop_test(loop, pieces_make_the_update_of_the_whole, 0, COUNT(reductions));
    tcase_add_test(loop, pieces_draw_their_own_numbers);
    tcase_add_test(loop, a_bad_piece_leaves_the_others);
    suite_add_tcase(suite, loop);
    suite_add_tcase(suite, process_tcase());
    return suite;
}
