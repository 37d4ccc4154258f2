"""Frames whose loss was far above the usual, in made losses and in a small training."""

from __future__ import annotations

import dataclasses
import functools
import json
import math
from pathlib import Path

import numpy as np
import pytest

from dreamer_studio.envs import TimeStep, episode_seed
from dreamer_studio.replay import Origins
from dreamer_studio.replay.hard_moments import HardMoment, LossRecord, read_hard_moments, write_hard_moments
from dreamer_studio.training import hard_moments
from dreamer_studio.training.hard_moments import FIRST_ROWS, SPAN, LossWatch
from dreamer_studio.training.trainer import Trainer
from tests.support.environment_processes import no_process_left  # noqa: F401  (a fixture that watches over this file)
from tests.support.file_limits import files_no_larger_than
from tests.support.resuming import assert_same, stop
from tests.support.toy import ToyEnv, ToyWorld, finish, run_until, toy_trainer

ROWS = 10
SETTINGS = {"steps": 120, "batch_length": 12, "train_every": 5, "eval_every": 50}
HARD_EPISODE, HARD_ROW = 4, 9


def origins(start: int = 20) -> Origins:
    """Return where two sequences come from: rows `start` on of episode 3, and rows 0 on of episode 7."""
    index = np.stack([np.arange(ROWS) + start, np.arange(ROWS)])
    episode = np.repeat([[3], [7]], ROWS, 1)
    return Origins(episode, index, np.tile(np.arange(ROWS), (2, 1)))


def losses(**at: float) -> np.ndarray:
    """Return losses (2, ROWS) of 2 nats; `at` gives others, such as s0r6 for row 6 of sequence 0."""
    made = np.full((2, ROWS), 2, np.float32)
    for place, loss in at.items():
        made[int(place[1]), int(place[3])] = loss
    return made


def usual(path: Path) -> LossWatch:
    """Make a watch that has seen SPAN updates of 2 nats."""
    watch = LossWatch(path, [])
    for update in range(1, SPAN + 1):
        watch.look(update, losses(), origins())
    return watch


def test_that_the_running_mean_is_the_worked_out_number_and_leaves_out_first_and_unknown_rows(tmp_path: Path) -> None:
    watch = LossWatch(tmp_path / "moments.json", [])
    watch.look(1, losses(s0r0=1000, s1r4=1000), origins())  # before FIRST_ROWS
    assert (FIRST_ROWS, watch.record) == (5, LossRecord(2.0, 1))
    watch.look(2, losses(s0r5=12), origins())  # 10 rows count: their mean is 3
    assert watch.record.mean == pytest.approx((2 + 3) / 2)
    watch.look(3, losses(s0r5=11, s0r6=math.nan), origins())  # 9 rows count, since one is not known: their mean is 3
    assert watch.record.mean == pytest.approx((2 + 3 + 3) / 3)
    watch = usual(tmp_path / "moments.json")
    watch.look(SPAN + 1, losses(s0r5=12), origins())
    assert watch.record.mean == pytest.approx(2 + (3 - 2) / 100)


def test_that_a_frame_of_eight_times_the_usual_loss_is_noted_with_its_place(tmp_path: Path) -> None:
    watch = usual(tmp_path / "moments.json")
    watch.look(101, losses(s0r6=15.9), origins())
    assert watch.record.moments == ()
    watch = usual(tmp_path / "moments.json")
    watch.look(101, losses(s0r6=18, s0r8=17, s1r9=16, s1r4=99), origins())
    assert watch.record.moments == (HardMoment(3, 26, 101, 18.0, 9.0), HardMoment(7, 9, 101, 16.0, 8.0))


def test_that_nothing_is_noted_before_the_mean_has_settled(tmp_path: Path) -> None:
    watch = LossWatch(tmp_path / "moments.json", [])
    for update in range(1, SPAN + 1):
        watch.look(update, losses(s0r6=500), origins())
    assert watch.record.moments == ()


def test_that_sequences_too_short_to_count_change_nothing(tmp_path: Path) -> None:
    watch = LossWatch(tmp_path / "moments.json", [])
    short = Origins(*(part[:, :5] for part in dataclasses.astuple(origins())))
    watch.look(1, losses()[:, :5], short)
    assert watch.record == LossRecord()


def test_that_the_file_has_the_moments_and_a_failing_disk_does_not_stop_the_training(tmp_path: Path) -> None:
    path = tmp_path / "gone" / "moments.json"
    watch = usual(path)
    watch.look(101, losses(s0r6=18), origins())
    watch.write()  # there is no folder
    path.parent.mkdir()
    watch.write()
    assert read_hard_moments(path) == watch.record.moments != ()


def test_that_a_full_disk_leaves_the_list_before_and_nothing_half_written(tmp_path: Path) -> None:
    path = tmp_path / "moments.json"
    watch = usual(path)
    watch.look(101, losses(s0r6=18), origins())
    watch.write()
    before = watch.record.moments
    with files_no_larger_than(40):
        watch.look(102, losses(s1r9=25), origins())
        watch.write()
    assert read_hard_moments(path) == before != ()
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    watch.write()
    assert read_hard_moments(path) == watch.record.moments != before


