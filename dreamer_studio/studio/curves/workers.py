"""The workers of the Curves workspace. They need no torch."""

from __future__ import annotations

from collections.abc import Sequence

from dreamer_studio.studio.workspace import RunContext
from dreamer_studio.viewing.curves.worker import LogsWorker, RunsWorker
from dreamer_studio.viewing.worker import Worker


def curves_workers(run: RunContext, _: str) -> Sequence[Worker]:
    """Make the workers that read the logs of other runs and list the runs on this machine."""
    channels = run.channels.curves
    return LogsWorker(run.session, channels.logs), RunsWorker(run.session, channels.runs)
