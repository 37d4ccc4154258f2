"""Items of the actions table: the actions of the window, and the keys of its parts."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

from PySide6.QtWidgets import QMenu, QWidget

from dreamer_studio.studio.actions import ACTIONS, ActionSpec, Scope, in_words
from dreamer_studio.studio.shell.action_set import ActionSet
from dreamer_studio.studio.shell.palette.items import PaletteItem


class ActionItems:
    """Runs the actions of the window. Keys of a widget are found too, and say where they work.

    Args:
        action_set: the window's actions.
        window: shows the menu of an action that has one.
    """

    def __init__(self, action_set: ActionSet, window: QWidget) -> None:
        self._actions, self._window = action_set, window

    def items(self) -> Iterator[PaletteItem]:
        """Return all actions of the window, in the order of the menus, then the keys of its parts."""
        for spec in ACTIONS:
            yield self._item(spec) if spec.scope is Scope.WINDOW else _KEYS[spec.id]

    def _item(self, spec: ActionSpec) -> PaletteItem:
        action = self._actions[spec.id]
        text = action.text().replace("&", "")  # a menu that is open underlines letters
        return PaletteItem(
            f"action:{spec.id}",
            "Action",
            text,
            place=spec.menu.replace("/", " > "),
            detail=spec.help,
            keys=_keys(spec),
            words=spec.text if spec.text != text else "",
            reason="It is open" if spec.id == "palette.open" else self._actions.why_not(spec.id),
            run=self._run(spec.id),
        )

    def _run(self, id_: str) -> Callable[[], object]:
        action = self._actions[id_]
        menu = action.menu()
        if not isinstance(menu, QMenu):
            return action.trigger
        return functools.partial(menu.popup, self._window.mapToGlobal(self._window.rect().center()))


def _keys(spec: ActionSpec) -> tuple[str, ...]:
    return tuple(in_words(spec).split(", ")) if spec.keys else ()


_KEYS = {
    spec.id: PaletteItem(
        f"action:{spec.id}",
        "Key",
        spec.help.removesuffix("."),
        keys=_keys(spec),
        reason=f"Press it {spec.scope.value[0].lower()}{spec.scope.value[1:]}",
    )
    for spec in ACTIONS
    if spec.scope is not Scope.WINDOW
}
