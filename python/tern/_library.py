"""The C library as ctypes sees it: its structs, and the functions that this package calls.

Each struct has the fields of its namesake in include/tern, in their order: tests/python/layout holds the two together.
None depends on the number type, so that they serve both libraries, libtern and libtern-f64."""
import ctypes
import os
from ctypes import (
    CFUNCTYPE,
    POINTER,
    Structure,
    c_bool,
    c_char,
    c_char_p,
    c_double,
    c_int,
    c_int64,
    c_size_t,
    c_uint64,
    c_void_p,
)
from pathlib import Path

VERSION = "0.1.0"  # of the headers that the structs below mirror
MAX_RANK, MAX_METRICS, MAX_LOSSES = 5, 64, 16
STATUSES = ("OK", "MEMORY", "IO", "SYNTAX", "MODEL", "DATA", "DIVERGED", "CANCELLED", "PLUGIN", "USAGE")


class Shape(Structure):
    _fields_ = [("rank", c_size_t), ("dim", c_size_t * MAX_RANK)]

    @classmethod
    def of(cls, sizes):
        return cls(len(sizes), (c_size_t * MAX_RANK)(*sizes))

    def sizes(self):
        return tuple(self.dim[: self.rank])


class Tensor(Structure):
    _fields_ = [("shape", Shape), ("data", c_void_p)]


class Diagnostic(Structure):
    _fields_ = [
        ("status", c_int),
        ("file", c_char * 256),
        ("line", c_size_t),
        ("column", c_size_t),
        ("pointer", c_char * 192),
        ("text", c_char * 640),
    ]


class Error(Structure):
    _fields_ = [
        ("count", c_size_t),
        ("errors", c_size_t),
        ("dropped", c_size_t),
        ("newest", c_size_t),
        ("depth", c_size_t),
        ("file", c_char * 256),
        ("path", c_char * 192),
        ("locator", c_void_p),
        ("item", Diagnostic * 32),
    ]


class ModelOptions(Structure):
    _fields_ = [
        ("registry", c_void_p),
        ("set", POINTER(c_char_p)),
        ("set_by", c_char_p),
        ("max_memory", c_size_t),
        ("plan_only", c_bool),
        ("unfitted", c_bool),
        ("fitted_from", c_char_p),
    ]


class Port(Structure):
    _fields_ = [("name", c_char_p), ("shape", Shape), ("lengths", c_char_p)]


class LossSpec(Structure):
    _fields_ = [
        ("pred", Shape),
        ("kind", c_int),
        ("target", Shape),
        ("classes", c_size_t),
        ("has_ignore", c_bool),
        ("ignore", c_int64),
        ("least", c_double),
        ("most", c_double),
        ("other_unit", c_bool),
        ("threshold", c_double),
    ]


class ModelInfo(Structure):
    _fields_ = [
        ("seed", c_uint64),
        ("loss", c_char_p),
        ("optimizer", c_char_p),
        ("has_train", c_bool),
        ("epochs", c_size_t),
        ("batch_size", c_size_t),
        ("validation_split", c_double),
        ("fold", c_size_t),
        ("folds", c_size_t),
        ("train_data", c_bool),
        ("valid_data", c_bool),
        ("test_data", c_bool),
        ("indices", c_size_t),
        ("normalized", c_char_p),
        ("target", LossSpec),
    ]


class Weight(Structure):
    _fields_ = [("name", c_char_p), ("tensor", Tensor), ("trained", c_bool), ("frozen", c_bool), ("integer", c_bool)]


class Meaning(Structure):
    _fields_ = [
        ("count", c_size_t),
        ("classes", c_size_t),
        ("places", c_size_t),
        ("probabilities", c_bool),
        ("names", c_size_t),
        ("name", POINTER(c_char_p)),
    ]


class Array(Structure):
    _fields_ = [
        ("dtype", c_int),
        ("shape", Shape),
        ("data", c_void_p),
        ("name", c_char_p),
        ("length", POINTER(c_size_t)),
        ("labels", c_size_t),
        ("label", POINTER(c_char_p)),
        ("one_hot", c_bool),
        ("columns", c_size_t),
        ("column", POINTER(c_char_p)),
        ("fetch", c_void_p),
        ("source", c_void_p),
        ("digest", c_uint64),
    ]


class Dataset(Structure):
    _fields_ = [
        ("n", c_size_t),
        ("inputs", c_size_t),
        ("targets", c_size_t),
        ("weights", c_size_t),
        ("x", POINTER(Array)),
        ("y", POINTER(Array)),
        ("w", POINTER(Array)),
        ("group", POINTER(c_size_t)),
        ("overlap", c_size_t),
        ("series", c_bool),
        ("id", POINTER(c_char_p)),
        ("row", POINTER(c_size_t)),
        ("from", c_char_p),
        ("memory", c_void_p),
    ]


