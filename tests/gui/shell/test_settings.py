"""Theme and layout as somebody else, or another version, has left them; and what Help copies."""

from __future__ import annotations

import dataclasses
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication

from dreamer_studio.session import Failure, Session, State
from dreamer_studio.studio.shell.settings import LAYOUT_VERSION, saved_scheme
from dreamer_studio.studio.shell.window import StudioWindow
from dreamer_studio.studio.theme import Theme

PATIENCE = 120


def settings_at(path: Path) -> QSettings:
    return QSettings(str(path), QSettings.Format.IniFormat)


def written(path: Path, values: dict[str, object]) -> None:
    settings = settings_at(path)
    for name, value in values.items():
        settings.setValue(name, value)
    settings.sync()


def garbage(path: Path) -> None:
    path.write_bytes(random.Random(0).randbytes(5000))


def half_a_file(path: Path) -> None:
    fine = QByteArray(bytes(range(256)))
    written(path, {"theme": "dark", "geometry": fine, "layout": fine})
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def wrong_types(path: Path) -> None:
    written(path, {"theme": ["light", "dark"], "geometry": 7, "layout": ["a", "b"]})


def wrong_bytes(path: Path) -> None:
    noise = QByteArray(random.Random(1).randbytes(400))
    written(path, {"theme": "purple", "geometry": noise, "layout": noise})


def unknown_types(path: Path) -> None:
    variant = r"@Variant(\0\0\x4\0\0\0\0\x14NoSuchTypeAnywhere\0\0\0\0\0)"
    path.write_text(f"[General]\ntheme={variant}\ngeometry={variant}\nlayout={variant}\n")


def a_folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("spoil", [garbage, half_a_file, wrong_types, wrong_bytes, unknown_types, a_folder])
def test_that_broken_settings_do_not_keep_the_window_from_opening(
    spoil: Callable[[Path], None], theme: Theme, session: Session, tmp_path: Path
) -> None:
    path = tmp_path / "settings.ini"
    spoil(path)
    settings = settings_at(path)
    assert saved_scheme(settings) in {"system", "dark"}
    window = StudioWindow(theme, session, settings)
    window.show()
    assert window.isVisible() and window.width() > 300
    window.close()
    window.deleteLater()


def test_that_a_layout_of_another_version_is_left_unread(theme: Theme, session: Session, tmp_path: Path) -> None:
    before = StudioWindow(theme, session, settings_at(tmp_path / "old.ini"))
    dock = next(child for child in before.children() if child.objectName() == "run-dock")
    dock.hide()  # type: ignore[attr-defined]
    hidden = {version: before.saveState(version) for version in (LAYOUT_VERSION, LAYOUT_VERSION - 1)}
    shown = {}
    for version, layout in hidden.items():
        written(tmp_path / f"{version}.ini", {"layout": layout})
        window = StudioWindow(theme, session, settings_at(tmp_path / f"{version}.ini"))
        shown[version] = not next(child for child in window.children() if child.objectName() == "run-dock").isHidden()  # type: ignore[attr-defined]
        window.deleteLater()
    before.deleteLater()
    assert shown == {LAYOUT_VERSION: False, LAYOUT_VERSION - 1: True}


@pytest.mark.parametrize("arguments", [[], ["--safe-mode"]])
def test_that_the_command_opens_with_garbage_for_settings_and_in_safe_mode_leaves_it(
    arguments: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "settings" / "dreamer-studio" / "dreamer-studio.conf"
    path.parent.mkdir(parents=True)
    garbage(path)
    before = path.read_bytes()
    done = subprocess.run(
        [sys.executable, "-m", "dreamer_studio", "--run", str(tmp_path / "run"), "--quit-after", "0", *arguments],
        env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path / "settings")},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0 and "Traceback" not in done.stderr
    assert (path.read_bytes() == before) == bool(arguments) or sys.platform != "linux"


def test_that_help_copies_diagnostics_without_paths_from_outside_the_run(
    theme: Theme, session: Session, tmp_path: Path
) -> None:
    home, run = Path.home(), session.status.get().folder
    news = (f"WARNING the file {home / 'secret' / 'thesis.txt'} is gone", f"ERROR in {run / 'episodes' / 'e.npy.zst'}")
    window = StudioWindow(theme, session, settings_at(tmp_path / "settings.ini"), lambda: news)
    failure = Failure("OSError: no room", 'File "/opt/lab/project/run.py", line 3')
    session.status.put(dataclasses.replace(session.status.get(), state=State.FAILED, device="cuda", failure=failure))
    next(action for action in window.findChildren(QAction) if action.text() == "Copy diagnostics").trigger()
    text = QApplication.clipboard().text()
    for fact in ("dreamer-studio", "torch", "PySide6-Essentials", "offscreen", "cuda", "OpenGL", "OSError: no room"):
        assert fact in text
    assert "thesis.txt" in text and "<run>/episodes/e.npy.zst" in text and '".../run.py", line 3' in text
    assert "secret" not in text and "project" not in text and str(home) not in text
    window.deleteLater()
