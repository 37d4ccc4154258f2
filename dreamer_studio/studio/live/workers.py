"""The workers of the Live workspace."""

from __future__ import annotations

from collections.abc import Sequence

from dreamer_studio.studio.workspace import RunContext
from dreamer_studio.viewing.worker import Worker


def live_workers(run: RunContext, device: str) -> Sequence[Worker]:
    """Make the workers that follow the running episode and dream from it. Call this in their thread."""
    import torch  # noqa: PLC0415  (the window opens before torch is loaded)

    from dreamer_studio.viewing.live.dream_worker import LiveDreamWorker  # noqa: PLC0415  (needs torch)
    from dreamer_studio.viewing.live.follower import EpisodeFollower  # noqa: PLC0415  (needs torch)
    from dreamer_studio.viewing.live.worker import LiveWorker  # noqa: PLC0415  (needs torch)

    follower = EpisodeFollower(run.session, torch.device(device))
    return LiveWorker(follower, run.channels.live), LiveDreamWorker(follower, run.channels.dream)
