"""Judges the frames that the agent will see."""

from __future__ import annotations

from typing import Final

import numpy as np

from dreamer_studio.arrays import Images
from dreamer_studio.check.findings import Findings
from dreamer_studio.check.report import Row, Verdict

LEAST_STEPS: Final = 90
"""Fewest equal frames of one color that mean that nothing is drawn; fewer may be a still start."""

FEW_STEPS: Final = 5
"""Fewest steps from which to judge the frames."""

_FAINT: Final = 16
"""Difference between the darkest and the brightest value below which an image shows next to nothing."""

_ELSEWHERE: Final = (
    "Try another image (--set observe=render or observe=observation), or a screen: xvfb-run -a dreamer-studio ..."
)


def image_row(found: Findings) -> Row | None:
    """Make the row about the agent's frames; None without a frame."""
    frames = found.frames
    if found.spec is None or not len(frames):
        return None
    source = found.spec.sees or "the suite's own image"
    verdict, words, advice = _judged(frames, found)
    return Row("image", verdict, f"{source}, seen as 64 x 64; {words}", advice)


def _judged(frames: Images, found: Findings) -> tuple[Verdict, str, str]:
    moved, count = _moved(frames, found), len(found.taken)
    flat = bool((frames == frames[:, :1, :1]).all())
    if count < FEW_STEPS:
        return "ok", f"only {len(frames)} seen, too few to judge", ""
    if (frames == frames[0]).all():
        look = "black" if not frames.any() else "of one color" if flat else "the same image"
        if flat and count >= LEAST_STEPS:
            return "refused", f"all {len(frames)} frames are the same, {look}: nothing is drawn", _ELSEWHERE
        return "note", f"all {len(frames)} frames are the same, {look}", _ELSEWHERE
    words = f"{moved} of {count} frames differ from the frame before"
    if flat:
        return "note", f"{words}, but each has one color only", _ELSEWHERE
    if int(frames.max()) - int(frames.min()) < _FAINT:
        return "note", f"{words}, but all values are from {frames.min()} to {frames.max()}", "Draw with contrast."
    return _with_actions(words, found)


def _with_actions(words: str, found: Findings) -> tuple[Verdict, str, str]:
    """Add whether other actions change the frames. This is unknown if the seed does not repeat an episode."""
    again, others = found.again, found.others
    if again is None or others is None or len(others.steps) < 2:
        return "ok", words, ""
    if not again.same_frames:
        return "ok", f"{words}; whether actions change them is unknown, because the seed does not repeat an episode", ""
    for number, (one, other) in enumerate(zip(others.first, others.steps, strict=True)):
        if not np.array_equal(one.image, other.image):
            return "ok", f"{words}; other actions change them from step {number} on", ""
    count = len(others.steps) - 1
    return (
        "note",
        f"{words}; other actions gave the same frames for {count} steps",
        "If actions show only later, all is well. Otherwise the image does not show what the agent does.",
    )


def _moved(frames: Images, found: Findings) -> int:
    """Count the steps whose frame differs from the frame before."""
    changed = (frames[1:] != frames[:-1]).any(axis=(1, 2, 3))
    taken = np.array([not step.is_first for step in found.steps[1:]], bool)
    return int((changed & taken).sum())
