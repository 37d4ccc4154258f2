"""The times of updates, with a clock that the test turns."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import pytest
import torch

from dreamer_studio.bench import time_updates
from dreamer_studio.bench import updates as updates_module
from dreamer_studio.bench.updates import UpdateTimes
from dreamer_studio.dreamer.fast import Learner, make_agent
from dreamer_studio.envs import build_config
from tests.support.new_runs import SPEC, TASK

CONFIG = build_config(TASK, "tiny")
CPU = torch.device("cpu")
UPDATE = 6.0  # readings of the clock from the beginning of an update to its end


def timed(monkeypatch: pytest.MonkeyPatch, clock: Iterator[float], updates: int, patience: float) -> UpdateTimes:
    """Time updates; each reading of the clock returns its next value."""
    monkeypatch.setattr(updates_module, "now", lambda _: next(clock))
    agent = make_agent(CONFIG, SPEC.action_size, SPEC.action_kind)
    agent.initialize(0)
    return time_updates(Learner(agent, CONFIG), CONFIG, SPEC, CPU, updates, patience)


def test_that_the_first_update_is_kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    times = timed(monkeypatch, itertools.count(0.0), 2, math.inf)
    assert (times.first_s, len(times.timed), times.given_up_s) == (UPDATE, 2, None)
    assert times.fastest_s == times.slowest_s == sum(times.phases.values()) == UPDATE


def test_that_no_update_begins_after_the_time_for_them_once_one_is_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(timed(monkeypatch, itertools.count(0.0), 50, UPDATE).timed) == 1
    assert len(timed(monkeypatch, itertools.count(0.0), 50, 5 * UPDATE).timed) < 5


def test_that_an_update_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    times = timed(monkeypatch, itertools.count(0.0), 5, 2.0)
    assert (times.first_s, times.timed, times.given_up_s) == (None, (), 3.0)
    assert times.fastest_s is times.slowest_s is None and not times.phases


def test_that_a_later_update_that_takes_too_long_counts_as_the_slowest(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = itertools.chain(range(20), itertools.count(20.0, 100.0))
    times = timed(monkeypatch, map(float, clock), 5, 30.0)
    assert times.first_s == UPDATE and len(times.timed) == 1
    assert times.fastest_s == UPDATE
    assert times.slowest_s == times.given_up_s != UPDATE
