"""From NumPy arrays, and what gives itself by DLPack, to datasets, without copies where that can be."""
import ctypes
from ctypes import POINTER, byref, c_char_p, c_size_t

import numpy as np

from ._errors import call
from ._library import Array, Shape

DTYPES = [
    np.dtype(t) for t in ("uint8", "int8", "int16", "int32", "int64", "float32", "float64")
]  # in the order of tern_dtype
_WIDER = {"b1": "u1", "u2": "i4", "u4": "i8", "f2": "f4"}  # what the library has no type for, by NumPy's kind and bytes


def strings(texts):
    """An array of C strings."""
    return (c_char_p * len(texts))(*[str(t).encode() for t in texts])


def _viewed(values):
    dlpack = hasattr(values, "__dlpack__") and not isinstance(values, np.ndarray)
    return np.from_dlpack(values) if dlpack else np.asarray(values)


def as_numpy(values, what):
    """`values` as an array of a type that the library has: the same memory where it can be."""
    a = _viewed(values)
    key = f"{a.dtype.kind}{a.dtype.itemsize}"
    if key in _WIDER:
        a = a.view("u1") if key == "b1" and a.flags.c_contiguous else a.astype(_WIDER[key])
    if a.dtype.kind not in "iuf" or a.dtype.newbyteorder("=") not in DTYPES:
        raise TypeError(f"{what}: an array of {a.dtype}; accepted: numbers of at most 64 bits, uint64 apart")
    if not a.ndim:
        raise ValueError(f"{what}: one number; accepted: an array with a row for each sample")
    return np.ascontiguousarray(a, a.dtype.newbyteorder("="))


def padded(values, what):
    """Sequences, arrays of [steps, ...] of any lengths, as one array filled up with zeros, and their lengths."""
    rows = [as_numpy(row, f"{what}, sequence {i}") for i, row in enumerate(values)]
    lengths = np.array([len(row) for row in rows], np.uintp)
    if len({row.shape[1:] for row in rows}) > 1:
        raise ValueError(
            f"{what}: sequences whose steps have the shapes {sorted({row.shape[1:] for row in rows})}; accepted: one"
        )
    out = np.zeros((len(rows), lengths.max(initial=0), *rows[0].shape[1:]), np.result_type(*rows))
    for row, place in zip(rows, out):
        place[: len(row)] = row
    return out, lengths


def _is_ragged(values):
    return isinstance(values, (list, tuple)) and len({len(v) for v in values if hasattr(v, "__len__")}) > 1


class Dataset:
    """One of the library's, which is freed with it."""

    def __init__(self, library, pointer):
        self._library, self.pointer = library, pointer

    @property
    def n(self):
        return self.pointer.contents.n

    def __del__(self):
        self._library.tern_dataset_free(self.pointer)


def read(library, function, *arguments):
    """The dataset that a function of the library reads from files."""
    return Dataset(library, call(library, function, *arguments))


class Arrays(Dataset):
    """A dataset that borrows Python's arrays, which it keeps alive."""

    def __init__(self, library, x, y=None, weight=None, classes=()):
        """`x`, `y`: an array, or a dict of arrays by the names of a model's inputs or targets. Targets that are
        texts are classes: those of `classes` in this order or, where that is empty, all there are in alphabetical order."""
        super().__init__(library, None)
        self._alive = []
        inputs = [self._array(v, n, "x") for n, v in _named(x)]
        known = list(classes) if not isinstance(y, dict) or len(y) == 1 else []  # of several targets each has its own
        targets = [self._target(v, n, known) for n, v in _named(y)] if y is not None else []
        weights = [self._array(weight, None, "sample_weight")] if weight is not None else []
        rows = {n for _, n, *_ in [*inputs, *targets, *weights]}
        if len(rows) > 1:
            raise ValueError(f"arrays of {sorted(rows)} samples; accepted: as many in each")
        first = byref(targets[0][0]) if targets else None
        self.pointer = call(library, "tern_dataset_borrow", rows.pop(), byref(inputs[0][0]), first)
        for array, _ in inputs[1:]:
            call(library, "tern_dataset_add_input", self.pointer, byref(array))
        for array, _, _ in targets[1:]:
            call(library, "tern_dataset_add_target", self.pointer, byref(array))
        for array, _ in weights:
            call(library, "tern_dataset_add_weight", self.pointer, byref(array))
        for k, (_, _, names) in enumerate(targets):
            if names:
                target = ctypes.pointer(self.pointer.contents.y[k])
                call(library, "tern_dataset_label", self.pointer, target, len(names), strings(names))

    def _array(self, values, name, what):
        what = f"{what}[{name!r}]" if name else what
        lengths = None
        if _is_ragged(values):
            values, lengths = padded(values, what)
        a = as_numpy(values, what)
        array = Array(
            dtype=DTYPES.index(a.dtype),
            shape=Shape.of(a.shape[1:]),
            data=a.ctypes.data,
            name=name.encode() if name else None,
        )
        self._alive += [lengths, a, array]  # which holds on to its name
        if lengths is not None:
            array.length = lengths.ctypes.data_as(POINTER(c_size_t))
        return array, len(a)

    def _target(self, values, name, classes):
        names = []
        if not _is_ragged(values) and _viewed(values).dtype.kind in "OUS":
            texts = np.asarray(values).astype(str)
            names = classes or sorted(set(texts.ravel()))
            unknown = sorted(set(texts.ravel()) - set(names))
            if unknown:
                raise ValueError(f"y: {unknown[0]!r} is no class of the model; accepted: {', '.join(names)}")
            index = {name: i for i, name in enumerate(names)}
            values = np.vectorize(index.__getitem__, otypes=[np.int64])(texts)
        return *self._array(values, name, "y"), names


def _named(arrays):
    return arrays.items() if isinstance(arrays, dict) else [(None, arrays)]
