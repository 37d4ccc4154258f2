"""What stands beside a dream for comparison: what was real, or another branch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from dreamer_studio.arrays import Floats, Images
from dreamer_studio.viewing.role import Role
from dreamer_studio.viewing.scene.branches import Branch, Key, parting
from dreamer_studio.viewing.scene.messages import SceneView
from dreamer_studio.viewing.twin.messages import TwinView

NOTHING = np.empty(0)
TWIN = "Reality twin"


@dataclass(frozen=True, eq=False)
class Beside:
    """Frames of the same columns from elsewhere.

    Attributes:
        name: what it is, as a title.
        role: the kind of thing.
        start: the first column that there is a frame of.
        frames: (n, 64, 64, 3), of columns `start` to `start + n`.
        reward: (n,), received or predicted there.
        value: (n,) or empty, estimated there.
        mark: a column that is worth a line, or None, and what the line says.
        mark_words: what it says.
        lacking: why there is no frame of a column beyond these.
        badge: how far to believe it, in a word or two.
        note: what else is to be known of its frames.
        step: the number of the newest step that was driven there, 0 before the first.
        branch: which branch it is, where it is one.
        same_episode: whether its frames are of the rows that the columns stand for.
    """

    name: str
    role: Role
    start: int
    frames: Images
    reward: Floats
    value: Floats
    mark: int | None = None
    mark_words: str = ""
    lacking: str = ""
    badge: str = ""
    note: str = ""
    step: int = 0
    branch: Key | None = None
    same_episode: bool = True

    @property
    def end(self) -> int:
        """One beyond the last column that there is a frame of."""
        return self.start + len(self.frames)

    @property
    def state(self) -> tuple[Any, ...]:
        """Differs wherever what is to be drawn does."""
        words = self.name, self.mark, self.lacking, self.badge, self.note
        return self.branch, self.start, len(self.frames), self.step, *words

    def frame(self, column: int) -> Images | None:
        """The frame of a column, where there is one."""
        return self.frames[column - self.start] if self.start <= column < self.end else None

    def reward_at(self, column: int) -> float | None:
        """The reward of a column, where there is one."""
        at = column - self.start
        return float(self.reward[at]) if 0 <= at < len(self.reward) else None


def real(line: SceneView) -> Beside:
    """What the environment showed, as far as it is recorded."""
    lacking = "not recorded: this branch left the episode" if line.branch else "not recorded, or not yet"
    return Beside("Real", Role.REAL, 0, line.real, line.received, NOTHING, lacking=lacking)


def other_branch(line: SceneView, branch: Branch) -> Beside:
    """Another branch's pictures, and the first column in which it is not the same.

    One of another dream stands frame beside frame where that is of the same episode, else step beside step.
    """
    other = branch.line
    same_dream = other.wish is line.wish
    same_episode = (other.origin.episode, other.origin.scene) == (line.origin.episode, line.origin.scene)
    later = other.first_row - line.first_row if same_episode else line.context - other.context
    there = slice(max(0, -later), other.decoded)
    column = parting(line, other) if same_dream else None
    return Beside(
        f"Branch {branch.name}",
        Role.DREAM,
        max(0, later),
        other.model[there],
        other.reward[there],
        other.value[there],
        mark=column,
        mark_words="" if column is None else f"they part at {step_word(line, column)}",
        lacking="that branch ends before",
        badge="" if same_episode else "another episode",
        note="" if same_episode else "of another episode, step beside step",
        step=other.step,
        branch=branch.key,
        same_episode=same_episode,
    )


def twin(line: SceneView, view: TwinView | None) -> Beside:
    """The real environment along the line's actions, as far as it has come; nothing of a way that was driven over."""
    lacking = "the environment is on its way"
    if view is None or view.line.wish is not line.wish or view.start != line.context - 1:
        return Beside(TWIN, Role.REAL, line.context, line.real[:0], NOTHING, NOTHING, lacking=lacking)
    count = _along(line, view)
    if count == view.count:
        lacking = view.lacking or lacking
    return Beside(
        TWIN,
        Role.REAL,
        view.start,
        view.frames[:count],
        view.reward[:count],
        NOTHING,
        lacking=lacking,
        badge=view.badge,
        note=view.note,
    )


def _along(line: SceneView, view: TwinView) -> int:
    """Frames of the twin that the actions of a line lead to."""
    played, own = (each.action[view.start + 1 : view.start + view.count] for each in (view.line, line))
    count = min(len(played), len(own))
    same = (played[:count] == own[:count]).all(-1)
    return min(view.count, 1 + (count if same.all() else int(np.argmin(same))))


def step_word(line: SceneView, column: int) -> str:
    """A column in a person's words."""
    step = column - line.context + 1
    return f"step +{step}" if step > 0 else f"frame {column + 1} of the context"
