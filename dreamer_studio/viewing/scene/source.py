"""Finds the rows of a scene for any frame that the user chooses. Each source serves one thread."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.dreams.returns import rows_that_count
from dreamer_studio.replay import Episode, EpisodeList, episode_of
from dreamer_studio.replay.scenes import SavedScene, read_scene
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.session import Session, State
from dreamer_studio.training.events import StepTaken, since_break
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.scene.messages import SceneRequest
from dreamer_studio.viewing.scene.record import Record, StoredRecord, actions_to, held_out_record


class NoSceneError(ValueError):
    """A frame does not exist; the message says which frames exist."""


@dataclass(frozen=True, eq=False)
class Found:
    """Rows of an episode around a frame.

    Attributes:
        origin: the frame.
        first: the row of the episode at which `rows` begin.
        episode_rows: rows of the episode so far.
        later: (m,), the rewards of recorded rows after `rows`, as many as count in a discounted return.
        terminal: whether the last of all these rows is terminal, so that no reward can follow.
    """

    origin: FrameRef
    first: int
    rows: Episode
    episode_rows: int
    later: NDArray[np.float32]
    terminal: bool

    @property
    def context(self) -> int:
        """Return the number of rows up to and including the frame."""
        return self.origin.index - self.first + 1


@dataclass(frozen=True, eq=False)
class Way:
    """The actions that lead an episode to a frame.

    Attributes:
        episode: the episode's number, which determines its seed.
        actions: (n, A), the last actions before the frame.
        from_reset: whether these are all actions since the reset.
        states: (2, m), the simulator states before the last action and at the frame; (1, m) at a reset; None if
            unknown.
    """

    episode: int
    actions: NDArray[np.float32]
    from_reset: bool
    states: NDArray[np.float64] | None


class SceneSource:
    """Finds a frame, its context and the record after it: in the running episode, the replay, a test or a file."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._opened: tuple[str, SavedScene] | None = None

    def find(self, request: SceneRequest) -> Found | None:
        """Return the rows of a request, or None until the first frame arrives.

        Raises:
            NoSceneError: the frame does not exist, or this run's model cannot continue from it.
            SceneError, ReplayError, OSError: the frame's file cannot be read.
        """
        origin = request.origin or self._newest(request)
        if origin is None:
            return None
        if origin.scene:
            return self._saved(origin, request)
        if self._is_running(origin):
            return self._live(origin, request)
        return self._finished(replace(origin, live=False), request)

    def _newest(self, request: SceneRequest) -> FrameRef | None:
        """Return the newest frame of the running episode, or else an early frame of the newest stored episode."""
        steps, _ = self._session.steps.since(0)
        if steps:
            return FrameRef(True, steps[-1].episode, steps[-1].index)
        if self._session.status.get().state is State.RUNNING:
            return None
        newest = self.episodes().newest
        if newest < 0:
            raise NoSceneError("No episode is running, and none is stored yet.")
        return FrameRef(False, newest, request.context - 1)

    def _is_running(self, origin: FrameRef) -> bool:
        """Return whether a live episode is still running. Afterwards it is stored under the same number."""
        watching = self._session.status.get().watching
        return origin.live and (watching or self.episodes().place(origin.episode) is None)

    def _live(self, origin: FrameRef, request: SceneRequest) -> Found:
        """Find rows in the feed, which lacks the beginning of a very long episode."""
        steps = self.steps_of(origin.episode)
        if not steps or not steps[0].index <= origin.index <= steps[-1].index:
            raise NoSceneError("That frame of the running episode is gone. Choose another frame.")
        first = max(steps[0].index, origin.index - request.context + 1)
        wanted = [step for step in steps if first <= step.index <= origin.index + request.length]
        later = rewards_after(steps, wanted[-1].index)
        return Found(origin, first, as_episode(wanted), steps[-1].index + 1, later, steps[-1].time_step.is_terminal)

    def _finished(self, origin: FrameRef, request: SceneRequest) -> Found:
        """Find rows in the replay or in a test. The last frame replaces a frame beyond the end."""
        record = self._record(origin)
        length = len(record)
        origin = replace(origin, index=min(origin.index, length - 1))
        first = max(0, origin.index - request.context + 1)
        count = min(origin.index + request.length + 1, length) - first
        rows, end = record.read(first, count), first + count
        more = min(rows_that_count(self._session.status.get().config.discount), length - end)
        after = record.read(end, more) if more > 0 else None
        later, last = (rows.reward[:0], rows) if after is None else (after.reward.copy(), after)
        return Found(origin, first, rows, length, later, bool(last.is_terminal[-1]))

    def _record(self, origin: FrameRef) -> Record:
        """Return the finished episode of a frame.

        Raises:
            NoSceneError: the episode is not stored, or is gone.
        """
        if origin.test is None:
            return StoredRecord(*self.stored(origin.episode))
        tests = RunFolder(self._session.status.get().folder).tests
        record = held_out_record(origin, tests, self._session.played_tests)
        if record is None:
            raise NoSceneError(
                f"Episode {origin.episode:,} of the {origin.test.words} is gone; newer tests replaced it."
            )
        return record

    def way_to(self, origin: FrameRef) -> Way:
        """Return the actions and states that lead to a frame.

        Raises:
            NoSceneError: the frame belongs to no episode of this run, or left the feed.
            ReplayError, OSError: its file cannot be read.
        """
        if origin.scene:
            raise NoSceneError("a scene from a file is not of an episode of this run")
        if self._is_running(origin):
            return self._way_of_running(origin)
        record, last = self._record(origin), origin.index
        states = record.states(max(0, last - 1), min(2, last + 1))
        return Way(origin.episode, actions_to(record, last), True, states)

    def _way_of_running(self, origin: FrameRef) -> Way:
        """Find the way in the feed, which may lack the beginning of the episode."""
        steps = [step for step in self.steps_of(origin.episode) if step.index <= origin.index]
        if not steps or steps[-1].index < origin.index:
            raise NoSceneError("this frame of the running episode is gone")
        states = [step.time_step.state for step in steps[-2:] if step.time_step.state is not None]
        return Way(
            origin.episode,
            as_episode(steps).action[1:],
            steps[0].index == 0,
            np.stack(states) if len(states) == min(2, origin.index + 1) else None,
        )

    def steps_of(self, episode: int) -> list[StepTaken]:
        """Return the feed's rows of an episode; after a restart of the episode, only the rows since then."""
        return since_break([step for step in self._session.steps.since(0)[0] if step.episode == episode])

    def episodes(self) -> EpisodeList:
        """Return the stored episodes. The list stays the same object until an episode is added or removed."""
        return self._session.stored_episodes()

    def stored(self, episode: int) -> tuple[EpisodeList, int]:
        """Return the stored episodes, and the index of an episode number among them.

        Raises:
            NoSceneError: the episode is not stored, or is gone.
        """
        episodes = self.episodes()
        place = episodes.place(episode)
        if place is None:
            there = f"{len(episodes):,} are, the newest is {episodes.newest:,}" if len(episodes) else "none is yet"
            raise NoSceneError(f"Episode {episode:,} is not stored; {there}.")
        return episodes, place

    def _saved(self, origin: FrameRef, request: SceneRequest) -> Found:
        """Find rows in a scene's file, if its actions have the same kind and number as this run's."""
        scene = self._open(origin.scene)
        begins, end = scene.about.first, scene.about.first + len(scene.rows)
        index = max(begins, min(origin.index, end - 1)) if origin.index >= 0 else begins + scene.about.frame
        first = max(begins, index - request.context + 1)
        count = min(index + request.length + 1, end) - first
        rows, later = scene.rows.part(first - begins, count), scene.rows.reward[first - begins + count :]
        found = replace(origin, index=index, episode=scene.about.episode)
        return Found(found, first, rows, end, later, bool(scene.rows.is_terminal[-1]))

    def task_of(self, origin: FrameRef) -> str:
        """Return the task of a frame: this run's, or that of the scene's file.

        Raises:
            NoSceneError, SceneError, OSError: the file cannot be read, or its task has other actions.
        """
        return self._open(origin.scene).about.task if origin.scene else self._session.status.get().config.task

    def _open(self, path: str) -> SavedScene:
        if self._opened is None or self._opened[0] != path:
            scene, spec = read_scene(Path(path)), self._session.status.get().spec
            theirs = len(scene.about.action_names), scene.about.action_kind
            if spec is not None and theirs != (spec.action_size, spec.action_kind):
                raise NoSceneError(
                    f"{Path(path).name} is of {scene.about.task}, whose actions are {theirs[0]} {theirs[1]}; "
                    f"those of {spec.task} are {spec.action_size} {spec.action_kind}."
                )
            self._opened = path, scene
        return self._opened[1]


def as_episode(steps: list[StepTaken]) -> Episode:
    """Return one or more agent steps as the rows of an episode."""
    return episode_of([step.time_step for step in steps])


def rewards_after(steps: list[StepTaken], row: int) -> NDArray[np.float32]:
    """Return the rewards (m,) of the agent steps after a row of the episode."""
    return np.array([step.time_step.reward for step in steps if step.index > row], np.float32)
