/* onnx.c - a trained model as an ONNX file. */
#include "onnx.h"

#include <math.h>

#ifdef TERN_HAVE_ONNX
tern_status tern_export_onnx(const tern_model *m, const char *path, const tern_export_onnx_options *options,
                             tern_error *err) {
    tern_export_onnx_options usual = {0};
    if (!options) options = &usual;
    tern_program *p = tern_program_new(m, options->raw, err);
    if (!p) return TERN_ERROR_MODEL;
    tern_status status = tern__onnx_write(m, p, path, options, err);
    tern_program_free(p);
    return status;
}
#else
tern_status tern_export_onnx(const tern_model *m, const char *path, const tern_export_onnx_options *options,
                             tern_error *err) {
    (void)m, (void)path, (void)options;
    return tern_error_add(err, TERN_ERROR_MODEL, NULL,
                          "can't be written as ONNX by this build: install protobuf-c-compiler, libprotobuf-c-dev and "
                          "libonnx-dev, and build it anew");
}
#endif
