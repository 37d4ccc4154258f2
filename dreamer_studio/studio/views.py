"""What the inspector hands to the window. No torch here: the window is there before it is loaded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.envs import End
from dreamer_studio.session import Mailbox
from dreamer_studio.studio.compare_views import CompareViews
from dreamer_studio.studio.latent_views import LatentViews
from dreamer_studio.studio.practice_views import PracticeViews

if TYPE_CHECKING:  # the window is there before torch
    from torch import Tensor

    from dreamer_studio.dreamer.agent import Agent, PolicyMode
    from dreamer_studio.dreamer.noise import NoiseSource
    from dreamer_studio.dreams.scene import Actor
    from dreamer_studio.studio.futures import FuturesView, FuturesWish

Pictures = NDArray[np.uint8]
Floats = NDArray[np.float64]

EPISODE_ACTS = "the episode's actions"


def policy_acts(policy: float | None) -> str:
    """That the policy acts, in words: with its mode (None), a sample (1), or a sample of that temperature."""
    if policy is None:
        return "the policy acts (mode)"
    return "the policy acts (sample)" if policy == 1.0 else f"the policy acts (sample, temperature {policy:g})"


@dataclass(frozen=True, eq=False)
class LiveView:
    """The running episode as the snapshot sees it.

    Attributes:
        episode, index: the newest row, index 0 being the reset.
        image: (64, 64, 3), what the environment showed there.
        action: (A,), executed on the way there.
        reconstruction: (64, 64, 3), or None before the first update.
        update: of the weights that drew it.
        kl: of the newest row in nats, or None.
        x, reward, predicted, value: per agent step of the episode; NaN where the model was not asked.
        end: what ended the episode at the newest row; None while it goes on.
    """

    episode: int
    index: int
    image: Pictures
    action: NDArray[np.float32]
    reconstruction: Pictures | None
    update: int
    kl: float | None
    x: Floats
    reward: Floats
    predicted: Floats
    value: Floats
    end: End | None = None


@dataclass(frozen=True, eq=False)
class DreamView:
    """A dream from the running episode; frames are decoded while it plays.

    Attributes:
        number: counts the dreams of this session.
        episode, index: the row it started from.
        update: of the weights that dream it.
        frames: (L, 64, 64, 3), of which the first `decoded` are there.
        action: (L, A); reward, value: (L,), predicted.
    """

    number: int
    episode: int
    index: int
    update: int
    frames: Pictures
    decoded: int
    action: NDArray[np.float32]
    reward: Floats
    value: Floats

    @property
    def length(self) -> int:
        """The viewing horizon that it was made with."""
        return len(self.reward)


@dataclass(frozen=True)
class Origin:
    """A frame to dream from.

    Attributes:
        live: whether it is of the running episode, else of a stored one.
        episode: its number, by which its file is named once it is stored.
        index: the row in it, 0 being the reset.
        scene: the path of an opened scene; then `episode` is what it was cut from, in another run it may be, and an
            `index` of -1 is the frame that it was saved for.
    """

    live: bool
    episode: int
    index: int
    scene: str = ""


@dataclass(frozen=True)
class SceneWish:
    """What a person wants to see dreamt.

    Attributes:
        number: counts the wishes of this window; what answers an older one than the newest is dropped.
        origin: the last frame that the model sees; None for the newest frame of the running episode.
        context: frames that it sees, that one included.
        length: steps to dream.
        actor: who acts after the context.
        seed: of all noise.
    """

    number: int
    origin: Origin | None
    context: int
    length: int
    actor: Actor
    seed: int

    @property
    def policy(self) -> PolicyMode:
        """How the policy acts in what is dreamt on from here, and where a record ends."""
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
        noise: of all that is dreamt on from here.
        feat: (T, F).
        mean, std: (C, S), of the posteriors over the context.
        disclam: lambda of the lambda-return.
    """

    agent: Agent
    noise: NoiseSource
    feat: Tensor
    mean: Tensor
    std: Tensor
    disclam: float

    def up_to(self, column: int) -> Latents:
        """The same up to a column, that one included."""
        kept = slice(column + 1)
        return replace(self, feat=self.feat[kept], mean=self.mean[kept], std=self.std[kept])


