"""Several futures of one frame: samples, or the results of other actions. A click turns a future into a branch."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from dreamer_studio.arrays import Images
from dreamer_studio.dreams.action_plans import ActionPlan, Chance, action_plans
from dreamer_studio.envs import EnvSpec
from dreamer_studio.error_map import spread_map
from dreamer_studio.studio.dream.chance_box import ChanceBox
from dreamer_studio.studio.help import scenes
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.fields.choice_box import choice_box
from dreamer_studio.studio.widgets.future_grid import Cell, FutureGrid
from dreamer_studio.studio.widgets.layout.flow_bar import FlowBar
from dreamer_studio.studio.widgets.number_box import number_box
from dreamer_studio.studio.widgets.plots.fan import FanPlot
from dreamer_studio.studio.widgets.scroll import scrolled
from dreamer_studio.studio.widgets.text import mute, plain_label
from dreamer_studio.viewing.channel import Answer, RequestFailure
from dreamer_studio.viewing.futures.messages import FuturesRequest, FuturesResult
from dreamer_studio.viewing.role import Role
from dreamer_studio.viewing.scene.messages import Scene
from dreamer_studio.viewing.twin.comparison import step_word

SAMPLES, WHAT_IF = "samples", "what if"
MOST_SAMPLES = 16
FIRST_SAMPLES = 8
FIRST_HOLD = 15
_EMPTY = "Press F to imagine futures of the frame under the cursor."


class FuturesPanel(QWidget):
    """Makes requests for futures, and shows the newest answer at the player's cursor."""

    wanted = Signal(object)
    """Emitted when the user asks for futures, with the `FuturesRequest`."""

    adopted = Signal(int, str)
    """Emitted when the user turns a future into a branch, with the number of the future and the branch's name."""

    fromCursorWanted = Signal()
    """Emitted when the user asks for futures of the frame under the cursor."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spec: EnvSpec | None = None
        self._request: FuturesRequest | None = None
        self._names: list[str] = []
        self._order: list[int] = []
        self._shown: tuple[Any, ...] | None = None
        self._drawn: FuturesResult | None = None
        self._elsewhere = False  # whether the futures belong to another dream than the one on show
        self._failure: RequestFailure | None = None
        self._seed = 0
        self._kind = choice_box("Futures of", (SAMPLES, WHAT_IF))
        self._count = number_box((1, MOST_SAMPLES), FIRST_SAMPLES, "Number of samples")
        tip = "Steps for which another action is held before the policy continues"
        self._hold = number_box((1, 200), FIRST_HOLD, "Held for", tip, suffix=" steps")
        self._state = ChanceBox("State", ("sample", "mean", "temperature"))
        self._policy = ChanceBox("Policy", ("sample", "mode", "temperature"))
        self._here = QPushButton("From here (F)")
        self._here.setToolTip("Imagine futures of the frame under the cursor")
        self._again = QPushButton("Again")
        self._again.setToolTip("Repeat with new noise")
        self.grid = FutureGrid(theme, _EMPTY)
        self._fans = {name: FanPlot(theme, name=name, empty_text=_EMPTY) for name in ("Reward", "Value")}
        self._spread_note = plain_label(wrap=True)
        mute(self._spread_note)
        self._card = Card(theme, "Futures", role=Role.DREAM, help_text=scenes.FUTURES, caption_lines=1)
        self._connect()
        self._lay_out(theme)
        self._show_kind()

    def set_spec(self, spec: EnvSpec) -> None:
        """Use the actions of the task."""
        self._spec = spec

    @property
    def start(self) -> int | None:
        """Return the column of the newest request, or None before the first request."""
        return None if self._request is None else self._request.column

    @property
    def spread_note(self) -> str:
        """Return the line about the spread; empty while no spread is shown."""
        return self._spread_note.text() if self._spread_note.isVisible() else ""

    def tell_spread(self, words: str) -> None:
        """Say how far the spread follows the real error."""
        self._spread_note.setText(words)

    def ask(self, scene: Scene, column: int, length: int) -> None:
        """Ask for futures of `length` steps that start at a column of a scene."""
        if self._spec is None:
            return
        what_if = self._kind.currentText() == WHAT_IF
        size = self._spec.action_size
        if what_if:
            found = action_plans(
                size,
                discrete=self._spec.action_kind == "discrete",
                length=length,
                hold=self._hold.value(),
                taken=scene.taken[column + 1 :],
            )
            self._names = [_name_of(plan, self._spec) for plan in found]
            actions = np.stack([plan.actions for plan in found])
            known = min(length, len(scene.taken[column + 1 :]))
            taken = tuple(known if plan.what == "taken" else 0 for plan in found)
        else:
            self._names = [f"sample {number + 1}" for number in range(self._count.value())]
            actions = np.full((len(self._names), length, size), np.nan, np.float32)
            taken = (0,) * len(actions)
        policy = self._policy.value(nothing=None)
        chance = Chance(self._state.value(nothing=0.0) or 0.0, policy, alike=what_if, seed=self._seed)
        self._request = FuturesRequest(scene, column, actions, chance, taken)
        self.wanted.emit(self._request)

    def show_futures(self, answer: Answer[FuturesResult] | None, scene: Scene, cursor: int) -> None:
        """Show the newest answer at a column of its scene, or nothing if `scene` belongs to another dream."""
        if self._request is None or answer is None:
            return
        result, failure = answer.result, answer.failure
        if failure is not None and failure is not self._failure:
            self._card.set_caption(failure.words)
        self._failure = failure
        self._elsewhere = self._request.scene.request is not scene.request
        if self._elsewhere:
            self._empty()
        if self._elsewhere or result is None or result.request is not self._request:
            return
        step = max(0, min(result.length, cursor - result.request.column)) - 1
        shown = (result.request, step, step < result.decoded)
        if shown != self._shown:
            self._shown = shown
            self._fill(result, step)
        if self._drawn is None or self._drawn.request is not result.request:
            self._drawn = result
            self._draw(result)
        first = result.request.scene.first_row
        for fan in self._fans.values():
            fan.set_playhead(first + result.request.column + 1 + max(0, step))

    def _empty(self) -> None:
        if self._shown is None:
            return
        self._shown = self._drawn = None
        self.grid.set_cells(())
        for fan in self._fans.values():
            fan.clear()
            fan.set_playhead(None)
        self._card.set_subtitle("")
        self._card.set_caption("")

    def _fill(self, result: FuturesResult, step: int) -> None:
        returns = result.returns
        what_if = result.request.chance.alike
        self._order = (
            [int(place) for place in np.argsort(-returns, kind="stable")] if what_if else list(range(len(returns)))
        )
        images = self._images(result, step)
        cells = [
            Cell(
                self._names[future],
                f"{returns[future]:.2f}",
                None if images is None else images[future],
                f"{self._names[future]}: imagined return {returns[future]:.2f}, sum of rewards "
                f"{result.reward[:, future].sum():.2f}. Click to turn it into a branch.",
            )
            for future in self._order
        ]
        if not what_if and len(cells) > 1:
            mean, spread = (None, None) if images is None else (_mean(images), spread_map(images))
            numbers = f"{returns.mean():.2f}", f"\N{PLUS-MINUS SIGN} {returns.std():.2f}"
            cells.append(Cell("mean", numbers[0], mean, "Mean of all images", takes=False))
            cells.append(Cell("spread", numbers[1], spread, "Standard deviation of all images, enlarged", takes=False))
        self.grid.set_cells(cells)
        here = step_word(result.request.scene, result.request.column)
        told = f"of {here}, {result.length} steps \N{MIDDLE DOT} weights of update {result.request.scene.update:,}"
        self._card.set_subtitle(told)
        at = "the frame itself" if step < 0 else f"step {step + 1} of {result.length}"
        self._card.set_caption(f"On show: {at}. The model does not see it. Click a future to turn it into a branch.")

    def _images(self, result: FuturesResult, step: int) -> Images | None:
        if step < 0:
            request = result.request
            return np.repeat(request.scene.model[request.column][None], len(result.returns), 0)
        return result.model[step] if step < result.decoded else None

    def _draw(self, result: FuturesResult) -> None:
        scene, column = result.request.scene, result.request.column
        x = np.arange(result.length, dtype=np.float64) + scene.first_row + column + 1
        known = scene.received[column + 1 : column + 1 + result.length]
        self._fans["Reward"].set_futures(x, result.reward, (x[: len(known)], known))
        self._fans["Value"].set_futures(x, result.value, (x[:0], known[:0]))

    def _take(self, place: int) -> None:
        if place < len(self._order):
            future = self._order[place]
            self.adopted.emit(future, self._names[future])

    def _ask_again(self) -> None:
        request = self._request
        if request is not None and self._elsewhere:
            self.fromCursorWanted.emit()
        elif request is not None:
            self.ask(request.scene, request.column, request.actions.shape[1])

    def _ask_other(self) -> None:
        self._seed += 1
        self._ask_again()

    def _show_kind(self) -> None:
        what_if = self._kind.currentText() == WHAT_IF
        self._count.setVisible(not what_if)
        self._spread_note.setVisible(not what_if)
        self._hold.setVisible(what_if)
        self._ask_again()

    def _connect(self) -> None:
        self._kind.activated.connect(lambda _: self._show_kind())
        for box in (self._count, self._hold):
            box.valueChanged.connect(lambda _: self._ask_again())
        self._state.changed.connect(self._ask_again)
        self._policy.changed.connect(self._ask_again)
        self._here.clicked.connect(self.fromCursorWanted)
        self._again.clicked.connect(self._ask_other)
        self.grid.taken.connect(self._take)

    def _lay_out(self, theme: Theme) -> None:
        bar = FlowBar((self._kind, self._count, self._hold, self._state, self._policy))
        for button in (self._here, self._again):
            self._card.add_header_widget(button)
        body = QWidget()
        inside = QVBoxLayout(body)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(bar)
        inside.addWidget(scrolled(self.grid), 5)
        inside.addWidget(self._spread_note)
        reward, value = self._fans.values()
        value.legend.hide()  # both plots have the same lines
        head = QHBoxLayout()
        head.addWidget(QLabel("Reward"))
        head.addStretch(1)
        head.addWidget(reward.legend)
        head.addStretch(1)
        head.addWidget(QLabel("Value"))
        fans = QHBoxLayout()
        for fan in (reward, value):
            fans.addWidget(fan)
        inside.addLayout(head)
        inside.addLayout(fans, 2)
        self._card.set_body(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._card)


def _name_of(plan: ActionPlan, spec: EnvSpec) -> str:
    match plan.what:
        case "policy":
            return "policy"
        case "taken":
            return "recorded"
        case "nothing":
            return "no action"
        case "held":
            return spec.action_names[plan.row] + (f" {plan.value:+.0f}" if spec.action_kind == "continuous" else "")


def _mean(images: Images) -> Images:
    mean: Images = np.rint(images.astype(np.float32).mean(0)).astype(np.uint8)
    return mean
