"""The context menu of a run in the list."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from dreamer_studio.library.entry import RunEntry, RunState
from dreamer_studio.library.groups.grouping import RunGroup
from dreamer_studio.studio.actions import action, in_words
from dreamer_studio.studio.widgets.text import menu_text

OPEN, WATCH, WATCH_BEST, STOP, STOP_STUDY, TICK, RENAME, NOTE, AGAIN, FOLDER, TRASH = (
    "open",
    "watch",
    "watch best",
    "stop",
    "stop study",
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
    STOP_STUDY: "Stop the st&udy",
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
        if name == STOP_STUDY and not entry.study:
            continue
        if name in _LINES_BEFORE:
            menu.addSeparator()
        keys = in_words(action(_KEYS[name])).split(", ")[-1] if name in _KEYS else ""
        words = other.get(name, text)
        made = QAction(f"{words}\t{keys}" if keys else words, menu)
        made.setEnabled(name in possible)
        made.triggered.connect(do[name])
        menu.addAction(made)
    return menu


def make_group_menu(parent: QWidget, group: RunGroup, do: Callable[[RunEntry], object]) -> QMenu | None:
    """Return a menu for a group with runs of studies, or None for another group.

    Args:
        parent: the owner.
        group: the group.
        do: stops the study of a run.
    """
    studies = {run.path.parent: run for run in group.runs if run.study}
    if not studies:
        return None
    menu = QMenu(parent)
    menu.setAccessibleName(f"What to do with {group.name}")
    for run in studies.values():
        menu.addAction(menu_text(f"Stop the study {run.study}"), functools.partial(do, run))
    return menu


def possibilities(entry: RunEntry) -> set[str]:
    """Return the names of the menu entries that a run allows now."""
    always = {NOTE, RENAME, FOLDER, *({STOP_STUDY} if entry.study else set())}
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
