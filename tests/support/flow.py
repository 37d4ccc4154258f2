"""A window with its flow of runs, on made runs: what the program opens, but in this process."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.planning import RunPlan
from dreamer_studio.session import Session, State, Status
from dreamer_studio.studio.shell.flow import run_flow
from dreamer_studio.studio.shell.flow.pages import Pages
from dreamer_studio.studio.shell.flow.requests import OpenRequest
from dreamer_studio.studio.shell.flow.run_flow import RunFlow
from dreamer_studio.studio.shell.palette.palette import CommandPalette
from dreamer_studio.studio.shell.settings import SettingsFile
from dreamer_studio.studio.shell.window import StudioWindow
from dreamer_studio.studio.start.page import StartPage
from dreamer_studio.studio.theme import Theme
from tests.support.made_run import made_session
from tests.support.studio import PATIENCE_MS, SIZE


class MadeFlow(RunFlow):
    """Opens made runs, which do not learn."""

    def make_session(self, request: OpenRequest) -> Session:
        return made_session(request.plan_for("cpu").folder.path, paused=request.paused)


@dataclass
class Front:
    """A window, its start page and its flow of runs."""

    window: StudioWindow
    flow: RunFlow
    pages: Pages
    palette: CommandPalette
    settings: SettingsFile
    bot: QtBot

    @property
    def home(self) -> StartPage:
        return self.pages.start

    @property
    def status(self) -> Status:
        return self.window.run.session.status.get()

    def open_made(self, folder: Path, *, paused: bool = False) -> None:
        """Open a made run, and wait until it is open."""
        self.flow.open(made_request(folder, paused=paused))
        self.wait_until_open(folder)

    def wait_until_open(self, folder: Path) -> None:
        self.bot.waitUntil(lambda: self.window.has_run and self.status.folder == folder, timeout=PATIENCE_MS)
        self.bot.waitUntil(lambda: self.status.spec is not None, timeout=PATIENCE_MS)
        self.bot.waitUntil(lambda: self.window.windowTitle().startswith(folder.name), timeout=PATIENCE_MS)

    def wait_for_state(self, state: State) -> None:
        self.bot.waitUntil(lambda: self.status.state is state, timeout=PATIENCE_MS)

    def wait_for_home(self) -> None:
        self.bot.waitUntil(self.home.isVisible, timeout=PATIENCE_MS)

    def trigger(self, id_: str) -> None:
        """Trigger an action of the window that is enabled."""
        action = self.window.action_set[id_]
        assert action.isEnabled(), id_
        action.trigger()

    def drop(self, path: Path) -> None:
        """Drop a file or a folder on the window."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        self.window.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, buttons, keys))

    @property
    def banners(self) -> list[str]:
        return [banner.text for banner in self.window.banners.banners]

    def leave(self) -> None:
        """Close without a question, and delete the window."""
        self.window.leave(insist=True)
        self.bot.waitUntil(lambda: not self.window.isVisible(), timeout=PATIENCE_MS)
        self.pages.end()
        self.palette.end()
        self.window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def made_request(folder: Path, *, paused: bool = False, watch: bool = False) -> OpenRequest:
    """Request a made run."""
    plan = RunPlan(RunFolder(folder), made_session(folder).status.get().config, watch=watch)
    return OpenRequest(functools.cache(lambda _: plan), ("--run", str(folder)), paused)


def open_front(theme: Theme, bot: QtBot, folder: Path, kind: type[RunFlow] = MadeFlow) -> Front:
    """Show a window on the start page, which lists the runs in `folder`; new runs go there too."""
    settings = SettingsFile(folder / "settings.json")
    window = StudioWindow(theme, settings)
    window.resize(*SIZE)
    flow = kind(window, settings, "cpu", folder, shared=False)
    pages = Pages(theme, window, settings, folder, flow)
    palette = CommandPalette(theme, window, settings, folder, flow, pages)
    pages.show_start()
    window.show()
    return Front(window, flow, pages, palette, settings, bot)


@pytest.fixture
def front(theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[Front]:
    """Yield a window on its start page."""
    front = open_front(theme, qtbot, tmp_path)
    yield front
    front.leave()


@pytest.fixture
def opened_runs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, bool]]:
    """Make the window open made runs. Return a list that grows by each run, and whether the run is only watched."""
    opened: list[tuple[Path, bool]] = []

    def existing_run(
        folder: Path, *, base: Path, watch: bool, trusted_task: str | None, checkpoint: str
    ) -> OpenRequest:
        opened.append((folder, watch))
        return made_request(folder, watch=watch)

    monkeypatch.setattr(run_flow, "existing_run", existing_run)
    return opened
