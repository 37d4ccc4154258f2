"""The first size of the window: content and decorations lie inside the screen."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMargins, QRect

from dreamer_studio.studio.shell.placement import fitted
from dreamer_studio.studio.shell.status_bar import StudioStatusBar
from dreamer_studio.studio.theme import Theme

OPENBOX = QMargins(1, 20, 1, 5)
PATIENCE = 60


@pytest.mark.parametrize("screen", [QRect(0, 0, 1280, 720), QRect(0, 0, 1600, 1000), QRect(1920, 30, 1280, 690)])
@pytest.mark.parametrize("corner", [(0, 0), (1, 20), (400, 300), (5000, -70)])
def test_that_a_window_as_large_as_the_screen_shrinks_until_its_decorations_fit(
    screen: QRect, corner: tuple[int, int]
) -> None:
    content = QRect(screen.left() + corner[0], screen.top() + corner[1], screen.width(), screen.height())
    placed = fitted(content, OPENBOX, screen)
    assert screen.contains(placed.marginsAdded(OPENBOX))
    assert placed.size() == screen.marginsRemoved(OPENBOX).size()


def test_that_a_long_text_in_the_status_bar_does_not_widen_it(theme: Theme) -> None:
    bar = StudioStatusBar(theme)
    before = bar.minimumSizeHint().width()
    bar.say("Exported to " + "a long way to the file/" * 20)
    assert bar.minimumSizeHint().width() == before
    bar.deleteLater()


def test_that_a_window_that_fits_stays_where_it_is() -> None:
    content = QRect(40, 60, 900, 500)
    assert fitted(content, OPENBOX, QRect(0, 0, 1280, 720)) == content


@pytest.fixture
def managed_screen() -> Iterator[str]:
    """Yield the display of an X server with a window manager on a screen of 1280 x 720 pixels."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-noreset", "-screen", "0", "1280x720x24"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as answer:
        display = f":{answer.readline().strip()}"
    environment = os.environ | {"DISPLAY": display}
    manager = subprocess.Popen(["openbox"], env=environment, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + PATIENCE
    while not managed(environment):
        assert time.monotonic() < deadline, "openbox does not start"
        if manager.poll() is not None:  # a busy machine's X server refused it
            manager = subprocess.Popen(["openbox"], env=environment, stderr=subprocess.DEVNULL)
        time.sleep(0.2)
    yield display
    for process in (manager, server):
        process.kill()
        process.wait()


def managed(environment: dict[str, str]) -> bool:
    """Return whether a window manager has taken the screen."""
    ask = ["xprop", "-root", "_NET_SUPPORTING_WM_CHECK"]
    return "window id" in subprocess.run(ask, env=environment, capture_output=True, text=True, check=False).stdout


@pytest.mark.skipif(
    sys.platform != "linux" or not all(map(shutil.which, ("Xvfb", "openbox", "xdotool", "xwininfo", "xprop"))),
    reason="needs an X server and a window manager",
)
def test_that_the_window_with_its_decorations_fits_a_screen_of_1280_by_720(managed_screen: str, tmp_path: Path) -> None:
    environment = {**os.environ, "DISPLAY": managed_screen, "XDG_CONFIG_HOME": str(tmp_path), "DREAMER_STUDIO_LOG": ""}
    environment.pop("QT_QPA_PLATFORM", None)
    command = [sys.executable, "-m", "dreamer_studio", "--task", "gym:Pendulum-v1", "--preset", "tiny", "--paused"]
    studio = subprocess.Popen([*command, "--run", str(tmp_path / "run")], env=environment)
    try:
        deadline, edges = time.monotonic() + PATIENCE, (720, 1280)
        while edges[0] > 720 - OPENBOX.bottom() or edges[1] > 1280 - OPENBOX.right():
            assert time.monotonic() < deadline and studio.poll() is None, f"bottom and right edge: {edges}"
            edges = lower_right(environment) or edges
            time.sleep(0.2)
    finally:
        studio.terminate()
        studio.wait(PATIENCE)


def lower_right(environment: dict[str, str]) -> tuple[int, int] | None:
    """Return the bottom and right edges of the window's content; None while there is no window."""
    search = ["xdotool", "search", "--onlyvisible", "--name", "Dreamer Studio"]
    windows = subprocess.run(search, env=environment, capture_output=True, text=True, check=False).stdout.split()
    if not windows:
        return None
    asked = subprocess.run(
        ["xwininfo", "-id", windows[0]], env=environment, capture_output=True, text=True, check=False
    )
    facts = dict(line.strip().split(":", 1) for line in asked.stdout.splitlines() if ": " in line)
    try:
        left, top = int(facts["Absolute upper-left X"]), int(facts["Absolute upper-left Y"])
        return top + int(facts["Height"]), left + int(facts["Width"])
    except KeyError:  # the window has gone, or is another by now
        return None
