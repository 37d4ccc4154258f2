"""Work in parts: a generator that yields after each part, so that others get their turns, and returns its result."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator
from typing import TypeVar

Part = TypeVar("Part")
Answer = TypeVar("Answer")
Result = TypeVar("Result")


def result_of(work: Generator[Part, None, Result], each: Callable[[Part], object] = lambda part: None) -> Result:
    """Do all parts of some work, call `each(part)` after each part, and return the result."""
    while True:
        try:
            part = next(work)
        except StopIteration as end:
            result: Result = end.value
            return result
        each(part)


def mapped(work: Generator[Part, None, Result], each: Callable[[Part], Answer]) -> Generator[Answer, None, Result]:
    """Do some work, yield `each(part)` after each part, and return the result. Closing this generator ends the work."""
    with contextlib.closing(work):
        while True:
            try:
                part = next(work)
            except StopIteration as end:
                result: Result = end.value
                return result
            yield each(part)
