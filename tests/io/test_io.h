/* test_io.h - the cases of the io suite's files. */
#ifndef TERN_TEST_IO_H
#define TERN_TEST_IO_H

#include <check.h>

TCase *image_case(void);
TCase *npy_case(void);
TCase *safetensors_case(void);
TCase *sheet_case(void);

#endif
