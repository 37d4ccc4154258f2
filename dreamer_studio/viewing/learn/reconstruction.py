"""Reconstructs a fixed scene with the newest weights and with untrained ones."""

from __future__ import annotations

from dreamer_studio.dreamer.fast import make_agent
from dreamer_studio.dreams.dream import decode
from dreamer_studio.viewing.learn.messages.reconstruction import ReconstructionRequest, ReconstructionResult
from dreamer_studio.viewing.learn.scene import LearnScene


def reconstruct(request: ReconstructionRequest, scene: LearnScene) -> ReconstructionResult:
    """Answer a request of the chapter on reconstructions."""
    spec = scene.snapshot.spec
    untrained = make_agent(scene.snapshot.config, spec.action_size, spec.action_kind)
    untrained.initialize(0)
    untrained.to(scene.device)
    return ReconstructionResult(
        request,
        scene.snapshot.update,
        scene.origin,
        scene.rows.image,
        trained=decode(scene.agent, scene.posterior.feat[0]),
        untrained=decode(untrained, scene.posterior_of(untrained).feat[0]),
        state_size=scene.agent.feat_size,
    )