@pytest.mark.parametrize(
    "content",
    ['{"moments": [{"episode": 1, "ind', '{"bookmarks": []}', "my own notes", ""],
    ids=["torn", "bookmarks", "notes", "empty"],
)
def test_that_a_torn_or_foreign_list_is_set_aside_with_a_note_and_the_training_goes_on(
    world: ToyWorld, tmp_path: Path, content: str
) -> None:
    trainer = toy_trainer(tmp_path / "run", **SETTINGS)
    events = run_until(trainer, 3)
    stop(trainer, events)
    path = trainer.folder.hard_moments
    path.write_text(content)
    resumed = finish(toy_trainer(tmp_path / "run"))
    assert resumed.counters.step == SETTINGS["steps"]
    (note,) = resumed.notes
    assert note.startswith("hard_moments.json cannot be read: ")
    assert note.endswith("set aside as hard_moments.json.damaged, and the training writes its own list")
    assert path.with_name("hard_moments.json.damaged").read_text() == content
    assert read_hard_moments(path) == resumed.updating.losses.record.moments


def test_that_a_folder_in_place_of_the_list_is_set_aside_too(tmp_path: Path) -> None:
    path = tmp_path / "moments.json"
    (path / "deeper").mkdir(parents=True)
    notes: list[str] = []
    watch = LossWatch(path, notes)
    watch.restore({"mean": 2.0, "updates": 100, "moments": []})
    watch.write()
    assert notes == [
        "moments.json is not an ordinary file; it was set aside as moments.json.damaged, and the training writes its "
        "own list"
    ]
    assert (path.is_file(), (tmp_path / "moments.json.damaged" / "deeper").is_dir()) == (True, True)


def test_that_going_back_to_a_checkpoint_takes_the_moments_after_it_out_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "moments.json"
    write_hard_moments(path, (HardMoment(0, 1, 500, 9.0, 9.0),))
    watch = LossWatch(path, [])
    record = LossRecord(2.5, 300, (HardMoment(3, 26, 101, 18.0, 9.0),))
    watch.restore(json.loads(json.dumps(dataclasses.asdict(record))))
    watch.write()
    assert (watch.record, read_hard_moments(path)) == (record, record.moments)
    watch.restore(None)
    watch.write()
    assert read_hard_moments(path) == ()


@pytest.fixture
def hard(world: ToyWorld, monkeypatch: pytest.MonkeyPatch) -> ToyWorld:
    """Make one frame of one training episode unforeseeable: its reward is 300."""
    monkeypatch.setattr(hard_moments, "SPAN", 5)
    world.length = 15
    row = ToyEnv._row

    @functools.wraps(row)
    def with_a_surprise(env: ToyEnv, action: np.ndarray) -> TimeStep:
        made = row(env, action)
        surprising = env.seeds[-1] == episode_seed(0, HARD_EPISODE, "train") and env._count == HARD_ROW
        return dataclasses.replace(made, reward=300.0) if surprising else made

    monkeypatch.setattr(ToyEnv, "_row", with_a_surprise)
    return world


def test_that_a_training_notes_the_frame_that_surprised_it(hard: ToyWorld, tmp_path: Path) -> None:
    trainer = finish(toy_trainer(tmp_path / "run", **SETTINGS))
    moments = read_hard_moments(trainer.folder.hard_moments)
    assert [(one.episode, one.index) for one in moments] == [(HARD_EPISODE, HARD_ROW)]
    assert moments == trainer.updating.losses.record.moments
    assert moments[0].ratio > 8
    assert 0 < moments[0].update <= trainer.counters.update


def test_that_the_moments_and_the_mean_survive_stopping_again_and_again(hard: ToyWorld, tmp_path: Path) -> None:
    straight = finish(toy_trainer(tmp_path / "straight", **SETTINGS))
    resumed = stopped_often(tmp_path / "resumed")
    assert_same(resumed, straight)
    assert resumed.updating.losses.record == straight.updating.losses.record
    assert resumed.updating.losses.record.moments != ()
    assert resumed.folder.hard_moments.read_bytes() == straight.folder.hard_moments.read_bytes()


def test_that_watching_the_losses_changes_no_digit_of_the_training(
    hard: ToyWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watching = finish(toy_trainer(tmp_path / "watching", **SETTINGS))
    assert watching.folder.hard_moments.exists()
    monkeypatch.setattr(LossWatch, "look", lambda *_: None)
    assert_same(finish(toy_trainer(tmp_path / "not", **SETTINGS)), watching)


def stopped_often(path: Path) -> Trainer:
    while True:
        trainer = toy_trainer(path, **SETTINGS)
        events = trainer.run()
        for count, _ in enumerate(events):
            if count == 40:
                stop(trainer, events)
                break
        else:
            trainer.close()
            return trainer
