"""Marks at positions of the horizontal axis: ticks on the lower edge, to click, and flags of changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyqtgraph as pg
from PySide6.QtCore import Qt

from dreamer_studio.studio.theme import Palette
from dreamer_studio.studio.widgets.plots.series import si_label
from dreamer_studio.viewing.role import Role

HEIGHT: Final = 0.07
"""Length of a tick, as a share of the plot's height."""


@dataclass(frozen=True)
class Mark:
    """A mark.

    Attributes:
        x: its position.
        text: its description, such as "checkpoint at step 95,000".
        role: the meaning of its color.
        key: the key by which the owner of the plot finds the mark.
    """

    x: float
    text: str
    role: Role
    key: object = None


class MarkTicks:
    """Draws marks; one item for each role."""

    def __init__(self, view: Any) -> None:
        self._view = view
        self._groups: dict[Role, Any] = {}
        self._palette: Palette | None = None
        self.marks: tuple[Mark, ...] = ()

    def show(self, marks: Sequence[Mark]) -> None:
        """Draw these marks in place of those before."""
        self.marks = tuple(marks)
        for role in {mark.role for mark in self.marks} - set(self._groups):
            group = pg.VTickGroup(yrange=[0, HEIGHT])
            self._view.addItem(group, ignoreBounds=True)
            self._groups[role] = group
        for role, group in self._groups.items():
            group.setXVals([mark.x for mark in self.marks if mark.role is role])
        if self._palette is not None:
            self.restyle(self._palette)

    def near(self, x: float, reach: float) -> list[Mark]:
        """Return the marks within `reach` of a position, nearest first."""
        found = [mark for mark in self.marks if abs(mark.x - x) <= reach]
        return sorted(found, key=lambda mark: abs(mark.x - x))

    def restyle(self, palette: Palette) -> None:
        """Use the colors of a palette."""
        self._palette = palette
        for role, group in self._groups.items():
            group.setPen(palette.of(role), width=2)
            group.update()


class FlagLines:
    """Draws a dashed line at each change of a setting.

    Attributes:
        flags: position and text of each change.
    """

    def __init__(self, view: Any) -> None:
        self.flags: list[tuple[float, str]] = []
        self._lines = pg.VTickGroup()  # one item for all flags
        view.addItem(self._lines, ignoreBounds=True)

    def show(self, flags: Sequence[tuple[float, str]]) -> None:
        """Draw these flags in place of those before."""
        if list(flags) != self.flags:
            self.flags = list(flags)
            self._lines.setXVals([x for x, _ in flags])
            self._lines.update()

    def describe(self, x: float, reach: float) -> list[str]:
        """Describe the changes within `reach` of a position, one line each."""
        return [f"change at {si_label(at, 5)}: {text}" for at, text in self.flags if abs(at - x) <= reach]

    def restyle(self, palette: Palette) -> None:
        """Use the colors of a palette."""
        self._lines.setPen(palette.warn, width=1, style=Qt.PenStyle.DashLine)
        self._lines.update()
