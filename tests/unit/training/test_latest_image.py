"""The image that a training writes with each checkpoint."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from dreamer_studio.training import saving
from dreamer_studio.training.trainer import Trainer
from tests.support.toy import ToyWorld, comparable, finish, run_until, toy_trainer


def image_of(trainer: Trainer) -> np.ndarray:
    return np.asarray(Image.open(trainer.folder.latest_image))


def test_that_a_checkpoint_comes_with_the_newest_frame_and_then_with_its_reconstruction(
    world: ToyWorld, tmp_path: Path
) -> None:
    trainer = toy_trainer(tmp_path)
    events = trainer.run()
    while trainer.counters.step < 4:
        next(events)
    trainer.save()
    assert np.array_equal(image_of(trainer), world.opened[0].rows[-1].image)
    run_until(trainer, 3)
    trainer.save()
    both = image_of(trainer)
    assert both.shape == (64, 128, 3)
    assert np.array_equal(both[:, :64], world.opened[0].rows[-1].image)
    assert not np.array_equal(both[:, 64:], both[:, :64])
    trainer.close()


def test_that_between_two_episodes_the_last_frame_of_the_newest_one_is_written(world: ToyWorld, tmp_path: Path) -> None:
    trainer = finish(toy_trainer(tmp_path, steps=56))
    assert trainer.counters.step == 56 and len(trainer.store) == 8  # of 7 steps each
    assert np.array_equal(image_of(trainer)[:, :64], world.opened[0].rows[-1].image)


def test_that_an_image_that_cannot_be_written_does_not_disturb_the_checkpoint(
    world: ToyWorld, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    trainer = toy_trainer(tmp_path)
    run_until(trainer, 2)
    trainer.folder.latest_image.mkdir()
    trainer.save()
    assert trainer.saved_at is not None and trainer.saved_at[0] == 2
    assert "newest image could not be written" in caplog.text
    trainer.close()


def test_that_the_image_changes_no_number_of_the_training(
    world: ToyWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trained(path: Path) -> Trainer:
        trainer = toy_trainer(path)
        for update in (2, 4, 5):
            run_until(trainer, update)
            trainer.save()
        return finish(trainer)

    with_images = trained(tmp_path / "with")
    monkeypatch.setattr(saving, "write_latest_image", lambda *_: None)
    without = trained(tmp_path / "without")
    assert with_images.folder.latest_image.exists() and not without.folder.latest_image.exists()
    assert comparable(with_images.log.rows) == comparable(without.log.rows)
    theirs = without.agent.state_dict()
    assert all(torch.equal(value, theirs[name]) for name, value in with_images.agent.state_dict().items())
