"""The workers that dream, complete and drive scenes, without a thread."""

from __future__ import annotations

import numpy as np

from dreamer_studio.session import Session
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.scene.drive_worker import DriveWorker
from dreamer_studio.viewing.scene.frames_worker import FramesWorker
from dreamer_studio.viewing.scene.messages import DriveStep, Scene, SceneRequest
from dreamer_studio.viewing.scene.states import SceneStates
from dreamer_studio.viewing.scene.worker import SceneWorker
from tests.support.small_runs import CPU


class SceneWorkers:
    """Dreams, completes and drives scenes of a session that never runs."""

    def __init__(self, session: Session) -> None:
        self.channels, self.states = Channels(), SceneStates()
        self.dreamer = SceneWorker(session, CPU, self.channels.scene, self.states)
        self.driver = DriveWorker(self.channels.drive, self.states)
        self.completer = FramesWorker(
            session, self.channels.frames, self.states, extend_seconds=0.0, return_seconds=0.0
        )

    def turn(self) -> bool:
        worked = [worker.turn() for worker in (self.dreamer, self.driver, self.completer)]
        return any(worked)

    def work(self) -> None:
        """Give turns until nothing is left to do."""
        while self.turn():
            pass

    def begin(self, request: SceneRequest) -> Scene:
        """Request a scene, and return the scene with only its first frames decoded."""
        generation = self.channels.scene.ask(request)
        self.work()
        answer = self.channels.scene.newest()
        assert answer is not None and answer.failure is None and answer.result is not None, answer
        assert answer.generation == answer.result.number == generation
        return answer.result

    def complete(self, scene: Scene) -> Scene:
        """Put a scene on show, and return the scene with all its frames."""
        self.channels.frames.ask(scene)
        self.work()
        whole = self.channels.frames.result
        assert whole is not None and whole.whole
        return whole

    def answer(self, request: SceneRequest) -> Scene:
        """Request a scene, and return the scene with all its frames."""
        return self.complete(self.begin(request))

    def refusal(self, request: SceneRequest) -> str:
        """Send a request that cannot be met, and return the reason."""
        self.channels.scene.ask(request)
        self.work()
        answer = self.channels.scene.newest()
        assert answer is not None and answer.failure is not None and not answer.failure.unexpected
        return answer.failure.reason

    def drive(self, scene: Scene, column: int, action: float = 0.5) -> Scene:
        """Drive a scene one step on from a column."""
        generation = self.channels.drive.ask(DriveStep(scene, column, np.array([action], np.float32)))
        assert self.driver.turn()
        driven = self.channels.drive.result
        assert driven is not None and driven.step == generation
        return driven
