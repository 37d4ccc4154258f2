"""A disk that takes as long to save a checkpoint as a test wants."""

from __future__ import annotations

import threading

import pytest

from dreamer_studio.training.trainer import Trainer
from tests.support.studio import PATIENCE_MS

HANG_SECONDS = 10 * PATIENCE_MS / 1000  # whoever waits for this to end fails the test


class SlowSave:
    """From now on saving begins, and ends once it may."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.may_end = threading.Event(), threading.Event()
        save = Trainer.save

        def slowly(trainer: Trainer) -> None:
            self.begun.set()
            assert self.may_end.wait(HANG_SECONDS)
            save(trainer)

        monkeypatch.setattr(Trainer, "save", slowly)
