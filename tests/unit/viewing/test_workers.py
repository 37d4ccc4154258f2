"""The contract of every worker: it answers whatever happens, and rests while its channel is hidden."""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
import itertools
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from dreamer_studio.config import write_config
from dreamer_studio.dreams.action_plans import Chance
from dreamer_studio.envs import TimeStep
from dreamer_studio.library import listing as run_list_module
from dreamer_studio.library import reading as run_reading_module
from dreamer_studio.paper import places as places_module
from dreamer_studio.replay import EpisodeIndex
from dreamer_studio.replay.bookmarks import Bookmark
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.session import START, Session, State
from dreamer_studio.trust.blind import BlindReturns
from dreamer_studio.trust.comparing.comparison import Comparison
from dreamer_studio.trust.horizon import NO_HORIZONS
from dreamer_studio.trust.judgment import Judgment
from dreamer_studio.trust.seen import HeldOut
from dreamer_studio.viewing import parts_worker
from dreamer_studio.viewing.actions import worker as actions_module
from dreamer_studio.viewing.actions.worker import ActionsWorker
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.compare import agents as agents_module
from dreamer_studio.viewing.compare import gauges_worker as gauges_module
from dreamer_studio.viewing.compare import listing as listing_module
from dreamer_studio.viewing.compare import worker as compare_module
from dreamer_studio.viewing.compare.agents import CheckpointAgents
from dreamer_studio.viewing.compare.checkpoints import checkpoints_of
from dreamer_studio.viewing.compare.listing import ListWorker
from dreamer_studio.viewing.compare.messages import CompareRequest, Contestant, GaugesRequest, GaugesResult
from dreamer_studio.viewing.compare.worker import CompareWorker
from dreamer_studio.viewing.curves import worker as curves_module
from dreamer_studio.viewing.curves.worker import LogsWorker, RunsWorker
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.futures import worker as futures_module
from dreamer_studio.viewing.futures.messages import FuturesRequest
from dreamer_studio.viewing.futures.worker import FuturesWorker
from dreamer_studio.viewing.groups import worker as groups_module
from dreamer_studio.viewing.groups.messages import ChosenGroup, GroupsRequest
from dreamer_studio.viewing.groups.worker import GroupsWorker
from dreamer_studio.viewing.latents import map_worker as map_module
from dreamer_studio.viewing.latents import worker as latents_module
from dreamer_studio.viewing.latents.map_worker import MapWorker
from dreamer_studio.viewing.latents.messages import EditRequest
from dreamer_studio.viewing.latents.worker import DimensionsWorker, DreamOnWorker, EditWorker
from dreamer_studio.viewing.learn import scene as learn_scene_module
from dreamer_studio.viewing.learn import worker as learn_module
from dreamer_studio.viewing.learn.messages import LearnRequest, LearnResult
from dreamer_studio.viewing.learn.messages.reconstruction import ReconstructionRequest
from dreamer_studio.viewing.learn.places import Places, PlacesWorker
from dreamer_studio.viewing.learn.worker import LearnWorker
from dreamer_studio.viewing.library import workers as run_workers_module
from dreamer_studio.viewing.library.messages import Listing, RunThumbnail, ThumbnailSpot
from dreamer_studio.viewing.library.workers import ListingWorker, RunThumbnailWorker
from dreamer_studio.viewing.live import dream_worker as dream_module
from dreamer_studio.viewing.live import follower as follower_module
from dreamer_studio.viewing.live import worker as live_module
from dreamer_studio.viewing.palette import worker as names_module
from dreamer_studio.viewing.palette.worker import CheckpointNamesWorker
from dreamer_studio.viewing.practice import worker as practice_module
from dreamer_studio.viewing.practice.worker import PracticeWorker
from dreamer_studio.viewing.replay import bookmark_reader as reader_module
from dreamer_studio.viewing.replay import bookmark_writer as writer_module
from dreamer_studio.viewing.replay import catalog_worker as catalog_module
from dreamer_studio.viewing.replay import frame_search as search_module
from dreamer_studio.viewing.replay import frame_worker as frame_module
from dreamer_studio.viewing.replay.frame_search import FrameSearch
from dreamer_studio.viewing.replay.messages import CatalogRequest, FrameRequest, KeepBookmark, SearchRequest
from dreamer_studio.viewing.scene import drive_worker as drive_module
from dreamer_studio.viewing.scene import frames_worker as frames_module
from dreamer_studio.viewing.scene import worker as scene_module
from dreamer_studio.viewing.scene.messages import DriveStep, Scene, SceneRequest
from dreamer_studio.viewing.scene.source import SceneSource, as_episode
from dreamer_studio.viewing.trust import blind_worker as blind_module
from dreamer_studio.viewing.trust import worker as trust_module
from dreamer_studio.viewing.trust.messages import BlindResult, TrustRequest, TrustResult
from dreamer_studio.viewing.twin import worker as twin_module
from dreamer_studio.viewing.twin.messages import TwinResult
from dreamer_studio.viewing.twin.worker import TwinWorker
from dreamer_studio.viewing.worker import RETRY_SECONDS, Shift, Worker
from tests.support.breaking import BrokenError, broken_at, lines_of
from tests.support.episodes import make_episode
from tests.support.idle_session import CONFIG, SPEC, offer, offer_practice, row
from tests.support.library import Library
from tests.support.listed_runs import write_run
from tests.support.live import Live
from tests.support.scene_workers import SceneWorkers
from tests.support.small_runs import CPU
from tests.support.trained import trained

