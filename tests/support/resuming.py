"""Stop a training, and compare a resumed training with an uninterrupted one."""

from __future__ import annotations

import dataclasses

import torch

from dreamer_studio.training.trainer import Trainer
from tests.support.environment_processes import no_process_left  # noqa: F401  (a fixture that watches over this file)
from tests.support.toy import comparable


def assert_same(resumed: Trainer, straight: Trainer) -> None:
    assert comparable(resumed.log.rows) == comparable(straight.log.rows)
    assert dataclasses.asdict(resumed.counters) == dataclasses.asdict(straight.counters)
    theirs = straight.agent.state_dict()
    assert [name for name, value in resumed.agent.state_dict().items() if not torch.equal(value, theirs[name])] == []
    assert episodes_of(resumed) == episodes_of(straight)


def episodes_of(trainer: Trainer) -> dict[str, bytes]:
    """Return the episodes' files by name, which also hold the simulator's states."""
    return {path.name: path.read_bytes() for path in trainer.folder.episodes.iterdir()}


def stop(trainer: Trainer, events: object) -> None:
    events.close()  # type: ignore[attr-defined]
    trainer.save()
    trainer.close()
