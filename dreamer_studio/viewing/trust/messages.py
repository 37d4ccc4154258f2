"""Requests for a judgment of the newest weights and for blind driving, and their results. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dreamer_studio.runs.judgments.record import KeptJudgment
from dreamer_studio.trust.gauge import Gauge
from dreamer_studio.trust.report import Report
from dreamer_studio.viewing.frame_ref import FrameRef
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
    """The newest judgment, and how far the next one has come.

    Attributes:
        report: the newest complete judgment; None before the first.
        progress: what the worker does for the next judgment; empty once it is complete.
        seconds: processor time of the judgment.
        at: when it was complete, in seconds of the monotonic clock.
        kept: the judgments in the run folder, oldest weights first.
        kl: the KL over the training, from the log.
        remark: why the run folder does not keep this judgment; empty if it does.
        step_seconds: time of an agent step when the newest episode was played; None before the first.
        frames: the reset of each episode to which the judgment's points refer.
    """

    report: Report | None
    progress: str = ""
    seconds: float = 0.0
    at: float = 0.0
    kept: tuple[KeptJudgment, ...] = ()
    kl: KlCurve = NO_KL
    remark: str = ""
    step_seconds: float | None = None
    frames: tuple[FrameRef, ...] = ()

    def frame(self, episode: int, row: int) -> FrameRef:
        """Return the address of a row of an episode to which the judgment's points refer."""
        return replace(self.frames[episode], index=row)


@dataclass(frozen=True, eq=False)
class BlindResult:
    """How rarely a policy may look, or how far the driving has come.

    Attributes:
        step, update: of the weights.
        gauge: the answer; None until the driving is complete.
        progress: what the worker does now; empty at the end.
    """

    step: int
    update: int
    gauge: Gauge | None = None
    progress: str = ""
