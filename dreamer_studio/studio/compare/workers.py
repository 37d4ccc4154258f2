"""The workers of the Compare workspace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dreamer_studio.studio.workspace import RunContext
from dreamer_studio.viewing.worker import Worker

if TYPE_CHECKING:
    from dreamer_studio.viewing.compare.gauges_worker import GaugesWorker


def compare_workers(run: RunContext, device: str) -> Sequence[Worker]:
    """Make the workers that list checkpoints and compare them. Call this in their thread."""
    import torch  # noqa: PLC0415  (the window opens before torch is loaded)

    from dreamer_studio.viewing.compare.agents import CheckpointAgents  # noqa: PLC0415  (needs torch)
    from dreamer_studio.viewing.compare.listing import ListWorker, RunCommandsWorker  # noqa: PLC0415  (needs torch)
    from dreamer_studio.viewing.compare.worker import CompareWorker  # noqa: PLC0415  (needs torch)

    channels, agents = run.channels.compare, CheckpointAgents(run.session, torch.device(device))
    lister = ListWorker(run.session, channels.checkpoints)
    return (
        lister,
        RunCommandsWorker(lister, agents, channels.commands),
        CompareWorker(run.session, agents, channels.scene),
    )


def gauges_workers(run: RunContext, device: str) -> Sequence[GaugesWorker]:
    """Make the worker that compares checkpoints through the gauges. Call this in its thread."""
    import torch  # noqa: PLC0415  (the window opens before torch is loaded)

    from dreamer_studio.viewing.compare.gauges_worker import GaugesWorker  # noqa: PLC0415  (needs torch)

    return (GaugesWorker(run.session, torch.device(device), run.channels.compare.gauges),)
