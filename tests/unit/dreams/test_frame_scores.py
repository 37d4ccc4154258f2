"""The errors of a snapshot at frames that it sees."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from dreamer_studio.dreamer.batch import Batch
from dreamer_studio.dreamer.noise import NoiseSource, UpdateNoise
from dreamer_studio.dreams.frame_scores import score_frames
from tests.support.agents import CONFIG, Latents
from tests.support.episodes import make_episode

ROWS = 20


def test_that_an_episode_scored_in_pieces_has_the_losses_of_training(latents: Latents) -> None:
    agent = latents.agent(actions=2)
    episode = make_episode(3, ROWS)
    noise, posterior, parts = NoiseSource(4), None, []
    with torch.inference_mode():
        for start in range(0, ROWS, 8):
            parts.append(score_frames(agent, posterior, episode.part(start, min(8, ROWS - start)), CONFIG, noise))
            posterior = parts[-1].posterior
    again = NoiseSource(4)
    drawn = torch.cat([agent.noise(again, count, 1) for count in (8, 8, 4)])
    nothing = torch.zeros(0)
    first = torch.zeros(1, ROWS, dtype=torch.bool)
    first[0, 0] = True
    image, action, reward, discount = (
        torch.from_numpy(part).unsqueeze(0)
        for part in (episode.image, episode.action, episode.reward, episode.discount)
    )
    batch = Batch(image, action, reward, discount, first, torch.zeros_like(first))
    output = agent.world_model(batch, UpdateNoise(drawn, nothing, nothing))
    metrics = output.metrics()
    kl, loss = (np.concatenate([getattr(part, name) for part in parts]) for name in ("kl", "image"))
    error = np.concatenate([part.reward for part in parts])
    np.testing.assert_allclose(kl.mean(), metrics["kl"], rtol=1e-5)
    np.testing.assert_allclose(loss.mean(), metrics["image_loss"], rtol=1e-3)
    np.testing.assert_allclose(error, (output.reward_mean - reward)[0].abs().detach(), rtol=1e-4, atol=1e-5)
    squashed = score_frames(agent, None, episode.part(0, 8), replace(CONFIG, clip_rewards="tanh"), NoiseSource(4))
    off = (output.reward_mean - reward.tanh())[0, :8].abs().detach()
    np.testing.assert_allclose(squashed.reward, off, rtol=1e-4, atol=1e-5)
