"""The workspaces of the window, in the order of their tabs. A new one needs a folder, and an entry here."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from dreamer_studio.studio.actions import ActionSpec, all_actions
from dreamer_studio.studio.compare.workers import compare_workers
from dreamer_studio.studio.compare.workspace import CompareWorkspace
from dreamer_studio.studio.dream.workers import dream_workers
from dreamer_studio.studio.dream.workspace import DreamWorkspace
from dreamer_studio.studio.live.workers import live_workers
from dreamer_studio.studio.live.workspace import LiveWorkspace
from dreamer_studio.studio.threads import TwinThread, ViewingThread, WorkersThread
from dreamer_studio.studio.workspace import RunContext, Workspace
from dreamer_studio.viewing.worker import Worker


def _no_workers(_: RunContext, __: str) -> Sequence[Worker]:
    return ()


@dataclass(frozen=True)
class WorkspaceSpec:
    """One workspace. The window derives tab, menu, key and help from it.

    Attributes:
        key: name in the code.
        title: name on the tab and in the View menu.
        shortcut: the key that shows the workspace, as Qt writes it.
        make: makes the workspace of a run.
        workers: makes the workers that compute for it on a device; called in their thread, which loads torch.
        own_thread: whether these workers have a separate thread, because they would block all others.
        threads: makes further threads, for workers that need more than turns.
    """

    key: str
    title: str
    shortcut: str
    make: Callable[[RunContext], Workspace]
    workers: Callable[[RunContext, str], Sequence[Worker]] = _no_workers
    own_thread: bool = False
    threads: Callable[[RunContext], Sequence[ViewingThread]] = lambda _: ()

    @property
    def action(self) -> ActionSpec:
        """Return the action that shows the workspace."""
        text, help_ = f"{self.title} workspace", f"Go to the {self.title} workspace."
        return ActionSpec(f"view.{self.key}", text, help_, (self.shortcut,), menu="View", essential=True)


WORKSPACES: Final = (
    WorkspaceSpec(
        "live", "Live", "Ctrl+1", lambda run: LiveWorkspace(run.theme, run.session, run.channels), live_workers
    ),
    WorkspaceSpec(
        "dream",
        "Dream",
        "Ctrl+2",
        lambda run: DreamWorkspace(run.theme, run.channels, run.replay),
        dream_workers,
        threads=lambda run: (TwinThread(run.session, run.channels),),
    ),
    WorkspaceSpec(
        "compare",
        "Compare",
        "Ctrl+3",
        lambda run: CompareWorkspace(run.theme, run.channels.compare, run.frame),
        compare_workers,
        own_thread=True,
    ),
)

EVERY_ACTION: Final = all_actions(spec.action for spec in WORKSPACES)
"""All actions of the window, including those that show a workspace."""


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
