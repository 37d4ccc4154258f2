"""The cards of the Trust workspace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtWidgets import QWidget

from dreamer_studio.studio.health.card import HealthCard
from dreamer_studio.studio.help import trust
from dreamer_studio.studio.help.help import Help
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.trust.blind_card import BlindCard
from dreamer_studio.studio.trust.gauge_list import GaugeList
from dreamer_studio.studio.trust.history import HistoryCards
from dreamer_studio.studio.trust.intervals import IntervalBars
from dreamer_studio.studio.trust.scatter import Scatter
from dreamer_studio.studio.trust.spread_plot import SpreadPlot
from dreamer_studio.studio.trust.step_plot import StepPlot
from dreamer_studio.studio.trust.verdicts import verdict_text
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.layout.card_grid import CardGrid
from dreamer_studio.studio.widgets.scroll import list_area
from dreamer_studio.trust.gauge import Curve, Gauge, Stretch
from dreamer_studio.trust.horizon import exceptions
from dreamer_studio.trust.judgment import Judgment
from dreamer_studio.viewing.role import Role

EMPTY: Final = "Fills with the first judgment."

NAMES: Final = {
    "picture": "Reconstruction",
    "one step": "One step",
    "rollout": "Rollout",
    "horizon": "Horizon",
    "actions": "Actions",
    "reward": "Reward",
    "gap": "Dream gap",
    "value": "Value",
    "knows": "Knows",
    "policy": "Policy",
    "spread": "Spread",
}
"""Names of the gauges on screen."""

_CARD_OF: Final = {
    "horizon": "Image horizon",
    "actions": "Actions",
    "reward": "Reward skill",
    "gap": "Dream gap and value",
    "value": "Dream gap and value",
    "spread": "Spread of futures",
    "blind": "Blind driving",
    "knows": "Knowledge",
}
"""Title of the card that shows a gauge; the list of gauges shows all others."""

_CELL = 340  # least width of a card

_UNITS: Final = {
    "Image horizon": "Gain over the last seen frame, in dB.",
    "Reward skill": "1 is perfect, 0 is worth no more than a constant.",
    "Actions": "Error with other actions over error with the true ones.",
}
"""Units of the curves. They stand in the captions, because the legends fill the headers."""


class TrustCards(CardGrid):
    """Curves by dreamed step, predicted against received rewards, ratios, lists of all gauges and findings, history.

    Attributes:
        horizon, reward, effect: the curves; `effect` is that of actions.
        points: predicted against received rewards.
        ratios: dreamed returns and values, each divided by the real return.
        spread: spread of futures and real error.
        knows: how well the features reveal each variable of the simulator.
        blind: blind driving.
        gauges: all gauges.
        health: the findings of Health.
        history: the judgments over the training.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(cell=_CELL, parent=parent)
        self.horizon = StepPlot(theme, name="Image horizon", unit="dB", null=0.0, empty_text=EMPTY)
        self.reward = StepPlot(theme, name="Reward skill", unit="", null=0.0, empty_text=EMPTY)
        self.effect = StepPlot(theme, name="Actions", unit="ratio of errors", null=1.0, empty_text=EMPTY)
        self.points = Scatter(theme, name="Predicted and received rewards", empty_text=EMPTY)
        self.ratios = IntervalBars(theme, name="Dream gap and value", empty_text=EMPTY)
        self.spread = SpreadPlot(theme, name="Spread of futures", empty_text=EMPTY)
        self.knows = IntervalBars(theme, name="Knowledge", empty_text=EMPTY, shares=True)
        self.blind = BlindCard(theme)
        self.gauges = GaugeList(theme, NAMES)
        self.health = HealthCard(theme)
        self._cards: dict[str, Card] = {}
        self._add(theme, "Image horizon", "", trust.HORIZON, self.horizon, Role.NEUTRAL)
        self._add(theme, "Reward skill", "", trust.REWARD, self.reward, Role.NEUTRAL)
        self._add(theme, "Actions", "", trust.ACTIONS, self.effect, Role.NEUTRAL)
        for title, unit in _UNITS.items():
            self._cards[title].set_caption(unit)
        self._add(theme, "Predicted and received", "one point a frame", trust.POINTS, self.points, Role.MODEL)
        self._add(theme, "Dream gap and value", "1 is right", trust.PROMISES, self.ratios)
        self._add_card("Health", self.health)
        self.history = HistoryCards(theme)
        for card in self.history.cards:
            self.add_item(card)
        self._add(theme, "Gauges", "value, 95% interval, episodes", trust.GAUGES, list_area(self.gauges), Role.NEUTRAL)
        self._add(theme, "Spread of futures", "", trust.SPREAD, self.spread, Role.NEUTRAL)
        knows = list_area(self.knows)
        self._add(theme, "Knowledge", "R2 of the simulator's variables", trust.KNOWS, knows, Role.MODEL)
        self._add_card("Blind driving", self.blind)

    @property
    def plots(self) -> tuple[StepPlot, ...]:
        """Return the curves, whose figures can be exported."""
        return self.horizon, self.reward, self.effect

    def caption(self, title: str) -> str:
        """Return the text below a card's body."""
        return self._cards[title].caption

    def show_judgment(self, judgment: Judgment, name_of: Callable[[int, int], str]) -> None:
        """Show the numbers of a judgment. `name_of` names the frame of an episode's index and a row."""
        gauges, ahead = judgment.gauges, judgment.training_horizon
        horizon = gauges["horizon"].curves
        for plot, curve in (
            (self.horizon, horizon.get("gain_moving_db")),
            (self.reward, horizon.get("reward_skill")),
            (self.effect, gauges["actions"].curves.get("actions_ratio")),
        ):
            _draw(plot, curve, ahead)
        self.points.show_points(gauges["reward"].points, name_of)
        against_dreams = gauges["value"].details.get("against_dreams")
        ratios = {"dreamed return / real": gauges["gap"].measured, "value / return that came": gauges["value"].measured}
        self.ratios.show_ratios(ratios | ({"value / its dreams": against_dreams} if against_dreams else {}))
        self.spread.show_curves(gauges["spread"].curves, ahead)
        told = {name.removeprefix("R2 "): r2 for name, r2 in gauges["knows"].details.items() if name.startswith("R2 ")}
        self.knows.show_ratios(told)
        self.gauges.show_gauges(gauges)
        horizons = judgment.horizons
        starts = f"{judgment.starts} starts in {judgment.episodes} episodes"
        for title, text in (
            ("Image horizon", f"{_holds_for(horizons.picture, horizons.picture_dips)} {starts}."),
            ("Reward skill", _holds_for(horizons.reward, horizons.reward_dips)),
            ("Actions", _or_reason(gauges["actions"], f"Over {ahead} steps: ")),
        ):
            self._cards[title].set_caption(f"{text} {_UNITS[title]}")
        self._cards["Predicted and received"].set_caption(_points(gauges["reward"]))
        self._cards["Dream gap and value"].set_caption(gauges["gap"].reason or gauges["value"].reason)
        self._cards["Spread of futures"].set_caption(_spread(gauges["spread"]))
        self._cards["Knowledge"].set_caption(_or_reason(gauges["knows"], "Median: "))

    def card_of(self, gauge: str) -> Card:
        """Return the card that shows a gauge."""
        return self._cards[_CARD_OF.get(gauge, "Gauges")]

    def _add(
        self, theme: Theme, title: str, subtitle: str, help_text: Help, body: QWidget, role: Role = Role.DREAM
    ) -> None:
        card = Card(theme, title, help_text=help_text, role=role, caption_lines=3 if body is self.spread else 2)
        card.set_subtitle(subtitle)
        card.set_body(body)
        if isinstance(body, StepPlot | SpreadPlot):
            card.add_header_widget(body.legend)
        self._add_card(title, card)

    def _add_card(self, title: str, card: Card) -> None:
        self._cards[title] = card
        self.add_item(card)


