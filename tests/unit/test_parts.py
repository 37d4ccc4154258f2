"""Work that comes in parts and has a result."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from dreamer_studio.parts import mapped, result_of


class Work:
    def __init__(self) -> None:
        self.closed = False

    def parts(self) -> Generator[int, None, str]:
        try:
            yield 1
            yield 2
        finally:
            self.closed = True
        return "result"


def test_that_all_parts_are_done_and_told_in_their_order() -> None:
    told: list[int] = []
    assert result_of(Work().parts(), told.append) == "result"
    assert told == [1, 2]
    assert result_of(Work().parts()) == "result"


def test_that_each_part_is_mapped_and_the_result_stays() -> None:
    told: list[str] = []
    assert result_of(mapped(Work().parts(), lambda part: f"part {part}"), told.append) == "result"
    assert told == ["part 1", "part 2"]


def test_that_closing_closes_the_work() -> None:
    work = Work()
    inner = work.parts()  # held here, so that only a call of close() can end it
    outer = mapped(inner, str)
    next(outer)
    outer.close()
    assert work.closed


def test_that_an_error_passes() -> None:
    def failing() -> Generator[int, None, str]:
        yield 1
        raise OSError("no disk")

    with pytest.raises(OSError, match="no disk"):
        result_of(mapped(failing(), str))
