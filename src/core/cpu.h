/* cpu.h - which vector instructions this CPU has. */
#ifndef TERN_CORE_CPU_H
#define TERN_CORE_CPU_H

/* The generation of x86-64 by its ABI's levels: 4 with AVX-512, 3 with AVX2 and FMA; 0 for any other CPU. */
int tern__cpu_level(void);

#endif
