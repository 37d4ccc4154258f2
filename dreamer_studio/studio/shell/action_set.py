"""The window's actions, made from their data: one `QAction` for each, bound to the part that handles it now."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QMenuBar

from dreamer_studio.studio.actions import ActionSpec, Scope, When, tooltip
from dreamer_studio.studio.shell.fitting.mnemonics import Mnemonics
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.icons import IconBinding

if TYPE_CHECKING:  # the window is there before the workspaces
    from dreamer_studio.studio.workspace import Reaction


class ActionSet(QObject):
    """Makes menus and tool buttons, and enables the actions that make sense and are bound.

    Args:
        theme: colors the icons.
        window: owns the actions; their keys work anywhere in the window.
        specs: the actions' data; only actions of the window's scope are made.
    """

    def __init__(self, theme: Theme, window: QMainWindow, specs: Iterable[ActionSpec]) -> None:
        super().__init__(window)
        self._specs = {spec.id: spec for spec in specs if spec.scope is Scope.WINDOW}
        self._icons: dict[str, IconBinding] = {}
        self._helps: dict[str, str] = {}
        self._reasons: dict[str, str] = {}
        self._actions = {spec.id: self._make(theme, window, spec) for spec in self._specs.values()}
        self._reactions: dict[str, Reaction] = {}
        self._holds: Collection[When] = {When.ALWAYS}
        self._menus = self._fill(window.menuBar())
        self._enable()

    def __getitem__(self, id_: str) -> QAction:
        """Return the action with this id."""
        return self._actions[id_]

    def bind(self, reactions: Mapping[str, Reaction]) -> None:
        """Set the reactions of some actions."""
        for id_, reaction in reactions.items():
            self._reactions[id_] = reaction
            if isinstance(reaction, QAction):
                reaction.changed.connect(functools.partial(_follow, self._actions[id_], reaction))
                _follow(self._actions[id_], reaction)
        self._enable()

    def release(self, ids: Iterable[str]) -> None:
        """Unbind some actions, which grays them."""
        for id_ in ids:
            del self._reactions[id_]
            self._actions[id_].setChecked(False)
            self._actions[id_].setText(self._specs[id_].text)
        self._enable()

    def set_icon(self, id_: str, name: str) -> None:
        """Replace the icon of an action that has one."""
        self._icons[id_].set_icon(name)

    def offer(self, holds: Collection[When]) -> None:
        """Gray every action whose condition does not hold now. While no run is open, hide the menus of a run."""
        if holds != self._holds:
            self._holds = holds
            self._enable()

    def describe(self, id_: str, help_: str) -> None:
        """Replace the sentence of an action in its tooltip."""
        self._helps[id_] = help_
        self._explain(id_)

    def why_not(self, id_: str) -> str:
        """Return why an action cannot be used now, in a few words; empty if it can."""
        if self._actions[id_].isEnabled():
            return ""
        when = self._specs[id_].when
        return "Not available in this window" if when in self._holds else f"Only when {when.value}"

    def _enable(self) -> None:
        for id_, action in self._actions.items():
            action.setEnabled(id_ in self._reactions and self._specs[id_].when in self._holds)
            if self._reasons.get(id_) != self.why_not(id_):
                self._explain(id_)
        useful = {spec.menu for spec in self._specs.values() if When.RUN in self._holds or spec.when is When.ALWAYS}
        for name, menu in self._menus.items():
            shown = any(each.split("/")[0] == name for each in useful)
            menu.menuAction().setVisible(shown)
            menu.setTitle(f"&{name}" if shown else name)  # a hidden menu would take its letter, and the keys after it

    def _explain(self, id_: str) -> None:
        """Give an action its tooltip, with the reason if the action is gray."""
        spec = self._specs[id_]
        tip = tooltip(dataclasses.replace(spec, help=self._helps.get(id_, spec.help)))
        self._reasons[id_] = self.why_not(id_)
        self._actions[id_].setToolTip(". ".join(words for words in (tip, self._reasons[id_]) if words))

    def _react(self, id_: str) -> None:
        reaction = self._reactions.get(id_)
        if isinstance(reaction, QAction):
            reaction.trigger()
        elif reaction is not None:
            reaction()

    def _make(self, theme: Theme, window: QMainWindow, spec: ActionSpec) -> QAction:
        action = QAction(spec.text, window)
        action.setShortcuts([QKeySequence(key) for key in spec.keys])
        action.setCheckable(spec.checkable)
        action.triggered.connect(functools.partial(self._react, spec.id))
        if spec.icon:
            self._icons[spec.id] = IconBinding(theme, action, spec.icon)
        window.addAction(action)
        return action

    def _fill(self, bar: QMenuBar) -> dict[str, QMenu]:
        """Add the menus, and return those of the bar by their names."""
        menus: dict[str, QMenu] = {}
        groups: dict[str, int] = {}
        for id_, spec in self._specs.items():
            if not spec.menu:
                continue
            top, _, below = spec.menu.partition("/")
            menu = menus[top] if top in menus else menus.setdefault(top, bar.addMenu(f"&{top}"))
            if groups.setdefault(top, spec.group) != spec.group:
                groups[top] = spec.group
                menu.addSeparator()
            if below:
                menu = menus[spec.menu] if spec.menu in menus else menus.setdefault(spec.menu, menu.addMenu(below))
            menu.addAction(self._actions[id_])
        for menu in menus.values():
            Mnemonics(menu)
            menu.setToolTipsVisible(True)
        return {name: menu for name, menu in menus.items() if "/" not in name}


def _follow(shown: QAction, meant: QAction) -> None:
    shown.setText(meant.text())
    shown.setChecked(meant.isChecked())
