"""A world on a ring with exact solutions, an oracle that knows the world, and models with one fault each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from dreamer_studio.config import Config
from dreamer_studio.dreamer.agent import Heads, PolicyMode
from dreamer_studio.dreamer.latent import LatentState, stack_states
from dreamer_studio.dreamer.noise import ActionKind, NoiseSource
from dreamer_studio.dreamer.rssm import State
from dreamer_studio.envs import End, EnvProcess, TimeStep, build_config
from dreamer_studio.replay import Episode
from dreamer_studio.trust.knowing.world import WorldState
from dreamer_studio.trust.seen import HeldOut, Player

PLACES = 64
"""Places on the ring: a bar of `BAR` columns of the image, which moves 1, 2 or 3 columns a step."""

BAR = 9
ACTIONS = 3
RANDOMNESS = 0.3
"""Chance that a sample of the policy is a uniformly random action."""

RING_CONFIG: Config = build_config("gym:CartPole-v1", "tiny", {"discount": 0.9, "horizon": 15})

_REWARD = 1 + np.cos(2 * np.pi * np.arange(PLACES) / PLACES)
_MODE = np.where(_REWARD > 1, 0, 2)
"""The policy's most likely action at each place: slow where the reward is large."""

_PLACE = np.arange(PLACES)


def _values(discount: float) -> Any:
    """Return V = r + discount P V at each place, for the policy's sample."""
    moves = np.zeros((PLACES, PLACES))
    for choice in range(ACTIONS):
        chance = RANDOMNESS / ACTIONS + (1 - RANDOMNESS) * (choice == _MODE)
        moves[_PLACE, (_PLACE + 1 + choice) % PLACES] += chance
    return np.linalg.solve(np.eye(PLACES) - discount * moves, _REWARD)


def _draw(place: Any) -> Any:
    """Return the image (..., 64, 64, 3) at places (...)."""
    bar = (np.arange(64) - np.asarray(place)[..., None]) % PLACES < BAR
    image = np.where(bar[..., None, :, None], np.uint8(200), np.uint8(30))
    return np.ascontiguousarray(np.broadcast_to(image, (*np.shape(place), 64, 64, 3)))


def play_ring(player: Player, seed: int, rows: int = 150) -> HeldOut:
    """Play an episode on the ring; it is cut after its last row."""
    rng = np.random.default_rng(seed)
    places, choices = [int(rng.integers(PLACES))], []
    for _ in range(rows - 1):
        random = player == "random" or (player == "sample" and rng.random() < RANDOMNESS)
        choice = int(rng.integers(ACTIONS)) if random else int(_MODE[places[-1]])
        choices.append(choice)
        places.append((places[-1] + 1 + choice) % PLACES)
    reward = _REWARD[places].astype(np.float32)
    reward[0] = 0
    return HeldOut(made_episode(_draw(places), np.array([0, *choices]), reward), player, world=_world(places))


def without_choice(held: HeldOut, choice: int) -> HeldOut:
    """Write the first choice in place of another in the record of an episode; the frames stay."""
    action = held.rows.action.copy()
    taken = action[:, choice] > 0
    action[taken] = np.eye(ACTIONS, dtype=np.float32)[0]
    return replace(held, rows=replace(held.rows, action=action))


def steered(held: HeldOut, seed: int) -> HeldOut:
    """Write the actions of an episode as `SteeredRing` reads them, with a random second entry."""
    choice = held.rows.action.argmax(-1).astype(np.float32) - 1
    idle = np.random.default_rng(seed).uniform(-1, 1, len(choice)).astype(np.float32)
    return replace(held, rows=replace(held.rows, action=np.stack([choice, idle], -1)))


def play_constant(seed: int, rows: int = 150) -> HeldOut:
    """Play an episode in which nothing changes but the actions."""
    choices = np.random.default_rng(seed).integers(ACTIONS, size=rows)
    places = np.zeros(rows, np.int64)
    return HeldOut(made_episode(_draw(places), choices, np.ones(rows, np.float32)), "sample", world=_world(places))


def _world(places: Any) -> WorldState:
    """Return the place of each row as an angle on the ring."""
    angle = 2 * np.pi * np.asarray(places, np.float64)[:, None] / PLACES
    return WorldState(angle, ("place",), np.ones(1, np.bool_))


def made_episode(image: Any, choices: Any, reward: Any) -> Episode:
    """Make an episode that is cut at its end."""
    action = np.eye(ACTIONS, dtype=np.float32)[choices]
    action[0] = 0
    ones = np.ones(len(reward), np.float32)
    return Episode(image, action, reward, ones, np.zeros(len(reward), np.bool_), (ones > 0).astype(np.int32))


def ring_episodes() -> list[HeldOut]:
    """Return four episodes of each player."""
    players: tuple[Player, ...] = ("sample", "mode", "random")
    return [play_ring(player, 10 * seed + kind) for seed in range(4) for kind, player in enumerate(players)]


