"""Records the last seconds of the screen, in bounded memory.

The record computes nothing: a moment is a copy of what a workspace already shows.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import Images
from dreamer_studio.viewing.compare.messages import MOST_CONTESTANTS, evenly
from dreamer_studio.viewing.film.captures import CompareCapture, LiveCapture, SceneCapture
from dreamer_studio.viewing.film.kept_seconds import FIRST_SECONDS, SECONDS
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.pace import FIRST_CONTEXT, FIRST_VIEWING_HORIZON
from dreamer_studio.viewing.role import Role

MOMENTS_PER_SECOND = 20
"""Most moments per second. With three frames of 12,288 bytes each, 20 seconds take 14.7 MB and 120 seconds 88.5 MB. The
Compare workspace has seven frames at most, which take 34.4 and 206 MB."""

LATE_SECONDS = 0.04
"""Delay of a moment that does not delay the next one."""

NAN = float("nan")


@dataclass(frozen=True, eq=False)
class Moment:
    """What the screen showed at one time; None and NaN for missing parts.

    Attributes:
        seconds: the time, on a clock that never goes back.
        workspace: the workspace on show.
        comparison: (64, 64, 3), the observation, or the comparison's frame; `comparison_name` is its title, and
            `comparison_real` says whether it is real.
        model: (64, 64, 3), the model's image; `saw` says whether the model saw the frame.
        dream: (64, 64, 3), the frame of the Live workspace's dream, with `dream_reward` and `dream_value`.
        compared: (64, 64, 3) each, the images of the Compare workspace's checkpoints, with their names in
            `compared_names`: six at most, from a time-lapse at even distances. `saw` says whether they saw the frame.
        action: (A,), the action that led to the frame; `driven` says whether the user acted.
        edited: rows up to this one whose latents the user edited.
        reward: received with the frame; `predicted`: by the model.
        value, kl, entropy: of the model's state; KL and entropy in nats.
        episode, row: the address of the frame; in a scene, the row of its column.
        update: the update of the weights; -1 for the weights of several checkpoints.
        seed, actor: the seed of the scene's noise, and who acts in it; -1 and "" in the Live workspace.
        origin: the last frame that the model saw, or the frame itself in the Live workspace.
        acts_otherwise: whether the comparison's frame came about by other actions too.
        framing: how many frames the model sees, and how many steps it dreams.
    """

    seconds: float
    workspace: Literal["live", "dream", "compare"]
    comparison: Images | None
    comparison_name: str
    comparison_real: bool
    model: Images | None
    saw: bool
    action: NDArray[np.float32]
    reward: float
    episode: int
    row: int
    update: int
    predicted: float = NAN
    value: float = NAN
    kl: float = NAN
    dream: Images | None = None
    dream_reward: float = NAN
    dream_value: float = NAN
    entropy: float = NAN
    driven: bool = False
    edited: tuple[int, ...] = ()
    seed: int = -1
    actor: str = ""
    origin: FrameRef | None = None
    acts_otherwise: bool = False
    framing: tuple[int, int] = (FIRST_CONTEXT, FIRST_VIEWING_HORIZON)
    compared: tuple[Images, ...] = ()
    compared_names: tuple[str, ...] = ()


class ScreenHistory:
    """Records what is on show after each change, at most `MOMENTS_PER_SECOND` times a second.

    Args:
        seconds: length of the record, counted back from the newest moment, 5 to 120.
    """

    def __init__(self, seconds: int = FIRST_SECONDS) -> None:
        self._moments: deque[Moment] = deque()
        self._shown: tuple[object, ...] = ()
        self._due = 0.0
        self._seconds = seconds

    @property
    def moments(self) -> tuple[Moment, ...]:
        """Return all recorded moments, oldest first."""
        return tuple(self._moments)

    @property
    def seconds(self) -> int:
        """Return the length of the record in seconds."""
        return self._seconds

    @seconds.setter
    def seconds(self, seconds: int) -> None:
        self._seconds = max(SECONDS[0], min(SECONDS[1], seconds))
        self._trim()

    def note_live(self, on_show: LiveCapture, now: float) -> None:
        """Record what the Live workspace shows at `now`, in seconds."""
        number = -1 if on_show.dream is None else on_show.dream.number
        self._note((on_show.live, number, on_show.step), now, lambda: _live_moment(on_show, now))

    def note_scene(self, on_show: SceneCapture, now: float) -> None:
        """Record the decoded frame under the cursor of the Dream workspace, and the comparison's frame."""
        scene, comparison, cursor = on_show.scene, on_show.comparison, on_show.cursor
        if cursor < scene.decoded:
            there = comparison.frame(cursor) is not None
            shown = (scene.number, scene.branch, scene.step, cursor, comparison.name, there)
            self._note(shown, now, lambda: _scene_moment(on_show, now))

    def note_compared(self, on_show: CompareCapture, now: float) -> None:
        """Record the frame under the cursor of the Compare workspace, by all checkpoints that have decoded it."""
        drawn = sum(on_show.cursor < len(course.model) for course in on_show.result.courses)
        if drawn:
            shown = (on_show.result.request, on_show.cursor, drawn)
            self._note(shown, now, lambda: _compared_moment(on_show, now))

    def _note(self, shown: tuple[object, ...], now: float, make: Callable[[], Moment]) -> None:
        if now < self._due or shown == self._shown:
            return
        # Delays of the window's clock are made up for. Otherwise its ticks of 33 ms would give 15 moments a second.
        self._due = max(self._due, now - LATE_SECONDS) + 1 / MOMENTS_PER_SECOND
        self._shown = shown
        self._moments.append(make())
        self._trim()

    def _trim(self) -> None:
        while self._moments and (
            len(self._moments) > self._seconds * MOMENTS_PER_SECOND
            or self._moments[0].seconds < self._moments[-1].seconds - self._seconds
        ):
            self._moments.popleft()


