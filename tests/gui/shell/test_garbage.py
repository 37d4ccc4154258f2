import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.shell.garbage import GarbageKeeper
from dreamer_studio.studio.shell.settings import SettingsFile
from dreamer_studio.studio.shell.window import StudioWindow
from dreamer_studio.studio.theme import Theme


class Cycle(QObject):
    """An object that only the garbage collector can delete."""

    def __init__(self) -> None:
        super().__init__()
        self.itself = self


@pytest.fixture
def python_collects() -> Iterator[None]:
    gc.enable()
    yield
    gc.unfreeze()
    gc.disable()


def allocate() -> None:
    kept = [[number] for number in range(200_000)]
    assert len(kept) == 200_000


def end_in_another_thread() -> None:
    thread = threading.Thread(target=allocate)
    thread.start()
    thread.join()


@pytest.mark.usefixtures("python_collects")
def test_that_qt_objects_in_a_reference_cycle_are_deleted_only_in_the_windows_thread(qtbot: QtBot) -> None:
    ended: list[threading.Thread] = []

    def forget_one() -> None:
        weakref.finalize(Cycle(), lambda: ended.append(threading.current_thread()))

    gc.collect()
    forget_one()
    end_in_another_thread()
    assert ended and ended[0] is not threading.main_thread()  # as Python does it
    keeper = GarbageKeeper(parent := QObject())
    keeper.start()
    forget_one()
    end_in_another_thread()
    assert len(ended) == 1
    qtbot.waitUntil(lambda: len(ended) == 2)
    assert ended[1] is threading.main_thread()
    keeper.stop()
    assert gc.isenabled() and parent is keeper.parent()


@pytest.mark.usefixtures("python_collects")
def test_that_a_window_without_a_run_keeps_the_collector_in_its_own_thread(theme: Theme) -> None:
    window = StudioWindow(theme, SettingsFile(None))
    assert not gc.isenabled()
    window.close()
    window.garbage.stop()
    assert gc.isenabled()
