"""The workers of the Dream workspace."""

from __future__ import annotations

from collections.abc import Sequence

from dreamer_studio.studio.workspace import RunContext
from dreamer_studio.viewing.twin.worker import TwinWorker
from dreamer_studio.viewing.worker import Worker


def dream_workers(run: RunContext, device: str) -> Sequence[Worker]:
    """Make the workers for scenes and everything that starts from a scene. Call this in their thread."""
    import torch  # noqa: PLC0415  (the window opens before torch is loaded)

    from dreamer_studio.viewing.actions.worker import ActionsWorker  # noqa: PLC0415  (with the others)
    from dreamer_studio.viewing.futures.worker import FuturesWorker  # noqa: PLC0415  (needs torch)
    from dreamer_studio.viewing.latents.map_worker import MapWorker  # noqa: PLC0415  (needs torch)
    from dreamer_studio.viewing.latents.worker import DimensionsWorker, DreamOnWorker, EditWorker  # noqa: PLC0415
    from dreamer_studio.viewing.practice.worker import PracticeWorker  # noqa: PLC0415  (needs torch)
    from dreamer_studio.viewing.scene.drive_worker import DriveWorker  # noqa: PLC0415  (needs torch)
    from dreamer_studio.viewing.scene.frames_worker import FramesWorker  # noqa: PLC0415  (needs torch)
    from dreamer_studio.viewing.scene.states import SceneStates  # noqa: PLC0415  (needs torch)
    from dreamer_studio.viewing.scene.worker import SceneWorker  # noqa: PLC0415  (needs torch)

    session, channels, where, states = run.session, run.channels, torch.device(device), SceneStates()
    return (
        SceneWorker(session, where, channels.scene, states),
        DriveWorker(channels.drive, states),
        FramesWorker(session, channels.frames, states),
        FuturesWorker(channels.futures, states),
        EditWorker(channels.edit, states),
        DreamOnWorker(where, channels.dream_on, states),
        DimensionsWorker(channels.dimensions, states),
        MapWorker(session, where, channels.latent_map, states),
        PracticeWorker(session, channels.practice),
        ActionsWorker(session, channels.actions),
    )


def twin_workers(run: RunContext, _: str) -> tuple[TwinWorker]:
    """Make the worker for the reality twin."""
    return (TwinWorker(run.session, run.channels.twin),)
