"""Requests and results of the page of a new run. Imports no torch and starts no process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dreamer_studio.arrays import Images
from dreamer_studio.check import CheckReport
from dreamer_studio.config import Config
from dreamer_studio.envs import EnvSpec, TaskInfo
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.new_run.place import PlaceFindings, PlaceQuestion


@dataclass(frozen=True)
class TaskSurvey:
    """The tasks of this machine.

    Attributes:
        tasks: everything that can be asked for, with the reason if a task cannot run; then an entry for each known
            package that is not installed.
    """

    tasks: tuple[TaskInfo, ...]


@dataclass(frozen=True)
class TaskDefaults:
    """The configurations that a new run of a task begins with.

    Attributes:
        task: the task.
        configs: by preset.
    """

    task: str
    configs: Mapping[str, Config]


@dataclass(frozen=True, eq=False)
class Preview:
    """The beginning of an episode of random actions, played in the environment's own process.

    Attributes:
        spec: what the environment says about the task.
        frames: (n, 64, 64, 3), the frames so far, as the agent would see them. A later episode follows the first.
        first_length: agent steps of the first episode; None if the preview ends before the episode.
        first_return: sum of the rewards of the first episode; None likewise.
    """

    spec: EnvSpec
    frames: Images
    first_length: int | None = None
    first_return: float | None = None


@dataclass(frozen=True)
class Measurement:
    """Figures of `dreamer-studio bench` on this machine.

    Attributes:
        task: the task that was measured.
        device: where the update was computed.
        updates: number of timed updates; 0 if an update took too long and was given up.
        fastest_s: seconds of the fastest timed update. Without one, a lower bound.
        slowest_s: seconds of the slowest timed update. Without one, the same as `fastest_s`.
        step_s: seconds of an agent step.
        memory_bytes: resident memory of the training and its environment after the updates.
        checkpoint_bytes: size of a checkpoint.
        row_bytes: size of an agent step in an episode's file.
        at: when it was measured, in seconds since 1970.
    """

    task: str
    device: str
    updates: int
    fastest_s: float
    slowest_s: float
    step_s: float
    memory_bytes: int
    checkpoint_bytes: int
    row_bytes: float
    at: float


@dataclass(frozen=True)
class NotMeasured:
    """A measurement that did not begin, because it would harm other work.

    Attributes:
        reason: a sentence for the user.
    """

    reason: str


@dataclass(frozen=True)
class MeasureRequest:
    """A request to measure this machine.

    Attributes:
        config: the configuration to measure.
        automatic: whether the page asks by itself. The worker then refuses if memory is short or a run trains here.
        roots: folders of runs, or runs themselves. An automatic measurement looks there for a run in training.
    """

    config: Config
    automatic: bool = False
    roots: tuple[Path, ...] = ()


@dataclass(frozen=True, eq=False)
class CheckResult:
    """A check of a task, under way or complete.

    Attributes:
        task: the task.
        doing: what the check does now.
        share: how much of the check is done, from 0 to 1.
        report: the findings; None while the check is under way.
    """

    task: str
    doing: str
    share: float
    report: CheckReport | None = None


@dataclass(frozen=True)
class NewRunChannels:
    """One channel for each kind of request of the page.

    Attributes:
        tasks: asks for the tasks of this machine.
        defaults: asks for the settings that new runs of a task begin with.
        preview: asks for a preview of a task with the settings of its environment.
        measure: asks for a measurement of a configuration.
        check: asks for a check of a task with the settings of its environment.
        device: asks for the kind of a device, such as "auto".
        place: asks for a look at the folder of the run.
    """

    tasks: Channel[None, TaskSurvey] = field(default_factory=Channel)
    defaults: Channel[str, TaskDefaults] = field(default_factory=Channel)
    preview: Channel[Config, Preview] = field(default_factory=Channel)
    measure: Channel[MeasureRequest, Measurement | NotMeasured] = field(default_factory=Channel)
    check: Channel[Config, CheckResult] = field(default_factory=Channel)
    device: Channel[str, str] = field(default_factory=Channel)
    place: Channel[PlaceQuestion, PlaceFindings] = field(default_factory=Channel)
