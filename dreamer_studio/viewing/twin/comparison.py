"""The frames to compare with a dream: the recorded ones, the reality twin, or another branch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
    """Frames of the same columns from another source.

    Attributes:
        name: the title.
        role: the kind of frames.
        start: the column of the first frame.
        frames: (n, 64, 64, 3), the frames of columns `start` to `start + n`.
        reward: (n,), received or predicted there.
        value: (n,) or empty, estimated there.
        mark: a column to mark with a line, or None.
        mark_words: the label of that line.
        lacking: the reason why there are no further frames.
        badge: how exact the frames are, in a word or two.
        note: a remark about the frames.
        step: the number of its newest driven step, 0 before the first.
        branch: the key of the branch, or None.
        same_episode: whether the frames belong to the same rows of the episode as the columns.
        other_actions: the first column that the frames reached by other actions than the scene, or None.
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
    other_actions: int | None = None

    @property
    def end(self) -> int:
        """Return the column after the last frame."""
        return self.start + len(self.frames)

    @property
    def state(self) -> tuple[Any, ...]:
        """Return a cache key that changes whenever something visible changes."""
        words = self.name, self.mark, self.lacking, self.badge, self.note, self.other_actions
        return self.branch, self.start, len(self.frames), self.step, *words

    def acts_otherwise(self, column: int) -> bool:
        """Return whether a difference at a column comes from other actions too, and not from the model alone."""
        return self.other_actions is not None and column >= self.other_actions

    def frame(self, column: int) -> Images | None:
        """Return the frame of a column, or None."""
        return self.frames[column - self.start] if self.start <= column < self.end else None

    def reward_at(self, column: int) -> float | None:
        """Return the reward of a column, or None."""
        at = column - self.start
        return float(self.reward[at]) if 0 <= at < len(self.reward) else None


def real(scene: Scene) -> Comparison:
    """Return the recorded frames."""
    lacking = "not recorded: this branch left the episode" if scene.branch else "not recorded, or not yet"
    if len(scene.over) and scene.over[-1]:
        lacking = f"the episode was over at frame {scene.first_row + len(scene.over) - 1}"
    return Comparison(
        "Real",
        Role.REAL,
        0,
        scene.real,
        scene.received,
        NOTHING,
        lacking=lacking,
        other_actions=_first_other(scene.columns.action, scene.taken, 0),
    )


def other_branch(scene: Scene, branch: Branch) -> Comparison:
    """Return another branch's frames, with a mark at the first column at which the branches differ.

    A branch of another dream is aligned by frame if it has the same episode, else by step.
    """
    other = branch.scene
    same_dream = other.request is scene.request
    same_episode = other.origin.of_same_episode(scene.origin)
    later = other.first_row - scene.first_row if same_episode else scene.context - other.context
    there = slice(max(0, -later), other.decoded)
    column = parting(scene, other) if same_dream else None
    return Comparison(
        branch.name,
        Role.DREAM,
        max(0, later),
        other.model[there],
        other.columns.reward[there],
        other.columns.value[there],
        mark=column,
        mark_words="" if column is None else f"they differ from {step_word(scene, column)} on",
        lacking="that branch ends earlier",
        badge="" if same_episode else "another episode",
        note="" if same_episode else "of another episode, aligned by step",
        step=other.step,
        branch=branch.key,
        same_episode=same_episode,
        other_actions=_first_other(scene.columns.action[max(0, later) :], other.columns.action[there], max(0, later))
        if same_episode
        else max(0, later),
    )


def twin(scene: Scene, result: TwinResult | None, failure: RequestFailure | None = None) -> Comparison:
    """Return the real environment's frames along the scene's actions, without frames of actions replaced since."""
    lacking = "the environment is starting"
    if failure is not None:
        lacking = f"the twin failed: {failure.reason}"
    if result is None or result.scene.request is not scene.request or result.start != scene.context - 1:
        return Comparison(TWIN, Role.REAL, scene.context, scene.real[:0], NOTHING, NOTHING, lacking=lacking)
    count = _along(scene, result)
    if count == result.count:
        lacking = result.lacking or lacking
    return Comparison(
        TWIN,
        Role.REAL,
        result.start,
        result.frames[:count],
        result.reward[:count],
        NOTHING,
        lacking=lacking,
        badge=result.badge,
        note=result.note,
    )


def _first_other(own: NDArray[np.float32], others: NDArray[np.float32], start: int) -> int | None:
    """Return the first column at which two lists of actions, both from column `start` on, differ; None if all agree."""
    count = min(len(own), len(others))
    same = (own[:count] == others[:count]).all(-1)
    return None if same.all() else start + int(np.argmin(same))


def _along(scene: Scene, result: TwinResult) -> int:
    """Return how many of the twin's frames follow the actions of a scene."""
    played, own = (each.columns.action[result.start + 1 : result.end] for each in (result.scene, scene))
    other = _first_other(played, own, 0)
    return min(result.count, 1 + (min(len(played), len(own)) if other is None else other))


def step_word(scene: Scene, column: int) -> str:
    """Return a column's name on screen."""
    step = column - scene.context + 1
    return f"step +{step}" if step > 0 else f"frame {scene.first_row + column} of the context"
