"""Measure the speed of this machine: updates and their phases, collecting, dreaming, and the hardware's limit."""

from __future__ import annotations

import dataclasses
import statistics
import time
from collections.abc import Callable
from typing import Any

import psutil
import torch
from torch.utils.flop_counter import FlopCounterMode

from dreamer_studio.arrays import FRAME_SHAPE, FRAME_SIZE
from dreamer_studio.config import Config
from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.batch import Batch
from dreamer_studio.dreamer.fast import Learner, make_agent
from dreamer_studio.dreamer.latent import LatentState
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreamer.precision import has_fast_bfloat16
from dreamer_studio.dreams.dream import decode, dream
from dreamer_studio.envs import EnvProcess, EnvSpec, TimeStep, episode_seed, open_env
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
MIB = 2**20


@dataclasses.dataclass(frozen=True)
class BenchReport:
    """The measurements; times are medians.

    Attributes:
        task, preset, device, threads: the subject of the measurement.
        precision: the format of the networks' numbers, "float32" or "bfloat16".
        updates: number of timed updates, after the first.
        update_s: seconds per update.
        update_phases: seconds per phase of an update.
        first_update_s: seconds from the first batch to the end of the first update.
        operations: of one update's matrix products and convolutions; a multiplication and an addition count as two.
        matmul_gflops: 1e9 operations per second in one large matrix product, by format; bfloat16 is None if the
            device does not support it.
        floor_ratio: update_s over the time that `operations` would take at that rate.
        env_steps_per_s, agent_steps_per_s: environment and agent steps per second while collecting with the policy.
        render_ms: milliseconds per frame that the environment draws.
        dream_fps: dreamed frames per second, imagined and decoded.
        memory_bytes: resident memory of this process and the environment's after the updates; on a GPU, without the
            GPU's own memory.
        checkpoint_bytes: of weights and optimizers.
        row_bytes: of an agent step in an episode's file.
        run_hours: estimated hours of a run of this preset on this machine.
    """

    task: str
    preset: str
    device: str
    threads: int
    precision: str
    updates: int
    update_s: float
    update_phases: dict[str, float]
    first_update_s: float
    operations: float
    matmul_gflops: dict[str, float | None]
    floor_ratio: float
    env_steps_per_s: float
    agent_steps_per_s: float
    render_ms: float
    dream_fps: float
    memory_bytes: int
    checkpoint_bytes: int
    row_bytes: float
    run_hours: float

    def as_dict(self) -> dict[str, Any]:
        """Return all fields, rounded to four significant digits."""
        return {name: _rounded(value) for name, value in dataclasses.asdict(self).items()}

    def as_text(self) -> str:
        """Return the report as lines of text."""
        rates = ", ".join(f"{name} {rate:,.0f}" for name, rate in self.matmul_gflops.items() if rate is not None)
        rows = [
            ("update", f"{self.update_s:.3f} s, median of {self.updates}; the first took {self.first_update_s:.3f} s"),
            *((f"  {name}", f"{seconds:.3f} s") for name, seconds in self.update_phases.items()),
            ("floor", f"{self.floor_ratio:.2f} times as long as its {self.operations:.2e} operations in one"),
            ("matrix product", f"{rates} GFLOP/s"),
            ("collecting", f"{self.env_steps_per_s:.1f} environment steps/s, {self.agent_steps_per_s:.1f} actions/s"),
            ("rendering", f"{self.render_ms:.1f} ms a frame"),
            ("dreaming", f"{self.dream_fps:.0f} frames/s"),
            ("memory", f"{self.memory_bytes / MIB:,.0f} MiB, without replay and window"),
            ("disk", f"{self.checkpoint_bytes / MIB:.1f} MiB a checkpoint, {self.row_bytes:,.0f} bytes an action"),
            ("whole run", f"{self.run_hours:.1f} hours, without its tests"),
        ]
        where = f"{self.precision} on {self.device}, {self.threads} threads"
        lines = [f"{self.task}, preset {self.preset}, {where}", *(f"{name:<22} {value}" for name, value in rows)]
        return "\n".join(lines)


