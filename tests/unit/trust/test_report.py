"""The sentence on top, the JSON object and the files of a judgment."""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dreamer_studio.runs.counters import PartUpdates
from dreamer_studio.trust.gauge import Gauge
from dreamer_studio.trust.horizon import Horizons
from dreamer_studio.trust.judging import judge
from dreamer_studio.trust.judgment import BESIDE, INNER, REPORTED, Judgment
from dreamer_studio.trust.measured import UNKNOWN
from dreamer_studio.trust.players import player_of
from dreamer_studio.trust.report import Report
from dreamer_studio.trust.words import sentence_of
from tests.support.ring_judgments import judged_ring, judged_untrained, untrained_ring
from tests.support.ring_world import RING_CONFIG, RingModel, play_constant, play_ring, ring_episodes
from tests.support.small_runs import CPU


@pytest.fixture(scope="module")
def oracle() -> Judgment:
    return judged_ring()


@pytest.fixture
def report(oracle: Judgment) -> Report:
    players = tuple(f"{one.player}, seed 0" for one in ring_episodes())
    return Report("gym:Ring-v0", "000001-step-80-update-40", 80, 40, 0, players, {"torch": "2"}, oracle)


def test_that_the_sentence_says_that_everything_holds(oracle: Judgment) -> None:
    said = "Everything holds: images for 45 steps, rewards for 45 steps; training looks 15 ahead."
    assert sentence_of(oracle) == said


@pytest.mark.parametrize(
    ("faults", "words"),
    [
        (None, "Seen frames are not redrawn: the error is "),
        (
            {"obeys": False},
            "but actions are ignored: with other actions the error is 1.00 (1.00 to 1.00) times as large.",
        ),
        (
            {"reward_factor": 0},
            "Images hold for 45 steps and actions are obeyed, but rewards do not match on seen frames",
        ),
        (
            {"reward_factor": 1.2, "value_factor": 1.2},
            "Everything holds",
        ),
        (
            {"value_factor": 3},
            "Images hold for 45 steps, actions are obeyed and rewards match, but the critic expects ",
        ),
        ({"value_factor": 3}, "it does not agree with its dreams either."),
    ],
)
def test_that_the_sentence_names_the_first_failure(faults: dict[str, Any] | None, words: str) -> None:
    judgment = judged_untrained() if faults is None else judged_ring(**faults)
    assert words in sentence_of(judgment)


def test_that_rewards_that_match_again_later_are_not_said_to_stop_later(oracle: Judgment) -> None:
    failing = replace(UNKNOWN, verdict="fails")
    reward = Gauge(failing, details={"seen": replace(UNKNOWN, verdict="holds"), "open_loop": failing})
    gauges = {**oracle.gauges, "reward": reward}
    again = replace(oracle, gauges=gauges, horizons=Horizons(45, 31, (), ((9, 20),)))
    assert sentence_of(again).endswith("but rewards do not match 15 steps ahead, as far as training looks.")
    early = replace(oracle, gauges=gauges, horizons=Horizons(45, 9, ((7, 7),), ((3, 4),)))
    assert sentence_of(early) == (
        "Images hold for 45 steps (not at step 7) and actions are obeyed, but rewards stop matching after 9 steps "
        "(not at steps 3 to 4); training looks 15 ahead."
    )


def test_that_the_sentence_says_that_dreams_promise_too_much() -> None:
    said = sentence_of(judged_ring(reward_factor=1.4, value_factor=1.4))
    assert "but dreams promise 1.4" in said
    assert said.endswith("times what the task gives.")


def test_that_the_sentence_says_what_cannot_be_told() -> None:
    constant = judge(untrained_ring(0), [play_constant(seed) for seed in range(5)], RING_CONFIG, CPU)
    assert sentence_of(constant) == "Nothing can be told yet from 5 episodes."
    without_chance = judge(RingModel(), [play_ring("sample", seed) for seed in range(4)], RING_CONFIG, CPU)
    assert sentence_of(without_chance) == (
        "Images hold for 45 steps, actions are obeyed and rewards match, but the stage policy cannot be told yet "
        "(fewer than 4 random episodes)."
    )


def test_that_the_report_is_one_json_object(report: Report) -> None:
    found = json.loads(json.dumps(report.as_dict(), allow_nan=False))
    names = ["task", "step", "update", "part_updates", "episodes", "stage", "sentence", "horizons", "gauges"]
    assert list(found) == names
    assert (found["task"], found["step"], found["update"], found["episodes"]) == ("gym:Ring-v0", 80, 40, 12)
    assert found["stage"] is None
    assert found["horizons"] == {"picture": 45, "reward": 45}
    assert list(found["gauges"]) == list(REPORTED)
    for gauge in found["gauges"].values():
        assert list(gauge) == ["value", "low", "high", "n", "verdict"]


def test_that_the_text_has_the_sentence_the_stages_and_the_gauges(report: Report) -> None:
    text = report.as_text()
    assert text.startswith("Everything holds: ")
    for name in ("one step  holds", "gauge ", *REPORTED):
        assert f"\n{name}" in text
    assert text.endswith("\n\ngym:Ring-v0, update 40, 12 episodes, 36 starts")
    extra = replace(report, part_updates=PartUpdates(actor=3)).as_text()
    assert "\n3 extra updates trained a single part (3 only the actor)\ngym:Ring-v0, " in extra


def test_that_the_record_has_everything_that_was_measured(report: Report, tmp_path: Path) -> None:
    paths = report.write(tmp_path / "deep" / "record")
    assert [path.name for path in paths] == ["trust.json", "episodes.csv", "curves.csv"]
    record = json.loads(paths[0].read_text())
    assert record["checkpoint"] == "000001-step-80-update-40"
    assert len(record["players"]) == 12
    assert record["dips"] == {"picture": [], "reward": []}
    assert set(record["measured"]) == {*REPORTED, *INNER, *BESIDE}
    assert record["measured"]["value"]["details"]["against_dreams"]["verdict"] == "holds"
    sums = list(csv.DictReader(paths[1].open()))
    real = {row["episode"]: float(row["sum"]) for row in sums if (row["gauge"], row["quantity"]) == ("gap", "real")}
    imagined = [float(row["sum"]) for row in sums if (row["gauge"], row["quantity"]) == ("gap", "imagined")]
    assert sorted(map(int, real)) == [0, 1, 3, 4, 6, 7, 9, 10]  # the policy's
    ratio = record["gauges"]["gap"]["value"]
    assert sum(imagined) / sum(real.values()) == pytest.approx(ratio, rel=1e-4)
    curves = list(csv.DictReader(paths[2].open()))
    gains = ("gain_moving_db", "gain_all_db", "reward_skill", "spread_image", "spread_latent", "spread_error")
    assert Counter(row["curve"] for row in curves) == {**dict.fromkeys(gains, 45), "actions_ratio": 15}


def test_that_four_episodes_are_the_policys_and_eight_can_tell_more() -> None:
    assert Counter(map(player_of, range(4))) == {"sample": 2, "mode": 2}
    assert Counter(map(player_of, range(8))) == {"sample": 2, "mode": 2, "random": 4}
    assert set(map(player_of, range(8, 11))) == {"sample", "mode", "random"}
