"""The workspaces of the window, in the order of their tabs. A new workspace needs a title and a key in `actions`."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from dreamer_studio.studio.actions import WORKSPACES as TITLES
from dreamer_studio.studio.compare.workers import compare_workers, gauges_workers
from dreamer_studio.studio.compare.workspace import CompareWorkspace
from dreamer_studio.studio.curves.workers import curves_workers
from dreamer_studio.studio.curves.workspace import CurvesWorkspace
from dreamer_studio.studio.dream.workers import dream_workers, twin_workers
from dreamer_studio.studio.dream.workspace import DreamWorkspace
from dreamer_studio.studio.learn.workers import learn_workers
from dreamer_studio.studio.learn.workspace import LearnWorkspace
from dreamer_studio.studio.live.workers import live_workers
from dreamer_studio.studio.live.workspace import LiveWorkspace
from dreamer_studio.studio.runs.workspace import RunsWorkspace
from dreamer_studio.studio.threads import EnvironmentThread, ViewingThread, WorkersThread
from dreamer_studio.studio.trust.workers import trust_workers
from dreamer_studio.studio.trust.workspace import TrustWorkspace
from dreamer_studio.studio.workspace import RunContext, Workspace
from dreamer_studio.viewing.worker import Worker


def _no_workers(_: RunContext, __: str) -> Sequence[Worker]:
    return ()


@dataclass(frozen=True)
class WorkspaceSpec:
    """One workspace.

    Attributes:
        key: name in the code; `actions.py` has the workspace's title and the action that shows it.
        kind: its class.
        make: makes the workspace of a run, when it is first needed.
        workers: makes the workers that compute for it on a device; called in their thread, which loads torch.
        own_thread: whether these workers have a separate thread, because they would block all others.
        threads: makes further threads, for workers that need more than turns.
        early: whether the workspace is made with the run, because its reactions or docks are needed before it is shown.
    """

    key: str
    kind: type[Workspace]
    make: Callable[[RunContext], Workspace]
    workers: Callable[[RunContext, str], Sequence[Worker]] = _no_workers
    own_thread: bool = False
    threads: Callable[[RunContext], Sequence[ViewingThread]] = lambda _: ()
    early: bool = False

    @property
    def title(self) -> str:
        """Return the name on the tab."""
        return TITLES[self.key]

    @property
    def action(self) -> str:
        """Return the id of the action that shows the workspace."""
        return f"view.{self.key}"


WORKSPACES: Final = (
    WorkspaceSpec(
        "live",
        LiveWorkspace,
        lambda run: LiveWorkspace(run.theme, run.session, run.channels, run.curves),
        live_workers,
        early=True,
    ),
    WorkspaceSpec(
        "dream",
        DreamWorkspace,
        lambda run: DreamWorkspace(run.theme, run.channels, run.replay),
        dream_workers,
        threads=lambda run: (EnvironmentThread("twin", run.session, functools.partial(twin_workers, run)),),
        early=True,
    ),
    WorkspaceSpec(
        "compare",
        CompareWorkspace,
        lambda run: CompareWorkspace(run.theme, run.channels.compare, run.frame),
        compare_workers,
        own_thread=True,
        threads=lambda run: (EnvironmentThread("gauges", run.session, functools.partial(gauges_workers, run)),),
    ),
    WorkspaceSpec(
        "trust",
        TrustWorkspace,
        lambda run: TrustWorkspace(run.theme, run.channels, run.health),
        threads=lambda run: (EnvironmentThread("trust", run.session, functools.partial(trust_workers, run)),),
    ),
    WorkspaceSpec(
        "curves",
        CurvesWorkspace,
        lambda run: CurvesWorkspace(run.theme, run.curves, run.channels.curves),
        curves_workers,
        own_thread=True,
    ),
    WorkspaceSpec("runs", RunsWorkspace, lambda run: RunsWorkspace(run.theme)),
    WorkspaceSpec(
        "learn",
        LearnWorkspace,
        lambda run: LearnWorkspace(run.theme, run.channels.learn, run.channels.places),
        learn_workers,
    ),
)


def viewing_threads(run: RunContext, *more: Callable[[RunContext, str], Sequence[Worker]]) -> tuple[ViewingThread, ...]:
    """Make the threads that compute for all workspaces of a run. `more` workers share the common thread."""

    def makers(*workers: Callable[[RunContext, str], Sequence[Worker]]) -> list[Callable[[str], Sequence[Worker]]]:
        return [functools.partial(each, run) for each in workers]

    shared = makers(*(spec.workers for spec in WORKSPACES if not spec.own_thread), *more)
    threads: list[ViewingThread] = [WorkersThread("snapshots", run.session, shared, prompt=True)]
    for spec in WORKSPACES:
        if spec.own_thread:
            threads.append(WorkersThread(spec.key, run.session, makers(spec.workers)))
        threads += spec.threads(run)
    return tuple(threads)
