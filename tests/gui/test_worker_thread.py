"""Threads end before Qt deletes them."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, QThread
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.film.exporter import Exporter, FilmOrder
from dreamer_studio.studio.shell.run_threads import RunThreads
from dreamer_studio.studio.threads import WorkersThread
from dreamer_studio.studio.worker_thread import WorkerThread
from dreamer_studio.viewing.worker import Worker
from tests.support.made_run import MadeRun, made_session


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


def _export_until_canceled(path: Path, parent: QObject) -> list[QThread]:
    def make(progress: Callable[[float], bool]) -> Any:
        while progress(0.0):
            time.sleep(0.01)

    exporter = Exporter(FilmOrder(make, lambda: path / "film.gif", fps=10, scale=1, curves=False), parent)
    exporter.start()
    return [exporter]


def _train_and_view(path: Path, parent: QObject) -> list[QThread]:
    session = made_session(path)
    viewing = WorkersThread("viewing", session, ())
    threads = RunThreads(session, [viewing], parent)
    threads.begin()
    threads.note_drawn()
    while session.status.get().spec is None:
        QApplication.processEvents()
    return parent.findChildren(QThread)


@pytest.mark.parametrize("start", [_export_until_canceled, _train_and_view])
def test_that_exports_and_the_threads_of_a_run_end_before_their_owner_is_deleted(
    start: Callable[[Path, QObject], list[QThread]], qtbot: QtBot, tmp_path: Path
) -> None:
    owner = QObject()
    threads = start(tmp_path, owner)
    parent = threads[0].parent()
    assert parent is not None
    assert all(thread.isRunning() for thread in threads)
    ended: list[bool] = []
    parent.destroyed.connect(lambda: ended.extend(thread.isFinished() for thread in threads))
    owner.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert ended == [True] * len(threads)
    assert not (tmp_path / "film.gif").exists()


@pytest.mark.parametrize("full", [False, True])
def test_that_a_training_whose_window_is_deleted_saves_and_ends_even_on_a_full_disk(
    full: bool, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saves: list[int] = []

    def save(run: MadeRun) -> None:
        saves.append(run.counters.update)
        if full:
            raise OSError("no space left")

    monkeypatch.setattr(MadeRun, "save", save)
    owner = QObject()
    threads = _train_and_view(tmp_path, owner)
    owner.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert saves == [5]
    assert len(threads) == 2
