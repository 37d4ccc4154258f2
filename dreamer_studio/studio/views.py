"""What the inspector hands to the window. No torch here: the window is there before it is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.session import Mailbox

if TYPE_CHECKING:  # the window is there before torch
    from dreamer_studio.dreams.scene import Actor

Pictures = NDArray[np.uint8]
Floats = NDArray[np.float64]


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
        episode: its number; of a stored one its place among those that are stored.
        index: the row in it, 0 being the reset.
        scene: the path of an opened scene; then `index` counts its rows, -1 for the frame that
            it was saved for, and `episode` is what it was cut from.
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


@dataclass(frozen=True, eq=False)
class DriveStep:
    """One more step of a dream on show, in which a person may act.

    Attributes:
        number: counts the steps of this window.
        scene: the number of the wish whose scene goes on.
        column: of the frame that the step leads away from. What was dreamt after it is forgotten.
        action: (A,), NaN wherever the policy acts.
    """

    number: int
    scene: int
    column: int
    action: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class SceneView:
    """A scene seen and dreamt, T columns: context + length of the wish, until it is driven on.

    Attributes:
        wish: what it answers; `origin` is the frame that it is from.
        episode_rows: rows of the episode so far.
        update: of the weights.
        context: columns that the model saw: fewer than wished at the beginning of an episode.
        recorded: columns whose action was taken in the episode; from there on the policy acts, or a person.
        real: (n, 64, 64, 3), what the environment showed in the first n <= T columns; none where a person drove.
        received: (n,), the reward there.
        model: (T or more, 64, 64, 3), reconstructions of the context, then the dream; the first `decoded` are there.
        action: (T, A); reward, value, kl, entropy: (T,), predicted; kl is NaN in the dream.
        policy: (T, A), what the policy would have done in the steps that were driven; else NaN.
        driven: (T,), whether a person acted in the step to this column.
        step: the number of its newest `DriveStep`, 0 before the first.
    """

    wish: SceneWish
    origin: Origin
    episode_rows: int
    update: int
    context: int
    recorded: int
    real: Pictures
    received: Floats
    model: Pictures
    decoded: int
    action: NDArray[np.float32]
    reward: Floats
    value: Floats
    kl: Floats
    entropy: Floats
    policy: NDArray[np.float32]
    driven: NDArray[np.bool_]
    step: int = 0

    @property
    def columns(self) -> int:
        """T."""
        return len(self.reward)

    @property
    def first_row(self) -> int:
        """The row of the episode in the first column."""
        return self.origin.index - self.context + 1


class Views:
    """Where the inspector and the window meet.

    Attributes:
        live_on_show: whether anybody can see the live view; nothing is drawn for it otherwise.
        live: the newest `LiveView`.
        dreams: the newest `DreamView`.
        wish: how many steps to dream from the newest frame; None once that dream has begun. A later wish replaces an
            earlier one.
        scenes: the newest `SceneView`.
        scene_wish: the newest `SceneWish`, or None before the first.
        drive_step: the newest `DriveStep`, or None before the first.
        scene_problem: the number of the last wish that could not be met, and why, in words.
    """

    def __init__(self) -> None:
        self.live_on_show: Mailbox[bool] = Mailbox(True)
        self.live: Mailbox[LiveView | None] = Mailbox(None)
        self.dreams: Mailbox[DreamView | None] = Mailbox(None)
        self.wish: Mailbox[int | None] = Mailbox(None)
        self.scenes: Mailbox[SceneView | None] = Mailbox(None)
        self.scene_wish: Mailbox[SceneWish | None] = Mailbox(None)
        self.drive_step: Mailbox[DriveStep | None] = Mailbox(None)
        self.scene_problem: Mailbox[tuple[int, str]] = Mailbox((0, ""))
