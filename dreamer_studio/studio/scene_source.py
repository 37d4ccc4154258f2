"""Where the rows of a scene come from, whatever frame a person picks. Qt-free; used by one thread."""

from __future__ import annotations

from dataclasses import dataclass

from dreamer_studio.replay import Episode, EpisodeBuilder, EpisodeStore
from dreamer_studio.session import Session, State
from dreamer_studio.studio.views import Origin, SceneWish
from dreamer_studio.training.events import StepTaken, since_reset
from dreamer_studio.training.run_folder import RunFolder

STORE_BYTES = 64 * 2**20


class NoSceneError(ValueError):
    """There is no such frame; the message says what there is."""


@dataclass(frozen=True, eq=False)
class Found:
    """Rows of an episode around a frame.

    Attributes:
        origin: that frame.
        first: the row that `rows` begin with.
        episode_rows: rows of the episode so far.
    """

    origin: Origin
    first: int
    rows: Episode
    episode_rows: int


class SceneSource:
    """Finds a frame, its context and what was recorded after it: in the running episode or in the replay."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._store: EpisodeStore | None = None

    def find(self, wish: SceneWish) -> Found | None:
        """The rows of a wish; None while it waits for the first frame, which is on its way.

        Raises:
            NoSceneError: there is no such frame.
            ReplayError, OSError: its file cannot be read.
        """
        origin = wish.origin or self._newest(wish)
        if origin is None:
            return None
        return self._live(origin, wish) if self._is_running(origin) else self._stored(origin, wish)

    def _newest(self, wish: SceneWish) -> Origin | None:
        """The newest frame of the running episode; where nothing runs, an early one of the newest stored episode."""
        steps, _ = self._session.steps.since(0)
        if steps:
            return Origin(True, steps[-1].episode, steps[-1].index)
        if self._session.status.get().state is State.RUNNING:
            return None
        stored = len(self._episodes())
        if stored == 0:
            raise NoSceneError("No episode is running, and none is stored yet.")
        return Origin(False, stored - 1, wish.context - 1)

    def _is_running(self, origin: Origin) -> bool:
        """Whether a live episode is not over yet; afterwards a training has it stored under its number."""
        watching = self._session.status.get().watching
        return origin.live and (watching or origin.episode >= len(self._episodes()))

    def _live(self, origin: Origin, wish: SceneWish) -> Found:
        """From the feed, which may begin in mid-episode: after a resume, or where the episode is very long."""
        steps = self.steps_of(origin.episode)
        if not steps or not steps[0].index <= origin.index <= steps[-1].index:
            raise NoSceneError("That frame of the running episode is gone; pick another one.")
        first = max(steps[0].index, origin.index - wish.context + 1)
        wanted = [step for step in steps if first <= step.index <= origin.index + wish.length]
        return Found(origin, first, episode_of(wanted), steps[-1].index + 1)

    def _stored(self, origin: Origin, wish: SceneWish) -> Found:
        """From the replay; beyond the end of an episode from its last frame."""
        store = self._episodes()
        if not 0 <= origin.episode < len(store):
            raise NoSceneError(f"There is no episode {origin.episode}: {len(store)} are stored.")
        length = store.length(origin.episode)
        origin = Origin(False, origin.episode, min(origin.index, length - 1))
        first = max(0, origin.index - wish.context + 1)
        count = min(origin.index + wish.length + 1, length) - first
        return Found(origin, first, store.get(origin.episode, first, count), length)

    def steps_of(self, episode: int) -> list[StepTaken]:
        """What the feed has of an episode; of one that was given up and begun anew, the newest attempt."""
        return since_reset([step for step in self._session.steps.since(0)[0] if step.episode == episode])

    def _episodes(self) -> EpisodeStore:
        """The stored episodes, looked at anew once there are more."""
        status = self._session.status.get()
        if self._store is None or len(self._store) < status.replay_episodes:
            self._store = EpisodeStore(RunFolder(status.folder).episodes, STORE_BYTES)
        return self._store


def episode_of(steps: list[StepTaken]) -> Episode:
    """Agent steps as an episode's rows; at least one is needed."""
    builder = EpisodeBuilder()
    for step in steps:
        builder.add(step.time_step)
    return builder.build()
