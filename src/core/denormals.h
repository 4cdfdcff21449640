/* denormals.h - the calling thread's treatment of numbers too small for full precision. */
#ifndef TERN_CORE_DENORMALS_H
#define TERN_CORE_DENORMALS_H

#include <stdint.h>

/* From now on denormal results and operands count as zero. Returns the mode before, for tern__denormals_restore(). */
uint64_t tern__denormals_flush(void);

void tern__denormals_restore(uint64_t mode);

#endif
