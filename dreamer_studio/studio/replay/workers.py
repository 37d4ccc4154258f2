"""The worker of the replay browser that needs the model."""

from __future__ import annotations

from collections.abc import Sequence

from dreamer_studio.studio.workspace import RunContext
from dreamer_studio.viewing.scene.source import SceneSource
from dreamer_studio.viewing.worker import Worker


def search_workers(run: RunContext, device: str) -> Sequence[Worker]:
    """Make the worker that searches for frames to bookmark. Call this in its thread."""
    import torch  # noqa: PLC0415  (the window opens before torch is loaded)

    from dreamer_studio.viewing.replay.frame_search import FrameSearch  # noqa: PLC0415  (needs torch)

    where, replay = torch.device(device), run.replay
    return (FrameSearch(run.session, SceneSource(run.session), where, replay.search, replay.commands),)
