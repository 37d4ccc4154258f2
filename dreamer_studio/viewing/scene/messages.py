"""Scenes: what the window asks for, and the values that answer. Imports no torch at run time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import Floats, Images
from dreamer_studio.viewing.frame_ref import FrameRef

if TYPE_CHECKING:  # the window is there before torch
    from torch import Tensor

    from dreamer_studio.dreamer.agent import Agent, PolicyMode
    from dreamer_studio.dreamer.latent import LatentState
    from dreamer_studio.dreamer.noise import NoiseSource
    from dreamer_studio.dreams.scene import Actor

EPISODE_ACTS = "the episode's actions"


def policy_acts(policy: float | None) -> str:
    """That the policy acts, in words: with its mode (None), a sample (1), or a sample of that temperature."""
    if policy is None:
        return "the policy acts (mode)"
    return "the policy acts (sample)" if policy == 1.0 else f"the policy acts (sample, temperature {policy:g})"


@dataclass(frozen=True)
class SceneRequest:
    """What a person wants to see dreamed.

    Attributes:
        number: counts the requests of this window; what answers an older one than the newest is dropped.
        origin: the last frame that the model sees; None for the newest frame of the running episode.
        context: frames that it sees, that one included.
        length: steps to dream.
        actor: who acts after the context.
        seed: of all noise.
    """

    number: int
    origin: FrameRef | None
    context: int
    length: int
    actor: Actor
    seed: int

    @property
    def policy(self) -> PolicyMode:
        """How the policy acts in what is dreamed on from here, and where a record ends."""
        return "mode" if self.actor == "mode" else "sample"

    @property
    def acts(self) -> str:
        """The same in words."""
        return policy_acts(None if self.policy == "mode" else 1.0)


@dataclass(frozen=True, eq=False)
class Latents:
    """What a scene goes on from. The window hands it back with each request, and never looks into it.

    Attributes:
        agent: the snapshot that dreams.
        noise: of all that is dreamed on from here.
        feat: (T, F).
        posterior: (C, .), over the context.
        disclam: lambda of the lambda-return.
    """

    agent: Agent
    noise: NoiseSource
    feat: Tensor
    posterior: LatentState
    disclam: float

    def up_to(self, column: int) -> Latents:
        """The same up to a column, that one included."""
        kept = slice(column + 1)
        return replace(self, feat=self.feat[kept], posterior=self.posterior.map(lambda part: part[kept]))


@dataclass(frozen=True, eq=False)
class Scene:
    """A scene seen and dreamed, T columns: context + length of the request, until it is driven on.

    Attributes:
        request: what it answers; `origin` is the frame that it is from.
        episode_rows: rows of the episode so far.
        update: of the weights.
        context: columns that the model saw: fewer than requested at the beginning of an episode.
        recorded: columns whose action was taken in the episode; from there on a policy acts, or a person.
        real: (n, 64, 64, 3), what the environment showed in the first n <= T columns; none where a person drove.
        received: (n,), the reward there; taken: (n, A), the action that led there.
        model: (T or more, 64, 64, 3), reconstructions of the context, then the dream; the first `decoded` are there.
        action: (T, A); reward, value, kl, entropy: (T,), predicted; kl is NaN in the dream.
        policy: (T, A), what the policy would have done in the steps that were driven; else NaN.
        driven: (T,), whether a person acted in the step to this column.
        acting: columns from which on it is another who acts where no person does, and who; as in `acts_at`.
        latents: what it goes on from.
        growing: whether more of it may come to pass.
        branch: 0 is the dream itself; others went their own way from a column on.
        step: the number of its newest `DriveStep`, 0 before the first.
        edited: columns in which a person changed the latents.
    """

    request: SceneRequest
    origin: FrameRef
    episode_rows: int
    update: int
    context: int
    recorded: int
    real: Images
    received: Floats
    taken: NDArray[np.float32]
    model: Images
    decoded: int
    action: NDArray[np.float32]
    reward: Floats
    value: Floats
    kl: Floats
    entropy: Floats
    policy: NDArray[np.float32]
    driven: NDArray[np.bool_]
    latents: Latents
    acting: tuple[tuple[int, str], ...]
    growing: bool = False
    branch: int = 0
    step: int = 0
    edited: tuple[int, ...] = ()

    @property
    def columns(self) -> int:
        """T."""
        return len(self.reward)

    @property
    def first_row(self) -> int:
        """The row of the episode in the first column."""
        return self.origin.index - self.context + 1

    def acts_at(self, column: int) -> str:
        """Who acts in the step to a column of the dream, if no person does: `EPISODE_ACTS`, or `policy_acts`."""
        if column < self.recorded:
            return EPISODE_ACTS
        return next(who for first, who in reversed(self.acting) if first <= column)

    def acting_from(self, column: int, who: str) -> tuple[tuple[int, str], ...]:
        """Who acts where it is this one from a column on."""
        before = tuple(each for each in self.acting if each[0] < column)
        return before if before and before[-1][1] == who else (*before, (column, who))

    def up_to(self, column: int) -> Scene:
        """The same scene up to a column that is decoded, that one included."""
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
            model=self.model[kept],
            decoded=column + 1,
            action=self.action[kept],
            reward=self.reward[kept],
            value=self.value[kept],
            kl=self.kl[kept],
            entropy=self.entropy[kept],
            policy=self.policy[kept],
            driven=self.driven[kept],
            latents=self.latents.up_to(column),
            acting=tuple(each for each in self.acting if each[0] <= column),
            growing=False,
            edited=tuple(place for place in self.edited if place <= column),
        )


@dataclass(frozen=True, eq=False)
class DriveStep:
    """One more step of a scene, in which a person may act.

    Attributes:
        number: counts the steps of this window.
        scene: the scene that goes on.
        column: of the frame that the step leads away from. What was dreamed after it is forgotten.
        action: (A,), NaN wherever the policy acts.
    """

    number: int
    scene: Scene
    column: int
    action: NDArray[np.float32]


@dataclass(frozen=True)
class SceneFailure:
    """A `SceneRequest` that could not be met.

    Attributes:
        number: of the request.
        text: why, in words.
        frame_gone: whether it is the frame, so that no other request from there can be met either.
    """

    number: int
    text: str
    frame_gone: bool
