"""Applies the rules to a run folder: the findings that the window lists, without a window."""

from __future__ import annotations

import contextlib
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from dreamer_studio.envs import TimeStep
from dreamer_studio.replay import Episode, EpisodeIndex, EpisodeList, ReplayError
from dreamer_studio.runs.counters import Counters
from dreamer_studio.runs.errors import RunError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.judgments.files import read_judgments
from dreamer_studio.runs.metrics_file import read_history
from dreamer_studio.runs.trained_agent import find_checkpoint
from dreamer_studio.session import State, Status
from dreamer_studio.session.log_reader import LogReader
from dreamer_studio.training.events import StepTaken
from dreamer_studio.training.schedule import updates_due
from dreamer_studio.trust.gauge import Gauge
from dreamer_studio.trust.horizon import NO_HORIZONS
from dreamer_studio.trust.judgment import Judgment
from dreamer_studio.trust.measured import Measured
from dreamer_studio.viewing.health.evidence import ACTIONS
from dreamer_studio.viewing.health.finding import Finding, Health
from dreamer_studio.viewing.health.reader import HealthReader
from dreamer_studio.viewing.health.rules import examine

if TYPE_CHECKING:
    from dreamer_studio.trust.report import Report

WIDTH: Final = 100
"""Columns of the text."""

_INDENT: Final = 13


@dataclass(frozen=True)
class StoredHealth:
    """The findings on a run folder.

    Attributes:
        task, step, update: of the newest checkpoint; 0 without one.
        judged: the update of the judged weights; None if there is no judgment.
        health: the findings.
    """

    task: str
    step: int
    update: int
    judged: int | None
    health: Health

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as one JSON object."""
        return {
            "task": self.task,
            "step": self.step,
            "update": self.update,
            "judged": self.judged,
            "state": self.health.level,
            "sentence": f"{self.health.summary}.",
            "rules": [_as_row(finding) for finding in self.health.findings],
        }

    def as_text(self) -> str:
        """Return the answer for a person."""
        lines = [f"{self.health.summary}.", ""]
        for finding in self.health.findings:
            lines += _paragraph(f"{finding.level:<{_INDENT}}{finding.title}: {finding.sentence}")
            if finding.try_:
                lines += _paragraph(f"{'':<{_INDENT}}Try: {finding.try_}")
        judged = "not judged yet" if self.judged is None else f"judged at update {self.judged:,}"
        return "\n".join([*lines, "", f"{self.task}, step {self.step:,}, update {self.update:,}, {judged}"])


def examine_folder(folder: RunFolder, report: Report | None = None) -> StoredHealth:
    """Ask every rule about a run, from its log, its newest checkpoint, its newest episodes and a judgment.

    Changes nothing. A run that trains at the moment may be ahead of its newest checkpoint.

    Args:
        folder: of the run.
        report: the judgment; None takes the newest one that the run keeps, if there is any.

    Raises:
        RunError, CheckpointError, ConfigError: the folder is not a run, or is damaged.
        OSError: its log or its judgments cannot be read.
    """
    try:
        episodes = EpisodeIndex(folder.episodes, ram_bytes=0).refresh()
    except ReplayError as error:
        raise RunError(str(error)) from error
    status = _status_of(folder, episodes)
    log = LogReader()
    log.take(read_history(folder))
    steps = _newest_steps(episodes)
    reader = HealthReader(log.since, lambda number: (steps[number:], len(steps)))
    judgment, judged = (report.judgment, report.update) if report else _kept_judgment(folder)
    health = examine(reader.read(status, judgment, judged))
    return StoredHealth(status.config.task, status.step, status.update, judged, health)


def _status_of(folder: RunFolder, episodes: EpisodeList) -> Status:
    """Return the status that a session would publish after it opened the run."""
    config = folder.read()
    found = find_checkpoint(folder, config)
    counters = Counters() if found.checkpoint is None else Counters.of(found.checkpoint.state["counters"])
    return Status(
        State.STOPPED,
        "collecting",
        config,
        folder.path,
        "cpu",
        spec=found.spec,
        step=counters.step,
        update=counters.update,
        prefill=counters.prefilling,
        updates_due=max(0, updates_due(config, counters)),
        part_updates=counters.part_updates,
        replay_episodes=len(episodes),
        replay_steps=int(episodes.steps_of_each.sum()),
    )


def _kept_judgment(folder: RunFolder) -> tuple[Judgment | None, int | None]:
    """Return the judgment of the newest judged weights, and their update."""
    kept = read_judgments(folder.judgments)
    if not kept:
        return None, None
    newest = kept[-1]
    gauges = {name: Gauge(Measured(*number.ends, number.n, number.verdict)) for name, number in newest.gauges.items()}
    judgment = Judgment(newest.episodes, newest.starts, newest.training_horizon, gauges, NO_HORIZONS)
    return judgment, newest.update


def _newest_steps(episodes: EpisodeList) -> list[StepTaken]:
    """Return the newest rows, enough for `ACTIONS` agent steps if that many are stored. Leave out damaged episodes."""
    newest_first: list[list[StepTaken]] = []
    missing = ACTIONS
    for place in reversed(range(len(episodes))):
        if missing <= 0:
            break
        start = max(0, episodes.length(place) - missing)
        with contextlib.suppress(ReplayError):
            steps = _steps_of(episodes.get(place, start), int(episodes.numbers[place]), start)
            newest_first.append(steps)
            missing -= sum(step.index > 0 for step in steps)
    return [step for steps in reversed(newest_first) for step in steps]


def _steps_of(rows: Episode, number: int, first: int) -> list[StepTaken]:
    """Return the rows of an episode from row `first` on as a session publishes them."""
    columns = zip(rows.image, rows.action, rows.reward, rows.discount, rows.steps, strict=True)
    return [
        StepTaken(number, index, TimeStep(image, action, float(reward), float(discount), index == 0, None, int(steps)))
        for index, (image, action, reward, discount, steps) in enumerate(columns, first)
    ]


def _as_row(finding: Finding) -> dict[str, str]:
    return {
        "rule": finding.rule,
        "state": finding.level,
        "sentence": finding.sentence,
        "try": finding.try_,
        "gauge": finding.gauge,
    }


def _paragraph(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent=" " * _INDENT, drop_whitespace=True) or [""]
