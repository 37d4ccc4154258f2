"""The logs of other runs, the checkpoints of the open run, and the runs to choose from: requests and results."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dreamer_studio.library.entry import RunEntry
from dreamer_studio.session.log_reader import LogReader
from dreamer_studio.viewing.channel import Channel


@dataclass(frozen=True)
class KeptCheckpoint:
    """A checkpoint of the open run.

    Attributes:
        path: its folder.
        step, update: environment step and update at which it was saved.
        best: whether it is the best of its run.
    """

    path: Path
    step: int
    update: int
    best: bool = False


@dataclass(frozen=True, eq=False)
class LoggedRun:
    """Another run.

    Attributes:
        folder: its folder.
        log: its rows so far; the worker adds new ones.
        action_repeat: environment steps for each action.
        problem: why it cannot be read, in a sentence; empty if it can.
        gone: whether there is no such folder.
        family: its settings but those of the section "run", such as the seed; empty until they are read. Runs with
            the same settings differ only by chance.
    """

    folder: Path
    log: LogReader
    action_repeat: int = 1
    problem: str = ""
    gone: bool = False
    family: str = ""


@dataclass(frozen=True, eq=False)
class CurvesResult:
    """The requested runs in their order, and the checkpoints of the open run, oldest first."""

    runs: tuple[LoggedRun, ...]
    checkpoints: tuple[KeptCheckpoint, ...]


class CurvesChannels:
    """The channels of the Curves workspace.

    Attributes:
        logs: a standing request for the logs of some run folders.
        runs: asks for the runs on this machine, the open one left out.
    """

    def __init__(self) -> None:
        self.logs: Channel[tuple[Path, ...], CurvesResult] = Channel(visible=False)
        self.runs: Channel[None, tuple[RunEntry, ...]] = Channel()