@dataclass(frozen=True, eq=False)
class SceneView:
    """A scene seen and dreamt, T columns: context + length of the wish, until it is driven on.

    Attributes:
        wish: what it answers; `origin` is the frame that it is from.
        episode_rows: rows of the episode so far.
        update: of the weights.
        context: columns that the model saw: fewer than wished at the beginning of an episode.
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

    wish: SceneWish
    origin: Origin
    episode_rows: int
    update: int
    context: int
    recorded: int
    real: Pictures
    received: Floats
    taken: NDArray[np.float32]
    model: Pictures
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

    def up_to(self, column: int) -> SceneView:
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
        line: the scene that goes on.
        column: of the frame that the step leads away from. What was dreamt after it is forgotten.
        action: (A,), NaN wherever the policy acts.
    """

    number: int
    line: SceneView
    column: int
    action: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class TwinView:
    """The real environment along the actions of a scene, from the last frame that the model saw on.

    Attributes:
        line: the scene as it was when it was last followed.
        start: the column of the first frame.
        frames: (n or more, 64, 64, 3), of which the first `count` are there; the first is the recorded one again.
        reward: (count,), paid on arriving there.
        badge: how its state was come by.
        lacking: why there are no more frames, or none at all.
        note: why its state is not an exact copy; nothing where it is.
    """

    line: SceneView
    start: int
    frames: Pictures
    count: int
    reward: Floats
    badge: str
    lacking: str
    note: str = ""


@dataclass(frozen=True)
class SceneProblem:
    """A `SceneWish` that could not be met.

    Attributes:
        number: of the wish.
        text: why, in words.
        frame_gone: whether it is the frame, so that no other wish from there can be met either.
    """

    number: int
    text: str
    frame_gone: bool


class Views:
    """Where the inspector and the window meet.

    Attributes:
        live_on_show: whether anybody can see the live view; nothing is drawn for it otherwise.
        live: the newest `LiveView`.
        dreams: the newest `DreamView`.
        wish: how many steps to dream from the newest frame; None once that dream has begun. A later wish replaces an
            earlier one.
        scenes: the newest `SceneView`: the answer to a wish, or more of what is on show.
        scene_wish: the newest `SceneWish`, or None before the first.
        line: the scene on show; what it lacks is decoded.
        drive_step: the newest `DriveStep`, or None before the first.
        driven: the answer to it: the scene that went on.
        drive_failed: the number of the last `DriveStep` that no answer will come to.
        futures_wish: the newest `FuturesWish`, or None before the first; futures: the answer to it.
        twin_wanted: whether the real environment is to follow the scene on show.
        twin: how far it has come, or None.
        scene_problem: why the last wish that could not be met could not; its number is 0 before there is one.
        latents: what is asked and told of the latents of the scene on show.
        practice: what is asked and told of practice dreams.
        compare: what is asked and told of checkpoints side by side.
    """

    def __init__(self) -> None:
        self.live_on_show: Mailbox[bool] = Mailbox(True)
        self.live: Mailbox[LiveView | None] = Mailbox(None)
        self.dreams: Mailbox[DreamView | None] = Mailbox(None)
        self.wish: Mailbox[int | None] = Mailbox(None)
        self.scenes: Mailbox[SceneView | None] = Mailbox(None)
        self.scene_wish: Mailbox[SceneWish | None] = Mailbox(None)
        self.line: Mailbox[SceneView | None] = Mailbox(None)
        self.drive_step: Mailbox[DriveStep | None] = Mailbox(None)
        self.driven: Mailbox[SceneView | None] = Mailbox(None)
        self.drive_failed: Mailbox[int] = Mailbox(0)
        self.futures_wish: Mailbox[FuturesWish | None] = Mailbox(None)
        self.futures: Mailbox[FuturesView | None] = Mailbox(None)
        self.twin_wanted: Mailbox[bool] = Mailbox(False)
        self.twin: Mailbox[TwinView | None] = Mailbox(None)
        self.scene_problem: Mailbox[SceneProblem] = Mailbox(SceneProblem(0, "", frame_gone=False))
        self.latents = LatentViews()
        self.practice = PracticeViews()
        self.compare = CompareViews()
