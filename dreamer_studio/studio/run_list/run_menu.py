"""The context menu of a run in the list."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from dreamer_studio.library.entry import RunEntry, RunState
from dreamer_studio.studio.actions import action, in_words

OPEN, WATCH, WATCH_BEST, STOP, TICK, RENAME, NOTE, AGAIN, FOLDER, TRASH = (
    "open",
    "watch",
    "watch best",
    "stop",
    "tick",
    "rename",
    "note",
    "again",
    "folder",
    "trash",
)
_TEXTS = {
    OPEN: "&Resume",
    WATCH: "&Watch without training",
    WATCH_BEST: "Watch the &best checkpoint",
    STOP: "S&top training",
    TICK: "Tick for &Compare",
    RENAME: "Re&name...",
    NOTE: "Not&e...",
    AGAIN: "New run with these &settings...",
    FOLDER: "Show &folder",
    TRASH: "Mo&ve to trash",
}
NAMES = tuple(_TEXTS)
_KEYS = {OPEN: "runs.open", TICK: "runs.tick", RENAME: "runs.rename", TRASH: "runs.trash"}
_LINES_BEFORE = {TICK, RENAME, TRASH}


def make_menu(parent: QWidget, entry: RunEntry, *, ticked: bool, do: Mapping[str, Callable[[], object]]) -> QMenu:
    """Return a menu for a run.

    Args:
        parent: the owner.
        entry: the run.
        ticked: whether it is ticked for Compare.
        do: the reaction to each entry, by its name.
    """
    menu = QMenu(parent)
    menu.setAccessibleName(f"What to do with {entry.title}")
    possible = possibilities(entry)
    other = {TICK: "Untick for &Compare"} if ticked else {}
    if entry.state is RunState.FINISHED:
        other[OPEN] = "&Open"
    for name, text in _TEXTS.items():
        if name in _LINES_BEFORE:
            menu.addSeparator()
        keys = in_words(action(_KEYS[name])).split(", ")[-1] if name in _KEYS else ""
        words = other.get(name, text)
        made = QAction(f"{words}\t{keys}" if keys else words, menu)
        made.setEnabled(name in possible)
        made.triggered.connect(do[name])
        menu.addAction(made)
    return menu


def possibilities(entry: RunEntry) -> set[str]:
    """Return the names of the menu entries that a run allows now."""
    always = {NOTE, RENAME, FOLDER}
    watch = {WATCH} if entry.best is None else {WATCH, WATCH_BEST}
    match entry.state:
        case RunState.DAMAGED:
            return always | {TRASH}
        case RunState.EMPTY:
            return always | {OPEN, AGAIN, TRASH}
        case RunState.TRAINING_HERE:
            stoppable = entry.holder is not None and not entry.holder.ours
            return always | watch | {TICK, AGAIN} | ({STOP} if stoppable else set())
        case RunState.TRAINING_ELSEWHERE:
            return always | watch | {TICK, AGAIN}
    return always | watch | {TICK, AGAIN} | (set() if entry.held else {OPEN, TRASH})
