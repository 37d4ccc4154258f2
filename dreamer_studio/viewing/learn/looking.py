"""Dreams from a fixed scene, to compare the weights before and after an update."""

from __future__ import annotations

from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.dream import decode, dream
from dreamer_studio.viewing.learn.messages.loop import LoopRequest, LoopResult
from dreamer_studio.viewing.learn.scene import SEED, LearnScene


def look(request: LoopRequest, scene: LearnScene) -> LoopResult:
    """Answer a request of the chapter on the loop."""
    agent, snapshot = scene.agent, scene.snapshot
    imagined = dream(agent, scene.end, snapshot.config.horizon, NoiseSource(SEED, scene.device))
    return LoopResult(
        request,
        snapshot.update,
        scene.origin,
        scene.rows.image,
        images=decode(agent, imagined.states.feat[:, 0]),
        reward=float(imagined.reward.sum()),
        value=float(imagined.value[0, 0]),
    )
