"""Measures the environment, the update and the hardware."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable

import psutil
import torch

from dreamer_studio.arrays import FRAME_SIZE
from dreamer_studio.bench.report import BenchReport
from dreamer_studio.bench.updates import UpdateTimes, count_operations, now, time_updates
from dreamer_studio.config import Config
from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.fast import Learner, make_agent
from dreamer_studio.dreamer.latent import LatentState
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreamer.precision import has_fast_bfloat16
from dreamer_studio.dreams.dream import decode, dream
from dreamer_studio.envs import EnvProcess, TimeStep, episode_seed, open_env
from dreamer_studio.replay import GrowingEpisode
from dreamer_studio.training.cores import leave_cores
from dreamer_studio.training.pace import seconds_left
from dreamer_studio.training.playing import observe_row

UPDATES = 5
AGENT_STEPS = 100
FRAMES = 60
DREAM_LENGTH = 45
MATRIX_SIZE = 2048
PRODUCTS = 7


def bench(config: Config, device: torch.device, updates: int = UPDATES, patience: float = math.inf) -> BenchReport:
    """Measure the update, then the environment, each with the whole machine.

    Args:
        config: what to measure.
        device: where the update is computed.
        updates: how many updates to time, after the first.
        patience: seconds for the updates, and for each of the other measurements; as in `time_updates`.

    Raises:
        EnvError: the task cannot run on this machine; the message says what to do.
    """
    leave_cores(config.spare_cores)
    with open_env(config) as env:
        spec = env.spec
        agent = make_agent(config, spec.action_size, spec.action_kind)
        agent.initialize(config.seed)
        agent.to(device)
        learner = Learner(agent, config)
        times = time_updates(learner, config, spec, device, updates, patience)
        memory = psutil.Process().memory_info().rss + env.memory_bytes()
        step_s, row_bytes = _time_agent_steps(agent, env, config, device, patience)
        render_ms = 1000 * median_of(lambda: env.render(FRAME_SIZE, FRAME_SIZE), FRAMES, patience)
    precision = "float32" if learner.precision == torch.float32 else "bfloat16"
    rates = _matmul_rates(device)
    operations = count_operations(config, spec, device)
    floor_s = operations / (1e9 * (rates[precision] or rates["float32"]))
    update_s = sum(times.phases.values()) if times.timed else _least_seconds(times, floor_s)
    return BenchReport(
        task=config.task,
        preset=config.preset,
        device=str(device),
        threads=torch.get_num_threads(),
        precision=precision,
        updates=len(times.timed),
        update_s=update_s,
        fastest_update_s=times.fastest_s or update_s,
        slowest_update_s=times.slowest_s,
        update_phases=times.phases,
        first_update_s=times.first_s or times.given_up_s or 0.0,
        operations=operations,
        matmul_gflops={name: rate or None for name, rate in rates.items()},
        floor_ratio=update_s / floor_s,
        env_steps_per_s=config.action_repeat / step_s,
        agent_steps_per_s=1 / step_s,
        render_ms=render_ms,
        dream_fps=_dream_fps(agent, device, patience),
        memory_bytes=memory,
        checkpoint_bytes=_checkpoint_bytes(agent),
        row_bytes=row_bytes,
        run_hours=seconds_left(config, 0, 0, None, step_s, update_s) / 3600,
    )


def _least_seconds(times: UpdateTimes, floor_s: float) -> float:
    """Return a lower bound of an update's seconds if none was timed.

    The first update is often slower than the others. So if the first was given up, only the time that the operations
    take at the device's best rate bounds the others.
    """
    return floor_s if times.first_s is None else max(floor_s, times.given_up_s or 0.0)


def _time_agent_steps(
    agent: Agent, env: EnvProcess, config: Config, device: torch.device, patience: float
) -> tuple[float, float]:
    """Return the median seconds of an agent step (posterior, action, environment), and its bytes in an episode file."""
    noise = NoiseSource(config.seed, device)
    posterior: LatentState | None = None
    row = env.reset(episode_seed(config.seed, 0, "view"))
    rows = [row]

    def step() -> None:
        nonlocal posterior, row
        if row.is_last:
            posterior, row = None, env.reset(episode_seed(config.seed, 1, "view"))
        posterior = observe_row(agent, posterior, row, noise)
        action = agent.explore(agent.act(posterior.feat, noise), config.expl_amount, noise)
        row = env.step(action.squeeze(0).cpu().numpy())
        rows.append(row)

    seconds = median_of(step, AGENT_STEPS, patience)
    return seconds, _packed_bytes(rows) / len(rows)


def _packed_bytes(rows: list[TimeStep]) -> int:
    """Return the size of the file of an episode with these rows."""
    episode = GrowingEpisode(len(rows[0].action))
    for row in rows:
        episode.append(row)
    return len(episode.pack())


def _checkpoint_bytes(agent: Agent) -> int:
    """Return the size of a checkpoint: each weight in float32, and Adam's two moments of that weight."""
    return 3 * 4 * sum(parameter.numel() for parameter in agent.parameters())


def _dream_fps(agent: Agent, device: torch.device, patience: float) -> float:
    noise = NoiseSource(0, device)
    start = agent.initial(1)

    def one_dream() -> None:
        decode(agent, dream(agent, start, DREAM_LENGTH, noise).states.feat)

    return DREAM_LENGTH / median_of(one_dream, 5, patience)


def _matmul_rates(device: torch.device) -> dict[str, float]:
    """Return the device's best rates in GFLOP/s; bfloat16 is 0 unless supported, since emulation takes minutes."""
    rates = {"float32": 0.0, "bfloat16": 0.0}
    formats = {"float32": torch.float32} | ({"bfloat16": torch.bfloat16} if has_fast_bfloat16(device) else {})
    for name, dtype in formats.items():
        matrix = torch.ones(MATRIX_SIZE, MATRIX_SIZE, dtype=dtype, device=device)
        matrix @ matrix
        times = []
        for _ in range(PRODUCTS):
            began = now(device)
            matrix @ matrix
            times.append(now(device) - began)
        rates[name] = 2 * MATRIX_SIZE**3 / min(times) / 1e9
    return rates


def median_of(action: Callable[[], object], count: int, patience: float) -> float:
    """Return the median seconds of `count` calls, after three to warm up; time fewer calls if `patience` runs out.

    `action` must wait for the device itself.
    """
    times: list[float] = []
    until = time.perf_counter() + patience
    while len(times) < count + 3 and (len(times) < 4 or time.perf_counter() < until):
        began = time.perf_counter()
        action()
        times.append(time.perf_counter() - began)
    return statistics.median(times[3:])
