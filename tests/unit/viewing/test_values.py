"""The values that the window holds of scenes: finished arrays, and nothing of torch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from dreamer_studio.dreams.action_plans import Chance
from dreamer_studio.session import Session
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.futures.messages import FuturesRequest
from dreamer_studio.viewing.futures.worker import FuturesWorker
from dreamer_studio.viewing.latents.map_worker import MapWorker
from dreamer_studio.viewing.latents.messages import EditRequest
from dreamer_studio.viewing.latents.worker import DimensionsWorker, DreamOnWorker, EditWorker
from dreamer_studio.viewing.scene.branches import Branches
from dreamer_studio.viewing.scene.drive_worker import DriveWorker
from dreamer_studio.viewing.scene.frames_worker import FramesWorker
from dreamer_studio.viewing.scene.messages import DriveStep, Scene, SceneRequest
from dreamer_studio.viewing.scene.states import SceneStates
from dreamer_studio.viewing.scene.worker import SceneWorker
from tests.support.idle_session import SPEC, offer, row
from tests.support.small_runs import CPU

LENGTH = 20


class Workers:
    """All workers of scenes on one session, and every value that they publish."""

    def __init__(self, session: Session) -> None:
        session.status.put(replace(session.status.get(), spec=SPEC))
        offer(session, 1)
        for index in range(30):
            session.steps.append(row(index))
        self.channels, self.states = Channels(), SceneStates()
        self.published: list[object] = []
        channels, states = self.channels, self.states
        for channel in (channels.futures, channels.edit, channels.dimensions, channels.latent_map):
            channel.visible = True
        self._workers = (
            SceneWorker(session, CPU, channels.scene, states),
            FramesWorker(session, channels.frames, states),
            DriveWorker(channels.drive, states),
            FuturesWorker(channels.futures, states),
            EditWorker(channels.edit, states),
            DreamOnWorker(CPU, channels.dream_on, states),
            DimensionsWorker(channels.dimensions, states),
            MapWorker(session, CPU, channels.latent_map, states),
        )

    def work(self) -> None:
        """Give turns until nothing is left to do."""
        while sum(worker.turn() for worker in self._workers):
            channels = self.channels
            self.published += [channels.scene.result, channels.frames.result]
            self.published += [channels.drive.result, channels.futures.result]
            latents = channels.dimensions, channels.latent_map, channels.edit, channels.dream_on
            self.published += [channel.result for channel in latents]

    def scene(self) -> Scene:
        self.channels.scene.ask(SceneRequest(None, 5, LENGTH, "sample", 0))
        self.work()
        begun = self.channels.scene.result
        assert begun is not None
        self.channels.frames.ask(begun)
        self.work()
        scene = self.channels.frames.result
        assert scene is not None and scene.whole
        return scene


@pytest.fixture
def workers(session: Session) -> Workers:
    return Workers(session)


def use_everything(workers: Workers) -> None:
    """Dream, drive, imagine futures, edit, dream on, and look at dimensions and map."""
    channels = workers.channels
    scene = workers.scene()
    channels.dimensions.ask(scene)
    channels.latent_map.ask(scene)
    actions = np.full((3, 6, 1), np.nan, np.float32)
    channels.futures.ask(FuturesRequest(scene, 7, actions, Chance(), (0, 0, 0)))
    stoch = np.full(workers.states.of(scene.latents).agent.stoch_size, np.nan)
    stoch[0] = 1.5
    channels.edit.ask(EditRequest(scene, 9, stoch))
    channels.dream_on.ask(EditRequest(scene, 9, stoch, 4))
    for number in range(1, 5):
        driven = channels.drive.result if number > 1 else scene
        assert driven is not None
        channels.drive.ask(DriveStep(driven, len(driven.columns) - 1, np.zeros(1, np.float32)))
        workers.work()


def parts_of(value: object) -> Iterator[object]:
    """Yield a value and everything that can be reached from it."""
    seen: set[int] = set()
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if id(part) in seen or isinstance(part, ModuleType | type):
            continue
        seen.add(id(part))
        yield part
        if isinstance(part, dict):
            waiting += [*part.keys(), *part.values()]
        elif isinstance(part, tuple | list | set | frozenset):
            waiting += list(part)
        elif not callable(part):
            waiting += list(getattr(part, "__dict__", {}).values())


def test_that_no_published_value_holds_anything_of_torch(workers: Workers) -> None:
    use_everything(workers)
    kinds = {type(part) for value in workers.published for part in parts_of(value)}
    names = {kind.__name__ for kind in kinds}
    assert {"Scene", "FuturesResult", "EditResult", "DreamOnResult", "DimensionsResult", "LatentMap"} <= names
    ours = ("torch", "dreamer_studio.dreamer", "dreamer_studio.viewing.scene.states")
    assert [kind for kind in kinds if kind.__module__.startswith(ours)] == []


def test_that_published_arrays_do_not_change_while_the_workers_go_on(workers: Workers) -> None:
    use_everything(workers)
    arrays: list[Any] = [value for value in workers.published if hasattr(value, "model")]
    before = [value.model.copy() for value in arrays]
    assert len(arrays) > 10 and not any(value.model.flags.writeable for value in arrays)
    last = workers.channels.drive.result
    assert last is not None
    workers.channels.drive.ask(DriveStep(last, len(last.columns) - 3, np.ones(1, np.float32)))
    workers.work()
    for value, model in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(value.model, model)


def test_that_a_future_becomes_a_scene_that_is_dreamed_on_from_its_own_latents(workers: Workers) -> None:
    scene = workers.scene()
    actions = np.full((3, 6, 1), np.nan, np.float32)
    workers.channels.futures.ask(FuturesRequest(scene, 7, actions, Chance(), (0, 0, 0)))
    workers.work()
    result = workers.channels.futures.result
    assert result is not None and result.decoded == 6
    future = result.scene_of(1)
    assert (future.whole, len(future.columns), future.latents.columns) == (True, 14, 14)
    state, before = workers.states.of(future.latents), workers.states.of(scene.latents)
    np.testing.assert_array_equal(state.feat[:8], before.feat[:8])
    assert len(state.posterior.stoch) == scene.context
    np.testing.assert_array_equal(future.columns.reward, [*scene.columns.reward[:8], *result.reward[:, 1]])
    np.testing.assert_array_equal(future.model[8:], result.model[:, 1])


def test_that_two_dreams_of_one_frame_have_different_names(workers: Workers) -> None:
    scene, branches = workers.scene(), Branches()
    for number in (1, 2, 3):
        branches.plant(replace(scene, number=number))
        branches.fork(10, name="left")  # a dream without branches does not stay
    names = [branch.name for branch in branches if branch.parent is None]
    frame = names[0]
    assert names == [frame, f"{frame}, dream 2", f"{frame}, dream 3"]


def test_that_removed_branches_free_their_latents(workers: Workers) -> None:
    channels, branches = workers.channels, Branches()
    branches.plant(workers.scene())
    for _ in range(1, 6):
        assert branches.shown is not None
        branches.show((1, 0))
        branch = branches.fork(10)
        channels.drive.ask(DriveStep(branch.scene, 10, np.zeros(1, np.float32)))
        workers.work()
        driven = channels.drive.result
        assert driven is not None and branches.grow(driven)
    workers.published.clear()
    assert len(workers.states) == 6
    for branch in list(branches):
        branches.remove(branch.key)
    del branch, driven
    assert len(workers.states) == 2  # of the dream, and of the step that the workers were asked for last
