"""Made logs for curves: of the open run, and of other runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dreamer_studio.config import Config
from dreamer_studio.envs import build_config
from dreamer_studio.runs.history import RowHistory
from dreamer_studio.session import Place
from dreamer_studio.session.log_reader import LogReader
from dreamer_studio.studio.curve_cards.choices import CurveChoices, CurveSettings
from dreamer_studio.studio.curve_cards.deck import CurveDeck
from dreamer_studio.studio.curve_cards.source import CurveSource
from dreamer_studio.studio.widgets.plots.training.curve import CurvePlot
from dreamer_studio.viewing.curves.messages import CurvesChannels, CurvesResult, KeptCheckpoint, LoggedRun


class MadeLog:
    """The log of a training with its configuration, and how many rows were handed out."""

    def __init__(self) -> None:
        self.log = LogReader()
        self.handed = 0
        self.config = config_of()
        self.reopen()

    def reopen(self) -> None:
        self.history: RowHistory[dict[str, Any]] = RowHistory()
        self.log.take(self.history)

    def add(self, kind: str, step: int, **values: object) -> None:
        row = {"kind": kind, "step": step, "update": step // 10, "time": step / 10, **values}
        self.history.append(kind, row)

    def rows_since(self, place: Place) -> tuple[list[dict[str, Any]], Place]:
        rows, place = self.log.since(place)
        self.handed += len(rows)
        return rows, place


def make_source(log: MadeLog, channels: CurvesChannels | None = None, **settings: Any) -> CurveSource:
    """Return a source of the rows of a log."""
    choices = CurveChoices(CurveSettings(**settings))
    return CurveSource(choices, log.rows_since, lambda: log.config, channels or CurvesChannels())


def answer(
    channels: CurvesChannels,
    logs: dict[Path, MadeLog],
    checkpoints: tuple[KeptCheckpoint, ...] = (),
    repeat: int = 1,
    families: tuple[str, ...] | None = None,
) -> None:
    """Answer the standing request for logs, as the worker does."""
    channels.logs.visible = True
    taken = channels.logs.take()
    assert taken is not None
    named = zip(taken[1], families or [""] * len(taken[1]), strict=True)
    runs = tuple(LoggedRun(folder, logs[folder].log, repeat, family=family) for folder, family in named)
    channels.logs.answer(taken[0], CurvesResult(runs, checkpoints), done=False)


def config_of(task: str = "gym:Pendulum-v1", free_nats: float = 3.0, action_repeat: int = 1) -> Config:
    return build_config(task, "tiny", {"free_nats": free_nats, "action_repeat": action_repeat})


def refresh_all(deck: CurveDeck) -> None:
    """Give each card its turn."""
    for _ in deck.cards:
        deck.refresh_next()


def plot_of(deck: CurveDeck, title: str) -> CurvePlot:
    (plot,) = (card.plot for card in deck.cards if card.curve.title == title)
    return plot


def drawn(deck: CurveDeck, title: str, line: str) -> list[tuple[float, float]]:
    history = plot_of(deck, title).history(line)
    return list(zip(history.x.tolist(), history.y.tolist(), strict=True))
