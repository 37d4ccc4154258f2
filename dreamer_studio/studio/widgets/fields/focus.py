"""Where the keyboard focus returns after the user has typed a value."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QWidget

_HOME = "focusHome"
_PART, _WHOLE = "part", "whole"


def set_home(widget: QWidget, *, whole: bool = False) -> None:
    """Let the fields inside a widget give their focus to this widget.

    Args:
        widget: takes the focus itself, or passes it to its focus proxy.
        whole: whether fields outside of all homes, as in a toolbar, give their focus to this widget while it is
            visible.
    """
    widget.setProperty(_HOME, _WHOLE if whole else _PART)


def go_home(widget: QWidget) -> None:
    """Give the focus of a widget to its nearest home. Without a home, only clear the focus."""
    home = home_of(widget)
    if home is None:
        widget.clearFocus()
    else:
        home.setFocus()


def home_of(widget: QWidget) -> QWidget | None:
    """Return the nearest ancestor that is a home, else the visible whole home of the window, or None."""
    above = widget.parentWidget()
    while above is not None and not widget.isWindow():
        if above.property(_HOME):
            return above
        above = above.parentWidget()
    return next(
        (each for each in widget.window().findChildren(QWidget) if each.property(_HOME) == _WHOLE and each.isVisible()),
        None,
    )


class FocusPlace:
    """Remembers which widget had the focus before a part of the window took it."""

    def __init__(self) -> None:
        self._before: QWidget | None = None

    def remember(self) -> None:
        """Note the widget that has the focus now."""
        self._before = QApplication.focusWidget()

    def go_back(self, part: QWidget) -> None:
        """Give the focus of a part that was hidden to the noted widget, or to the home of the part."""
        before, self._before = self._before, None
        if before is not None and _is_usable(before) and not part.isAncestorOf(before):
            before.setFocus()
        else:
            go_home(part)


def _is_usable(widget: QWidget) -> bool:
    try:
        return widget.isVisible() and widget.isEnabled()
    except RuntimeError:  # deleted meanwhile
        return False
