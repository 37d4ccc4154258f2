"""Takes the screenshots of docs/trust.md: the Trust workspace on a watched run, and each of its cards."""

from __future__ import annotations

import re

from benchmarks.person import settle, wait_for
from benchmarks.pictures.album import LAYOUT_SECONDS, Album, save
from dreamer_studio.studio.shell.window import StudioWindow
from dreamer_studio.studio.trust.workspace import TrustWorkspace
from dreamer_studio.studio.widgets.card import Card

EPISODES = 8


class TrustPhotographer:
    """Judges the weights of the open run on eight new episodes, and takes screenshots before and after."""

    def __init__(self, window: StudioWindow, album: Album) -> None:
        self._window, self._album = window, album

    def take_all(self) -> None:
        """Take all screenshots."""
        wait_for(lambda: self._window.run.session.status.get().spec is not None)
        self._window.action_set["view.trust"].trigger()
        (workspace,) = self._window.findChildren(TrustWorkspace)
        self._album.take("trust-empty")
        while not workspace.facts or _episodes(workspace) < EPISODES:
            wait_for(workspace.play.isEnabled)
            workspace.play.click()
            settle(LAYOUT_SECONDS)
            wait_for(workspace.play.isEnabled)
        self._album.take("trust")
        self._window.set_theme(self._album.themes[0])
        settle(LAYOUT_SECONDS)
        for card in workspace.findChildren(Card):
            if card.isVisible():
                save(card, self._album.folder / f"trust-{_slug(card.accessibleName())}.png")


def _episodes(workspace: TrustWorkspace) -> int:
    found = re.search(r"(\d+) test episodes", workspace.facts)
    return int(found[1]) if found else 0


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
