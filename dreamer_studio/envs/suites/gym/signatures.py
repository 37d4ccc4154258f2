"""Reads the arguments of functions and constructors of other packages."""

from __future__ import annotations

import inspect
from typing import Any

COLLECTING = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)


def parameters_of(function: Any) -> dict[str, inspect.Parameter]:
    """Return the parameters of a function or class without self; one written in C may take any."""
    try:
        parameters = dict(inspect.signature(function).parameters)
    except (ValueError, TypeError):
        return {"others": inspect.Parameter("others", inspect.Parameter.VAR_KEYWORD)}
    parameters.pop("self", None)
    return parameters


def takes(function: Any, *names: str) -> bool:
    """Return whether a function can be called with exactly these keywords."""
    try:
        inspect.signature(function).bind(**dict.fromkeys(names))
    except (ValueError, TypeError):
        return False
    return True
