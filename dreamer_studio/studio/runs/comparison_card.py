"""The card that compares two groups: performance profiles and the probability of improvement."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from dreamer_studio.studio.help import runs
from dreamer_studio.studio.runs.averages_card import with_legend
from dreamer_studio.studio.runs.group_plot import GroupLine, GroupPlot
from dreamer_studio.studio.runs.words import TWO_NEEDED, legend_name, profile_caption
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.viewing.groups.messages import GroupsResult

CAPTION_LINES = 3


class ComparisonCard(Card):
    """Shows the share of runs above each return for two groups, and the probability that the first group is better.

    Attributes:
        plot: the performance profiles.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Two groups", help_text=runs.TWO_GROUPS, caption_lines=CAPTION_LINES, parent=parent)
        self.plot = GroupPlot(
            theme, name="Performance profiles", x_title="test return", empty_text=TWO_NEEDED, whole=False
        )
        self.plot.unit = "share of runs above"
        self.set_subtitle("share of runs above a return")
        self.set_body(with_legend(self.plot))

    def show_result(self, result: GroupsResult) -> None:
        """Show a comparison, or say why there is none."""
        found = result.comparison
        if found is None:
            self.plot.set_empty_text(result.problem or TWO_NEEDED)
            self.plot.set_groups(())
            self.set_caption("")
            return
        first, second = result.curves
        self.plot.set_groups(
            [
                GroupLine(legend_name(curve), found.thresholds, profile)
                for curve, profile in zip((first, second), found.profiles, strict=True)
            ]
        )
        self.set_caption(profile_caption(found, (first.group.name, second.group.name), result.request.unit))
