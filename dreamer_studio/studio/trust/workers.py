"""The workers of the Trust workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamer_studio.studio.workspace import RunContext

if TYPE_CHECKING:
    from dreamer_studio.viewing.trust.blind_worker import BlindWorker
    from dreamer_studio.viewing.trust.worker import TrustWorker


def trust_workers(run: RunContext, device: str) -> tuple[TrustWorker, BlindWorker]:
    """Make the workers that judge the newest weights and drive blind. Call this in their thread."""
    import torch  # noqa: PLC0415  (the window opens before torch is loaded)

    from dreamer_studio.viewing.trust.blind_worker import BlindWorker  # noqa: PLC0415  (needs torch)
    from dreamer_studio.viewing.trust.worker import TrustWorker  # noqa: PLC0415  (needs torch)

    session, channels, where = run.session, run.channels, torch.device(device)
    return TrustWorker(session, where, channels.trust), BlindWorker(session, where, channels.blind)
