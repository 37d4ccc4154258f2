"""Take the screenshots of the page of a new run: ``python -m benchmarks.new_run_pictures [FOLDER] [--theme dark]``.

The script needs X or Xvfb. It chooses a task, checks it, measures this machine, and changes a setting, as a user would.
The figures on the screenshots are this machine's.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import imageio.v3 as iio
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from benchmarks.person import settle, wait_for
from dreamer_studio.studio.new_run.page import NewRunPage
from dreamer_studio.studio.new_run.workers import PageWorkers
from dreamer_studio.studio.shell.settings import SettingsFile
from dreamer_studio.studio.shell.window import StudioWindow
from dreamer_studio.studio.theme import apply_theme
from dreamer_studio.system.process import prepare_process
from dreamer_studio.viewing.new_run.measurements import Measurements

TASK = "dmc:walker-walk"
PRESET = "laptop"
HORIZON = "20"
FIRST_FRAMES = 2.5  # seconds of the preview


class PagePhotographer:
    """Uses the page and takes screenshots of its window."""

    def __init__(self, window: StudioWindow, page: NewRunPage, folder: Path) -> None:
        self._window, self._page, self._folder = window, page, folder

    def take_all(self) -> None:
        """Take the page with a measured preset, then the report of the check, then all settings."""
        page, panels = self._page, self._page.panels
        wait_for(lambda: len(panels.tasks.shown_tasks()) > 1)
        QTest.keyClicks(panels.tasks.search_box, TASK.partition(":")[2].partition("-")[0])
        page.choose_task(TASK)
        wait_for(lambda: panels.preview.facts.value("Actions") != "-")
        panels.presets.button_of(PRESET).click()
        wait_for(lambda: "about" in panels.presets.estimate_of(PRESET))
        settle(FIRST_FRAMES)
        self._take("new-run")
        panels.preview.check.click()
        wait_for(lambda: bool(panels.check.row_texts))
        settle(1)
        self._take("new-run-check")
        panels.settings.fold.click()
        self._type_horizon()
        settle(1)
        self._take("new-run-settings")

    def _type_horizon(self) -> None:
        editor = self._page.panels.settings.rows["horizon"].field.editor
        assert isinstance(editor, QLineEdit)
        editor.selectAll()
        QTest.keyClick(editor, Qt.Key.Key_Delete)
        QTest.keyClicks(editor, HORIZON)

    def _take(self, name: str) -> None:
        path = self._folder / f"{name}.png"
        self._window.grab().save(str(path))
        iio.imwrite(path, iio.imread(path, mode="RGB"), plugin="pillow", bits=8, optimize=True)  # 256 colors


def main() -> int:
    """Take the screenshots."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.new_run_pictures")
    parser.add_argument("folder", type=Path, nargs="?", default=Path("docs/images"))
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("--size", type=int, nargs=2, default=(1280, 900), metavar=("WIDTH", "HEIGHT"))
    parser.add_argument("--root", type=Path, default=Path.home() / "runs", help="folder of the runs, only shown")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    theme = apply_theme(QApplication(sys.argv[:1]), options.theme)
    window = StudioWindow(theme, SettingsFile(None))
    window.resize(*options.size)
    page = NewRunPage(theme, options.root, PageWorkers(Measurements(None)))
    window.show()
    window.show_page(page)
    try:
        PagePhotographer(window, page, options.folder).take_all()
    finally:
        page.end()
        window.close()
    return 0


if __name__ == "__main__":
    prepare_process()
    raise SystemExit(main())
