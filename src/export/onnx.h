/* onnx.h - the writer of ONNX files, where this build has one. */
#ifndef TERN_EXPORT_ONNX_H
#define TERN_EXPORT_ONNX_H

#include <tern/export.h>

/* Writes a program as an ONNX file. Errors: MODEL (an operation that ONNX can't express, more than 2 GiB), IO, MEMORY.
 */
tern_status tern__onnx_write(const tern_model *m, const tern_program *p, const char *path,
                             const tern_export_onnx_options *options, tern_error *err);

#endif
