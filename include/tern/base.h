/* base.h - what every other header builds on: the number type, limits, attributes. */
#ifndef TERN_BASE_H
#define TERN_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TERN_VERSION_MAJOR 0
#define TERN_VERSION_MINOR 1
#define TERN_VERSION_PATCH 0
#define TERN_VERSION       "0.1.0"

/* Changes whenever a public struct or a function's contract does; plugins are held to it. */
#define TERN_ABI 1

/* The number type of every tensor. The same sources compile twice: libtern (float) and libtern-f64
 * (double, with TERN_DOUBLE defined; the pkg-config file and the CMake package define it). */
#ifdef TERN_DOUBLE
typedef double tern_real;
#else
typedef float tern_real;
#endif

enum {
    TERN_MAX_RANK = 5,     /* dimensions of a tensor, the batch included */
    TERN_MAX_INPUTS = 16,  /* sources of one layer */
    TERN_MAX_PARAMS = 128, /* trained tensors of one layer: four for each of 16 recurrent layers in two directions */
    TERN_MAX_STATES = 4,   /* kept, untrained tensors of one layer */
    TERN_MAX_SAVES = 8,    /* tensors a layer's forward leaves for its backward */
    TERN_MAX_SLOTS = 4,    /* arrays an optimizer keeps for each parameter */
    TERN_MAX_METRICS = 64, /* metrics of a model */
    TERN_MAX_LOSSES = 16,  /* losses of a model */
    TERN_MAX_NAME = 128    /* bytes of a name, the closing zero included */
};

#ifdef __cplusplus
#define TERN_BEGIN extern "C" {
#define TERN_END   }
#else
#define TERN_BEGIN
#define TERN_END
#endif

#if defined(__GNUC__)
#define TERN_API                 __attribute__((visibility("default")))
#define TERN_WEAK                __attribute__((weak))
#define TERN_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define TERN_API
#define TERN_WEAK
#define TERN_PRINTF(text, first)
#endif

/* Marks a function whose loops are worth a vector version for each generation of x86-64 CPU; the loader
 * picks one. Empty under the sanitizers, whose run-time is not up when the loader asks, and under clang before 18,
 * which calls the versions `name.ifunc` so that no other file finds `name`. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define TERN_SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TERN_SANITIZED 1
#endif
#if defined(__clang__) && __clang_major__ < 18
#define TERN_CLONES
#elif defined(__x86_64__) && defined(__gnu_linux__) && !defined(TERN_SANITIZED) && !defined(__cplusplus)
#define TERN_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define TERN_CLONES
#endif

TERN_BEGIN

/* Frees memory that the library handed over; takes NULL. */
TERN_API void tern_free(void *memory);

TERN_END

#endif
