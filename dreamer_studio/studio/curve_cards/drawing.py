"""Draws the rows of runs on the plot of one curve."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from dreamer_studio.config import free_nats_of
from dreamer_studio.envs import known_end
from dreamer_studio.session import START
from dreamer_studio.studio.curve_cards.curves import (
    KL,
    Curve,
    Line,
    Row,
    describe_change,
    is_number,
    metrics_in,
    right_line,
)
from dreamer_studio.studio.curve_cards.horizontal import ACROSS, Positions, Unit
from dreamer_studio.studio.curve_cards.seeds import SeedGroup, seed_groups
from dreamer_studio.studio.curve_cards.source import CurveSource, OtherRun, RowsSince
from dreamer_studio.studio.widgets.plots.band import Reference
from dreamer_studio.studio.widgets.plots.series import SeriesStyle
from dreamer_studio.studio.widgets.plots.training.curve import CurvePlot
from dreamer_studio.studio.widgets.plots.training.marks import Mark
from dreamer_studio.viewing.curves.messages import KeptCheckpoint, LoggedRun
from dreamer_studio.viewing.role import Role


class _Choices(NamedTuple):
    """The choices that a drawing depends on."""

    unit: Unit
    span: int
    runs: tuple[LoggedRun, ...]
    groups: tuple[SeedGroup, ...]
    right: str


class Drawing:
    """Keeps the plot of a curve up to date. While visible, it reads the missing rows of the logs."""

    def __init__(self, curve: Curve, plot: CurvePlot, source: CurveSource) -> None:
        self._curve, self._plot, self._source = curve, plot, source
        self._others: dict[OtherRun, _Reader] = {}
        self._own: _Reader | None = None
        self._right: Line | None = None
        self._drawn: _Choices | None = None
        self._flags: list[tuple[float, str]] = []
        self._tests: list[Row] = []
        self._free_nats: float | None = None

    @property
    def stale(self) -> bool:
        """Return whether the plot shows other choices than those in force."""
        return self._drawn is None or self._drawn != self._choices

    def refresh(self) -> None:
        """Draw the rows that are new; all of them if the choices have changed."""
        if self.stale and not self._smooth():
            self._restart()
        assert self._own is not None
        rows, again = self._own.read()
        if again:  # the log was reopened: drawn rows may be undone
            self._restart()
            rows, _ = self._own.read()
        self._draw(rows)
        for other, reader in list(self._others.items()):
            self._draw_other(other, reader)
        self._plot.set_marks(self._marks())

    @property
    def _choices(self) -> _Choices:
        settings = self._source.choices.settings
        runs = tuple(other.run for other in self._source.others if other.on and other.run is not None)
        on = tuple(other for other in self._source.others if other.on)
        return _Choices(
            settings.unit,
            settings.span(self._curve),
            runs,
            seed_groups(on) if settings.grouped else (),
            settings.right.get(self._curve.key, ""),
        )

    def _smooth(self) -> bool:
        """Return whether only the smoothing has changed, and the plot could smooth the points that it has."""
        choices, drawn = self._choices, self._drawn
        if drawn is None or drawn._replace(span=choices.span) != choices:
            return False
        if not self._plot.smooth(choices.span):
            return False
        self._drawn = choices
        return True

    def _restart(self) -> None:
        settings = self._source.choices.settings
        self._drawn = self._choices
        groups = {other.folder: group for group in self._drawn.groups for other in group.runs}
        for other in self._others:
            for name in self._lines_of(other):
                self._plot.remove_line(name)
        if self._right is not None:
            self._plot.remove_line(self._right.style.name)
        self._right = right_line(self._drawn.right)
        self._plot.restart(ACROSS[settings.unit], settings.span(self._curve))
        if self._right is not None:
            self._plot.add_line(self._right.style)
        self._own = _Reader(self._source.rows_since, Positions(settings.unit, self._source.config().action_repeat))
        self._flags, self._tests = [], []
        self._others = {}
        for other in self._source.others:
            if other.on and other.run is not None:
                group = groups.get(other.folder)
                for name, line in self._lines_of(other).items():
                    self._plot.add_line(
                        SeriesStyle(
                            name,
                            Role.NEUTRAL,
                            smoothed=line.style.smoothed,
                            run=group.runs[0].place if group else other.place,
                            group=self._name_in_plot(group.name, line) if group else "",
                        )
                    )
                places = Positions(settings.unit, other.run.action_repeat)
                self._others[other] = _Reader(other.run.log.since, places)

    def _lines_of(self, other: OtherRun) -> dict[str, Line]:
        """Return the lines in which another run is laid over, by their names in the plot."""
        return {self._name_in_plot(other.name, line): line for line in self._curve.lines if line.compared}

    def _name_in_plot(self, name: str, line: Line) -> str:
        """Return the name of a line of another run, or of a group of runs."""
        return name if sum(line.compared for line in self._curve.lines) == 1 else f"{name}, {line.style.name}"

    def _draw(self, rows: list[tuple[float, Row]]) -> None:
        if not rows:
            return
        self._source.metrics |= metrics_in(row for _, row in rows)
        free_nats = free_nats_of(self._source.config())
        if self._curve.title == KL and free_nats != self._free_nats:
            self._free_nats = free_nats
            self._plot.set_reference(Reference(free_nats, f"free nats: {free_nats:g}"))
        lines = self._curve.lines if self._right is None else (*self._curve.lines, self._right)
        self._append(rows, ((line.style.name, line) for line in lines))
        self._flags += [(x, describe_change(row)) for x, row in rows if row["kind"] == "change"]
        self._tests += [row for _, row in rows if row["kind"] == "test"]
        self._plot.set_flags(self._flags)

    def _draw_other(self, other: OtherRun, reader: _Reader) -> None:
        rows, again = reader.read()
        if again:
            self._drawn = None  # draw everything again, next time
        self._append(rows, self._lines_of(other).items())

    def _append(self, rows: list[tuple[float, Row]], lines: Iterable[tuple[str, Line]]) -> None:
        of_kind: dict[str, list[tuple[float, Row]]] = defaultdict(list)
        for place, row in rows:
            of_kind[row["kind"]].append((place, row))
        for name, line in lines:
            key = line.key
            points = [(x, row[key], row.get("end")) for x, row in of_kind[line.kind] if is_number(row.get(key))]
            if points:
                x, y, ends = zip(*points, strict=True)
                told = [known_end(end) for end in ends] if any(ends) else None
                self._plot.append(name, x, y, told)

    def _marks(self) -> list[Mark]:
        """Return the marks of checkpoints and tests; a test whose checkpoint is kept has one mark."""
        assert self._own is not None
        kept = {(one.step, one.update): one for one in self._source.checkpoints}
        marks = []
        for row in self._tests:
            checkpoint = kept.pop((row["step"], row["update"]), None)
            what = f"test and {_kind(checkpoint)}" if checkpoint else "test"
            marks.append(self._mark(what, Role.OK, checkpoint, row))
        for (step, update), one in kept.items():
            marks.append(self._mark(_kind(one), Role.MODEL, one, {"step": step, "update": update}))
        return marks

    def _mark(self, what: str, role: Role, checkpoint: KeptCheckpoint | None, row: Row) -> Mark:
        assert self._own is not None
        text = f"{what} at step {row['step']:,}, update {row['update']:,}"
        return Mark(self._own.places.at(row["step"], row["update"]), text, role, checkpoint and checkpoint.path)


def _kind(checkpoint: KeptCheckpoint) -> str:
    return "best checkpoint" if checkpoint.best else "checkpoint"


class _Reader:
    """Reads the rows of one log, with their positions."""

    def __init__(self, rows_since: RowsSince, places: Positions) -> None:
        self.places = places
        self._rows_since = rows_since
        self._read = START

    def read(self) -> tuple[list[tuple[float, Row]], bool]:
        """Return new rows, and whether earlier rows are undone. After an undo, return all rows from the start."""
        before = self._read
        rows, place = self._rows_since(before)
        if place.opening != before.opening and before != START:
            return [], True
        self._read = place
        return list(zip(self.places.of_all(rows), rows, strict=True)), False
