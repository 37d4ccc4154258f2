"""One kept judgment: the numbers of Trust for the weights of one update, as a JSON object."""

from __future__ import annotations

import math
from typing import Annotated, Final, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

_FINITE = ConfigDict(allow_inf_nan=False)  # fields of later versions are ignored
_Count = Annotated[int, Field(ge=0, lt=10**12)]
_Word = Annotated[str, Field(max_length=200)]
_Line = Annotated[str, Field(max_length=2_000)]

KeptVerdict = Literal["holds", "fails", "cannot tell"]
Maker = Literal["window", "command"]
"""Who judged: the Trust workspace, or `dreamer-studio trust`."""


@dataclass(frozen=True, config=_FINITE)
class KeptNumber:
    """A number with its 95% interval, the episodes behind it and its verdict; None where unknown."""

    value: float | None
    low: float | None
    high: float | None
    n: _Count
    verdict: KeptVerdict

    @property
    def ends(self) -> tuple[float, float, float]:
        """Return value, low and high; NaN where unknown."""
        value, low, high = (math.nan if end is None else end for end in (self.value, self.low, self.high))
        return value, low, high


@dataclass(frozen=True, config=_FINITE)
class KeptJudgment:
    """The judgment of the weights of one update.

    Attributes:
        step, update: of the weights.
        time: when it was made, in seconds since 1970.
        made_by: who judged.
        checkpoint: its name; empty if the weights were those in memory.
        episodes, starts, training_horizon: as in a report.
        stage: the first stage that fails, or None.
        sentence: the answer in words.
        horizons: `image` and `reward`, in steps. The lower end is the horizon itself.
        gauges: all other numbers by name.
        players: who played each episode, in words.
        versions: of the packages that computed it.
        seed: of the noise.
    """

    step: _Count
    update: _Count
    time: float
    made_by: Maker
    checkpoint: _Word
    episodes: _Count
    starts: _Count
    training_horizon: _Count
    stage: _Word | None
    sentence: _Line
    horizons: Annotated[dict[_Word, KeptNumber], Field(max_length=10)]
    gauges: Annotated[dict[_Word, KeptNumber], Field(max_length=50)]
    players: Annotated[tuple[_Word, ...], Field(max_length=200)]
    versions: Annotated[dict[_Word, _Word], Field(max_length=20)]
    seed: _Count = 0


_ADAPTER: Final[TypeAdapter[KeptJudgment]] = TypeAdapter(KeptJudgment)
_MANY: Final[TypeAdapter[tuple[KeptJudgment, ...]]] = TypeAdapter(tuple[KeptJudgment, ...])


def as_json(judgment: KeptJudgment) -> bytes:
    """Return a judgment as indented JSON."""
    return _ADAPTER.dump_json(judgment, indent=1) + b"\n"


def judgments_json(judgments: tuple[KeptJudgment, ...]) -> bytes:
    """Return several judgments as one indented JSON array."""
    return _MANY.dump_json(judgments, indent=1) + b"\n"


def from_json(content: bytes) -> KeptJudgment:
    """Read a judgment.

    Raises:
        ValueError: the content is anything else.
    """
    try:
        return _ADAPTER.validate_json(content)
    except (ValidationError, RecursionError) as error:
        raise ValueError("not a judgment") from error
