"""Threads of workers end before Qt deletes them."""

from __future__ import annotations

import gc
from collections.abc import Sequence

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.worker_thread import WorkerThread
from dreamer_studio.viewing.worker import Worker


class Thread(WorkerThread):
    """Has no workers."""

    def _begin(self) -> Sequence[Worker]:
        return ()


class Page(QWidget):
    """Starts a thread that nobody ends."""

    def __init__(self, ended: list[bool], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.itself = self  # only the cycle collector deletes it
        thread = Thread("forgotten", self)
        self.destroyed.connect(lambda: ended.append(thread.isFinished()))
        thread.start()
        while not thread.isRunning():
            pass


@pytest.mark.parametrize("way", ["deleted", "deleted with its window", "collected"])
def test_that_a_thread_ends_before_its_page_is_deleted(way: str, qtbot: QtBot) -> None:
    ended: list[bool] = []
    window = QWidget()
    page: QWidget | None = Page(ended, window if way == "deleted with its window" else None)
    assert page is not None
    if way != "collected":
        (window if page.parent() is window else page).deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    page = None
    gc.collect()
    QApplication.processEvents()
    assert ended == [True]