__all__ = ["trained"]

PATIENCE = 2000
REQUEST = SceneRequest(None, 5, 8, "sample", 0)


@dataclass
class Case:
    """A worker with something to do.

    Attributes:
        worker: the worker.
        channel: its channel.
        request: something to ask.
        modules: where it is written; it is broken at every line of these that it executes.
        whole: whether a result is what a person waits for, if the request stands and is never done.
        renew: makes something new to work on for a standing request.
        right: whether a whole result is what it should be.
    """

    worker: Worker
    channel: Channel[Any, Any]
    request: Any
    modules: tuple[ModuleType, ...]
    whole: Callable[[Any], bool] | None = None
    renew: Callable[[], None] = lambda: None
    right: Callable[[Any], bool] = lambda _: True


def practice(session: Session) -> Case:
    channel: Channel[None, Any] = Channel()
    number = iter(range(1, 100_000))
    return Case(
        PracticeWorker(session, channel),
        channel,
        None,
        (practice_module,),
        whole=lambda _: True,
        renew=lambda: offer_practice(session, next(number)),
    )


def live(session: Session) -> Case:
    offer(session, 1)
    view, index = Live(session), iter(range(10_000))
    return Case(
        view.worker,
        view.channels.live,
        None,
        (follower_module, live_module),
        whole=lambda _: True,
        renew=lambda: session.steps.append(row(next(index))),
    )


def live_dream(session: Session) -> Case:
    offer(session, 1)
    view = Live(session)
    view.take((0,))
    return Case(view.dreamer, view.channels.dream, 20, (dream_module,))


def compare(session: Session, trained: Path) -> Case:
    be_run(session, trained)
    channel: Channel[CompareRequest, Any] = Channel()
    agents = CheckpointAgents(session, CPU)
    request = CompareRequest(tuple(checkpoints_of(trained)[-2:]), FrameRef(False, 0, 9), 4, 12, seed=3)
    worker = CompareWorker(session, agents, channel)
    return Case(worker, channel, request, (compare_module, agents_module))


def checkpoints(session: Session, trained: Path) -> Case:
    be_run(session, trained)
    channel: Channel[None, Any] = Channel()
    return Case(ListWorker(session, channel), channel, None, (listing_module,), whole=lambda _: True)


def checkpoint_names(trained: Path) -> Case:
    channel: Channel[Path, Any] = Channel()
    worker = CheckpointNamesWorker(channel, list_seconds=0.0)
    right = list(map(str, checkpoints_of(trained)))
    return Case(
        worker,
        channel,
        trained,
        (names_module,),
        whole=lambda _: True,
        right=lambda found: right == list(map(str, found)),
    )


def curve_logs(session: Session, trained: Path, tmp_path: Path) -> Case:
    be_run(session, trained)
    channel: Channel[tuple[Path, ...], Any] = Channel()
    return Case(
        LogsWorker(session, channel),
        channel,
        (trained, tmp_path),
        (curves_module,),
        whole=lambda _: True,
        right=lambda result: len(result.runs[0].log.since(START)[0]) > 0 and bool(result.runs[1].problem),
    )


