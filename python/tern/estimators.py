"""scikit-learn's estimators: a network behind fit, predict and predict_proba."""
import tempfile
from pathlib import Path

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted

from .model import Model


class _TernEstimator(BaseEstimator):
    """`layers` are those before the last, as in a model file; the last, a dense layer with as many outputs as there are
    classes or targets, is added. `normalize` is done to the inputs, by the training rows; `loss`, `optimizer`,
    `schedule` and `train` are blocks of a model file. The same `random_state` gives the same network.
    """

    def __init__(
        self,
        layers=({"type": "dense", "out_features": 64}, "relu"),
        *,
        loss=None,
        optimizer=None,
        schedule=None,
        epochs=100,
        batch_size=32,
        normalize="zscore",
        train=None,
        random_state=1,
        threads=0,
    ):
        self.layers = layers
        self.loss = loss
        self.optimizer = optimizer
        self.schedule = schedule
        self.epochs = epochs
        self.batch_size = batch_size
        self.normalize = normalize
        self.train = train
        self.random_state = random_state
        self.threads = threads

    def _fit(self, X, y, outputs, default_loss, target, sample_weight):
        if sample_weight is not None:
            sample_weight = _check_sample_weight(sample_weight, X)
        self.network_ = Model(
            {
                "name": type(self).__name__,
                "seed": int(check_random_state(self.random_state).randint(2**31)),
                "input": {"shape": [X.shape[1]], **({"normalize": self.normalize} if self.normalize else {})},
                **target,
                "layers": [*self.layers, {"type": "dense", "out_features": outputs}],
                "loss": self.loss or default_loss,
                "optimizer": self.optimizer or {"type": "adam", "lr": 0.005},
                **({"schedule": self.schedule} if self.schedule else {}),
                "train": {"batch_size": self.batch_size, "epochs": self.epochs, **(self.train or {})},
            }
        )
        self.fit_ = self.network_.fit(X, y, sample_weight=sample_weight, threads=self.threads)
        return self

    def _ask(self, X, **how):
        check_is_fitted(self)
        return self.network_.predict(self._validate_data(X, reset=False), threads=self.threads, **how)

    def __getstate__(self):
        state = super().__getstate__().copy()
        if "network_" in state:  # as its file and its weights
            with tempfile.TemporaryDirectory() as place:
                self.network_.save(f"{place}/weights.safetensors")
                state["network_"] = self.network_.to_dict(), Path(place, "weights.safetensors").read_bytes()
        return state

    def __setstate__(self, state):
        super().__setstate__(state)
        if "network_" in state:
            model, weights = state["network_"]
            with tempfile.TemporaryDirectory() as place:
                Path(place, "weights.safetensors").write_bytes(weights)
                self.network_ = Model(model, weights=f"{place}/weights.safetensors")

    def _more_tags(self):
        why = "batches are drawn by rows: a row that counts nothing still takes a place in one"
        return {"non_deterministic": False, "_xfail_checks": {"check_sample_weights_invariance": why}}


class TernClassifier(ClassifierMixin, _TernEstimator):
    __doc__ = "A classifier; classes are numbers or texts. " + _TernEstimator.__doc__

    def fit(self, X, y, sample_weight=None):
        X, y = self._validate_data(X, y)
        check_classification_targets(y)
        self.classes_, indices = np.unique(y, return_inverse=True)
        return self._fit(X, indices, max(len(self.classes_), 2), "cross_entropy", {}, sample_weight)

    def predict_proba(self, X):
        probabilities = self._ask(X)
        return probabilities[:, : len(self.classes_)]

    def predict(self, X):
        best = self.predict_proba(X).argmax(axis=1)
        return self.classes_[best]


class TernRegressor(RegressorMixin, _TernEstimator):
    __doc__ = "A regressor of one target or several, which are normalized for training. " + _TernEstimator.__doc__

    def fit(self, X, y, sample_weight=None):
        X, y = self._validate_data(X, y, multi_output=True, y_numeric=True)
        self._flat = y.ndim == 1
        targets = y.reshape(len(y), -1).astype(float)
        return self._fit(X, targets, targets.shape[1], "mse", {"target": {"normalize": "zscore"}}, sample_weight)

    def predict(self, X):
        out = self._ask(X).astype(float)
        return out[:, 0] if self._flat else out

    def _more_tags(self):
        return {**super()._more_tags(), "multioutput": True}
