"""What stands beside a dream for comparison: what was real, or another branch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from dreamer_studio.arrays import Floats, Images
from dreamer_studio.viewing.channel import RequestFailure
from dreamer_studio.viewing.role import Role
from dreamer_studio.viewing.scene.branches import Branch, Key, parting
from dreamer_studio.viewing.scene.messages import Scene
from dreamer_studio.viewing.twin.messages import TwinResult

NOTHING = np.empty(0)
TWIN = "Reality twin"


@dataclass(frozen=True, eq=False)
class Comparison:
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


def real(scene: Scene) -> Comparison:
    """What the environment showed, as far as it is recorded."""
    lacking = "not recorded: this branch left the episode" if scene.branch else "not recorded, or not yet"
    return Comparison("Real", Role.REAL, 0, scene.real, scene.received, NOTHING, lacking=lacking)


def other_branch(scene: Scene, branch: Branch) -> Comparison:
    """Another branch's images, and the first column in which it is not the same.

    One of another dream stands frame beside frame where that is of the same episode, else step beside step.
    """
    other = branch.scene
    same_dream = other.request is scene.request
    same_episode = (other.origin.episode, other.origin.scene) == (scene.origin.episode, scene.origin.scene)
    later = other.first_row - scene.first_row if same_episode else scene.context - other.context
    there = slice(max(0, -later), other.decoded)
    column = parting(scene, other) if same_dream else None
    return Comparison(
        f"Branch {branch.name}",
        Role.DREAM,
        max(0, later),
        other.model[there],
        other.columns.reward[there],
        other.columns.value[there],
        mark=column,
        mark_words="" if column is None else f"they part at {step_word(scene, column)}",
        lacking="that branch ends before",
        badge="" if same_episode else "another episode",
        note="" if same_episode else "of another episode, step beside step",
        step=other.step,
        branch=branch.key,
        same_episode=same_episode,
    )


def twin(scene: Scene, view: TwinResult | None, failure: RequestFailure | None = None) -> Comparison:
    """The real environment along the line's actions, as far as it has come; nothing of a way that was driven over."""
    lacking = "the environment is on its way"
    if failure is not None:
        lacking = f"the twin failed: {failure.reason}"
    if view is None or view.scene.request is not scene.request or view.start != scene.context - 1:
        return Comparison(TWIN, Role.REAL, scene.context, scene.real[:0], NOTHING, NOTHING, lacking=lacking)
    count = _along(scene, view)
    if count == view.count:
        lacking = view.lacking or lacking
    return Comparison(
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


def _along(scene: Scene, view: TwinResult) -> int:
    """Frames of the twin that the actions of a line lead to."""
    played, own = (each.columns.action[view.start + 1 : view.start + view.count] for each in (view.scene, scene))
    count = min(len(played), len(own))
    same = (played[:count] == own[:count]).all(-1)
    return min(view.count, 1 + (count if same.all() else int(np.argmin(same))))


def step_word(scene: Scene, column: int) -> str:
    """A column in a person's words."""
    step = column - scene.context + 1
    return f"step +{step}" if step > 0 else f"frame {column + 1} of the context"