class RingEnv(EnvProcess):
    """The ring as an environment in this process; an episode has `rows` rows and is cut after the last."""

    def __init__(self, rows: int = 150) -> None:
        self._rows = rows
        self._place = self._count = 0

    def reset(self, seed: int) -> TimeStep:
        self._place, self._count = int(np.random.default_rng(seed).integers(PLACES)), 0
        return self._row(np.zeros(ACTIONS, np.float32), 0.0)

    def step(self, action: Any) -> TimeStep:
        self._place = (self._place + 1 + int(action.argmax())) % PLACES
        self._count += 1
        return self._row(action, float(_REWARD[self._place]))

    def _row(self, action: Any, reward: float) -> TimeStep:
        end: End | None = "cut" if self._count == self._rows - 1 else None
        return TimeStep(_draw(self._place), action, reward, 1.0, self._count == 0, end, int(self._count > 0))


class RingModel:
    """An oracle of the ring: its image, reward and value are exact.

    Attributes:
        obeys: whether its dreams follow the actions; otherwise they move as if the actions were unknown.
        reward_factor, value_factor: of what the heads predict.
    """

    action_kind: ActionKind = "discrete"

    def __init__(self, *, obeys: bool = True, reward_factor: float = 1.0, value_factor: float = 1.0) -> None:
        self.obeys, self.reward_factor, self.value_factor = obeys, reward_factor, value_factor
        self._value = _values(RING_CONFIG.discount)

    def noise(self, source: NoiseSource, *shape: int) -> Tensor:
        return source.normal(*shape, 1)

    def filter(self, image: Tensor, action: Tensor, noise: Tensor, start: Any = None) -> LatentState:
        on = image[..., 0, :, 0].numpy() > 100
        return self._state((on & ~np.roll(on, 1, -1)).argmax(-1))

    def observe(self, state: Any, action: Tensor, image: Tensor, noise: NoiseSource | None) -> LatentState:
        return self.filter(image, action, image)

    def random_action(self, count: int, noise: NoiseSource) -> Tensor:
        return torch.nn.functional.one_hot(noise.uniform(count, ACTIONS).argmax(-1), ACTIONS).float()

    def roll_out(
        self, start: Any, policy: Callable[[Tensor, int], Tensor], noise: Tensor
    ) -> tuple[LatentState, Tensor]:
        state, states, actions = start, [], []
        for step in range(len(noise)):
            actions.append(policy(state.feat, step))
            moved = actions[-1].argmax(-1).numpy() if self.obeys else 1
            state = self._state((self._place(state.feat) + 1 + moved) % PLACES)
            states.append(state)
        return stack_states(states), torch.stack(actions)

    def decode(self, feat: Tensor) -> Tensor:
        return torch.from_numpy(_draw(self._place(feat)))

    def heads(self, feat: Tensor) -> Heads:
        place = self._place(feat)
        reward, value = self.reward_factor * _REWARD[place], self.value_factor * self._value[place]
        pcont = np.full(place.shape, RING_CONFIG.discount)
        return Heads(*(torch.from_numpy(numbers) for numbers in (reward, value, pcont)))

    def ending(self, pcont: Tensor) -> Tensor:
        return torch.full_like(pcont, torch.nan)

    def act(self, feat: Tensor, noise: NoiseSource, mode: PolicyMode = "sample") -> Tensor:
        choice = torch.from_numpy(_MODE[self._place(feat)])
        if mode == "sample":
            other = noise.uniform(len(feat), ACTIONS).argmax(-1)
            choice = torch.where(noise.uniform(len(feat)) < RANDOMNESS, other, choice)
        return torch.nn.functional.one_hot(choice, ACTIONS).float()

    def entropy(self, feat: Tensor, noise: NoiseSource) -> Tensor:
        rare = RANDOMNESS / ACTIONS
        often = 1 - (ACTIONS - 1) * rare
        entropy = -(often * np.log(often) + (ACTIONS - 1) * rare * np.log(rare))
        return torch.full(feat.shape[:-1], float(entropy))

    def _state(self, place: Any) -> LatentState:
        stoch = torch.from_numpy(np.asarray(place, np.float32)).unsqueeze(-1)
        angle = 2 * np.pi * stoch / PLACES
        return State(stoch, torch.zeros_like(stoch), stoch, torch.cat([angle.cos(), angle.sin()], -1))

    def _place(self, feat: Tensor) -> Any:
        return feat[..., 0].numpy().astype(np.int64)


class SteeredRing(RingModel):
    """An oracle with continuous actions: the first entry is the choice, -1, 0 or 1, and the second does nothing."""

    action_kind: ActionKind = "continuous"

    def roll_out(
        self, start: Any, policy: Callable[[Tensor, int], Tensor], noise: Tensor
    ) -> tuple[LatentState, Tensor]:
        def choice(feat: Tensor, step: int) -> Tensor:
            return torch.nn.functional.one_hot((policy(feat, step)[:, 0] + 1).round().long(), ACTIONS)

        return super().roll_out(start, choice, noise)
