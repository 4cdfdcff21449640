"""What goes wrong in the library, as exceptions and warnings."""
import ctypes
import warnings
from dataclasses import dataclass

from ._library import STATUSES, Error


@dataclass(frozen=True)
class Diagnostic:
    """One error or warning: where it is, as far as that is known, what was found and what is accepted."""

    status: str  #: "DATA", "MODEL", ...; "OK" is a warning
    file: str
    line: int  #: from 1; 0: unknown
    column: int
    pointer: str  #: JSON pointer into the file
    text: str
    message: str  #: all of it, as `tern` prints it


class TernError(Exception):
    """The library refused something. `diagnostics` holds all that it found; `status` is that of the call."""

    def __init__(self, status, diagnostics):
        self.status, self.diagnostics = status, tuple(diagnostics)
        super().__init__("\n".join(d.message for d in diagnostics) or status)


class TernWarning(UserWarning):
    """What the library would have said on standard error."""


class Diverged(TernError):
    """Training met a number that is not finite."""


class Cancelled(TernError):
    """A callback asked to stop."""


_exceptions = {"DIVERGED": Diverged, "CANCELLED": Cancelled}


def call(library, function, *arguments):
    """Calls a function that can fail: gives its warnings, raises its errors, returns what it does."""
    error = Error()
    result = getattr(library, function)(*arguments, ctypes.byref(error))
    found = [_diagnostic(library, error, i) for i in range(error.count)]
    for d in found:
        if d.status == "OK":
            warnings.warn(d.message, TernWarning, stacklevel=3)
    if getattr(library, function).restype is ctypes.c_int:
        status = STATUSES[result]
    else:  # NULL where it failed
        status = "OK" if result else next((d.status for d in reversed(found) if d.status != "OK"), "MEMORY")
    if status != "OK":
        raise _exceptions.get(status, TernError)(status, [d for d in found if d.status != "OK"])
    return result


def _diagnostic(library, error, i):
    item, line = error.item[i], ctypes.create_string_buffer(2048)
    texts = {name: getattr(item, name).decode(errors="replace") for name in ("file", "pointer", "text")}
    message = library.tern_error_line(ctypes.byref(error), i, line, len(line)).decode(errors="replace")
    return Diagnostic(STATUSES[item.status], line=item.line, column=item.column, message=message, **texts)
