"""Help texts of the Runs workspace."""

from __future__ import annotations

from typing import Final

from dreamer_studio.studio.help.help import Help

AVERAGES: Final = Help(
    "The test returns of the chosen groups: the IQM or the mean over the runs, the 95% interval of a stratified "
    "bootstrap as a band, and each run faintly. Runs are tested at different steps, so a point of the average takes "
    "the newest test of each run, as soon as all runs have a new one. The average ends with the run that ends first. "
    "Hours leave out pauses of more than ten minutes.",
    "Good: the bands of two settings do not overlap. With one run there is no band, because nothing shows how much "
    "another seed would differ; with two or three runs the band is too narrow.",
    "Tick groups with Space to lay up to six over each other. Right-click the plot to save its values or the figure.",
)
TWO_GROUPS: Final = Help(
    "The performance profile of each group: the share of its runs whose newest test lies above a return, with its "
    "95% interval; and the probability of improvement, which compares each run of the first group with each of the "
    "second. Both hold at the last step that all these runs have reached with a test.",
    "Good: a profile that stays above the other everywhere. If the interval of the probability includes 0.5, the runs "
    "do not show which setting is better.",
    "Tick two groups of the same task. If the interval is wide, train more seeds.",
)
