/* test_graphs.c - what a model file can say of graphs beyond a chain: weights that are frozen, or updated in their own
 * way; several inputs, outputs and losses; weights that are shared; blocks of layers. */
#include "test.h"

TCase *frozen_tcase(void);
TCase *several_tcase(void);
TCase *shared_tcase(void);
TCase *blocks_tcase(void);
Suite *graphs_suite(void);
Suite *graphs_suite(void) {
    Suite *s = suite_create("graphs");
    suite_add_tcase(s, frozen_tcase());
    suite_add_tcase(s, several_tcase());
    suite_add_tcase(s, shared_tcase());
    suite_add_tcase(s, blocks_tcase());
    return s;
}
