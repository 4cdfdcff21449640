/* test_numbers.h - what the files of the suite add to it. */
#ifndef TERN_TEST_NUMBERS_H
#define TERN_TEST_NUMBERS_H

#include "test.h"

TCase *edges_case(void);
TCase *norms_case(void);
TCase *outliers_case(void);
TCase *steps_case(void);

#endif
