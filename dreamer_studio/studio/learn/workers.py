"""The workers of the Learn workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamer_studio.studio.workspace import RunContext
from dreamer_studio.viewing.learn.places import PlacesWorker

if TYPE_CHECKING:
    from dreamer_studio.viewing.learn.worker import LearnWorker


def learn_workers(run: RunContext, device: str) -> tuple[LearnWorker, PlacesWorker]:
    """Make the workers that answer the chapters and find the code of their equations. Call this in their thread."""
    import torch  # noqa: PLC0415  (the window opens before torch is loaded)

    from dreamer_studio.viewing.learn.worker import LearnWorker  # noqa: PLC0415  (needs torch)

    return (LearnWorker(run.session, torch.device(device), run.channels.learn), PlacesWorker(run.channels.places))
