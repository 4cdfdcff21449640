/* cpu.h - which CPU this is, and its vector instructions. */
#ifndef TERN_CORE_CPU_H
#define TERN_CORE_CPU_H

#include <stddef.h>

/* The generation of x86-64 by its ABI's levels: 4 with AVX-512, 3 with AVX2 and FMA; 0 for any other CPU. */
int tern__cpu_level(void);

/* What the system calls the first CPU, "" where it doesn't say. Returns `out`. */
const char *tern__cpu_name(char *out, size_t size);

#endif
