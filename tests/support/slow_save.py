"""Make saving a checkpoint take as long as a test needs."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from dreamer_studio.training.trainer import Trainer
from tests.support.made_run import MadeRun
from tests.support.studio import PATIENCE_MS

HANG_SECONDS = 10 * PATIENCE_MS / 1000  # a test that waits this long fails


class SlowSave:
    """Holds back the end of saving.

    Attributes:
        begun, ended: whether a run has begun to save, and has saved.
        may_end: set by the test to let saving end.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, run: type[Trainer] | type[MadeRun] = Trainer) -> None:
        self.begun, self.may_end, self.ended = threading.Event(), threading.Event(), threading.Event()
        save: Callable[[object], None] = run.save  # type: ignore[assignment]

        def slowly(saving: object) -> None:
            self.begun.set()
            assert self.may_end.wait(HANG_SECONDS)
            save(saving)
            self.ended.set()

        monkeypatch.setattr(run, "save", slowly)
