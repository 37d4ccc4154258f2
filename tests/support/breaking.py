"""Breaks a worker at every line that it executes, one after the other."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, ModuleType
from typing import Any

Line = tuple[str, int]
"""A file and a line in it."""


class BrokenError(RuntimeError):
    """Raised in the middle of the code under test."""


@contextmanager
def _traced(modules: tuple[ModuleType, ...], at: Callable[[Line], None]) -> Iterator[None]:
    files = {module.__file__ for module in modules}

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        if frame.f_code.co_filename not in files:
            return None
        if event == "line":
            at((frame.f_code.co_filename, frame.f_lineno))
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)


def lines_of(modules: tuple[ModuleType, ...], work: Callable[[], None]) -> list[Line]:
    """Return the lines of some modules that a piece of work executes, in the order of their first execution."""
    lines: dict[Line, None] = {}
    with _traced(modules, lambda line: lines.setdefault(line, None)):
        work()
    return list(lines)


@contextmanager
def broken_at(modules: tuple[ModuleType, ...], line: Line) -> Iterator[Callable[[], bool]]:
    """Raise a `BrokenError` the next time a line is executed. Yield a function that says whether that has happened."""
    broken: list[Line] = []

    def at(executed: Line) -> None:
        if executed == line and not broken:
            broken.append(line)
            raise BrokenError(f"{line[0]}:{line[1]}")

    with _traced(modules, at):
        yield lambda: bool(broken)
