"""Rules that pause a training: when a number of the log is above or below a bound, or when something has happened.

A rule reads the events of the run and pauses between two of them, as the user's own pause does. It changes no number.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

from dreamer_studio.training.events import EpisodeEnded, Event, UpdateDone, UpdateSkipped

Quantity: TypeAlias = Literal["return", "test", "entropy", "kl", "skip", "step", "minutes"]
"""The quantity that a rule watches: the return of a training episode after the prefill, the return of a test episode,
the entropy of the policy, the KL, a skipped update, environment steps in all, or minutes since the rule was set or the
run was opened."""

Side: TypeAlias = Literal["above", "below"]

NAMES: Final[dict[Quantity, str]] = {
    "return": "return of a training episode",
    "test": "return of a test episode",
    "entropy": "policy entropy (nats)",
    "kl": "KL (nats)",
    "skip": "an update is skipped (not finite)",
    "step": "environment steps",
    "minutes": "minutes from now",
}

SIDED: Final[tuple[Quantity, ...]] = ("return", "test", "entropy", "kl")
"""Quantities that can be above or below a bound; the others only reach their bound."""

MOST_RULES: Final = 20

_METRICS: Final[dict[Quantity, str]] = {"entropy": "actor_entropy", "kl": "kl"}


@dataclass(frozen=True)
class PauseRule:
    """Pause when a quantity is above or below a bound. The rule ends when it fires.

    Attributes:
        quantity: what the rule looks at.
        side: on which side of the bound the rule fires; "above" for quantities that only reach their bound.
        bound: the bound; 0 for a skipped update.

    Raises:
        ValueError: If the quantity or the side is unknown, or the bound is not a number that can be reached.
    """

    quantity: Quantity
    side: Side = "above"
    bound: float = 0.0

    def __post_init__(self) -> None:
        if self.quantity not in NAMES or self.side not in get_args(Side):
            raise ValueError(f"no rule pauses when {self.quantity!r} is {self.side!r} a bound")
        if not isinstance(self.bound, int | float) or not abs(self.bound) <= sys.float_info.max:
            raise ValueError(f"the bound must be a finite number, not {self.bound!r}")
        if self.quantity in ("step", "minutes") and self.bound <= 0:
            raise ValueError(f"{NAMES[self.quantity]} must be more than 0, not {self.bound:g}")
        if self.quantity not in SIDED and self.side != "above":
            raise ValueError(f"{NAMES[self.quantity]} can only be reached")

    def __str__(self) -> str:
        match self.quantity:
            case "skip":
                return NAMES["skip"]
            case "step":
                return f"{self.bound:,.0f} environment steps are done"
            case "minutes":
                return f"{self.bound:g} minutes have passed"
            case _:
                return f"the {NAMES[self.quantity]} is {self.side} {self.bound:g}"

    def holds(self, value: float) -> bool:
        """Return whether the rule fires at this value of its quantity."""
        if self.quantity not in SIDED:
            return value >= self.bound
        return value > self.bound if self.side == "above" else value < self.bound


@dataclass(frozen=True)
class RuleFired:
    """A rule that paused the training.

    Attributes:
        rule: the rule.
        value: the value of its quantity.
        step: environment steps of the run at that time.
    """

    rule: PauseRule
    value: float
    step: int

    def __str__(self) -> str:
        found = f" (it is {self.value:.4g})" if self.rule.quantity in SIDED else ""
        return f"{self.rule}{found}, at step {self.step:,}"


class PauseRules:
    """The rules of a session. One thread uses them.

    Attributes:
        rules: those that have not fired, in the order in which they were set.

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.rules: tuple[PauseRule, ...] = ()
        self._clock = clock
        self._since: dict[PauseRule, float] = {}

    def set(self, rules: Iterable[PauseRule]) -> None:
        """Replace the rules. Rules that stay keep counting their minutes.

        Raises:
            ValueError: If there are too many.
        """
        wanted = tuple(dict.fromkeys(rules))
        if len(wanted) > MOST_RULES:
            raise ValueError(f"at most {MOST_RULES} rules can pause a training, not {len(wanted)}")
        now = self._clock()
        self._since = {rule: self._since.get(rule, now) for rule in wanted}
        self.rules = wanted

    def look(self, event: Event, step: int) -> tuple[RuleFired, ...]:
        """Look at an event and return the rules that fire, which end here.

        Args:
            event: what the run reports.
            step: environment steps of the run.
        """
        if not self.rules:
            return ()
        values = _values(event) | {"step": float(step)}
        fired = []
        for rule in self.rules:
            values["minutes"] = (self._clock() - self._since[rule]) / 60.0
            value = values.get(rule.quantity)
            if value is not None and rule.holds(value):
                fired.append(RuleFired(rule, value, step))
        if fired:
            ended = {each.rule for each in fired}
            self.set(rule for rule in self.rules if rule not in ended)
        return tuple(fired)


def _values(event: Event) -> dict[Quantity, float]:
    """Return the quantities that an event reports."""
    match event:
        case EpisodeEnded("train", total_reward):
            return {"return": total_reward}
        case EpisodeEnded("test", total_reward):
            return {"test": total_reward}
        case UpdateDone(metrics):
            return {quantity: metrics[name] for quantity, name in _METRICS.items() if name in metrics}
        case UpdateSkipped():
            return {"skip": 1.0}
        case _:
            return {}
