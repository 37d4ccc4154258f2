"""Help texts of Health."""

from __future__ import annotations

from typing import Final

from dreamer_studio.studio.help.help import Help

HEALTH: Final = Help(
    "Eleven rules on the newest 100 updates of the log, the state of the run, and the newest judgment of Trust. Each "
    "has a level, a sentence with its numbers, and, where it has found something, what to try.",
    "Fine: nothing is wrong. Yellow: look at it. Red: the training learns nothing useful, or loses updates. Cannot "
    "tell yet: the sentence gives the reason. No rule speaks on the records of our four runs, whose actions were "
    "beyond 0.99 in 68 to 95% of all steps: an actor at its limits is no alarm by itself. A difference of a quarter "
    "counts as none (the FDA's rule for the equivalence of two drugs).",
    "Begin with the first line. Several rules may have one cause: a model that ignores actions also misjudges rewards "
    "and values. Help > Glossary explains the words.",
)
