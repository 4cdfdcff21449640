"""A network: made from a model file, trained, asked, saved."""
import ctypes
import json
import os
import tempfile
from collections.abc import Mapping
from ctypes import byref, c_char_p
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import _library
from ._arrays import Arrays, read, strings
from ._errors import Cancelled, call


@dataclass(frozen=True)
class Port:
    """An input or output of a network, of one sample."""

    name: str
    shape: tuple


@dataclass(frozen=True)
class Progress:
    """Where training stands; what callbacks get."""

    step: int
    steps: int
    epoch: int  #: from 1
    epochs: int
    loss: float  #: of the last step
    lr: float
    grad_norm: float
    seconds: float  #: of this epoch so far
    samples_per_second: float
    train: dict  #: losses and metrics of this epoch so far, by name
    valid: dict  #: empty without validation, or before the epoch's end
    best: bool  #: the epoch just ended is the best so far


@dataclass(frozen=True)
class Fit:
    """What training came to. The network holds the best epoch's weights where the model file stops early and restores
    the best, else the last one's."""

    steps: int
    epochs: int
    best_epoch: int
    stopped_early: bool
    train: dict  #: losses and metrics of the epoch that the network holds
    valid: dict
    history: tuple  #: a Progress for each epoch


class Weights(Mapping):
    """A network's weights by PyTorch's names: arrays that are its own memory; to write to one changes the network."""

    def __init__(self, model):
        self._model = model
        library, pointer = model._library, model._pointer
        every = (library.tern_model_weight(pointer, i) for i in range(library.tern_model_weight_count(pointer)))
        self._weights = {w.name.decode(): w for w in every}

    def __getitem__(self, name):
        tensor = self._weights[name].tensor
        shape = tensor.shape.sizes()
        memory = (np.ctypeslib.as_ctypes_type(self._model.dtype) * int(np.prod(shape))).from_address(tensor.data)
        memory.owner = self._model  # an array keeps its memory alive, and so the network
        return np.ctypeslib.as_array(memory).reshape(shape)

    def __iter__(self):
        return iter(self._weights)

    def __len__(self):
        return len(self._weights)