def curve_runs(session: Session, trained: Path) -> Case:
    be_run(session, trained)
    channel: Channel[None, Any] = Channel()
    return Case(RunsWorker(session, channel), channel, None, (curves_module,))


def groups(tmp_path: Path) -> Case:
    channel: Channel[GroupsRequest, Any] = Channel()
    runs = [write_run(tmp_path / f"{number}", tests=(1.0, 2.0)) for number in range(4)]
    chosen = (ChosenGroup("a", "", tuple(runs[:2])), ChosenGroup("b", "", tuple(runs[2:])))
    return Case(
        GroupsWorker(channel, look_seconds=0.0),
        channel,
        GroupsRequest(chosen),
        (groups_module,),
        whole=lambda _: True,
        right=lambda result: result.comparison.improvement.value == 0.5,
    )


def catalog(session: Session) -> Case:
    library = Library(session)
    library.store(*(make_episode(number, 20) for number in range(3)))
    session.steps.append(row(0, episode=3))
    request = CatalogRequest((0, 1), all_returns=True)
    return Case(library.lister, library.channels.catalog, request, (catalog_module,), whole=lambda _: True)


def frame(session: Session) -> Case:
    library = Library(session)
    library.store(make_episode(0, 20))
    return Case(library.frames, library.channels.frame, FrameRequest(FrameRef(False, 0, 3)), (frame_module,))


def live_frame(session: Session) -> Case:
    library = Library(session)
    session.steps.append(row(0, episode=3))
    return Case(library.frames, library.channels.frame, FrameRequest(FrameRef(True, 3, 0)), (frame_module,))


def thumbnails(session: Session) -> Case:
    library = Library(session)
    library.store(make_episode(0, 20))
    return Case(library.images, library.channels.thumbnails, ((0, 3), (0, 4), (0, 5)), (frame_module,))


def bookmarks(session: Session) -> Case:
    library = Library(session)
    library.store(make_episode(0, 20))
    library.obey(KeepBookmark(Bookmark(0, 3)))
    return Case(library.reader, library.channels.bookmarks, None, (reader_module,), whole=lambda _: True)


def frame_search(session: Session) -> Case:
    offer(session, 1)
    library = Library(session)
    library.store(*(as_episode([row(index) for index in range(20)]) for _ in range(2)))
    channel: Channel[SearchRequest, Any] = Channel()
    worker = FrameSearch(session, SceneSource(session), CPU, channel, library.channels.commands)
    return Case(worker, channel, SearchRequest(), (search_module,))


class Dreamed:
    """A scene with its latents, from a running episode."""

    def __init__(self, session: Session) -> None:
        offer(session, 1)
        session.status.put(dataclasses.replace(session.status.get(), spec=SPEC, state=State.RUNNING))
        for index in range(30):
            session.steps.append(row(index))
        self.workers = SceneWorkers(session)
        self.states = self.workers.states
        self.scene = self.workers.answer(REQUEST)

    def edit(self, length: int = 0) -> EditRequest:
        stoch = np.full(self.states.of(self.scene.latents).agent.stoch_size, np.nan)
        stoch[0] = 1.5
        return EditRequest(self.scene, 9, stoch, length)


def futures(session: Session) -> Case:
    dreamed, channel = Dreamed(session), Channel[FuturesRequest, Any]()
    actions = np.full((3, 6, 1), np.nan, np.float32)
    request = FuturesRequest(dreamed.scene, 7, actions, Chance(), (0, 0, 0))
    return Case(FuturesWorker(channel, dreamed.states), channel, request, (futures_module,))


def edit(session: Session) -> Case:
    dreamed, channel = Dreamed(session), Channel[EditRequest, Any]()
    return Case(EditWorker(channel, dreamed.states), channel, dreamed.edit(), (latents_module,))


def dream_on(session: Session) -> Case:
    dreamed, channel = Dreamed(session), Channel[EditRequest, Any]()
    return Case(DreamOnWorker(CPU, channel, dreamed.states), channel, dreamed.edit(4), (latents_module,))


def dimensions(session: Session) -> Case:
    dreamed, channel = Dreamed(session), Channel[Scene, Any]()
    return Case(DimensionsWorker(channel, dreamed.states), channel, dreamed.scene, (latents_module,))


