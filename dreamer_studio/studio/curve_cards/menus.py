"""The menus from which the user chooses a curve, and moves or removes one."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable

from PySide6.QtWidgets import QMenu, QPushButton, QToolButton

from dreamer_studio.studio.curve_cards.curves import CURVES, METRIC, Curve, curve_of
from dreamer_studio.studio.curve_cards.source import CurveSource
from dreamer_studio.studio.widgets.plots.training.marks import Mark

MOST_LISTED = 20
"""Most checkpoints in a menu, the newest ones."""


def set_menu(button: QPushButton | QToolButton, fill: Callable[[QMenu], None]) -> None:
    """Give a button a menu that `fill` fills each time it opens."""
    menu = QMenu(button)
    menu.setToolTipsVisible(True)
    menu.aboutToShow.connect(lambda: fill(menu))
    button.setMenu(menu)


def add_curves(menu: QMenu, metrics: Iterable[str], shown: Collection[str], choose: Callable[[str], None]) -> None:
    """Add the made curves and the metrics of the log to a menu; those on show are ticked."""
    for curve in CURVES:
        _add(menu, curve.title, curve.key, shown, choose)
    known = _by_name(metrics)
    submenu = menu.addMenu("Metrics of the log" if known else "Metrics of the log (none yet)")
    submenu.setEnabled(bool(known))
    for metric in known:
        _add(submenu, _name_of(metric), f"{METRIC}{metric}", shown, choose)


def add_card_actions(menu: QMenu, key: str, source: CurveSource, open_window: Callable[[], object] | None) -> None:
    """Add the actions of a card."""
    shown = source.choices.settings.shown
    place = shown.index(key) if key in shown else -1
    if open_window is not None:
        menu.addAction("Open in a window", open_window)
    if place >= 0:
        menu.addAction("Move earlier", lambda: source.choices.move(key, -1)).setEnabled(place > 0)
        menu.addAction("Move later", lambda: source.choices.move(key, 1)).setEnabled(place < len(shown) - 1)
        menu.addAction("Remove this curve", lambda: source.remove_curve(key)).setEnabled(len(shown) > 1)


def add_right_axis(menu: QMenu, curve: Curve, source: CurveSource) -> None:
    """Add a menu with the metrics that can have the right axis of a curve; the present one is ticked."""
    if not curve.takes_right:
        return
    chosen = source.choices.settings.right.get(curve.key, "")
    others = source.metrics - {curve.metric} | {chosen} - {""}
    submenu = menu.addMenu("Right axis" if others else "Right axis (no metrics yet)")
    submenu.setEnabled(bool(others))
    for metric in ("", *_by_name(others)):
        choose = functools.partial(source.choices.set_right, curve.key, metric)
        action = submenu.addAction(_name_of(metric) if metric else "None", choose)
        action.setCheckable(True)
        action.setChecked(metric == chosen)


def add_marks(menu: QMenu, marks: Iterable[Mark], source: CurveSource) -> None:
    """Add the checkpoints among some marks, newest first."""
    kept = [mark for mark in marks if mark.key is not None]
    submenu = menu.addMenu("Compare a checkpoint")
    submenu.setEnabled(bool(kept))
    for mark in sorted(kept, key=lambda mark: mark.x, reverse=True)[:MOST_LISTED]:
        submenu.addAction(mark.text, functools.partial(source.checkpointWanted.emit, mark.key))


def _add(menu: QMenu, text: str, key: str, shown: Collection[str], choose: Callable[[str], None]) -> None:
    curve = curve_of(key)
    assert curve is not None
    action = menu.addAction(text, lambda: choose(key))
    action.setToolTip(curve.help.shows)
    action.setCheckable(True)
    action.setChecked(key in shown)


def _by_name(metrics: Iterable[str]) -> list[str]:
    return sorted(metrics, key=lambda metric: metric.partition("/")[2])


def _name_of(metric: str) -> str:
    kind, _, name = metric.partition("/")
    return name if kind == "update" else f"{name} ({kind})"
