"""How wrong a snapshot is about frames that it sees."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.batch import Batch
from dreamer_studio.dreamer.noise import NoiseSource, UpdateNoise
from dreamer_studio.dreams.survey import survey
from dreamer_studio.envs import build_config
from tests.support.episodes import make_episode

CONFIG = build_config("dmc:walker-walk", "tiny", {"precision": "float32"})
ROWS = 20


def test_that_a_survey_in_pieces_gives_the_losses_of_training_for_the_whole_episode() -> None:
    agent = Agent(CONFIG, 2, "continuous")
    agent.initialize(0)
    episode = make_episode(3, ROWS)
    noise, belief, parts = NoiseSource(4), None, []
    with torch.inference_mode():
        for start in range(0, ROWS, 8):
            parts.append(survey(agent, belief, episode.part(start, min(8, ROWS - start)), CONFIG, noise))
            belief = parts[-1].belief
    again, stoch = NoiseSource(4), agent.world_model.rssm.stoch_size
    drawn = torch.cat([again.normal(count, 1, stoch) for count in (8, 8, 4)])
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
    squashed = survey(agent, None, episode.part(0, 8), replace(CONFIG, clip_rewards="tanh"), NoiseSource(4))
    off = (output.reward_mean - reward.tanh())[0, :8].abs().detach()
    np.testing.assert_allclose(squashed.reward, off, rtol=1e-4, atol=1e-5)
