"""The card with the average curves of the chosen groups."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamer_studio.library.groups.test_log import Unit
from dreamer_studio.published import published_curve
from dreamer_studio.studio.help import runs
from dreamer_studio.studio.runs.group_plot import GroupLine, GroupPlot
from dreamer_studio.studio.runs.words import NO_RUNS, NO_TESTS, curves_caption, legend_name
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.fields.choice_box import choice_box
from dreamer_studio.studio.widgets.plots.band import Band
from dreamer_studio.viewing.groups.messages import Averaging, GroupsResult

CAPTION_LINES = 3


class AveragesCard(Card):
    """Shows the tests of groups: average, interval and single runs.

    Attributes:
        plot: the curves.
        unit, averaging: the boxes to choose the horizontal axis and the average.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Averages", help_text=runs.AVERAGES, caption_lines=CAPTION_LINES, parent=parent)
        self.unit = choice_box("Horizontal axis", list(Unit), "The unit of the horizontal axis")
        self.averaging = choice_box("Average", list(Averaging), "The average over the runs of a group")
        self.plot = GroupPlot(theme, name="Averages", x_title=Unit.STEPS, empty_text=NO_RUNS, whole=True)
        self.plot.unit = "test return"
        self.set_subtitle("test return")
        self.add_header_widget(self.averaging)
        self.add_header_widget(self.unit)
        self.set_body(with_legend(self.plot))

    @property
    def chosen_unit(self) -> Unit:
        """Return the chosen unit."""
        return list(Unit)[self.unit.currentIndex()]

    @property
    def chosen_averaging(self) -> Averaging:
        """Return the chosen average."""
        return list(Averaging)[self.averaging.currentIndex()]

    def show_result(self, result: GroupsResult) -> None:
        """Show the curves of some groups."""
        unit = result.request.unit
        tested = [curve for curve in result.curves if curve.runs]
        lines = [
            GroupLine(
                legend_name(curve),
                curve.across,
                curve.average,
                [(run.across(unit), run.mean) for run in curve.runs],
            )
            for curve in tested
        ]
        # A single line has no legend, which would say how many runs count.
        self.set_subtitle(f"test return of {lines[0].name}" if len(lines) == 1 else "test return")
        self.plot.set_x_title(unit)
        self.plot.set_whole(unit is not Unit.HOURS)
        self.plot.set_empty_text(NO_TESTS if result.curves else NO_RUNS)
        tasks = {curve.group.task for curve in tested}
        self.plot.set_groups(lines, _published(tasks.pop()) if len(tasks) == 1 and unit is Unit.STEPS else None)
        self.set_caption(curves_caption(result) if result.curves else "")

    def say_left_out(self, shown: int, count: int) -> None:
        """Show a badge if only some of the chosen groups are visible."""
        self.set_badge(f"{shown} of {count} groups" if shown < count else None)


def with_legend(plot: GroupPlot) -> QWidget:
    """Return a plot below its legend."""
    body = QWidget()
    down = QVBoxLayout(body)
    down.setContentsMargins(0, 0, 0, 0)
    down.addWidget(plot.legend)
    down.addWidget(plot, 1)
    return body


def _published(task: str) -> Band | None:
    """Return the author's published scores of a task, or None."""
    curve = published_curve(task)
    return None if curve is None else Band("published", curve.step, curve.mean, curve.std)
