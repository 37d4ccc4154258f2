"""Finds the action of a key in a scope, for widgets that handle keys themselves."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from dreamer_studio.studio.actions import ACTIONS, Scope


def pressed(scope: Scope, key: int) -> str:
    """Return the id of a key's action in a scope, ignoring modifiers, or an empty text if there is none."""
    return _by_key(scope).get(key, "")


def qt_key(text: str) -> Qt.Key:
    """Return the key with this name in Qt, without modifiers."""
    combination: QKeyCombination = QKeySequence(text)[0]  # type: ignore[index]  # missing in the stubs
    return combination.key()


def combination(event: QKeyEvent) -> str:
    """Return a pressed key with its modifiers, as Qt writes it, such as "Ctrl+E"."""
    return QKeySequence(event.keyCombination()).toString()


@functools.cache
def _by_key(scope: Scope) -> Mapping[int, str]:
    return {qt_key(key): spec.id for spec in ACTIONS if spec.scope is scope for key in spec.keys}
