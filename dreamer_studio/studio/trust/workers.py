"""The worker of the Trust workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamer_studio.studio.workspace import RunContext

if TYPE_CHECKING:
    from dreamer_studio.viewing.trust.worker import TrustWorker


def trust_worker(run: RunContext, device: str) -> TrustWorker:
    """Make the worker that judges the newest weights. Call this in its thread."""
    import torch  # noqa: PLC0415  (the window opens before torch is loaded)

    from dreamer_studio.viewing.trust.worker import TrustWorker  # noqa: PLC0415  (needs torch)

    return TrustWorker(run.session, torch.device(device), run.channels.trust)
