"""Actions of the Trust workspace, from any part of the window."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtWidgets import QAbstractButton

from dreamer_studio.studio.shell.workspace_tabs import WorkspaceTabs
from dreamer_studio.studio.trust.workspace import TrustWorkspace
from dreamer_studio.studio.workspace import Reaction

_BUTTONS: Final[Mapping[str, Callable[[TrustWorkspace], QAbstractButton]]] = {
    "trust.judge": lambda trust: trust.judge_now,
    "trust.play": lambda trust: trust.play,
    "trust.blind": lambda trust: trust.cards.blind.drive,
    "trust.export": lambda trust: trust.export,
}
"""The button of each action."""


class TrustActions:
    """Shows the Trust workspace, which is made when first needed, and presses its buttons.

    Args:
        tabs: the workspaces.
    """

    def __init__(self, tabs: WorkspaceTabs) -> None:
        self._tabs = tabs

    def reactions(self) -> Mapping[str, Reaction]:
        """Return the reaction to each action, by its id."""
        return {id_: functools.partial(self._press, id_) for id_ in _BUTTONS}

    def show_gauge(self, name: str) -> None:
        """Show a gauge."""
        self._show().show_gauge(name)

    def _press(self, id_: str) -> None:
        """Press the button of an action; a gray button does nothing, and the workspace on show says why."""
        _BUTTONS[id_](self._show()).click()

    def _show(self) -> TrustWorkspace:
        trust = self._tabs.of(TrustWorkspace)
        self._tabs.show_workspace(trust)
        return trust
