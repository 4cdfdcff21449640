/* import.h - a network trained elsewhere as a model file and its weights. */
#ifndef TERN_IMPORT_H
#define TERN_IMPORT_H

#include <tern/error.h>

TERN_BEGIN

/* Reads an ONNX file and writes DIR/model.json and DIR/weights.safetensors, from where it is a model as any other: a
 * directory that predict, eval and export take, and weights to start from. What only constants lead to is computed;
 * each node that no layer does is an error of its own, and nothing is written then. The directory is made if need be.
 * Errors: IO, SYNTAX (no ONNX file, or a damaged one), MODEL (nodes, or inputs of no fixed size; also where this build
 * has no ONNX), MEMORY. */
TERN_API tern_status tern_import_onnx(const char *path, const char *dir, tern_error *err);

TERN_END

#endif
