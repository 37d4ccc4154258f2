"""The latent state at a frame, as everything outside the RSSM sees it: no word about its kind of distribution."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol, Self, TypeVar

import torch
from torch import Tensor


class Statistics(NamedTuple):
    """Mean and standard deviation of each stochastic dimension, each (..., S)."""

    mean: Tensor
    std: Tensor


class LatentState(Protocol):
    """A posterior or a prior: a distribution of the stochastic part with a sample, and the deterministic part.

    A `NamedTuple` of tensors (..., .) with the same leading dimensions is one if it has the members below.
    """

    @property
    def stoch(self) -> Tensor:
        """Sample of the stochastic part, (..., S)."""

    @property
    def deter(self) -> Tensor:
        """Deterministic part, (..., D)."""

    @property
    def feat(self) -> Tensor:
        """Features that every head reads, (..., S + D), stochastic part first."""

    def map(self, function: Callable[[Tensor], Tensor]) -> Self:
        """Apply a function to each part."""

    def detach(self) -> Self:
        """Return the same numbers without their autograd history."""

    def kl(self, prior: Any) -> Tensor:
        """Return KL(self || prior) of each stochastic dimension in nats, (..., S), from a prior of the same kind.

        The sum over the dimensions is the KL of the state.
        """

    def entropy(self) -> Tensor:
        """Return the entropy of the stochastic part in nats, (...)."""

    def statistics(self) -> Statistics:
        """Return mean and standard deviation of each stochastic dimension."""

    def _asdict(self) -> dict[str, Any]:
        """Return the parts by their names."""

    def __iter__(self) -> Iterator[Any]:
        """Yield the parts."""


S = TypeVar("S", bound=LatentState)


def state_like(state: S, parts: Iterable[Tensor]) -> S:
    """Make a state of the same kind from all of its parts, in their order."""
    kind: Callable[..., S] = type(state)
    return kind(*parts)


def stack_states(states: Sequence[S], dim: int = 0) -> S:
    """Stack states of one shape along a new dimension."""
    return state_like(states[0], (torch.stack(parts, dim) for parts in zip(*states, strict=True)))


def join_states(states: Sequence[S], dim: int) -> S:
    """Concatenate states along a dimension that they have."""
    return state_like(states[0], (torch.cat(parts, dim) for parts in zip(*states, strict=True)))
