"""Acts at the frames of a fixed scene, without exploration and with it."""

from __future__ import annotations

from dreamer_studio.dreamer.agent import exploration_amount
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.features import to_floats
from dreamer_studio.viewing.learn.messages.exploration import ExplorationRequest, ExplorationResult
from dreamer_studio.viewing.learn.scene import SEED, LearnScene


def explore(request: ExplorationRequest, scene: LearnScene) -> ExplorationResult:
    """Answer a request of the chapter on environment interaction."""
    agent, snapshot = scene.agent, scene.snapshot
    noise, feat = NoiseSource(SEED, scene.device), scene.posterior.feat[0]
    mode, sampled = agent.act(feat, noise, "mode"), agent.act(feat, noise)
    training = exploration_amount(snapshot.config, snapshot.step)
    amount = training if request.amount is None else request.amount
    return ExplorationResult(
        request,
        snapshot.update,
        scene.origin,
        scene.rows.image,
        amount=amount,
        training=training,
        mode=to_floats(mode),
        explored=to_floats(agent.explore(sampled, amount, noise)),
        discrete=snapshot.spec.action_kind == "discrete",
    )
