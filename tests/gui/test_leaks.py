import subprocess
import sys
import threading

import pytest
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QWidget

from tests.support.leaks import leaks_since, running


def test_that_a_forgotten_python_thread_is_named() -> None:
    release = threading.Event()
    before = running()
    thread = threading.Thread(target=release.wait, name="forgotten")
    thread.start()
    assert leaks_since(before, [], wait=0) == ["thread 'forgotten'"]
    release.set()
    thread.join()
    assert leaks_since(before, [], wait=0) == []


def test_that_a_forgotten_process_is_named() -> None:
    before = running()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert leaks_since(before, [], wait=0) == [f"process {child.pid}"]
        child.communicate(b"\n")
    assert leaks_since(before, [], wait=0) == []


def test_that_a_forgotten_window_and_qthread_are_named(qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    before = running()
    window, thread = QWidget(), QThread()
    window.show()
    thread.start()
    found = " ".join(leaks_since(before, [thread], wait=0))
    assert "visible window" in found
    assert "QThread" in found
    window.close()
    thread.quit()
    assert thread.wait(2000)
    assert leaks_since(before, [thread], wait=0) == []
