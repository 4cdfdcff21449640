/* denormals.c - flush-to-zero and denormals-are-zero: the only place that knows a CPU's control register. */
#include "denormals.h"

#if defined(__x86_64__)

enum { FLUSH_TO_ZERO = 0x8000, DENORMALS_ARE_ZERO = 0x0040 }; /* bits of MXCSR */

uint64_t tern__denormals_flush(void) {
    unsigned mode = __builtin_ia32_stmxcsr();
    __builtin_ia32_ldmxcsr(mode | FLUSH_TO_ZERO | DENORMALS_ARE_ZERO);
    return mode;
}

void tern__denormals_restore(uint64_t mode) { __builtin_ia32_ldmxcsr((unsigned)mode); }

#elif defined(__aarch64__)

uint64_t tern__denormals_flush(void) {
    uint64_t mode, flush_to_zero = 1 << 24; /* FZ of FPCR: operands and results */
    __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
    __asm__ volatile("msr fpcr, %0" : : "r"(mode | flush_to_zero));
    return mode;
}

void tern__denormals_restore(uint64_t mode) { __asm__ volatile("msr fpcr, %0" : : "r"(mode)); }

#else /* slower where denormals arise, otherwise the same */

uint64_t tern__denormals_flush(void) { return 0; }

void tern__denormals_restore(uint64_t mode) { (void)mode; }

#endif
