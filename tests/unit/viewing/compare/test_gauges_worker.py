"""Checkpoints through the gauges, in the window's worker."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import pytest

from dreamer_studio.config import write_config
from dreamer_studio.envs import EnvError, WaitInterruptedError
from dreamer_studio.runs.errors import InputError
from dreamer_studio.session import Session
from dreamer_studio.trust.comparing.comparison import Comparison
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.compare import gauges_worker as module
from dreamer_studio.viewing.compare.gauges_worker import GaugesWorker
from dreamer_studio.viewing.compare.messages import Contestant, GaugesRequest, GaugesResult
from dreamer_studio.viewing.worker import Shift
from tests.support.idle_session import CONFIG
from tests.support.small_runs import CPU

DONE = Comparison(CONFIG.task, (), (), 4, 15, (), (), 0, {})


class Parts:
    """Stands in for the comparison, which takes minutes: two parts, then the end."""

    def __init__(self) -> None:
        self.closed = False
        self.error: Exception | None = None
        self.asked: list[tuple[list[Path], int]] = []

    def __call__(
        self, paths: Sequence[Path], play: Any, device: Any, episodes: int
    ) -> Generator[str, None, Comparison]:
        self.asked.append((list(paths), episodes))
        try:
            yield "plays episode 1 of 4, step 1"
            yield "plays episode 1 of 4, step 2"
            if self.error is not None:
                raise self.error
        finally:
            self.closed = True
        return DONE


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> Parts:
    made = Parts()
    monkeypatch.setattr(module, "comparing", made)
    return made


@pytest.fixture
def worker(session: Session) -> GaugesWorker:
    return GaugesWorker(session, CPU, Channel())


@pytest.fixture
def request_of(session: Session) -> GaugesRequest:
    folder = session.status.get().folder
    write_config(CONFIG, folder / "config.json")
    paths = [folder / "checkpoints" / f"00000{n}-step-{n}-update-{n}" for n in (1, 2)]
    return GaugesRequest(tuple(Contestant(path, folder.name, n, n) for n, path in enumerate(paths, 1)), 4)


def turns(worker: GaugesWorker, count: int) -> list[GaugesResult]:
    shift, found = Shift(), []
    for _ in range(count):
        shift.turn((worker,))
        if worker.channel.result is not None:
            found.append(worker.channel.result)
    return found


def test_that_the_comparison_comes_with_its_progress(
    worker: GaugesWorker, parts: Parts, request_of: GaugesRequest
) -> None:
    worker.channel.ask(request_of)
    found = turns(worker, 4)
    assert [one.progress for one in found] == [
        "begins", "plays episode 1 of 4, step 1", "plays episode 1 of 4, step 2", ""
    ]  # fmt: skip
    assert found[-1].comparison is DONE and not worker.turn()
    assert parts.asked == [([one.path for one in request_of.contestants], 4)]


def test_that_a_canceled_or_hidden_comparison_stops(
    worker: GaugesWorker, parts: Parts, request_of: GaugesRequest
) -> None:
    worker.channel.ask(request_of)
    turns(worker, 2)
    worker.channel.visible = False
    assert not worker.turn() and not parts.closed  # continues when the page is visible again
    worker.channel.visible = True
    assert worker.turn()
    worker.channel.withdraw()
    assert not worker.turn() and parts.closed


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (WaitInterruptedError("ended"), "The run closes."),
        (EnvError("it hangs"), "The environment failed: it hangs"),
        (InputError("the tasks differ"), "The tasks differ."),
        (OSError("no disk"), "No disk."),
        (OSError(), "OSError."),
        (InputError("two\nlines"), "Two lines."),
    ],
)
def test_that_a_failure_is_said(
    worker: GaugesWorker, parts: Parts, request_of: GaugesRequest, error: Exception, words: str
) -> None:
    parts.error = error
    worker.channel.ask(request_of)
    turns(worker, 5)
    answer = worker.channel.newest()
    assert answer is not None and answer.failure is not None
    assert (answer.failure.reason, answer.failure.unexpected) == (words, False)


def test_that_a_run_of_another_task_is_refused_before_its_code_can_run(
    worker: GaugesWorker, parts: Parts, request_of: GaugesRequest, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    write_config(dataclasses.replace(CONFIG, task="gym:evil_module:Thing-v0"), other / "config.json")
    path = other / "checkpoints" / "000001-step-1-update-1"
    worker.channel.ask(GaugesRequest((*request_of.contestants, Contestant(path, "other", 1, 1)), 4))
    turns(worker, 3)
    answer = worker.channel.newest()
    assert answer is not None and answer.failure is not None
    assert "is a run of task gym:evil_module:Thing-v0" in answer.failure.reason
    assert parts.asked == []
