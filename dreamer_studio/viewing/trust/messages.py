"""The request for a judgment of the newest weights, and its result. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass

from dreamer_studio.runs.judgments.record import KeptJudgment
from dreamer_studio.trust.report import Report
from dreamer_studio.viewing.trust.kl import NO_KL, KlCurve


@dataclass(frozen=True)
class TrustRequest:
    """Asks for a judgment.

    Attributes:
        play: episodes to play first, beside those that are stored.
    """

    play: int = 0


@dataclass(frozen=True, eq=False)
class TrustResult:
    """A judgment, or how far it has come.

    Attributes:
        report: the judgment; None until it is complete.
        progress: what the worker does now; empty at the end.
        seconds: processor time of the judgment.
        at: when it was complete, in seconds of the monotonic clock.
        kept: the judgments in the run folder, oldest weights first.
        kl: the KL over the training, from the log.
        remark: why this judgment is not among them; empty if it is.
    """

    report: Report | None
    progress: str = ""
    seconds: float = 0.0
    at: float = 0.0
    kept: tuple[KeptJudgment, ...] = ()
    kl: KlCurve = NO_KL
    remark: str = ""
