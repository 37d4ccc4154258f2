"""One recorded scene as several checkpoints imagine it, all with the same context, actions and noise. Qt-free."""

from __future__ import annotations

import queue
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from textwrap import shorten

import numpy as np
import torch
from torch import Tensor

from dreamer_studio.config import ConfigError
from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.dream import DECODE_AT_ONCE, decode
from dreamer_studio.dreams.features import to_floats
from dreamer_studio.dreams.open_loop import open_loop
from dreamer_studio.dreams.picture_error import square_error
from dreamer_studio.dreams.rewards import as_learned
from dreamer_studio.envs import EnvSpec
from dreamer_studio.replay import Episode, ReplayError
from dreamer_studio.replay.scenes import SceneError
from dreamer_studio.runs.checkpoint import list_checkpoints, progress_of
from dreamer_studio.runs.errors import InputError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.trained_agent import TrainedAgent, load_agent, load_agent_at
from dreamer_studio.session import Session
from dreamer_studio.viewing.compare.messages import (
    AddRun,
    CompareChannels,
    CompareRequest,
    CompareResult,
    Contestant,
    Course,
    DropRun,
)
from dreamer_studio.viewing.scene.messages import SceneRequest
from dreamer_studio.viewing.scene.source import NoSceneError, SceneSource
from dreamer_studio.viewing.throttle import Throttle

LIST_SECONDS = 1.0  # between looks at the folders
MOST_AGENTS = 6


