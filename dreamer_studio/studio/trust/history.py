"""The judgments over the training: both horizons, and the dream gap beside the KL."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

import numpy as np
from PySide6.QtWidgets import QComboBox

from dreamer_studio.arrays import Floats
from dreamer_studio.files import write_whole
from dreamer_studio.runs.judgments.record import KeptJudgment, judgments_json
from dreamer_studio.studio.help import trust
from dreamer_studio.studio.help.help import Help
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.trust.history_plot import HistoryLine, HistoryPlot
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.fields.choice_box import choice_box
from dreamer_studio.studio.widgets.plots.export.painted import PaintedFigure
from dreamer_studio.viewing.role import Role
from dreamer_studio.viewing.trust.kl import NO_KL, KlCurve

EMPTY: Final = "Fills with the judgments of this run. Each judgment adds a point, and the run keeps the points."

_AXES: Final = ("update", "environment step")
_Axis = Literal["update", "step"]


class HistoryCards:
    """Two cards with one choice of the horizontal axis.

    Attributes:
        horizons: image horizon and reward horizon beside the training horizon.
        gap: imagined over real return, with the KL on the right axis.
        axis: updates or environment steps.
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._kept: tuple[KeptJudgment, ...] = ()
        self._kl = NO_KL
        self.horizons = HistoryPlot(theme, name="Horizons over training", empty_text=EMPTY)
        self.gap = HistoryPlot(theme, name="Dream gap over training", empty_text=EMPTY)
        self.axis: QComboBox = choice_box(
            "Horizontal axis of both histories", _AXES, "Show both histories over updates or environment steps"
        )
        self.axis.currentIndexChanged.connect(lambda _: self._draw())
        self._horizons_card = _card(theme, "Horizons over training", self.horizons, trust.HISTORY)
        self._horizons_card.add_header_widget(self.axis)
        self._gap_card = _card(theme, "Dream gap over training", self.gap, trust.GAP_HISTORY)

    def write(self, folder: Path) -> None:
        """Write both figures, and the judgments as JSON, into a folder; nothing without a judgment.

        Raises:
            OSError: they cannot be written.
        """
        if not self._kept:
            return
        for plot in (self.horizons, self.gap):
            PaintedFigure(plot, self._theme.palette).write(folder, plot.accessibleName())
        write_whole(folder / "history.json", judgments_json(self._kept))

    @property
    def cards(self) -> tuple[Card, Card]:
        """Return both cards."""
        return self._horizons_card, self._gap_card

    def show_history(self, kept: Sequence[KeptJudgment], kl: KlCurve) -> None:
        """Draw judgments, oldest weights first, and the KL of the log."""
        if tuple(kept) == self._kept and kl is self._kl:
            return
        self._kept, self._kl = tuple(kept), kl
        self._draw()

    def _draw(self) -> None:
        axis: _Axis = "step" if self.axis.currentIndex() else "update"
        title = self.axis.currentText()
        x = np.array([getattr(one, axis) for one in self._kept], np.float64)
        image, reward = (_ends([one.horizons.get(name) for one in self._kept]) for name in ("image", "reward"))
        gap = _ends([one.gauges.get("gap") for one in self._kept])
        ahead = np.array([one.training_horizon for one in self._kept], np.float64)
        self.horizons.show_lines(
            (
                HistoryLine("image horizon", Role.DREAM, x, *image),
                HistoryLine("reward horizon", Role.REAL, x, *reward),
                HistoryLine("training horizon", Role.NEUTRAL, x, ahead),
            ),
            x_title=title,
            unit="steps",
        )
        self.gap.show_lines(
            (
                HistoryLine("imagined / real return", Role.DREAM, x, *gap),
                HistoryLine("1 is right", Role.NEUTRAL, x, np.ones(len(x))),
                HistoryLine("KL in nats (right)", Role.MODEL, getattr(self._kl, axis), self._kl.kl, right=True),
            ),
            x_title=title,
            unit="ratio",
            right_unit="nats",
        )
        count = len(self._kept)
        said = f"{count} judgment{'' if count == 1 else 's'} of this run, with 95% intervals."
        for card in self.cards:
            card.set_caption(said if count else "")


def _ends(numbers: Sequence[object]) -> tuple[Floats, Floats, Floats]:
    """Return value, low and high (N,) of kept numbers; NaN for None."""
    unknown = (np.nan, np.nan, np.nan)
    table = np.array([getattr(number, "ends", unknown) for number in numbers], np.float64).reshape(-1, 3)
    value, low, high = table.T
    return value, low, high


def _card(theme: Theme, title: str, plot: HistoryPlot, help_text: Help) -> Card:
    card = Card(theme, title, help_text=help_text, role=Role.NEUTRAL)
    card.set_body(plot)
    return card