def latent_map(session: Session) -> Case:
    dreamed, channel = Dreamed(session), Channel[Scene, Any]()
    case = Case(MapWorker(session, CPU, channel, dreamed.states), channel, dreamed.scene, (map_module,))
    offer(session, 2)
    scenes = itertools.cycle([dreamed.scene, dreamed.workers.answer(REQUEST)])

    def turn_to_other_weights() -> None:
        case.request = next(scenes)

    case.renew, case.whole = turn_to_other_weights, lambda drawn: len(drawn.points) == 30
    return case


def twin(session: Session, monkeypatch: pytest.MonkeyPatch) -> Case:
    dreamed, channel = Dreamed(session), Channel[Scene, Any]()
    monkeypatch.setattr(twin_module, "open_env", lambda *_: StandInEnv())
    case = Case(TwinWorker(session, channel), channel, dreamed.scene, (twin_module,))
    early = dataclasses.replace(REQUEST, origin=FrameRef(True, 0, 12))
    scenes = itertools.cycle([dreamed.scene, dreamed.workers.answer(early)])

    def turn_to_the_other() -> None:
        case.request = next(scenes)

    def right(result: TwinResult) -> bool:
        rows = [int(image[0, 0, 0]) for image in result.frames]
        return rows == list(range(result.scene.origin.index, result.scene.origin.index + 9))

    case.renew, case.right = turn_to_the_other, right
    return case


class StandInEnv:
    """Replays the running episode with the images of `row`."""

    memory_at_start = 0

    def __init__(self) -> None:
        self._index = 0

    def reset(self, _: int) -> TimeStep:
        self._index = 0
        return row(0).time_step

    def replay(self, _: int, actions: NDArray[np.float32]) -> TimeStep:
        self._index = len(actions)
        return row(self._index).time_step

    def step(self, _: NDArray[np.float32]) -> TimeStep:
        self._index += 1
        return row(self._index).time_step

    def is_alive(self) -> bool:
        return True

    def ending(self) -> str:
        return ""

    def memory_bytes(self) -> int:
        return 0

    def close(self) -> None:
        pass


def scene(session: Session) -> Case:
    workers = Dreamed(session).workers
    return Case(workers.dreamer, workers.channels.scene, REQUEST, (scene_module,))


def frames(session: Session) -> Case:
    workers = Dreamed(session).workers
    half = workers.begin(dataclasses.replace(REQUEST, length=30))
    case = Case(workers.completer, workers.channels.frames, half, (frames_module,))
    case.whole = lambda scene: scene.whole and len(scene.real) == 5
    return case


def drive(session: Session) -> Case:
    dreamed = Dreamed(session)
    step = DriveStep(dreamed.scene, 6, np.zeros(1, np.float32))
    return Case(dreamed.workers.driver, dreamed.workers.channels.drive, step, (drive_module,))


def actions(session: Session) -> Case:
    library, number = Library(session), itertools.count()
    spec = dataclasses.replace(SPEC, action_size=2, action_names=("hip", "knee"))
    session.status.put(dataclasses.replace(session.status.get(), spec=spec))
    channel: Channel[None, Any] = Channel()
    worker = ActionsWorker(session, channel, list_seconds=0.0)
    return Case(
        worker,
        channel,
        None,
        (actions_module,),
        whole=lambda counts: not counts.left,
        renew=lambda: library.store(make_episode(next(number), 20)),
    )


def learn(session: Session) -> Case:
    offer(session, 1)
    Library(session).store(as_episode([row(index) for index in range(20)]))
    channel: Channel[LearnRequest, LearnResult] = Channel()
    worker, number = LearnWorker(session, CPU, channel), itertools.count()
    case = Case(worker, channel, None, (learn_module, learn_scene_module), whole=lambda _: True)

    def turn_to_another_scene() -> None:
        case.request = ReconstructionRequest(next(number))

    case.renew, case.right = turn_to_another_scene, lambda result: result.request == case.request
    return case


def places(tmp_path: Path) -> Case:
    (tmp_path / "behavior.py").write_text("# paper: Eq. 6\nlast = 1\n", encoding="utf-8")
    channel: Channel[None, Places] = Channel()
    worker = PlacesWorker(channel, tmp_path)
    return Case(worker, channel, None, (places_module,), right=lambda found: found["Eq. 6"][0].code == "last = 1")