def _draw(plot: StepPlot, curve: Curve | None, training_horizon: int) -> None:
    if curve is None:
        plot.clear()
    else:
        plot.show_curve(curve, training_horizon)


def _points(gauge: Gauge) -> str:
    """Return the number behind the scatter, and a sentence on clicks."""
    name = "F1 of the events" if "precision" in gauge.details else "Correlation"
    click = " Click a point to dream from its frame." if gauge.points is not None else ""
    return f"{_or_reason(gauge, f'{name} ')}{click}"


def _spread(gauge: Gauge) -> str:
    """Return the correlation of spread and error, and its lead over that of the step number."""
    beyond = gauge.details.get("beyond_step")
    if beyond is None:
        return _or_reason(gauge, "Correlation with the real error: ")
    return (
        f"Correlation with the error {gauge.measured.as_text()}, n {gauge.measured.n}. Beyond the step number: "
        f"{beyond.as_text()}, {verdict_text(beyond.verdict)}."
    )


def _or_reason(gauge: Gauge, before: str) -> str:
    number = f"{before}{gauge.measured.as_text()}."
    return f"{number} {gauge.reason[0].upper()}{gauge.reason[1:]}." if gauge.reason else number


def _holds_for(steps: int | None, dips: tuple[Stretch, ...]) -> str:
    if steps is None:
        return "Not known."
    text = f"Holds for {steps} step{'' if steps == 1 else 's'}"
    return f"{text} ({exceptions(dips)})." if dips else f"{text}."
