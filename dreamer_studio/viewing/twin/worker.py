"""The reality twin: a real environment that follows a dream with the same actions.

It starts at the last frame that the model saw, from the recorded simulator state. Without that state, it replays the
episode's seed and actions. Either way it compares frames, and continues only if its frame equals the recorded one.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dreamer_studio.arrays import Floats, Images
from dreamer_studio.dreams.rewards import as_learned
from dreamer_studio.envs import EnvError, Interruption, TimeStep, WaitInterruptedError, episode_seed, open_env
from dreamer_studio.envs.seeding import Stream
from dreamer_studio.replay import ReplayError
from dreamer_studio.session import Session
from dreamer_studio.training.env_keeper import EnvKeeper
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.frames import GrowingFrames, no_frames
from dreamer_studio.viewing.scene.messages import Scene
from dreamer_studio.viewing.scene.source import NoSceneError, SceneSource, Way
from dreamer_studio.viewing.twin.messages import TwinResult

EXACT = "exact"
VERIFIED = "replayed and verified"
NOT_THERE = "not available"


class _AstrayError(Exception):
    """A way to the recorded frame does not lead there; the message gives the reason."""


class TwinWorker:
    """Follows the newest requested scene, one agent step per turn, in a separate environment; for one thread."""

    def __init__(self, session: Session, channel: Channel[Scene, TwinResult]) -> None:
        self.channel = channel
        self._session = session
        self._generation = 0
        self._scene: Scene | None = None
        self._source = SceneSource(session)
        self._interruption = Interruption()
        self._env = EnvKeeper(lambda: open_env(session.status.get().config, self._interruption))
        self._result: TwinResult | None = None
        self._frames = GrowingFrames(no_frames())

    def turn(self) -> bool:
        """Take one step, or go back to where the scene changed, if there is a scene to follow.

        Returns:
            Whether there was.
        """
        if not self.channel.asked:
            self.close()
            return False
        taken = self.channel.take()
        if taken is not None:
            self._generation, self._scene = taken
        if self._scene is None or not self.channel.wants(self._generation):
            return False
        try:
            self._follow(self._scene)
        except WaitInterruptedError:
            self.close()
            return False
        return True

    def give_up(self) -> None:
        """Stop waiting for the environment, for good. Any thread may call this."""
        self._interruption.request()

    def close(self) -> None:
        """Stop following, and end the environment's process."""
        self._env.close()
        self._result = None

    def _follow(self, scene: Scene) -> None:
        before, self._result = self._result, None  # after an unexpected failure, the next request starts from scratch
        if before is None or not _continues(before, scene):
            result = self._begin(scene)
        elif before.lacking or before.end >= len(scene.columns):
            result = replace(before, scene=scene)
        else:
            result = self._try_step(replace(before, scene=scene))
        done = bool(result.lacking) or result.end >= len(scene.columns)
        self.channel.answer(self._generation, result, done=done)
        self._result = result

    def _try_step(self, before: TwinResult) -> TwinResult:
        try:
            return self._step(before)
        except EnvError as error:
            self._env.close()
            return replace(before, lacking=f"the environment failed: {error}")

    def _begin(self, scene: Scene) -> TwinResult:
        """Go to the last frame that the model saw. Make a new environment if the old one has ended or leaks."""
        self._env.close_if_unsound(self._session.status.get().config.env_memory_mb)
        start = scene.context - 1
        nothing = TwinResult(scene, start, no_frames(), np.empty(0), NOT_THERE, "")
        try:
            way = self._source.way_to(scene.origin)
            seed, frame, note = self._seed(scene, way.episode), scene.real[start], ""
            try:
                row, badge = self._copy(seed, way, frame), EXACT
            except _AstrayError as error:
                row, badge, note = self._replay(seed, way, frame, error), VERIFIED, str(error)
        except (NoSceneError, ReplayError, OSError, _AstrayError) as error:
            return replace(nothing, lacking=str(error))
        except EnvError as error:
            self._env.close()
            return replace(nothing, lacking=f"the environment failed: {error}")
        self._frames = GrowingFrames(row.image[None], len(scene.columns) - start)
        lacking = "the episode ends here" if row.is_last else ""
        return TwinResult(scene, start, self._frames.published, self._paid(row).reshape(1), badge, lacking, note)

    def _copy(self, seed: int, way: Way, frame: Images) -> TimeStep:
        """Copy the state before the frame, and make the one step to the frame."""
        if way.states is None:
            raise _AstrayError("no state on record")
        try:
            env = self._env.get()
            row = env.step_from(seed, way.states[0], way.actions[-1]) if len(way.states) > 1 else env.reset(seed)
        except EnvError as error:
            self._env.close()
            raise _AstrayError(f"the recorded state cannot be copied: {error}") from error
        if not np.array_equal(row.image, frame) or row.state is None or not np.array_equal(row.state, way.states[-1]):
            raise _AstrayError("the recorded state does not lead to the recorded frame")
        return row

    def _replay(self, seed: int, way: Way, frame: Images, reason: Exception) -> TimeStep:
        """Replay the episode."""
        if not way.from_reset:
            raise _AstrayError(f"{reason}, and the beginning of this episode is gone")
        row = self._env.get().replay(seed, way.actions)
        if not np.array_equal(row.image, frame):
            raise _AstrayError("the replayed episode does not reach the recorded frame")
        return row

    def _step(self, before: TwinResult) -> TwinResult:
        """Follow the scene for one more step."""
        column = before.end
        row = self._env.get().step(before.scene.columns.action[column])
        return replace(
            before,
            frames=self._frames.append(row.image[None]),
            reward=np.append(before.reward, self._paid(row)),
            lacking="the episode ends here" if row.is_last else "",
        )

    def _paid(self, row: TimeStep) -> Floats:
        return as_learned(row.reward, self._session.status.get().config)

    def _seed(self, scene: Scene, number: int) -> int:
        status = self._session.status.get()
        stream: Stream = "view" if scene.origin.live and status.watching else "train"
        if scene.origin.test is not None:
            stream = "view" if scene.origin.test.played else "eval"
        return episode_seed(status.config.seed, number, stream)


def _continues(result: TwinResult, scene: Scene) -> bool:
    """Return whether a scene begins with everything that the twin has followed so far."""
    played = slice(result.start + 1, result.end)
    before = result.scene
    same_start = (before.origin, before.first_row, before.context) == (scene.origin, scene.first_row, scene.context)
    return same_start and np.array_equal(before.columns.action[played], scene.columns.action[played])
