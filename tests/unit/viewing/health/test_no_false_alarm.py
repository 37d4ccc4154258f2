"""No rule speaks on our own runs, at any point of their course, and each rule reads the log as it is written."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dreamer_studio.config import Config
from dreamer_studio.envs import EnvSpec
from dreamer_studio.resources import asset_path
from dreamer_studio.session import Place, State, Status
from dreamer_studio.viewing.health.finding import Finding
from dreamer_studio.viewing.health.reader import HealthReader
from dreamer_studio.viewing.health.rules import examine

RESULTS = Path(__file__).parents[4] / "docs" / "results"
FOUR = {"walker-walk": 6, "cartpole-swingup": 1, "cheetah-run": 6, "cartpole-balance": 1}
"""The four runs of the table of docs/results.md, with their numbers of actions."""

Row = dict[str, Any]


def rows_of(name: str) -> list[Row]:
    """Return a run's record as rows of a log. The record has 61 means of six quantities, and all returns."""
    record = json.loads((RESULTS / f"{name}.json").read_text())
    losses = {quantity: [value for _, value in points] for quantity, points in record["losses"].items()}
    steps = [step for step, _ in record["losses"]["kl"]]
    updates = [
        {"kind": "update", "step": step, "update": number, **dict(zip(losses, values, strict=True))}
        for number, (step, *values) in enumerate(zip(steps, *losses.values(), strict=True))
    ]
    episodes = [
        {"kind": kind, "step": step, "update": 0, "return": total, "length": 500}
        for kind in ("train", "test")
        for step, total in record[kind]
    ]
    return sorted([*episodes, *updates], key=lambda row: row["step"])


def status_of(name: str, actions: int) -> Status:
    record = json.loads((RESULTS / f"{name}.json").read_text())
    known = {field.name for field in dataclasses.fields(Config)}
    config = Config(**{key: value for key, value in record["config"].items() if key in known})
    names = tuple(str(number) for number in range(actions))
    spec = EnvSpec(config.task, "continuous", actions, names, 2, 1000, "egl", 0)
    return Status(
        State.RUNNING, "collecting", config, Path(), "cpu", spec=spec, prefill=False, update=10_000,
        replay_episodes=4, replay_steps=4000,
    )  # fmt: skip


def spoken(rows: list[Row], status: Status) -> Iterator[tuple[int, Finding]]:
    """Yield each finding that speaks, with its step, after every tenth row."""
    waiting: list[Row] = []

    def since(place: Place) -> tuple[list[Row], Place]:
        taken = list(waiting)
        waiting.clear()
        return taken, Place(1, place.number + len(taken))

    reader = HealthReader(since, lambda number: ([], number))
    for first in range(0, len(rows), 10):
        waiting.extend(rows[first : first + 10])
        for finding in examine(reader.read(status)).speaking:
            yield rows[first]["step"], finding


@pytest.mark.parametrize("name", FOUR)
def test_that_no_rule_speaks_on_our_four_runs(name: str) -> None:
    assert list(spoken(rows_of(name), status_of(name, FOUR[name]))) == []


def test_that_no_rule_speaks_on_the_log_of_the_example() -> None:
    rows = [json.loads(line) for line in asset_path("demo/metrics.jsonl").read_text().splitlines()]
    assert {row["kind"] for row in rows} >= {"update", "train", "test"}
    assert list(spoken(rows, status_of("cheetah-run", 6))) == []


def test_that_tests_that_exploration_spoils_are_noticed() -> None:
    found = list(spoken(rows_of("cartpole-v1"), status_of("walker-walk", 2)))
    assert any(finding.rule == "tests" and "better than every" in finding.sentence for _, finding in found)


def test_that_dreams_that_pay_where_no_episode_did_are_red_at_once() -> None:
    episodes = [{"kind": "train", "step": number, "update": 0, "return": 0.0, "length": 10} for number in range(5)]
    updates = [
        {"kind": "update", "step": 5, "update": number, "imagined_reward": 0.5, "reward_loss": 0.01}
        for number in range(30)
    ]
    found = {finding.rule: finding for _, finding in spoken([*episodes, *updates], status_of("walker-walk", 6))}
    assert found["imagined reward"].level == "red"
