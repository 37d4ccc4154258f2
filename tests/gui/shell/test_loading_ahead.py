"""The start page imports what a run needs, step by step, while it waits for the user."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.shell.flow.loading_ahead import OF_A_RUN, LoadingAhead
from tests.support.studio import PATIENCE_MS


def test_that_modules_are_imported_one_at_a_time_between_events(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = QObject()
    names = ("first_step", "second_step")
    for name in names:
        (tmp_path / f"{name}.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    loading = LoadingAhead(parent, names)
    loading.start()
    seen: list[bool] = []
    clock = QTimer(parent)
    clock.timeout.connect(lambda: seen.append("second_step" in sys.modules) if "first_step" in sys.modules else None)
    clock.start(5)
    qtbot.waitUntil(lambda: loading.done, timeout=PATIENCE_MS)
    assert not seen[0] and "second_step" in sys.modules


def test_that_the_steps_import_all_of_a_run_but_torch_and_none_takes_it_all() -> None:
    script = (
        "import sys, importlib, dreamer_studio.studio.app\n"
        "counts = []\n"
        f"for name in {OF_A_RUN!r}:\n"
        "    before = len(sys.modules); importlib.import_module(name); counts.append(len(sys.modules) - before)\n"
        "print(min(counts) > 0, max(counts) < sum(counts) / 2)\n"
        "before = set(sys.modules)\n"
        "from dreamer_studio.studio.shell import run_view\n"
        "print(set(sys.modules) - before, 'torch' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split("\n")[:2] == ["True True", "set() False"]
