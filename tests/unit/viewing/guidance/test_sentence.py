"""The sentence above the workspaces, for every state of a run."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from dreamer_studio.config import Config
from dreamer_studio.envs import EnvSpec, build_config
from dreamer_studio.library.trainer import Life, OtherTrainer
from dreamer_studio.runs.lease.owner import Owner
from dreamer_studio.runs.lease.status import TrainerState
from dreamer_studio.session import LastEpisode, State, Status
from dreamer_studio.session.status import TrainingFailure
from dreamer_studio.viewing.guidance.sentence import UNKNOWN, describe_state
from dreamer_studio.viewing.guidance.usual import runs_like

LAPTOP = build_config("dmc:walker-walk", "laptop", {"steps": 105_000})
TINY = build_config("gym:CartPole-v1", "tiny", {"steps": 9_000})
PAPER = replace(build_config("dmc:walker-walk", "paper", {}), update_blocks=True)
SPEC = EnvSpec("dmc:walker-walk", "continuous", 6, tuple("abcdef"), 2, 1000, "", 0)
FAILURE = TrainingFailure("it broke", "")
STOPPED = TrainerState.STOPPED
TRAINER = OtherTrainer(Owner("far", 12), Life.ALIVE, TrainerState.TRAINING, 95_400, 9_340, 105_000)


def status(state: State = State.RUNNING, config: Config = LAPTOP, **values: object) -> Status:
    values = {"spec": SPEC, "prefill": False, **values}
    return Status(state, "collecting", config, Path("runs/walker"), "cpu", **values)  # type: ignore[arg-type]


TABLE = {
    "opening": (status(State.OPENING, spec=None), None, "Opening the run."),
    "opening, before the first checkpoint": (
        status(State.OPENING, spec=None, watching=True, trainer=TRAINER),
        None,
        "Process 12 on far trains this run at step 95,400 of 105,000, update 9,340. The run opens here with its first "
        "checkpoint; there is one every 5 min.",
    ),
    "not loaded": (
        status(State.FAILED, spec=None, failure=FAILURE),
        None,
        "The run is not loaded; the banner above says why. Start tries again.",
    ),
    "failed": (
        status(State.FAILED, step=9_000, update=700),
        None,
        "The training has failed at step 9,000, update 700; the banner above says why.",
    ),
    "prefill": (
        status(prefill=True, step=1_884, steps_per_s=154.0),
        None,
        "Collecting random play: 1,884 of 2,500 steps, about 4 s to go. Nothing is learned yet.",
    ),
    "prefill of unknown speed": (
        status(prefill=True, step=1_884),
        None,
        "Collecting random play: 1,884 of 2,500 steps. Nothing is learned yet.",
    ),
    "prefill to the end of the episode": (
        status(prefill=True, step=2_600, steps_per_s=154.0),
        None,
        "Collecting random play: 2,600 steps. Learning begins at the end of this episode.",
    ),
    "first updates": (
        status(step=3_000, update=40, updates_due=60, updates_per_s=3.0),
        None,
        "Learning begins: 40 of 100 updates before the next step, about 20 s to go. A gray blur is normal now.",
    ),
    "catching up after a crash": (
        status(step=9_000, update=409, updates_due=201),
        None,
        "Catching up: 201 updates to make before the next step.",
    ),
    "a block of updates is usual": (
        status(config=PAPER, step=8_000, update=500, updates_due=90),
        30.0,
        "Learning to see: step 8,000 of 5,000,000 "
        "(image loss 30.0; the one run of ours like this had 25.5 at this step).",
    ),
    "learning to see": (
        status(step=8_000, update=700, updates_due=1, seconds_left=3_120.0),
        38.04,
        "Learning to see: step 8,000 of 105,000, about 52 min to go "
        "(image loss 38.0; our 2 runs like this had 32.3 to 34.7 at this step).",
    ),
    "learning to act": (
        status(step=41_000, update=4_000, seconds_left=9_000.0, last_test=LastEpisode(152.25, 40_000, "cut")),
        18.0,
        "Learning to act: step 41,000 of 105,000, about 2.5 h to go "
        "(last test 152; our 2 runs like this had 201 to 240 at this step).",
    ),
    "beyond our runs": (
        status(config=replace(LAPTOP, steps=200_000), step=150_000, update=15_000),
        15.0,
        "Learning to act: step 150,000 of 200,000 "
        "(last test not known yet; our runs like this have no value at this step).",
    ),
    "nothing to compare with": (
        status(config=TINY, step=3_000, update=300),
        12.0,
        f"Learning: step 3,000 of 9,000. Image loss 12.0. {UNKNOWN}",
    ),
    "paused": (
        status(State.PAUSED, step=15_317, update=1_400),
        20.0,
        "Paused at step 15,317, update 1,400. Resume continues. Press D to dream from this frame.",
    ),
    "paused in the prefill": (
        status(State.PAUSED, prefill=True, step=900),
        None,
        "Paused while collecting random play, at step 900. Nothing is learned yet. Resume continues.",
    ),
    "paused while it catches up": (
        status(State.PAUSED, step=9_000, update=409, updates_due=201),
        None,
        "Paused at step 9,000, update 409, with 201 updates to catch up. Resume continues. "
        "Press D to dream from this frame.",
    ),
    "paused by a fault": (
        status(State.PAUSED, step=9_000, update=409, failure=FAILURE),
        None,
        "Paused by itself at step 9,000, update 409; the banner above says why.",
    ),
    "stopped and saved": (
        status(State.STOPPED, step=9_000, update=896, saved=(896, 0.0)),
        None,
        "Stopped at step 9,000, update 896, saved. Start continues. Press D to dream from this frame.",
    ),
    "stopped without a checkpoint": (
        status(State.STOPPED, step=900, saved=None),
        None,
        "Stopped at step 900. Start continues. Dreams begin with the first update.",
    ),
    "finished": (
        status(State.FINISHED, step=105_000, update=10_300),
        None,
        "Finished: all 105,000 steps are done. Press D to dream, or raise steps in Run > Settings to train on.",
    ),
    "waiting for the disk": (
        status(State.WAITING, step=9_000, update=896, failure=FAILURE),
        None,
        "Waiting for the disk at step 9,000, update 896; the banner above says what to do. Start tries again.",
    ),
    "watching": (
        status(watching=True, step=95_000, update=9_300, last_test=LastEpisode(209.5, 95_000, "cut")),
        None,
        "Watching: the policy of step 95,000, update 9,300 (last test 210; our 2 runs like this had 182 to 193 at this "
        "step) plays. Nothing is learned or written. Press D to dream from this frame.",
    ),
    "watching what cannot be compared": (
        status(config=TINY, watching=True, step=900, update=30),
        None,
        "Watching: the policy of step 900, update 30 plays. Nothing is learned or written. "
        "Press D to dream from this frame.",
    ),
    "following": (
        status(watching=True, step=95_000, update=9_300, trainer=TRAINER),
        None,
        "Process 12 on far trains this run at step 95,400 of 105,000, update 9,340. Here the policy of update 9,300 "
        "plays, and nothing is learned.",
    ),
    "following a silent trainer": (
        status(watching=True, step=95_000, update=9_300, trainer=replace(TRAINER, life=Life.SILENT, seconds=250)),
        None,
        "Process 12 on far has been silent for 4 min, since step 95,400 of 105,000, update 9,340. Here the policy of "
        "update 9,300 plays, and nothing is learned.",
    ),
    "watching a run whose training was stopped": (
        status(
            config=TINY, watching=True, step=900, update=30, trainer=replace(TRAINER, life=Life.ENDED, state=STOPPED)
        ),
        None,
        "Watching: the policy of step 900, update 30 plays. Nothing is learned or written. "
        "Press D to dream from this frame.",
    ),
    "watching, paused": (
        status(State.PAUSED, watching=True, step=95_000, update=9_300),
        None,
        "Watching, paused: the policy of step 95,000, update 9,300. Resume plays on. Press D to dream from this frame.",
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_that_the_sentence_says_what_the_run_does(name: str) -> None:
    told, image_loss, expected = TABLE[name]
    assert describe_state(told, runs_like(told.config), image_loss) == expected


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("watching", [False, True])
def test_that_every_state_has_a_whole_sentence(state: State, *, watching: bool) -> None:
    text = describe_state(status(state, watching=watching, step=10, update=1), ())
    assert re.fullmatch(r"[A-Z].*\.", text)


def test_that_the_sentence_names_a_test_and_a_start() -> None:
    testing = replace(status(step=5_000, update=200), phase="testing")
    assert describe_state(testing, ()).startswith("Testing at step 5,000, update 200")
    starting = replace(status(prefill=True, step=0), phase="starting")
    assert describe_state(starting, ()) == "Starting the environment at step 0."
