"""Scenes: requests and results. Imports no torch at run time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import Floats, Images
from dreamer_studio.dreams.returns import ReceivedReturn
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.frames import read_only
from dreamer_studio.viewing.scene.columns import LatentsRef, SceneColumns

if TYPE_CHECKING:  # the window opens before torch is loaded
    from dreamer_studio.dreamer.agent import PolicyMode
    from dreamer_studio.dreams.scene import Actor

EPISODE_ACTS = "the episode's actions"
FILM_ACTS = "the film's actions"


def policy_acts(policy: float | None) -> str:
    """Say that the policy acts: with its mode (None), a sample (1), or a sample of another temperature."""
    if policy is None:
        return "the policy acts (mode)"
    return "the policy acts (sample)" if policy == 1.0 else f"the policy acts (sample, temperature {policy:g})"


@dataclass(frozen=True)
class SceneRequest:
    """A request for a dream.

    Attributes:
        origin: the last frame that the model sees; None for the newest frame of the running episode.
        context: number of frames that the model sees, including the last one.
        length: steps to dream.
        actor: who acts after the context.
        seed: seed of the noise.
        actions: the first actions after the context, as a film gives them; none if the actor acts from the first on.
    """

    origin: FrameRef | None
    context: int
    length: int
    actor: Actor
    seed: int
    actions: tuple[tuple[float, ...], ...] = ()

    @property
    def policy(self) -> PolicyMode:
        """Return how the policy acts in later dreams from this scene, and after the end of the record."""
        return "mode" if self.actor == "mode" else "sample"

    @property
    def acts(self) -> str:
        """Return how the policy acts, as text."""
        return policy_acts(None if self.policy == "mode" else 1.0)


@dataclass(frozen=True, eq=False)
class Scene:
    """A scene of T columns, seen and dreamed. T is context + length of the request, until the user drives the scene.

    Arrays never change: a worker that makes more frames publishes another scene.

    Attributes:
        number: the dream's number, which counts the requests of this window.
        request: the request; its `origin` is the scene's frame.
        episode_rows: rows of the episode so far.
        update: the update of the weights.
        context: columns that the model saw: fewer than requested at the beginning of an episode.
        recorded: number of columns with the episode's actions; in later columns the policy or the user acts.
        real: (n, 64, 64, 3), the recorded frames of the first n <= T columns; driven columns have none.
        received: (n,), the rewards there; taken: (n, A), the actions that led there.
        came: (n,), the discounted return that came from there on, as far as recorded.
        over: (n,), whether the episode reached a terminal state there.
        model: (m, 64, 64, 3), read-only: images of the first m <= T columns: reconstructions of the context, then the
            dream.
        columns: the numbers of all T columns.
        latents: the reference to the latents from which the workers continue.
        acting: who acts where the user does not, as pairs of the first column and the words of `acts_at`.
        growing: whether the episode may still reach more of the columns, or more rewards that count in `came`.
        branch: 0 is the dream itself; other branches leave it at a column.
        step: the number of its newest `DriveStep`, 0 before the first.
        edited: columns whose latents the user edited.
    """

    number: int
    request: SceneRequest
    origin: FrameRef
    episode_rows: int
    update: int
    context: int
    recorded: int
    real: Images
    received: Floats
    taken: NDArray[np.float32]
    came: ReceivedReturn
    over: NDArray[np.bool_]
    model: Images
    columns: SceneColumns
    latents: LatentsRef
    acting: tuple[tuple[int, str], ...]
    growing: bool = False
    branch: int = 0
    step: int = 0
    edited: tuple[int, ...] = ()

    @property
    def decoded(self) -> int:
        """Return the number of columns whose frames are decoded."""
        return len(self.model)

    @property
    def whole(self) -> bool:
        """Return whether the frames of all columns are decoded."""
        return self.decoded == len(self.columns)

    @property
    def first_row(self) -> int:
        """Return the row of the episode in the first column."""
        return self.origin.index - self.context + 1

    def acts_at(self, column: int) -> str:
        """Return who acts in the step to a dreamed column if the user does not: `EPISODE_ACTS`, or `policy_acts`."""
        if column < self.recorded:
            return EPISODE_ACTS
        return next(who for first, who in reversed(self.acting) if first <= column)

    def up_to(self, column: int) -> Scene:
        """Return the scene up to and including this decoded column."""
        assert column < self.decoded
        kept = slice(column + 1)
        context = min(self.context, column + 1)
        return replace(
            self,
            origin=replace(self.origin, index=self.first_row + context - 1),
            context=context,
            recorded=min(self.recorded, column + 1),
            real=self.real[kept],
            received=self.received[kept],
            taken=self.taken[kept],
            came=self.came.first(column + 1),
            over=self.over[kept],
            model=self.model[kept],
            columns=self.columns.up_to(column),
            latents=self.latents.up_to(column),
            acting=tuple(each for each in self.acting if each[0] <= column),
            growing=False,
            edited=tuple(place for place in self.edited if place <= column),
        )

    def extended(
        self, later: SceneColumns, *, model: Images, latents: LatentsRef, acts: str, along_episode: int = 0
    ) -> Scene:
        """Return the scene, followed by later, dreamed columns.

        Args:
            later: the numbers of the new columns.
            model: (m, 64, 64, 3), the frames from the first column on, including those of this scene.
            latents: the reference to the latents of the longer scene.
            acts: who acts in the new columns, in the words of `policy_acts`.
            along_episode: how many of the new columns follow the episode's actions first.
        """
        end = len(self.columns)
        along = end + along_episode
        acting = _acting_from(self.acting, end, EPISODE_ACTS) if along_episode else self.acting
        return replace(
            self,
            recorded=along if self.recorded == end else self.recorded,
            model=read_only(model),
            columns=self.columns.followed_by(later),
            latents=latents,
            acting=_acting_from(acting, along, acts),
        )


def _acting_from(acting: tuple[tuple[int, str], ...], column: int, who: str) -> tuple[tuple[int, str], ...]:
    """Return the pairs of `Scene.acting`, changed so that `who` acts from a column on."""
    before = tuple(each for each in acting if each[0] < column)
    return before if before and before[-1][1] == who else (*before, (column, who))


@dataclass(frozen=True, eq=False)
class DriveStep:
    """A request for one more step of a scene, in which the user may act.

    Attributes:
        scene: the scene to drive.
        column: the column from which the step starts. Later columns are dropped.
        action: (A,), NaN wherever the policy acts.
    """

    scene: Scene
    column: int
    action: NDArray[np.float32]
