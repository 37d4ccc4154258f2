"""Cards with curves in a grid: as many as the user has chosen, with one axis and one crosshair."""

from __future__ import annotations

import math

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from dreamer_studio.studio.curve_cards.card import CurveCard
from dreamer_studio.studio.curve_cards.curves import curve_of
from dreamer_studio.studio.curve_cards.source import CurveSource
from dreamer_studio.studio.curve_cards.window import CurveWindow
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.layout.card_grid import CardGrid
from dreamer_studio.studio.widgets.plots.group import PlotGroup

CARD_WIDTH, NARROW_WIDTH = 300, 180
"""Least widths of a card in pixels, if there is room for a second one: usually, and in a row."""

CARD_HEIGHT = 220
"""Least height of a card in pixels, except in a row; a deck with more cards than fit scrolls."""


class CurveDeck(CardGrid):
    """Shows the chosen curves. The cards are made when the deck is first shown, because plots take their time.

    Args:
        theme: the colors.
        source: the rows and the choices.
        most: the most curves shown, the first ones; None for all.
        in_a_row: whether the cards may be narrow, so that they stand in one row if possible.
        parent: the owner.
    """

    def __init__(
        self,
        theme: Theme,
        source: CurveSource,
        *,
        most: int | None = None,
        in_a_row: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(cell=NARROW_WIDTH if in_a_row else CARD_WIDTH, parent=parent)
        self._theme, self._source, self._most_curves = theme, source, most
        self._in_a_row = in_a_row
        self._cards: dict[str, CurveCard] = {}
        self._turn = 0
        self._shown = False
        self._group = PlotGroup(self)
        source.choices.changed.connect(self._arrange)

    @property
    def cards(self) -> tuple[CurveCard, ...]:
        """Return the cards in their order."""
        return tuple(self._cards.values())

    def follow(self) -> None:
        """Let all plots show all data, and follow them."""
        for plot in self._group.plots:
            plot.follow()

    def hold(self) -> None:
        """Keep all axes as they are."""
        for plot in self._group.plots:
            plot.hold()

    def fit(self) -> None:
        """Fit each vertical axis to the values in sight, and hold."""
        for plot in self._group.plots:
            plot.fit()

    def refresh_next(self) -> None:
        """Draw the new rows of the logs on the next card. Each call serves one card."""
        self._source.refresh()
        if not self._cards:
            return
        self._turn %= len(self._cards)
        self.cards[self._turn].refresh()
        self._turn += 1

    def refresh_stale(self) -> None:
        """Draw one card whose choices have changed, if there is any."""
        stale = next((card for card in self._cards.values() if card.stale), None)
        if stale is not None:
            stale.refresh()

    def open_window(self, key: str) -> CurveWindow | None:
        """Show a curve in a window of its own, if there is such a curve."""
        curve = curve_of(key)
        if curve is None:
            return None
        window = CurveWindow(self._theme, curve, self._source, self)
        self._group.add(window.card.plot)
        window.closed.connect(lambda: self._group.remove(window.card.plot))
        window.show()
        return window

    def showEvent(self, event: QShowEvent) -> None:
        """Make the cards, the first time, and let the logs be read."""
        self._shown = True
        self._arrange()
        self._source.set_watched(self, True)
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Read nothing for a hidden deck."""
        self._source.set_watched(self, False)
        super().hideEvent(event)

    def _arrange(self) -> None:
        """Make the cards of the chosen curves, and remove the others. A deck that was never visible has no cards."""
        if not self._shown:
            return
        wanted = self._source.choices.settings.shown[: self._most_curves]
        for key in set(self._cards) - set(wanted):
            card = self._cards.pop(key)
            self._group.remove(card.plot)
            card.hide()
            card.setParent(None)
            card.deleteLater()
        self._cards = {key: self._cards.get(key) or self._make(key) for key in wanted}
        if not self._in_a_row:
            self.set_most(math.ceil(math.sqrt(len(wanted))))  # four cards stand two by two
        self.set_items(self._cards.values())

    def _make(self, key: str) -> CurveCard:
        curve = curve_of(key)
        assert curve is not None
        card = CurveCard(self._theme, curve, self._source)
        if not self._in_a_row:
            card.setMinimumHeight(CARD_HEIGHT)
        card.windowWanted.connect(self.open_window)
        self._group.add(card.plot)
        return card
