"""tern: neural networks as JSON files, trained on the CPU, by the C library that is installed.

    model = tern.Model("model.json")
    model.fit(x, y)
    model.predict(x)
"""
from . import _library
from ._errors import Cancelled, Diagnostic, Diverged, TernError, TernWarning
from .model import Fit, Model, Port, Progress

__version__ = _library.VERSION
__all__ = [
    "Cancelled",
    "Diagnostic",
    "Diverged",
    "Fit",
    "Model",
    "Port",
    "Progress",
    "TernClassifier",
    "TernError",
    "TernRegressor",
    "TernWarning",
    "version",
]


def version(precision="float32"):
    """What the library is and what it runs on, as a dict."""
    build = _library.library(precision).tern_version()
    return {
        name: v.decode() if isinstance(v, bytes) else v
        for name, v in ((n, getattr(build, n)) for n, _ in build._fields_)
    }


def __getattr__(name):  # scikit-learn is needed by those who ask for its estimators alone
    if name in ("TernClassifier", "TernRegressor"):
        from . import estimators

        return getattr(estimators, name)
    raise AttributeError(f"module 'tern' has no attribute {name!r}")
