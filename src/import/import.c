/* import.c - networks of other programs as model files of ours. */
#include <tern/import.h>

#ifdef TERN_HAVE_ONNX
#include "onnx_import.h"

tern_status tern_import_onnx(const char *path, const char *dir, tern_error *err) {
    return tern__import_onnx(path, dir, err);
}
#else
tern_status tern_import_onnx(const char *path, const char *dir, tern_error *err) {
    (void)dir;
    return tern_error_add(
        err, TERN_ERROR_MODEL, NULL,
        "%s: this build reads no ONNX: install protobuf-c-compiler, libprotobuf-c-dev and libonnx-dev, "
        "and build it anew",
        path);
}
#endif
