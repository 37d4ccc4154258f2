"""Blind driving: what the policy earns if it sees only every k-th frame and lives on its dream in between."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

import numpy as np
import torch

from dreamer_studio.arrays import Floats
from dreamer_studio.dreamer.latent import LatentState
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.envs import EnvProcess
from dreamer_studio.parts import mapped, result_of
from dreamer_studio.trust.gauge import Gauge, mean_of_sums
from dreamer_studio.trust.measured import EQUIVALENT, UNKNOWN, Measured, Verdict, above, measure, unjudged
from dreamer_studio.trust.model import Model
from dreamer_studio.trust.players import EVERY, MOST_ROWS

KEPT: Final = 1 / EQUIVALENT
"""Smallest share of the return that counts as equal to the whole."""


class Driver(Model, Protocol):
    """The methods of `Agent` that blind driving calls besides those of the gauges."""

    def observe(self, state: Any, action: torch.Tensor, image: torch.Tensor, noise: NoiseSource | None) -> LatentState:
        """Return the posterior (N, .) after one more image."""

    def random_action(self, count: int, noise: NoiseSource) -> torch.Tensor:
        """Return uniformly random actions (count, A)."""


@dataclass(frozen=True, eq=False)
class BlindReturns:
    """Returns of the same E seeds: `seen` (K, E) for each k of `EVERY`, `random` (E,) of random actions."""

    seen: Floats
    random: Floats


def drive_all(driver: Driver, env: EnvProcess, seeds: Sequence[int], device: torch.device) -> BlindReturns:
    """Play an episode of each seed for each k of `EVERY`, and with random actions.

    Raises:
        EnvError: the environment failed.
    """
    return result_of(driving_all(driver, env, seeds, device))


def driving_all(
    driver: Driver, env: EnvProcess, seeds: Sequence[int], device: torch.device
) -> Generator[tuple[int, int], None, BlindReturns]:
    """Play as `drive_all` does. Yield the episode and its step after each agent step, so that others get their turns.

    Raises:
        EnvError: the environment failed.
    """
    returns = []
    for count, (every, seed) in enumerate(((every, seed) for every in (*EVERY, None) for seed in seeds), 1):
        played = driving(driver, env, seed, device, every)
        returns.append((yield from mapped(played, _placed_in(count))))
    of_each = np.array(returns).reshape(len(EVERY) + 1, len(seeds))
    return BlindReturns(of_each[:-1], of_each[-1])


def drive(driver: Driver, env: EnvProcess, seed: int, device: torch.device, every: int | None) -> float:
    """Play one episode, and return its return; see `driving`."""
    return result_of(driving(driver, env, seed, device, every))


@torch.no_grad()
def driving(
    driver: Driver, env: EnvProcess, seed: int, device: torch.device, every: int | None
) -> Generator[int, None, float]:
    """Play one episode with the policy's mode, at most `MOST_ROWS` rows, and return its return. Yield each step.

    The policy sees the first frame and every k-th after it. In between, the next state is a sample of the prior along
    the action that was executed.

    Args:
        driver: on the device.
        env: where to play.
        seed: of the episode and of all noise.
        device: of the driver.
        every: k; None for random actions.
    """
    noise = NoiseSource(seed, device)
    row, total = env.reset(seed), 0.0
    state: LatentState | None = None
    for step in range(MOST_ROWS - 1):
        if row.is_last:
            break
        executed = torch.from_numpy(row.action).to(device).unsqueeze(0)
        if every is None:
            action = driver.random_action(1, noise)
        else:
            if state is None or step % every == 0:
                state = driver.observe(state, executed, torch.from_numpy(row.image).to(device).unsqueeze(0), noise)
            else:
                state = _blind_step(driver, state, executed, noise)
            action = driver.act(state.feat, noise, "mode")
        row = env.step(action.squeeze(0).cpu().numpy())
        total += row.reward
        yield step + 1
    return total


def blind_gauge(returns: BlindReturns) -> Gauge:
    """Measure how rarely the policy may look and still earn what it earns with every frame.

    Share = (return with every k-th frame - random return) / (return with every frame - random return), means over the
    same seeds. The number is the largest k up to which the lower end of the share's interval is at least `KEPT`; its
    upper end is the same for the interval's upper end. It holds if k is at least 2, and fails if the upper end is 1.

    Details: `every_<k>`, the shares; `return_<k>` and `return_random`, the means in the task's reward; `more`, the
    return with every frame minus the random one.
    """
    full, chance = returns.seen[0], returns.random
    count = len(full)
    shares = {every: _share(seen, full, chance) for every, seen in zip(EVERY[1:], returns.seen[1:], strict=True)}
    more = measure(_with_ones(full - chance), mean_of_sums, above(0.0))
    details = {f"every_{every}": share for every, share in shares.items()}
    means = [*zip(map(str, EVERY), returns.seen, strict=True), ("random", chance)]
    details |= {f"return_{name}": measure(_with_ones(numbers), mean_of_sums, unjudged) for name, numbers in means}
    named = {f"return_{name}": numbers for name, numbers in means}
    by_episode = {"episode": np.arange(count, dtype=np.float64), **named}
    if more.verdict != "holds":
        return Gauge(
            replace(UNKNOWN, n=count),
            "the policy does not surely earn more than random actions",
            {"more": more, **details},
            by_episode=by_episode,
        )
    low, high = (_last_kept(shares, end) for end in (lambda one: one.low, lambda one: one.high))
    verdict: Verdict = "holds" if low > 1 else "fails" if high == 1 else "cannot tell"
    measured = Measured(low, low, high, count, verdict)
    return Gauge(measured, _sentence(low, high, shares), {"more": more, **details}, by_episode=by_episode)


def _placed_in(episode: int) -> Callable[[int], tuple[int, int]]:
    return lambda step: (episode, step)


def _blind_step(driver: Driver, state: LatentState, executed: torch.Tensor, noise: NoiseSource) -> LatentState:
    states, _ = driver.roll_out(state, lambda *_: executed, driver.noise(noise, 1, 1))
    return states.map(lambda part: part[0])


def _share(seen: Floats, full: Floats, chance: Floats) -> Measured:
    sums = np.stack([seen, full, chance], -1)
    return measure(sums, lambda total: (total[..., 0] - total[..., 2]) / (total[..., 1] - total[..., 2]), unjudged)


def _with_ones(numbers: Floats) -> Floats:
    return np.stack([numbers, np.ones_like(numbers)], -1)


def _last_kept(shares: dict[int, Measured], end: Callable[[Measured], float]) -> int:
    """Return the last k before the first at which an end of the share's interval is below `KEPT`."""
    last = 1
    for every, share in shares.items():
        if not end(share) >= KEPT:
            break
        last = every
    return last


def _sentence(low: int, high: int, shares: dict[int, Measured]) -> str:
    if low > 1:
        return f"keeps {_percent(shares[low])} of its return above chance seeing every {_ordinal(low)} frame"
    first = EVERY[1]
    kept = f"seeing every {_ordinal(first)} frame it keeps {_percent(shares[first])} of its return above chance"
    return kept if high > 1 else f"needs every frame: {kept}"


def _percent(share: Measured) -> str:
    return f"{100 * share.value:.0f}% ({100 * share.low:.0f} to {100 * share.high:.0f}%)"


def _ordinal(number: int) -> str:
    return {2: "2nd"}.get(number, f"{number}th")