def bench(config: Config, device: torch.device, updates: int = UPDATES) -> BenchReport:
    """Measure the environment, then the update, so each has the whole machine.

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
        phases, first = time_updates(learner, config, spec, device, updates)
        memory = psutil.Process().memory_info().rss + env.memory_bytes()
        step_s, row_bytes = _time_agent_steps(agent, env, config, device)
        render_ms = 1000 * _median_of(lambda: env.render(FRAME_SIZE, FRAME_SIZE), FRAMES)
    precision = "float32" if learner.precision == torch.float32 else "bfloat16"
    rates = _matmul_rates(device)
    operations = _count_operations(config, spec, device)
    update_s = sum(phases.values())
    rate = rates[precision]
    return BenchReport(
        task=config.task,
        preset=config.preset,
        device=str(device),
        threads=torch.get_num_threads(),
        precision=precision,
        updates=updates,
        update_s=update_s,
        update_phases=phases,
        first_update_s=first,
        operations=operations,
        matmul_gflops=rates,
        floor_ratio=update_s / (operations / (rate * 1e9)) if rate else float("nan"),
        env_steps_per_s=config.action_repeat / step_s,
        agent_steps_per_s=1 / step_s,
        render_ms=render_ms,
        dream_fps=_dream_fps(agent, device),
        memory_bytes=memory,
        checkpoint_bytes=_checkpoint_bytes(agent),
        row_bytes=row_bytes,
        run_hours=seconds_left(config, 0, 0, None, step_s, update_s) / 3600,
    )


def time_updates(
    learner: Learner, config: Config, spec: EnvSpec, device: torch.device, updates: int
) -> tuple[dict[str, float], float]:
    """Return the median seconds of each phase, and the seconds of the whole first update."""
    noise = NoiseSource(config.seed, device)
    batch = made_up_batch(config, spec, device)
    taken: dict[str, list[float]] = {}
    first = 0.0
    for number in range(updates + 1):
        began = at = _now(device)
        name = "noise"
        for phase in learner.update(batch, learner.draw_noise(batch, config.horizon, noise)):
            at, before = _now(device), at
            taken.setdefault(name, []).append(at - before)
            name = phase
        end = _now(device)
        taken.setdefault(name, []).append(end - at)
        if number == 0:
            first = end - began
    return {name: statistics.median(times[1:]) for name, times in taken.items()}, first


def _time_agent_steps(agent: Agent, env: EnvProcess, config: Config, device: torch.device) -> tuple[float, float]:
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

    seconds = _median_of(step, AGENT_STEPS)
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


def _dream_fps(agent: Agent, device: torch.device) -> float:
    noise = NoiseSource(0, device)
    start = agent.initial(1)

    def one_dream() -> None:
        decode(agent, dream(agent, start, DREAM_LENGTH, noise).states.feat)

    return DREAM_LENGTH / _median_of(one_dream, 5)


def _matmul_rates(device: torch.device) -> dict[str, float | None]:
    """Return the device's best rates in GFLOP/s; bfloat16 only if supported, since emulation takes minutes."""
    rates: dict[str, float | None] = {"float32": None, "bfloat16": None}
    formats = {"float32": torch.float32} | ({"bfloat16": torch.bfloat16} if has_fast_bfloat16(device) else {})
    for name, dtype in formats.items():
        matrix = torch.ones(MATRIX_SIZE, MATRIX_SIZE, dtype=dtype, device=device)
        matrix @ matrix
        times = []
        for _ in range(PRODUCTS):
            began = _now(device)
            matrix @ matrix
            times.append(_now(device) - began)
        rates[name] = 2 * MATRIX_SIZE**3 / min(times) / 1e9
    return rates


def _count_operations(config: Config, spec: EnvSpec, device: torch.device) -> float:
    """Count the operations of an update: those of one sequence, times the number of sequences."""
    single = dataclasses.replace(config, batch_size=1)
    agent = make_agent(single, spec.action_size, spec.action_kind)
    agent.initialize(0)
    learner = Learner(agent.to(device), single)
    batch = made_up_batch(single, spec, device)
    with FlopCounterMode(display=False) as counter:
        for _ in learner.gradients(batch, learner.draw_noise(batch, config.horizon, NoiseSource(0, device))):
            pass
    return float(counter.get_total_flops() * config.batch_size)


def made_up_batch(config: Config, spec: EnvSpec, device: torch.device) -> Batch:
    """Make a batch of noise; the content of images does not change the time of an update."""
    source = NoiseSource(config.seed, device)
    shape = (config.batch_size, config.batch_length)
    nothing = torch.zeros(shape, dtype=torch.bool, device=device)
    return Batch(
        image=source.uniform(*shape, *FRAME_SHAPE).mul_(255).to(torch.uint8),
        action=source.uniform(*shape, spec.action_size) * 2 - 1,
        reward=source.uniform(*shape),
        discount=torch.ones(shape, device=device),
        is_first=nothing,
        is_terminal=nothing,
    )


def _median_of(action: Callable[[], object], count: int) -> float:
    """Return the median seconds of `count` calls after three for warm-up. `action` must wait for the device itself."""
    times = []
    for _ in range(count + 3):
        began = time.perf_counter()
        action()
        times.append(time.perf_counter() - began)
    return statistics.median(times[3:])


def _now(device: torch.device) -> float:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(part) for name, part in value.items()}
    return float(f"{value:.4g}") if isinstance(value, float) else value
