"""Play tasks at random, as a prefill does: ``python -m benchmarks.learning.random_play [TASK ...] [--episodes N]``.

The script prints a table in Markdown: mean, standard deviation, least and most of the returns of whole episodes with
uniformly random actions, and the return of an episode with the middle action at each step. A policy that earns no more
has learned nothing.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.envs import build_config, episode_seed, open_env, random_action
from dreamer_studio.envs.process import EnvProcess
from dreamer_studio.system.process import prepare_process

TASKS = (
    "dmc:cartpole-balance",
    "dmc:cartpole-swingup",
    "dmc:walker-stand",
    "dmc:walker-walk",
    "dmc:cheetah-run",
    "dmc:pendulum-swingup",
    "dmc:reacher-easy",
    "gym:CartPole-v1",
)
"""The tasks of docs/results.md."""

Policy = Callable[[], NDArray[np.float32]]


def main() -> int:
    """Play the tasks and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.learning.random_play")
    parser.add_argument("tasks", nargs="*", default=TASKS, metavar="TASK")
    parser.add_argument("--episodes", type=int, default=10, help="with random actions")
    options = parser.parse_args()
    sys.stdout.write("| task | random actions | least | most | n | middle action |\n|---|---|---|---|---|---|\n")
    for task in options.tasks:
        random, middle = play(task, options.episodes)
        spread = f"{statistics.fmean(random):.1f} +- {statistics.pstdev(random):.1f}"
        sys.stdout.write(
            f"| {task} | {spread} | {min(random):.1f} | {max(random):.1f} | {len(random)} | "
            f"{'-' if middle is None else f'{middle:.1f}'} |\n"
        )
        sys.stdout.flush()
    return 0


def play(task: str, episodes: int) -> tuple[list[float], float | None]:
    """Return the returns of the random episodes, and of the middle action, which is None for discrete actions."""
    with open_env(build_config(task, "laptop")) as env:
        spec, noise = env.spec, np.random.default_rng(0)
        random = [_episode(env, number, lambda: random_action(spec, noise)) for number in range(episodes)]
        if spec.action_kind == "discrete":
            return random, None
        return random, _episode(env, 0, lambda: np.zeros(spec.action_size, np.float32))


def _episode(env: EnvProcess, number: int, policy: Policy) -> float:
    """Play an episode to its end; return the sum of its rewards."""
    step = env.reset(episode_seed(0, number, "eval"))
    total = 0.0
    while not step.is_last:
        step = env.step(policy())
        total += step.reward
    return total


if __name__ == "__main__":
    prepare_process()
    sys.exit(main())
