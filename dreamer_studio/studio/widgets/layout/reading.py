"""The order in which a person reads the widgets of a window: row by row, and whole panels one after the other."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QWidget

_SHARE = 0.5
"""Least share of its height by which a widget overlaps a row to be in it."""


def reading_order(root: QWidget) -> list[QWidget]:
    """Return the visible widgets below `root` at which Tab stops, in the order of reading.

    Siblings in a row go from left to right, and rows from top to bottom. A panel with all its contents comes before the
    next panel, so the order follows the cards when they reflow.
    """
    found: list[QWidget] = []
    for child in _in_rows(_children(root)):
        if _stops(child):
            found.append(child)
        found += reading_order(child)
    return found


def next_stop(window: QWidget, *, forward: bool) -> QWidget | None:
    """Return the widget to which Tab moves the focus in a window, or None without a stop."""
    stops = reading_order(window)
    if not stops:
        return None
    place = _place(stops, QApplication.focusWidget())
    if place is None:
        return stops[0 if forward else -1]
    index, inside = place
    if inside and not forward:  # from within a stop, such as a list of facts, back to the one before the list
        index -= 1
    else:
        index += 1 if forward else -1
    return stops[index % len(stops)]


def _place(stops: list[QWidget], focus: QWidget | None) -> tuple[int, bool] | None:
    """Return the index of the stop that has the focus or contains the widget with the focus."""
    inside = False
    while focus is not None:
        if focus in stops:
            return stops.index(focus), inside
        focus, inside = focus.parentWidget(), True
    return None


def _children(widget: QWidget) -> list[QWidget]:
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    return [
        child for child in widget.findChildren(QWidget, options=direct) if child.isVisible() and not child.isWindow()
    ]


def _stops(widget: QWidget) -> bool:
    tab = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return tab and widget.isEnabled() and widget.focusProxy() is None


def _in_rows(widgets: list[QWidget]) -> list[QWidget]:
    """Sort siblings row by row; a widget that overlaps the first one of a row by half its height is in that row."""
    origin = QPoint(0, 0)
    places = sorted(((w.mapTo(w.window(), origin), w) for w in widgets), key=lambda each: (each[0].y(), each[0].x()))
    rows: list[list[tuple[QPoint, QWidget]]] = []
    for place, widget in places:
        if rows:
            first_place, first = rows[-1][0]
            low, high = (
                max(first_place.y(), place.y()),
                min(first_place.y() + first.height(), place.y() + widget.height()),
            )
            if high - low >= _SHARE * max(1, min(first.height(), widget.height())):
                rows[-1].append((place, widget))
                continue
        rows.append([(place, widget)])
    return [widget for row in rows for _, widget in sorted(row, key=lambda each: each[0].x())]
