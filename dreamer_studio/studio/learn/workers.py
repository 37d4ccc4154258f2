"""The worker of the Learn workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamer_studio.studio.workspace import RunContext

if TYPE_CHECKING:
    from dreamer_studio.viewing.learn.worker import LearnWorker


def learn_workers(run: RunContext, device: str) -> tuple[LearnWorker]:
    """Make the worker that answers the chapters. Call this in its thread."""
    import torch  # noqa: PLC0415  (the window opens before torch is loaded)

    from dreamer_studio.viewing.learn.worker import LearnWorker  # noqa: PLC0415  (needs torch)

    return (LearnWorker(run.session, torch.device(device), run.channels.learn),)
