"""The report of a check: one row for each question."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from dreamer_studio.arrays import Images

Verdict: TypeAlias = Literal["ok", "note", "refused"]
"""``ok``; ``note``: works, but read the row; ``refused``: cannot be learned like this."""

_WORST_FIRST: Final[tuple[Verdict, ...]] = ("refused", "note", "ok")
_WIDTH: Final = 110
_INDENT: Final = " " * 19


@dataclass(frozen=True)
class Row:
    """The answer to one question about a task.

    Attributes:
        name: The question in a word, such as ``image`` or ``reward``.
        verdict: How good the answer is.
        found: The answer, in one line.
        advice: What to do about it, in one line; empty if there is nothing to do.
    """

    name: str
    verdict: Verdict
    found: str
    advice: str = ""


@dataclass(frozen=True, eq=False)
class CheckReport:
    """The findings about a task.

    Attributes:
        task: The task.
        rows: The answers, in the order in which a reader should see them.
        frames: uint8 (n, 64, 64, 3), read-only: what the agent sees from a reset on; n is 0 if nothing was drawn.
        traceback: The part of the environment's traceback that is the user's own code; empty if it did not raise.
    """

    task: str
    rows: tuple[Row, ...]
    frames: Images
    traceback: str = ""

    @property
    def verdict(self) -> Verdict:
        """Return the worst verdict of the rows."""
        return next(each for each in _WORST_FIRST if any(row.verdict == each for row in self.rows))

    def as_dict(self) -> dict[str, Any]:
        """Return task, verdict and rows as a dictionary for JSON."""
        rows = [
            {"name": row.name, "verdict": row.verdict, "found": row.found, "advice": row.advice} for row in self.rows
        ]
        return {"task": self.task, "verdict": self.verdict, "rows": rows}

    def as_text(self) -> str:
        """Return the report as lines of text."""
        lines = [f"{self.task}: {self.verdict}"]
        for row in self.rows:
            lines += _wrapped(f"  {row.name:<9}{row.verdict:<8}", row.found)
            if row.advice:
                lines += _wrapped(_INDENT, f"-> {row.advice}")
        if self.traceback:
            lines += ["", self.traceback]
        return "\n".join(lines)

    def write_image(self, path: Path) -> bool:
        """Write the first frame with more than one color, else the first frame, as a 64 x 64 PNG.

        Returns:
            Whether there was a frame to write.
        """
        if not len(self.frames):
            return False
        from PIL import Image  # noqa: PLC0415  (the window imports this module long before it needs Pillow)

        shown = next((frame for frame in self.frames if (frame != frame[:1, :1]).any()), self.frames[0])
        Image.fromarray(shown).save(path, "PNG")
        return True


def _wrapped(start: str, text: str) -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent=start, subsequent_indent=_INDENT, break_long_words=False, break_on_hyphens=False
    )
