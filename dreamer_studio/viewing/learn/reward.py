"""Predicts the rewards of a fixed scene."""

from __future__ import annotations

from dreamer_studio.dreams.features import to_floats
from dreamer_studio.dreams.rewards import as_learned
from dreamer_studio.viewing.learn.messages.reward import RewardRequest, RewardResult
from dreamer_studio.viewing.learn.scene import LearnScene


def predict_rewards(request: RewardRequest, scene: LearnScene) -> RewardResult:
    """Answer a request of the chapter on the reward model."""
    return RewardResult(
        request,
        scene.snapshot.update,
        scene.origin,
        scene.rows.image,
        received=as_learned(scene.rows.reward, scene.snapshot.config),
        predicted=to_floats(scene.agent.heads(scene.posterior.feat).reward[0]),
    )
