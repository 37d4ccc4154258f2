"""Judges the newest weights of a run on held-out episodes, part by part."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Generator, Iterator
from dataclasses import replace

import torch

from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.envs import episode_seed, open_env
from dreamer_studio.parts import mapped
from dreamer_studio.replay import GrowingEpisode, PlayedTest
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.judgments.files import forget_judgments_after, read_judgments
from dreamer_studio.runs.judgments.record import KeptJudgment
from dreamer_studio.session import START, Place, Session, Snapshot
from dreamer_studio.trust.history.keeping import keep
from dreamer_studio.trust.judging import judging, versions
from dreamer_studio.trust.players import player_of
from dreamer_studio.trust.report import Report
from dreamer_studio.trust.seen import HeldOut
from dreamer_studio.trust.stored import played_in_window, stored_episodes
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.frame_ref import FrameRef, HeldOutTest
from dreamer_studio.viewing.parts_worker import PartsWorker
from dreamer_studio.viewing.trust.kl import NO_KL, kl_over_training
from dreamer_studio.viewing.trust.messages import TrustRequest, TrustResult
from dreamer_studio.viewing.trust.newest import WAITS, newest_agent
from dreamer_studio.viewing.trust.playing import held_out_rows
from dreamer_studio.viewing.weights import LatestAgent
from dreamer_studio.viewing.worker import CannotAnswerError

NO_EPISODES = "This run has no test episodes yet. Play some, or wait for the next test of the training."

WENT_BACK = "This judgment is not kept in the run: the training went back to an older checkpoint while it was made."
"""Said because the training may repeat the update of the judged weights, with other weights."""


class TrustWorker(PartsWorker[TrustRequest, TrustResult]):
    """Answers each request with a judgment of the newest weights.

    Played episodes are kept for later judgments in the session, in memory only. Judgments are kept in the run folder.
    """

    def __init__(self, session: Session, device: torch.device, channel: Channel[TrustRequest, TrustResult]) -> None:
        super().__init__(channel)
        self._session = session
        self._device = device
        self._weights = LatestAgent(session, lasting=True)
        self._kept: tuple[KeptJudgment, ...] = ()
        self._kl = NO_KL
        self._newest_result = TrustResult(None)
        self._step_seconds: float | None = None

    def answering(self, request: TrustRequest) -> Generator[TrustResult, None, None]:
        """Judge the newest weights, and add to each result what the run keeps."""
        return mapped(
            self._judge(request),
            lambda result: replace(result, kept=self._kept, kl=self._kl, step_seconds=self._step_seconds),
        )

    def _judge(self, request: TrustRequest) -> Generator[TrustResult, None, None]:
        self._read_kept()
        rows, log = self._session.rows_since(START)
        self._kl = kl_over_training(rows)
        yield self._doing(WAITS)
        agent, snapshot = yield from mapped(newest_agent(self._weights, self._session), self._doing)
        if request.play:
            yield from self._play(agent, snapshot, request.play)
        held, facts, frames = self._episodes(snapshot)
        if not held:
            raise CannotAnswerError(NO_EPISODES)
        began, part = time.thread_time(), itertools.count(1)
        told = f"judges update {snapshot.update:,} on {len(held)} episodes"
        judgment = yield from mapped(
            judging(agent, held, snapshot.config, self._device),
            lambda _: self._doing(f"{told}, part {next(part)}"),
        )
        report = Report(
            task=snapshot.config.task,
            checkpoint="",
            step=snapshot.step,
            update=snapshot.update,
            seed=0,
            episodes=tuple(facts),
            versions=versions(),
            judgment=judgment,
            part_updates=snapshot.part_updates,
        )
        seconds = time.thread_time() - began
        remark = self._keep(report, log)
        self._read_kept()
        self._newest_result = TrustResult(report, "", seconds, time.monotonic(), remark=remark, frames=frames)
        yield self._newest_result

    def _keep(self, report: Report, log: Place) -> str:
        """Keep a judgment in the run unless the training goes back; return a remark for the user."""
        if self._went_back(log):
            return WENT_BACK
        remark = keep(self._folder.judgments, report, "window")
        if self._went_back(log):  # meanwhile
            forget_judgments_after(self._folder.judgments, report.update - 1)
            return WENT_BACK
        return remark

    def _went_back(self, log: Place) -> bool:
        return self._session.rows_since(log)[1].opening != log.opening

    def _doing(self, words: str) -> TrustResult:
        return replace(self._newest_result, progress=words)

    def _episodes(self, snapshot: Snapshot) -> tuple[list[HeldOut], list[str], tuple[FrameRef, ...]]:
        """Return stored and played episodes, a line about each, and the resets of those that have a frame to predict.

        Raises:
            CannotAnswerError: the stored episodes cannot be read.
        """
        try:
            held, facts = stored_episodes(self._folder.tests, snapshot.spec, snapshot.update)
        except OSError as error:
            raise CannotAnswerError(f"The test episodes cannot be read: {error}") from error
        stored = len(held)
        for played in self._session.played_tests.all:
            held.append(played_in_window(played, snapshot.update))
            facts.append(f"{held[-1].player}, seed {episode_seed(snapshot.config.seed, played.number, 'view')}")
        frames = (
            FrameRef(False, one.number, 0, test=HeldOutTest(one.update, played=place >= stored))
            for place, one in enumerate(held)
            if len(one.rows) > 1
        )
        return held, facts, tuple(frames)

    @property
    def _folder(self) -> RunFolder:
        return RunFolder(self._session.status.get().folder)

    def _read_kept(self) -> None:
        with contextlib.suppress(OSError):
            self._kept = read_judgments(self._folder.judgments)

    def _play(self, agent: Agent, snapshot: Snapshot, count: int) -> Iterator[TrustResult]:
        """Play episodes after those that were played with the same weights."""
        kept = self._session.played_tests
        first = kept.next_number(snapshot.update)
        with open_env(snapshot.config, self.interruption) as env:
            for number in range(first, first + count):
                player, seed = player_of(number), episode_seed(snapshot.config.seed, number, "view")
                began, episode = time.monotonic(), GrowingEpisode(snapshot.spec.action_size)
                for row in held_out_rows(agent, env, player, seed, self._device):
                    episode.append(row)
                    yield self._doing(f"plays episode {number + 1 - first} of {count}, step {len(episode)}")
                self._step_seconds = (time.monotonic() - began) / len(episode)
                spec = env.spec  # an earlier version's checkpoint does not name the states
                kept.add(PlayedTest(snapshot.update, number, episode, spec.state_names, spec.state_angles))
