/* library.c - the only dlopen; see library.h. */
#include "library.h"

#if defined(__wasi__)

void *tern__library_open(const char *path, tern_error *err) {
    tern_error_add(err, TERN_ERROR_PLUGIN, NULL, "plugin not loaded: %s: WebAssembly has no shared libraries", path);
    return NULL;
}

const void *tern__library_find(void *library, const char *name) { return (void)library, (void)name, NULL; }

void tern__library_close(void *library) { (void)library; }

#else

#include <dlfcn.h>

void *tern__library_open(const char *path, tern_error *err) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) tern_error_add(err, TERN_ERROR_PLUGIN, NULL, "plugin not loaded: %s", dlerror());
    return library;
}

const void *tern__library_find(void *library, const char *name) { return dlsym(library, name); }

void tern__library_close(void *library) { dlclose(library); }

#endif