def _live_moment(on_show: LiveCapture, now: float) -> Moment:
    live, dream, step = on_show.live, on_show.dream, on_show.step - 1
    dreaming = dream is not None and step < dream.decoded
    return Moment(
        seconds=now,
        workspace="live",
        comparison=live.image.copy(),
        comparison_name="Real",
        comparison_real=True,
        model=None if live.reconstruction is None else live.reconstruction.copy(),
        saw=True,
        action=live.action.copy(),
        reward=float(live.reward[-1]),
        predicted=float(live.predicted[-1]),
        value=float(live.value[-1]),
        kl=NAN if live.kl is None else live.kl,
        episode=live.episode,
        row=live.index,
        update=live.update,
        origin=FrameRef(True, live.episode, live.index),
        dream=dream.frames[step].copy() if dreaming and dream is not None else None,
        dream_reward=float(dream.reward[step]) if dreaming and dream is not None else NAN,
        dream_value=float(dream.value[step]) if dreaming and dream is not None else NAN,
    )


def _scene_moment(on_show: SceneCapture, now: float) -> Moment:
    scene, comparison, cursor = on_show.scene, on_show.comparison, on_show.cursor
    frame, reward = comparison.frame(cursor), comparison.reward_at(cursor)
    real = comparison.role is Role.REAL
    return Moment(
        seconds=now,
        workspace="dream",
        comparison=None if frame is None else frame.copy(),
        comparison_name=comparison.name,
        comparison_real=real,
        model=scene.model[cursor].copy(),
        saw=cursor < scene.context,
        action=scene.columns.action[cursor].copy(),
        reward=reward if real and reward is not None else NAN,
        predicted=float(scene.columns.reward[cursor]),
        value=float(scene.columns.value[cursor]),
        kl=float(scene.columns.kl[cursor]),
        episode=scene.origin.episode,
        row=scene.first_row + cursor,
        update=scene.update,
        entropy=float(scene.columns.entropy[cursor]),
        driven=bool(scene.columns.driven[cursor]),
        edited=tuple(scene.first_row + column for column in scene.edited if column <= cursor),
        seed=scene.request.seed,
        actor=scene.request.actor,
        origin=scene.origin,
        acts_otherwise=comparison.acts_otherwise(cursor),
        framing=(scene.context, len(scene.columns) - scene.context),
    )


def _compared_moment(on_show: CompareCapture, now: float) -> Moment:
    result, cursor = on_show.result, on_show.cursor
    named = zip(result.courses, on_show.names, strict=True)
    drawn = evenly(tuple(each for each in named if cursor < len(each[0].model)), MOST_CONTESTANTS)
    return Moment(
        seconds=now,
        workspace="compare",
        comparison=result.real[cursor].copy(),
        comparison_name="Real",
        comparison_real=True,
        model=None,
        saw=cursor < result.context,
        action=result.taken[cursor].copy(),
        reward=float(result.received[cursor]),
        episode=result.origin.episode,
        row=result.first_row + cursor,
        update=-1,
        seed=result.request.seed,
        actor="recorded",
        origin=result.origin,
        framing=(result.context, result.columns - result.context),
        compared=tuple(course.model[cursor].copy() for course, _ in drawn),
        compared_names=tuple(name for _, name in drawn),
    )


def last_seconds(seconds: float) -> str:
    """Name a stretch of time that ends now, for a title."""
    return "the last second" if round(seconds) == 1 else f"the last {seconds:.0f} seconds"
