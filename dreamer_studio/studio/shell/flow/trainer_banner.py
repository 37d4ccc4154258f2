"""Offers to train a followed run here once its own trainer has ended or is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from dreamer_studio.studio.shell.window import StudioWindow
from dreamer_studio.studio.widgets.banner import Banner
from dreamer_studio.viewing.role import Role

if TYPE_CHECKING:
    from dreamer_studio.library.trainer import OtherTrainer
    from dreamer_studio.studio.shell.run_view import RunView


class TrainerBanner(QObject):
    """Shows a banner when the trainer of the open run ends or is lost, and removes it if a trainer continues.

    Args:
        run: the run, which owns this object.
        window: shows the banner.
        train: opens the run for training in this window.
    """

    def __init__(self, run: RunView, window: StudioWindow, train: Callable[[], object]) -> None:
        super().__init__(run)
        self._run, self._window, self._train = run, window, train
        self._banner: Banner | None = None
        self._went = False
        run.trainerChanged.connect(self._note)
        run.ended.connect(self._remove)

    def _note(self, trainer: OtherTrainer | None) -> None:
        self._remove()
        if trainer is None or not trainer.over:
            self._went = trainer is not None
            return
        if not self._went or self._run.closing.begun:  # it was over when the window opened it
            return
        role = Role.OK if trainer.well else Role.WARN
        remedy = [("Train it here", self._train)] if trainer.away else []
        text = f"{trainer.in_words()}. The window keeps showing the newest weights."
        self._banner = self._window.banners.show_message(role, text, "", *remedy)

    def _remove(self) -> None:
        if self._banner is not None:
            self._window.banners.remove(self._banner)
            self._banner = None