class CompareWorker:
    """Meets the newest `CompareRequest`: one contestant after the other, a few frames at a time.

    It asks nothing of the training: weights and scenes come from files, and a running episode from its feed.
    """

    def __init__(self, session: Session, device: torch.device, channels: CompareChannels) -> None:
        self._session = session
        self._device = device
        self._channels = channels
        self._source = SceneSource(session, 0)
        self._agents: OrderedDict[tuple[Path, int], TrainedAgent] = OrderedDict()
        self._runs: list[Path] = []
        self._listing_due = Throttle(LIST_SECONDS)
        self._begun = 0
        self._view: CompareResult | None = None
        self._waiting: list[Contestant] = []
        self._rolled: tuple[Agent, Tensor] | None = None  # whose frames are decoded, and its features (T, F)
        self._rows: Episode | None = None

    @torch.inference_mode()
    def turn(self) -> bool:
        """Do one small piece of work, if there is any.

        Returns:
            whether there was.
        """
        if not self._channels.on_show.get():
            return False
        if self._listing_due():
            self._list()
        request = self._channels.request.get()
        if self._obey():
            return True
        if request is None:
            return False
        if request.number != self._begun:
            return self._begin(request)
        return self._decode_some() or self._imagine_next()

    def _list(self) -> None:
        folders = [self._session.status.get().folder, *self._runs]
        found = tuple(contestant for folder in folders for contestant in checkpoints_of(folder))
        if found != self._channels.checkpoints.get():
            self._channels.checkpoints.put(found)

    def _obey(self) -> bool:
        """Add or drop one run, if that is asked for."""
        try:
            command = self._channels.commands.get_nowait()
        except queue.Empty:
            return False
        match command:
            case AddRun(folder):
                self._add(folder)
            case DropRun(folder):
                self._runs = [run for run in self._runs if run != folder]
                for key in [key for key in self._agents if key[0].is_relative_to(folder)]:
                    del self._agents[key]
        self._list()
        return True

    def _add(self, folder: Path) -> None:
        try:
            if folder.resolve() in {run.resolve() for run in (self._session.status.get().folder, *self._runs)}:
                raise InputError(f"{folder.name} is on the list already.")
            self._check(load_agent(RunFolder(folder), self._device), folder.name)
        except (InputError, ConfigError, OSError) as error:
            self._tell(str(error))
        else:
            self._runs.append(folder)

    def _begin(self, request: CompareRequest) -> bool:
        self._begun = request.number
        self._view, self._rolled, self._waiting = None, None, []
        try:
            found = self._source.find(
                SceneRequest(0, request.origin, request.context, request.length, "recorded", request.seed)
            )
        except (NoSceneError, SceneError, ReplayError, OSError) as error:
            self._tell(str(error))
            return True
        assert found is not None  # a request names its frame
        self._waiting, self._rows = list(request.contestants), found.rows
        context = found.origin.index - found.first + 1
        received = as_learned(found.rows.reward, self._session.status.get().config)
        self._publish(CompareResult(request, found.origin, context, found.rows.image, received, found.rows.action))
        return True

    def _imagine_next(self) -> bool:
        """All features and rewards of the next contestant, which cost little beside its images."""
        view, rows = self._view, self._rows
        if view is None or rows is None or view.whole:
            return False
        if not self._waiting:
            self._publish(replace(view, whole=True))
            return True
        contestant = self._waiting[0]
        try:
            trained = self._load(contestant)
        except (InputError, ConfigError, OSError) as error:
            self._waiting.pop(0)
            self._publish(replace(view, left_out=(*view.left_out, str(error))))
            return True
        agent = trained.agent
        feat = imagine(agent, rows, view.context, view.request.seed, self._device)
        reward = to_floats(agent.heads(feat).reward)
        self._waiting.pop(0)
        nothing = np.empty(0)
        off = np.abs(reward - as_learned(rows.reward, trained.config))
        course = Course(contestant, view.real[:0], nothing, reward, off)
        self._rolled = agent, feat
        self._publish(replace(view, courses=(*view.courses, course)))
        return self._decode_some()

    def _decode_some(self) -> bool:
        view, rolled = self._view, self._rolled
        if view is None or rolled is None:
            return False
        course = view.courses[-1]
        done = len(course.model)
        agent, feat = rolled
        newer = decode(agent, feat[done : done + DECODE_AT_ONCE])
        errors = square_error(newer, view.real[done : done + len(newer)])
        course = replace(
            course,
            model=np.concatenate([course.model, newer]),
            image_error=np.append(course.image_error, errors),
        )
        if len(course.model) == view.columns:
            self._rolled = None
        self._publish(replace(view, courses=(*view.courses[:-1], course)))
        return True

    def _load(self, contestant: Contestant) -> TrainedAgent:
        """The agent of a checkpoint: one that was loaded before, or from its files.

        Raises:
            InputError, ConfigError, OSError: it cannot be used.
        """
        key = contestant.path, contestant.path.stat().st_mtime_ns  # a training that went back may use a name again
        trained = self._agents.pop(key, None)
        if trained is None:
            trained = load_agent_at(contestant.path, self._device)
            self._check(trained, contestant.run)
        self._agents[key] = trained
        while len(self._agents) > MOST_AGENTS:
            self._agents.popitem(last=False)
        return trained

    def _check(self, trained: TrainedAgent, run: str) -> None:
        """Refuse an agent that acts otherwise than this run's: the recorded actions mean nothing to it."""
        spec, theirs = self._session.status.get().spec, trained.spec
        if spec is not None and (theirs.action_kind, theirs.action_names) != (spec.action_kind, spec.action_names):
            raise InputError(
                f"{run} is of {theirs.task}, whose actions are {_actions(theirs)}; those of {spec.task} are "
                f"{_actions(spec)}. Choose a run with the same actions."
            )

    def _tell(self, problem: str) -> None:
        self._channels.problem.put((self._channels.problem.get()[0] + 1, problem))

    def _publish(self, view: CompareResult) -> None:
        self._view = view
        self._channels.newest.put(view)


def _actions(spec: EnvSpec) -> str:
    return f"{spec.action_size} {spec.action_kind} ({shorten(', '.join(spec.action_names), 40, placeholder=' ...')})"


def imagine(agent: Agent, rows: Episode, context: int, seed: int, device: torch.device) -> Tensor:
    """Features (T, F) of T rows: of posteriors over the context, then of priors along the recorded actions.

    The same seed is the same noise for every agent whose stochastic state is of one size.
    """
    noise = NoiseSource(seed, device)
    image = torch.from_numpy(rows.image[:context]).to(device).unsqueeze(0)
    action = torch.from_numpy(rows.action).to(device).unsqueeze(0)
    posterior_noise = agent.noise(noise, context, 1)
    states = open_loop(agent, image, action, context, posterior_noise, agent.noise(noise, len(rows) - context, 1))
    return states.feat[0]


def checkpoints_of(folder: Path) -> list[Contestant]:
    """The checkpoints of a run, oldest first."""
    paths = list_checkpoints(RunFolder(folder).checkpoints)
    return [Contestant(path, folder.name, *progress_of(path)) for path in paths]