class Files(Structure):
    _fields_ = [("input", c_char_p), ("target", c_char_p), ("query", c_char_p), ("id", c_char_p), ("labelled", c_bool)]


class Score(Structure):
    _fields_ = [
        ("n", c_size_t),
        ("loss", c_double),
        ("losses", c_size_t),
        ("metrics", c_size_t),
        ("loss_name", c_char_p * MAX_LOSSES),
        ("loss_value", c_double * MAX_LOSSES),
        ("name", c_char_p * MAX_METRICS),
        ("value", c_double * MAX_METRICS),
    ]

    def values(self):
        """As a dict: "loss", each of several losses by its name, each metric."""
        values = {"loss": self.loss}
        if self.losses > 1:
            values |= {self.loss_name[i].decode(): self.loss_value[i] for i in range(self.losses)}
        return values | {self.name[i].decode(): self.value[i] for i in range(self.metrics)}


class Progress(Structure):
    _fields_ = [
        ("step", c_size_t),
        ("steps", c_size_t),
        ("epoch", c_size_t),
        ("epochs", c_size_t),
        ("batch", c_size_t),
        ("batches", c_size_t),
        ("loss", c_double),
        ("lr", c_double),
        ("grad_norm", c_double),
        ("seconds", c_double),
        ("samples_per_second", c_double),
        ("train", POINTER(Score)),
        ("valid", POINTER(Score)),
        ("best", c_bool),
    ]


ON_BEGIN = CFUNCTYPE(c_int, c_void_p, POINTER(Error))
ON_PROGRESS = CFUNCTYPE(c_bool, c_void_p, POINTER(Progress))


class FitOptions(Structure):
    _fields_ = [
        ("out", c_char_p),
        ("resume", c_bool),
        ("force", c_bool),
        ("changed", c_bool),
        ("no_shuffle", c_bool),
        ("epochs", c_size_t),
        ("until", c_size_t),
        ("steps", c_size_t),
        ("seconds", c_double),
        ("log_every", c_size_t),
        ("threads", c_size_t),
        ("command", POINTER(c_char_p)),
        ("data", c_char_p),
        ("on_begin", ON_BEGIN),
        ("on_step", ON_PROGRESS),
        ("on_epoch", ON_PROGRESS),
        ("user", c_void_p),
        ("comm", c_void_p),
    ]


class FitResult(Structure):
    _fields_ = [
        ("steps", c_size_t),
        ("epochs", c_size_t),
        ("best_epoch", c_size_t),
        ("best", c_double),
        ("stopped_early", c_bool),
        ("out_of_time", c_bool),
        ("restored_best", c_bool),
        ("train", Score),
        ("valid", Score),
        ("changes", c_size_t),
    ]


class Split(Structure):
    _fields_ = [("trains", c_size_t), ("valids", c_size_t), ("train", POINTER(c_size_t)), ("valid", POINTER(c_size_t))]


class Build(Structure):
    _fields_ = [
        ("version", c_char_p),
        ("real", c_char_p),
        ("blas", c_char_p),
        ("blas_threads", c_size_t),
        ("blas_core", c_char_p),
        ("microkernels", c_char_p),
        ("gemm", c_char_p),
        ("cpus", c_size_t),
        ("cpu_path", c_char_p),
        ("compiler", c_char_p),
    ]


# C's name of each struct above, for the test.
STRUCTS = {
    "tern_shape": Shape,
    "tern_tensor": Tensor,
    "tern_diagnostic": Diagnostic,
    "tern_error": Error,
    "tern_model_options": ModelOptions,
    "tern_port": Port,
    "tern_loss_spec": LossSpec,
    "tern_model_info": ModelInfo,
    "tern_weight": Weight,
    "tern_meaning": Meaning,
    "tern_array": Array,
    "tern_dataset": Dataset,
    "tern_files": Files,
    "tern_score": Score,
    "tern_progress": Progress,
    "tern_fit_options": FitOptions,
    "tern_fit_result": FitResult,
    "tern_split": Split,
    "tern_build": Build,
}

_error, _model, _dataset = POINTER(Error), c_void_p, POINTER(Dataset)