def run_list(tmp_path: Path) -> Case:
    for name in ("one", "two"):
        write_run(tmp_path / name, tests=(1.0, 2.0))
    channel: Channel[tuple[Path, ...], Listing] = Channel()
    worker = ListingWorker(channel, list_seconds=0.0)
    modules = (run_workers_module, run_list_module, run_reading_module)
    return Case(
        worker, channel, (tmp_path,), modules, whole=lambda _: True, right=lambda found: len(found.entries) == 2
    )


def run_thumbnails(tmp_path: Path) -> Case:
    spots = tuple(ThumbnailSpot(write_run(tmp_path / name, tests=(1.0,)), 0) for name in ("one", "two"))
    channel: Channel[tuple[ThumbnailSpot, ...], tuple[RunThumbnail, ...]] = Channel()
    worker = RunThumbnailWorker(channel)
    return Case(worker, channel, spots, (run_workers_module,), right=lambda found: len(found) == 2)


def gauges(session: Session, monkeypatch: pytest.MonkeyPatch) -> Case:
    """Compare two checkpoints; the comparison itself, which takes minutes, is replaced."""

    def comparing(*_: object) -> Generator[str, None, Comparison]:
        yield "plays"
        return Comparison("gym:CartPole-v1", (), (), 4, 15, (), (), 0, {})

    monkeypatch.setattr(gauges_module, "comparing", comparing)
    monkeypatch.setattr(gauges_module, "check_task", lambda *_: None)
    folder = session.status.get().folder
    write_config(CONFIG, folder / "config.json")
    contestants = tuple(
        Contestant(folder / "checkpoints" / f"00000{n}-step-{n}-update-{n}", folder.name, n, n) for n in (1, 2)
    )
    channel: Channel[GaugesRequest, GaugesResult] = Channel()
    return Case(
        gauges_module.GaugesWorker(session, CPU, channel),
        channel,
        GaugesRequest(contestants, 4),
        (gauges_module, parts_worker),
        right=lambda found: found.comparison is not None,
    )


def trust(session: Session, monkeypatch: pytest.MonkeyPatch) -> Case:
    """Judge one stored episode; the gauges themselves, which take seconds, are replaced."""

    def judging(*_: object) -> Generator[None, None, Judgment]:
        yield
        return Judgment(1, 0, 15, {}, NO_HORIZONS)

    held = HeldOut(make_episode(0, 8), "mode")
    monkeypatch.setattr(trust_module, "stored_episodes", lambda *_: ([held], ["mode"]))
    monkeypatch.setattr(trust_module, "judging", judging)
    monkeypatch.setattr(trust_module, "keep", lambda *_: "")
    offer(session, 3)
    session.status.put(dataclasses.replace(session.status.get(), update=3, spec=SPEC))
    channel: Channel[TrustRequest, TrustResult] = Channel()
    return Case(
        trust_module.TrustWorker(session, CPU, channel),
        channel,
        TrustRequest(),
        (trust_module, parts_worker),
        right=lambda found: found.report is not None and found.report.update == 3,
    )


def blind(session: Session, monkeypatch: pytest.MonkeyPatch) -> Case:
    def driving(*_: object) -> Generator[tuple[int, int], None, BlindReturns]:
        yield 1, 1
        yield 2, 1
        return BlindReturns(np.ones((6, 8)), np.zeros(8))

    monkeypatch.setattr(blind_module, "open_env", lambda *_: contextlib.nullcontext())
    monkeypatch.setattr(blind_module, "driving_all", driving)
    offer(session, 3)
    session.status.put(dataclasses.replace(session.status.get(), update=3, spec=SPEC))
    channel: Channel[None, BlindResult] = Channel()
    return Case(
        blind_module.BlindWorker(session, CPU, channel),
        channel,
        None,
        (blind_module, parts_worker),
        right=lambda found: found.gauge is not None and found.update == 3,
    )


