"""Which number of a dream says that the dream has left the episode? Rank correlations with the real image error.

``python -m benchmarks.alarm RUN...`` plays held-out episodes of each run and dreams along them from many starts. For
each candidate the command prints its Spearman correlation with the root mean square error of the dreamed image, over
all steps of all starts, and whether the candidate beats the step number by 0.1 in enough of the runs.

Candidates: the spread of four sampled futures (image, latent); self-consistency, how far the latent moves if the
dreamed frame is encoded again at the same deterministic state, over how far the dream moves in that step; the KL of
that posterior from its prior; the step number; and sums of their ranks.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dreamer_studio.arrays import Floats
from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.features import to_floats
from dreamer_studio.envs import episode_seed, open_env
from dreamer_studio.replay import episode_of
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.trained_agent import TrainedAgent, load_agent
from dreamer_studio.training.playing import play
from dreamer_studio.trust.measured import Measured, unjudged
from dreamer_studio.trust.players import MOST_ROWS, player_of
from dreamer_studio.trust.ranks import rank_correlations
from dreamer_studio.trust.seen import HeldOut, see
from dreamer_studio.trust.spread import MORE_THAN_STEP, measure_spread, sample_futures
from dreamer_studio.trust.starts import Starts, choose_starts

CPU = torch.device("cpu")
MARGIN = 0.1
"""How much larger than the step number's correlation a candidate's must be in a run."""

SHARE = 0.8
"""Share of the runs in which a candidate must be that much better: four of five."""

COMBINATIONS = (
    ("image spread", "step"),
    ("image spread", "self-consistency"),
    ("image spread", "KL"),
    ("image spread", "latent spread", "self-consistency", "KL", "step"),
)


def main() -> int:
    """Measure each run, then print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.alarm")
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN")
    parser.add_argument("--episodes", type=int, default=12)
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args()
    measured = {}
    for run in options.runs:
        name, figures = measure_run(run, options.episodes)
        measured[name] = figures
        _print_run(name, figures)
    _print_verdict(measured)
    if options.json:
        numbers = {run: {name: asdict(one) for name, (one, _) in found.items()} for run, found in measured.items()}
        options.json.write_text(json.dumps(numbers, indent=2) + "\n")
    return 0


def measure_run(run: Path, episodes: int) -> tuple[str, dict[str, tuple[Measured, Measured]]]:
    """Return the run's task and update in words, and for each candidate its correlation and its lead over the step."""
    trained = load_agent(RunFolder(run), CPU)
    noise = NoiseSource(0, CPU)
    seen = [see(trained.agent, one, trained.config, noise) for one in _play(trained, episodes)]
    starts = choose_starts(seen)
    assert starts is not None
    candidates, error, episode = candidates_of(trained.agent, starts, noise)
    names = list(candidates)
    found = rank_correlations(episode, np.stack([candidates[name] for name in names], -1), error)
    step = names.index("step")
    figures = {
        name: (found.measured(index, unjudged), found.difference(index, step, MORE_THAN_STEP))
        for index, name in enumerate(names)
    }
    return f"{trained.config.task} ({trained.config.preset}), update {trained.update:,}", figures


@torch.no_grad()
def candidates_of(
    agent: Agent, starts: Starts, noise: NoiseSource
) -> tuple[dict[str, Floats], Floats, NDArray[np.int64]]:
    """Return the candidates (M,) by name, the real error (M,) and the episode (M,) of all M dreamed frames."""
    futures = sample_futures(agent, starts, noise)
    spread = measure_spread(agent, starts, futures)
    moved, kl = again(agent, starts, futures[0])
    step, start = np.nonzero(starts.there)
    there = starts.there
    single = {
        "step": step.astype(np.float64),
        "image spread": spread.image[there],
        "latent spread": spread.latent[there],
        "self-consistency": moved[there],
        "KL": kl[there],
    }
    ranks = {name: np.argsort(np.argsort(numbers, kind="stable")) for name, numbers in single.items()}
    sums = {" + ".join(names): np.sum([ranks[name] for name in names], 0).astype(np.float64) for names in COMBINATIONS}
    return single | sums, spread.error[there], starts.episode[start]


def again(agent: Agent, starts: Starts, feats: Tensor) -> tuple[Floats, Floats]:
    """Encode each dreamed frame of features (L, N, F) again; return self-consistency and KL, each (L, N)."""
    rssm, encoder = agent.world_model.rssm, agent.world_model.encoder
    moved, kl = [], []
    size = agent.stoch_size
    for before, feat in itertools.pairwise([starts.states.feat, *feats]):
        stoch, deter = feat[:, :size], feat[:, size:]
        posterior = rssm.posterior(deter, encoder(agent.decode(feat)))
        step = (stoch - before[:, :size]).norm(dim=-1)
        moved.append(to_floats((posterior.stoch - stoch).norm(dim=-1) / step.clamp_min(1e-6)))
        kl.append(to_floats(posterior.kl(rssm.prior(deter)).sum(-1)))
    return np.stack(moved), np.stack(kl)


def _play(trained: TrainedAgent, episodes: int) -> list[HeldOut]:
    held = []
    with open_env(trained.config) as env:
        for number in range(episodes):
            player, seed = player_of(number), episode_seed(trained.config.seed, number, "view")
            rows = play(trained.agent, env, seed, CPU, None if player == "random" else player)
            held.append(HeldOut(episode_of(list(itertools.islice(rows, MOST_ROWS))), player))
    return held


def _print_run(name: str, figures: dict[str, tuple[Measured, Measured]]) -> None:
    lines = [f"{name}, {figures['step'][0].n} episodes", ""]
    lines += ["| candidate | Spearman | more than the step number |", "|---|---|---|"]
    for candidate, (one, lead) in figures.items():
        more = "" if candidate == "step" else _words(lead)
        lines.append(f"| {candidate} | {_words(one)} | {more} |")
    sys.stdout.write("\n".join([*lines, "", ""]))
    sys.stdout.flush()


def _print_verdict(measured: dict[str, dict[str, tuple[Measured, Measured]]]) -> None:
    for candidate in next(iter(measured.values())):
        if candidate != "step":
            better = sum(figures[candidate][1].value >= MARGIN for figures in measured.values())
            says = "yes" if better >= SHARE * len(measured) else "no"
            sys.stdout.write(f"{candidate}: {MARGIN} above the step in {better} of {len(measured)} runs: {says}\n")


def _words(one: Measured) -> str:
    return f"{one.value:.2f} ({one.low:.2f} to {one.high:.2f})"


if __name__ == "__main__":
    raise SystemExit(main())