# Each function: what it returns, what it takes. Those that end in `_error` can fail.
FUNCTIONS = {
    "tern_version": (Build, []),
    "tern_error_line": (c_char_p, [_error, c_size_t, c_char_p, c_size_t]),
    "tern_free": (None, [c_void_p]),
    "tern_model_open": (_model, [c_char_p, POINTER(ModelOptions), _error]),
    "tern_model_open_fitted": (_model, [c_char_p, POINTER(ModelOptions), c_char_p, _error]),
    "tern_model_parse": (_model, [c_char_p, c_size_t, c_char_p, POINTER(ModelOptions), _error]),
    "tern_model_free": (None, [_model]),
    "tern_model_name": (c_char_p, [_model]),
    "tern_model_inputs": (c_size_t, [_model]),
    "tern_model_outputs": (c_size_t, [_model]),
    "tern_model_input_at": (Port, [_model, c_size_t]),
    "tern_model_output_at": (Port, [_model, c_size_t]),
    "tern_model_describe": (ModelInfo, [_model]),
    "tern_model_weight_count": (c_size_t, [_model]),
    "tern_model_parameters": (c_size_t, [_model]),
    "tern_model_weight": (Weight, [_model, c_size_t]),
    "tern_model_load": (c_int, [_model, c_char_p, _error]),
    "tern_model_save": (c_int, [_model, c_char_p, _error]),
    "tern_model_render": (c_void_p, [_model, _error]),
    "tern_model_learn": (c_int, [_model, _dataset, _error]),
    "tern_model_layer": (c_int, [_model, c_char_p, POINTER(Shape), _error]),
    "tern_model_meaning": (Meaning, [_model]),
    "tern_model_scores": (None, [_model, c_void_p, c_void_p]),
    "tern_dataset_borrow": (_dataset, [c_size_t, POINTER(Array), POINTER(Array), _error]),
    "tern_dataset_add_input": (c_int, [_dataset, POINTER(Array), _error]),
    "tern_dataset_add_target": (c_int, [_dataset, POINTER(Array), _error]),
    "tern_dataset_add_weight": (c_int, [_dataset, POINTER(Array), _error]),
    "tern_dataset_label": (c_int, [_dataset, POINTER(Array), c_size_t, POINTER(c_char_p), _error]),
    "tern_dataset_open": (_dataset, [_model, c_char_p, c_char_p, _error]),
    "tern_dataset_read_for": (_dataset, [_model, POINTER(Files), _error]),
    "tern_dataset_free": (None, [_dataset]),
    "tern_dataset_check": (c_int, [_dataset, _model, _error]),
    "tern_dataset_check_input": (c_int, [_dataset, _model, _error]),
    "tern_dataset_predict": (c_int, [_dataset, _model, c_size_t, POINTER(Tensor), _error]),
    "tern_dataset_layer": (c_int, [_dataset, _model, c_char_p, c_size_t, POINTER(Tensor), _error]),
    "tern_dataset_split_trained": (c_int, [_dataset, _model, POINTER(Split), _error]),
    "tern_split_free": (None, [POINTER(Split)]),
    "tern_fit": (c_int, [_model, _dataset, _dataset, POINTER(FitOptions), POINTER(FitResult), _error]),
    "tern_evaluate": (
        c_int,
        [_model, _dataset, POINTER(c_size_t), c_size_t, c_size_t, POINTER(Score), POINTER(c_size_t), _error],
    ),
}


def _find(name):
    """The library file: where TERN_LIBRARY says, else where `cmake --install` puts it, else where the loader looks."""
    file = f"lib{name}.so.1"
    if "TERN_LIBRARY" in os.environ:
        return str(Path(os.environ["TERN_LIBRARY"]) / file)
    places = (Path.home() / ".local/lib", Path("/usr/local/lib"))
    return next((str(p) for place in places for p in (place / file, *place.glob(f"*/{file}")) if p.exists()), file)


def _load(name):
    path = _find(name)
    try:
        library = ctypes.CDLL(path)
    except OSError as e:
        raise ImportError(
            f"{e}: tern's library is not there. Install it, or say where it is: TERN_LIBRARY=/path/to/build/release"
        ) from None
    for function, (result, arguments) in FUNCTIONS.items():
        getattr(library, function).restype, getattr(library, function).argtypes = result, arguments
    found = library.tern_version().version.decode()
    if found != VERSION:
        raise ImportError(f"{path} is tern {found}, but this package is for {VERSION}")
    return library


_loaded = {}


def library(precision):
    """libtern for "float32", libtern-f64 for "float64"."""
    names = {"float32": "tern", "float64": "tern-f64"}
    if precision not in names:
        raise ValueError(f'precision: {precision!r}; accepted: "float32", "float64"')
    if precision not in _loaded:
        _loaded[precision] = _load(names[precision])
    return _loaded[precision]