CASES = (
    gauges,
    scene,
    frames,
    drive,
    futures,
    edit,
    dream_on,
    dimensions,
    latent_map,
    twin,
    practice,
    actions,
    learn,
    places,
    live,
    live_dream,
    compare,
    checkpoints,
    checkpoint_names,
    curve_logs,
    curve_runs,
    groups,
    catalog,
    frame,
    live_frame,
    thumbnails,
    bookmarks,
    frame_search,
    run_list,
    run_thumbnails,
    trust,
    blind,
)


class Clock:
    """A clock that only the test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr("dreamer_studio.viewing.worker.time.monotonic", lambda: self.now)


def answer_of(case: Case, shift: Shift, generation: int) -> Any:
    """Give turns until a request is done, failed or answered well enough. Return the failure, or None."""
    for _ in range(PATIENCE):
        shift.turn((case.worker,))
        answer = case.channel.newest()
        if answer is None or answer.generation != generation:
            continue
        if answer.done or (case.whole is not None and case.whole(answer.result)):
            assert answer.failure is not None or case.right(answer.result)
            return answer
    pytest.fail("no answer")


@pytest.fixture(params=CASES, ids=lambda case: case.__name__)
def case(request: pytest.FixtureRequest) -> Case:
    names = inspect.signature(request.param).parameters
    made: Case = request.param(**{name: request.getfixturevalue(name) for name in names})
    return made


def be_run(session: Session, folder: Path) -> None:
    """Put the session on a finished run."""
    session.episodes = EpisodeIndex(RunFolder(folder).episodes, 0)
    episodes = len(session.episodes.refresh())
    status = session.status.get()
    session.status.put(dataclasses.replace(status, folder=folder, spec=SPEC, replay_episodes=episodes))


def ask(case: Case) -> int:
    case.renew()
    return case.channel.ask(case.request)


def test_that_a_worker_broken_at_any_line_answers_and_meets_the_next_request(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, shift = Clock(monkeypatch), Shift()

    def work() -> None:
        assert answer_of(case, shift, ask(case)).failure is None

    work()
    lines = lines_of(case.modules, work)
    assert len(lines) > 5
    failed = 0
    for line in lines:
        generation = ask(case)
        told = shift.failures.since(0)[1]
        with broken_at(case.modules, line) as broken:
            for _ in range(PATIENCE):
                shift.turn((case.worker,))
                if broken():
                    break
        if not broken():
            continue  # a line of the first time, such as one that makes a cache
        (failure,), _ = shift.failures.since(told)
        assert BrokenError.__name__ in failure.reason and failure.unexpected
        answer = case.channel.newest()
        if answer is not None and answer.generation == generation and answer.failure is not None:
            failed += 1
            assert answer.failure == failure
            generation = case.channel.ask(case.request)
            assert not shift.turn((case.worker,)), "it does not rest"
        clock.now += RETRY_SECONDS + 0.1
        assert answer_of(case, shift, generation).failure is None, line
        work()
    assert failed > len(lines) / 3


def test_that_a_worker_does_nothing_while_its_channel_is_hidden(case: Case) -> None:
    shift, before = Shift(), case.channel.newest()
    case.channel.visible = False
    generation = ask(case)
    assert not any(shift.turn((case.worker,)) for _ in range(5))
    assert case.channel.newest() is before
    case.channel.visible = True
    assert answer_of(case, shift, generation).failure is None


def test_that_a_worker_takes_each_request_once(case: Case) -> None:
    shift = Shift()
    answer_of(case, shift, ask(case))
    assert case.channel.take() is None
    if case.whole is None:
        before = case.channel.newest()
        assert not any(shift.turn((case.worker,)) for _ in range(5))
        assert case.channel.newest() is before


def test_that_a_command_that_breaks_at_any_line_is_replied_to_and_the_next_is_obeyed(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, shift, commands = Clock(monkeypatch), Shift(), library.channels.commands
    library.store(make_episode(0, 20))
    command = KeepBookmark(Bookmark(0, 3))

    def work() -> None:
        commands.send(command)
        assert shift.turn((library.writer,))
        assert commands.take() is None

    for line in lines_of((writer_module,), work):
        commands.send(command)
        told = commands.replies_since(0)[1]
        with broken_at((writer_module,), line) as broken:
            shift.turn((library.writer,))
        assert broken()
        taken = commands.take() is None
        assert [reply.bad for reply in commands.replies_since(told)[0]] == [True] * taken
        clock.now += RETRY_SECONDS + 0.1
        work()
