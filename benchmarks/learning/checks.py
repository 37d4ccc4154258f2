"""Why does an agent learn, or not? Six checks of a run, the most frequent mistakes first.

``python -m benchmarks.learning.checks RUN`` prints one JSON object:

- ``reward``: correlation of the predicted reward with the reward of the same row, of the row before and of the row
  after. In an aligned model the first is the highest.
- ``open_loop``: mean squared error of predicted images (0 to 1) some steps after the last frame that the model saw,
  with the recorded actions, without actions, and with another sequence's; for comparison, the error of keeping the
  last frame. If the actions do not matter, the model ignores them, or the task does.
- ``kl``: mean KL in nats and the share of rows above the free nats.
- ``actor``: entropy, and the share of the mode's entries beyond 0.99 in size (continuous) or the share of the most
  frequent action (discrete).
- ``value``: mean value estimate, and the discounted sum of the rewards received from there on.
- ``data``: episodes, environment steps, updates, and how often an average row has been in a batch.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from dreamer_studio.config import Config, free_nats_of
from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.conv import to_model_range
from dreamer_studio.dreamer.latent import LatentState
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.open_loop import open_loop
from dreamer_studio.replay import EpisodeIndex, EpisodeList, sample_windows
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.trained_agent import load_agent
from dreamer_studio.system.process import prepare_process

SEQUENCES = 24
LENGTH = 60
CONTEXT = 5
HORIZONS = (1, 5, 15, 30, 45)
BEHIND = 200  # rows of reward to compare with a value; later rewards count for 13 percent
CPU = torch.device("cpu")


def main() -> int:
    """Check a run and print the findings."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.learning.checks")
    parser.add_argument("run", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print(json.dumps(check(options.run, options.seed), indent=2))  # noqa: T201
    return 0


@torch.no_grad()
def check(run: Path, seed: int = 0) -> dict[str, Any]:
    """Make all checks of the module's docstring for `run`, on random sequences of its replay."""
    folder = RunFolder(run)
    trained = load_agent(folder, CPU)
    agent, config = trained.agent, trained.config
    episodes = EpisodeIndex(folder.episodes, ram_bytes=0).refresh()
    image, action, reward = sample_sequences(episodes, seed)
    noise = NoiseSource(seed)
    seen = agent.filter(image, action, agent.noise(noise, image.shape[1], len(image)))
    return {
        "task": config.task,
        "step": trained.step,
        "update": trained.update,
        "reward": _reward(agent, seen, reward),
        "open_loop": open_loop_errors(agent, image, action, noise),
        "kl": _kl(agent, seen, config),
        "actor": _actor(agent, seen, noise),
        "value": _value(agent, episodes, config, noise),
        "data": {
            "episodes": len(episodes),
            "environment_steps": int(episodes.steps_of_each.sum()),
            "updates": trained.update,
            "times_each_row": round(
                trained.update * config.batch_size * config.batch_length / max(1, int(episodes.lengths.sum())), 1
            ),
        },
    }


def sample_sequences(episodes: EpisodeList, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return images, actions and rewards (B, T, .) of random stretches of a replay."""
    windows = sample_windows(episodes, SEQUENCES, LENGTH, np.random.default_rng(seed))
    image, action, reward = (
        torch.from_numpy(np.stack([getattr(window.rows, name) for window in windows]))
        for name in ("image", "action", "reward")
    )
    return image, action, reward


def open_loop_errors(agent: Agent, image: Tensor, action: Tensor, noise: NoiseSource) -> dict[str, dict[str, float]]:
    """Compute the mean squared error by horizon for each kind of actions; dreams follow the priors' means."""
    size, length = action.shape[:2]
    real = to_model_range(image)
    posterior_noise = agent.noise(noise, CONTEXT, size)
    ways = {"true": action, "none": torch.zeros_like(action), "another's": action.roll(1, 0)}
    at = [CONTEXT - 1 + horizon for horizon in HORIZONS if CONTEXT - 1 + horizon < length]
    errors = {}
    for name, taken in ways.items():
        acted = torch.cat([action[:, :CONTEXT], taken[:, CONTEXT:]], 1)
        states = open_loop(
            agent, image, acted, CONTEXT, posterior_noise, torch.zeros(length - CONTEXT, size, agent.stoch_size)
        )
        errors[name] = agent.world_model.decoder(states.feat[:, at]) - real[:, at]
    errors["last frame kept"] = real[:, CONTEXT - 1 : CONTEXT] - real[:, at]
    return {
        name: {str(row - CONTEXT + 1): _short(error[:, place].square().mean().item()) for place, row in enumerate(at)}
        for name, error in errors.items()
    }


def _reward(agent: Agent, seen: LatentState, reward: Tensor) -> dict[str, float | None]:
    predicted = agent.heads(seen.feat).reward[:, 1:-1]
    shifted = {"same row": reward[:, 1:-1], "row before": reward[:, :-2], "row after": reward[:, 2:]}
    return {name: _correlation(predicted, received) for name, received in shifted.items()} | {
        "mean received": _short(reward.mean().item()),
        "mean predicted": _short(predicted.mean().item()),
    }


def _kl(agent: Agent, seen: LatentState, config: Config) -> dict[str, float]:
    kl = agent.surprise(seen).sum(-1)[:, CONTEXT:]
    above = (kl > free_nats_of(config)).float().mean().item()
    return {"mean": _short(kl.mean().item()), "share above the free nats": _short(above)}


def _actor(agent: Agent, seen: LatentState, noise: NoiseSource) -> dict[str, float]:
    feat = seen.feat.flatten(0, 1)
    mode = agent.act(feat, noise, "mode")
    if agent.action_kind == "continuous":
        extreme = {"share of the mode beyond 0.99": (mode.abs() > 0.99).float().mean()}
    else:
        extreme = {"share of the most frequent action": mode.mean(0).max()}
    drawn = noise.action(agent.action_kind, *mode.shape)
    entropy = agent.actor.distribution(feat).entropy(drawn).mean()
    return {name: _short(value.item()) for name, value in {"entropy": entropy, **extreme}.items()}


def _value(agent: Agent, episodes: EpisodeList, config: Config, noise: NoiseSource) -> dict[str, float]:
    """Check values on the newest episode, from rows with enough later rows or the episode's true end."""
    episode = episodes.get(len(episodes) - 1)
    image, action = torch.from_numpy(episode.image)[None], torch.from_numpy(episode.action)[None]
    length = len(episode.reward)
    states = agent.filter(image, action, agent.noise(noise, length, 1))
    value = agent.heads(states.feat).value[0].numpy()
    received = np.zeros(length + 1)
    for row in reversed(range(length)):
        received[row] = episode.reward[row] + config.discount * received[row + 1]
    rows = slice(1, length if episode.is_terminal[-1] else max(2, length - BEHIND))
    return {
        "mean estimate": _short(float(value[rows].mean())),
        "mean received": _short(float(received[:-1][rows].mean())),
    }


def _correlation(a: Tensor, b: Tensor) -> float | None:
    """Return the correlation; None if either input is constant."""
    if min(a.std().item(), b.std().item()) < 1e-6:
        return None
    return _short(float(np.corrcoef(a.flatten().numpy(), b.flatten().numpy())[0, 1]))


def _short(value: float) -> float:
    return float(f"{value:.4g}")


if __name__ == "__main__":
    prepare_process()
    sys.exit(main())