class Model:
    """A network. `model` is the path of a model file or of a run directory (which brings its weights), or what a model
    file holds as a dict. Columns of a table that it describes are first fitted to its training data, unless they were.

    weights    a safetensors file, or a run directory, to load
    data       the directory where relative paths of data start; None: at the model file
    set        changes to the file, {"optimizer.lr": 0.01}
    precision  "float32" or "float64": what it computes with

    Arrays are NumPy's or whatever has `__dlpack__` (tensors of PyTorch), a row for each sample, of any type of number:
    they are read where they are. Of several inputs or targets they are dicts by name. Sequences of any length are lists
    of arrays.
    Several threads may predict with one model; training is for one."""

    def __init__(self, model, *, weights=None, data=None, set=None, precision="float32"):
        self._pointer = None
        self._library = _library.library(precision)
        self.dtype = np.dtype(precision)
        self._data = None if data is None else os.fsencode(data)
        options = _library.ModelOptions(set=strings([*(f"{k}={json.dumps(v)}" for k, v in (set or {}).items())] + [""]))
        options.set[len(set or {})] = None
        if isinstance(model, dict):
            text = json.dumps(model).encode()
            self._pointer = call(
                self._library, "tern_model_parse", text, len(text), model.get("name", "model").encode(), byref(options)
            )
        else:
            if Path(model).is_dir():
                weights = weights or Path(model) / "weights.safetensors"
                model = Path(model) / "model.json"
            if weights:
                weights = Path(weights) / "weights.safetensors" if Path(weights).is_dir() else weights
                options.fitted_from = os.fsencode(weights)
                self._pointer = call(self._library, "tern_model_open", os.fsencode(model), byref(options))
            else:
                self._pointer = call(
                    self._library, "tern_model_open_fitted", os.fsencode(model), byref(options), self._data
                )
        if weights:
            self.load(weights)

    def __del__(self):
        if self._pointer:
            self._library.tern_model_free(self._pointer)

    def __repr__(self):
        ports = ", ".join(f"{p.name} {list(p.shape)}" for p in self.inputs)
        answers = ", ".join(str(list(p.shape)) for p in self.outputs)
        return f"<tern.Model {self.name}: {ports} -> {answers}, {self.parameters} parameters>"

    @property
    def name(self):
        return self._library.tern_model_name(self._pointer).decode()

    @property
    def inputs(self):
        return self._ports("input")

    @property
    def outputs(self):
        return self._ports("output")

    def _ports(self, side):
        at = getattr(self._library, f"tern_model_{side}_at")
        ports = (at(self._pointer, k) for k in range(getattr(self._library, f"tern_model_{side}s")(self._pointer)))
        return tuple(Port(p.name.decode(), p.shape.sizes()) for p in ports)

    @property
    def parameters(self):
        """How many numbers are trained."""
        return self._library.tern_model_parameters(self._pointer)

    @property
    def weights(self):
        """Arrays by PyTorch's names, which are the network's own memory."""
        return Weights(self)

    @property
    def classes(self):
        """The names of the classes that it tells apart, in the order of its outputs; () where they have none."""
        meaning = self._library.tern_model_meaning(self._pointer)
        return self._names(meaning) if meaning.classes else ()

    @property
    def targets(self):
        """The names of the numbers that it predicts; () where they have none, or it tells classes apart."""
        meaning = self._library.tern_model_meaning(self._pointer)
        return () if meaning.classes else self._names(meaning)

    @staticmethod
    def _names(meaning):
        spare = range(meaning.names, meaning.classes)  # of outputs that outnumber the classes
        return tuple([meaning.name[i].decode() for i in range(meaning.names)] + [str(i) for i in spare if meaning.names])

    def to_dict(self):
        """The model file with every default filled in, and what training learned of its data."""
        text = call(self._library, "tern_model_render", self._pointer)
        try:
            return json.loads(ctypes.string_at(text))
        finally:
            self._library.tern_free(text)

    def load(self, path):
        """Reads weights from a safetensors file with PyTorch's names: all of them, or none."""
        call(self._library, "tern_model_load", self._pointer, os.fsencode(path))

    def save(self, path):
        """Writes the weights, and what the model learned of its data, to a safetensors file."""
        call(self._library, "tern_model_save", self._pointer, os.fsencode(path))

    def fit(
        self,
        x=None,
        y=None,
        *,
        validation=None,
        sample_weight=None,
        on_epoch=None,
        on_step=None,
        out=None,
        resume=False,
        force=False,
        epochs=0,
        steps=0,
        seconds=0,
        shuffle=True,
        threads=0,
    ):
        """Trains, on the training data that the model file names where there is no `x`. Returns a Fit.

        validation       (x, y); None: the file's validation_split, or its validation data
        sample_weight    how much each sample counts
        on_epoch, on_step  called with a Progress; False stops training
        out              directory for the run: model file, weights, log, as of `tern train`; None: nothing is written
        resume, force    go on from the checkpoint there; remove the run there first
        epochs, steps, seconds  to stop earlier, or train longer; 0: as the model file says
        threads          0: one for each CPU"""
        train, valid = self._training_data(x, y, sample_weight), self._validation_data(x, validation)
        watch = _Watch(on_epoch, on_step)
        options = _library.FitOptions(
            out=None if out is None else os.fsencode(out),
            resume=resume,
            force=force,
            no_shuffle=not shuffle,
            epochs=epochs,
            steps=steps,
            seconds=seconds,
            threads=threads,
            data=self._data,
            on_step=watch.step,
            on_epoch=watch.epoch,
        )
        result = _library.FitResult()
        try:
            call(
                self._library,
                "tern_fit",
                self._pointer,
                train.pointer,
                valid and valid.pointer,
                byref(options),
                byref(result),
            )
        except Cancelled:
            if watch.raised:
                raise watch.raised from None
            if not watch.stopped:
                raise
        return Fit(
            result.steps,
            result.epochs,
            result.best_epoch,
            result.stopped_early,
            result.train.values(),
            result.valid.values() if result.valid.n else {},
            tuple(watch.history),
        )

    def _training_data(self, x, y, sample_weight):
        if x is None:
            return read(self._library, "tern_dataset_open", self._pointer, b"train", self._data)
        return Arrays(self._library, x, y, sample_weight, self.classes)

    def _validation_data(self, x, validation):
        if validation is None:
            named = x is None and self._library.tern_model_describe(self._pointer).valid_data
            return read(self._library, "tern_dataset_open", self._pointer, b"valid", self._data) if named else None
        return Arrays(self._library, *validation, classes=self.classes)

    def evaluate(self, x="test", y=None, *, threads=0):
        """Losses and metrics by name: on arrays, or on "train", "valid" or "test" as the model file has them."""
        if y is not None:
            return self._score(Arrays(self._library, x, y, classes=self.classes), None, threads)
        described = self._library.tern_model_describe(self._pointer)
        if x == "test" or x == "valid" and described.valid_data:
            return self._score(
                read(self._library, "tern_dataset_open", self._pointer, x.encode(), self._data), None, threads
            )
        data, split = self._training_data(None, None, None), _library.Split()
        try:
            call(self._library, "tern_dataset_split_trained", data.pointer, self._pointer, byref(split))
            return self._score(
                data, (split.train, split.trains) if x == "train" else (split.valid, split.valids), threads
            )
        finally:
            self._library.tern_split_free(byref(split))

    def _score(self, data, rows, threads):
        """Of `rows`, a pointer to their numbers and how many, or of all."""
        call(self._library, "tern_dataset_check", data.pointer, self._pointer)
        score = _library.Score()
        rows, n = rows or (None, data.n)
        call(self._library, "tern_evaluate", self._pointer, data.pointer, rows, n, threads, byref(score), None)
        return score.values()

    def predict(self, x, *, raw=False, layer=None, threads=0):
        """What the network says of each row: probabilities of classes, where its loss is about such; numbers in the
        target's unit. Of several outputs a dict, each as it is.

        x      arrays; the path of a file, as for `tern predict`; or a DataFrame with the columns of the training table
        raw    the network's outputs as they are
        layer  the output of a layer within, by its name"""
        data = self._input_data(x)
        call(self._library, "tern_dataset_check_input", data.pointer, self._pointer)
        if layer is not None or raw and len(self.outputs) == 1:
            shape = self.outputs[0].shape if layer is None else self._layer_shape(layer)
            (out,), tensors = self._room(data.n, [shape])
            name = None if layer is None else layer.encode()
            call(self._library, "tern_dataset_layer", data.pointer, self._pointer, name, threads, tensors)
            return out
        outs, tensors = self._room(data.n, [p.shape for p in self.outputs])
        call(self._library, "tern_dataset_predict", data.pointer, self._pointer, threads, tensors)
        if len(outs) > 1:
            return dict(zip((p.name for p in self.outputs), outs))
        return self._scores(outs[0])

    def _input_data(self, x):
        if hasattr(x, "to_csv"):
            with tempfile.TemporaryDirectory() as place:
                x.to_csv(f"{place}/rows.csv", index=False)
                return self._input_data(f"{place}/rows.csv")
        if isinstance(x, (str, os.PathLike)):
            return read(
                self._library, "tern_dataset_read_for", self._pointer, byref(_library.Files(input=os.fsencode(x)))
            )
        return Arrays(self._library, x)

    def _layer_shape(self, layer):
        shape = _library.Shape()
        call(self._library, "tern_model_layer", self._pointer, layer.encode(), byref(shape))
        return shape.sizes()

    def _room(self, n, shapes):
        """Arrays of n samples of such shapes, and the tensors that are their memory."""
        outs = [np.empty((n, *shape), self.dtype) for shape in shapes]
        return outs, (_library.Tensor * len(outs))(
            *(_library.Tensor(_library.Shape.of(o.shape), o.ctypes.data) for o in outs)
        )

    def _scores(self, out):
        """Probabilities of the network's outputs, where they are such, in the place of each; else the outputs."""
        meaning = self._library.tern_model_meaning(self._pointer)
        if not meaning.probabilities:
            return out
        decisions = out.reshape(-1, meaning.count)  # of sequences each step makes one
        scores = np.empty((len(decisions), max(meaning.classes, 1) * meaning.places))
        for row, score in zip(decisions, scores):
            self._library.tern_model_scores(self._pointer, row.ctypes.data, score.ctypes.data)
        both = scores.shape[1] != meaning.count  # one output decides between two
        return scores.reshape(*out.shape[:-1], 2) if both else scores.reshape(out.shape)


class _Watch:
    """The callbacks of one fit: keeps the history, and what they raise, Ctrl-C too, until the library is back."""

    def __init__(self, on_epoch, on_step):
        self.history, self.raised, self.stopped = [], None, False
        self.step = _library.ON_PROGRESS(lambda _, p: self._call(on_step, p))
        self.epoch = _library.ON_PROGRESS(lambda _, p: self._call(on_epoch, p, self.history))

    def _call(self, function, pointer, history=None):
        try:
            if function is None and history is None:
                return True
            p = pointer.contents
            progress = Progress(
                p.step,
                p.steps,
                p.epoch,
                p.epochs,
                p.loss,
                p.lr,
                p.grad_norm,
                p.seconds,
                p.samples_per_second,
                p.train.contents.values(),
                p.valid.contents.values() if p.valid else {},
                p.best,
            )
            if history is not None:
                history.append(progress)
            self.stopped = function is not None and function(progress) is False
        except BaseException as e:
            self.raised = e
        return not (self.stopped or self.raised)
