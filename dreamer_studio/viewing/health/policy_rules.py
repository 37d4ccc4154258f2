"""Rules about the policy."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from dreamer_studio.arrays import Floats
from dreamer_studio.dreamer.entropy_bounds import entropy_bounds
from dreamer_studio.texts import rounded
from dreamer_studio.trust.measured import EQUIVALENT
from dreamer_studio.viewing.health.evidence import Evidence, Tested
from dreamer_studio.viewing.health.interval import interval_of
from dreamer_studio.viewing.health.rule import FEW_UPDATES, Answer, Rule, fine, red, unknown, written, yellow

if TYPE_CHECKING:
    from dreamer_studio.session import Status

FEWEST_ACTIONS: Final = 200
"""Fewest actions of the policy: 20 in each block of the interval."""

NEAR_MINIMUM: Final = 1.1
"""A bounded normal is at its floor if its deviation, a geometric mean, is at most this many times the minimum."""

CHANCE: Final = 0.001
"""How unlikely the last tests must be by chance: with 50 tests in a run, 5 % in all (Bonferroni)."""


def look_at_saturation(evidence: Evidence) -> Answer:
    """Speak if the actor's entropy is at its floor.

    At its floor, a tanh-normal has mean and deviation at their limits; a bounded normal only its deviation.
    """
    spec, config = evidence.status.spec, evidence.status.config
    if spec is None:
        return unknown("the run has no checkpoint yet")
    if spec.action_kind == "discrete":
        return fine("The actions are choices, which do not saturate; the next rule looks at them.")
    entropy = evidence.recent("actor_entropy")
    if entropy is None:
        return unknown(FEW_UPDATES)
    floor, _ = entropy_bounds(config, "continuous", spec.action_size)
    compared = f"The actor's entropy is {written(entropy)} nats; its floor is {rounded(floor)}"
    if config.action_dist == "bounded_normal":
        if entropy.high <= floor + spec.action_size * math.log(NEAR_MINIMUM):
            return yellow(f"{compared}, so the actor hardly varies its actions.")
        return fine(f"{compared}. The entropy of a bounded normal does not depend on its mean.")
    if entropy.low <= floor:
        return red(f"{compared}, so its actions stay at the ends of their range, and hardly any gradient passes.")
    return fine(f"{compared}.")


def look_at_one_action(evidence: Evidence) -> Answer:
    """Speak if the newest actions differ no more than exploration alone makes them differ."""
    spec, actions = evidence.status.spec, evidence.actions
    if spec is None:
        return unknown("the run has no checkpoint yet")
    if actions is None or len(actions) < FEWEST_ACTIONS:
        have = 0 if actions is None else len(actions)
        return unknown(f"{have} actions of the policy are known, {FEWEST_ACTIONS} are needed")
    amount = _exploration(evidence.status)
    if spec.action_kind == "discrete":
        return _one_choice(actions, spec.action_names, amount)
    return _one_move(actions, amount)


def _one_choice(actions: Floats, names: tuple[str, ...], amount: float) -> Answer:
    """Compare the share of the commonest choice with 1 - epsilon + epsilon / A, that of a policy with one choice."""
    common = int(actions.mean(0).argmax())
    share = interval_of(actions[:, common])
    assert share is not None
    always = 1 - amount + amount / actions.shape[1]
    name = names[common] if common < len(names) else str(common)
    text = f"{share.value:.0%} of the last {share.n:,} actions are {name}"
    if share.high < always:
        return fine(f"{text}.")
    if share.low <= always / EQUIVALENT:
        return unknown(f"{text}, and their share changes too much")
    return yellow(f"{text}; a policy that always chose it would reach {always:.0%}, because of exploration.")


def _one_move(actions: Floats, amount: float) -> Answer:
    """Compare the variance of each action with that of the exploration noise; a constant policy has no more."""
    spread = [interval_of((column - column.mean()) ** 2) for column in actions.T]
    known = [each for each in spread if each is not None]
    widest = max(known, key=lambda each: each.value)
    text = f"The last {widest.n:,} actions have a deviation of at most {math.sqrt(widest.value):.2g}"
    if all(each.high <= EQUIVALENT * amount**2 for each in known):
        return yellow(f"{text}, no more than the exploration noise ({amount:.2g}): the policy does one thing only.")
    if all(each.low <= EQUIVALENT * amount**2 for each in known):
        return unknown(f"{text[0].lower()}{text[1:]}, and it changes too much")
    return fine(f"{text}; the exploration noise has {amount:.2g}.")


def _exploration(status: Status) -> float:
    """Return the amount of exploration in the newest actions: that of `dreamer.agent.exploration_amount`."""
    config = status.config
    if status.watching:
        return 0.0
    decay = 0.5 ** (status.step / config.expl_decay) if config.expl_decay else 1.0
    return max(config.expl_amount * decay, config.expl_min)


def look_at_tests(evidence: Evidence) -> Answer:
    """Speak if the last tests all lie outside the training episodes around them, on one side, too often for chance.

    If tests and training were alike, a test would be the highest (or the lowest) of itself and n training episodes with
    the chance 1 / (n + 1). The chance of the last ones in a row is twice the product: they may lie on either side.
    """
    tests = [each for each in evidence.tests if each.episodes]
    if not tests:
        return unknown("no test has training episodes before it")
    side, in_a_row, chance = 0, 0, 2.0
    for tested in reversed(tests):
        where = _side(tested)
        if where == 0 or (side and where != side):
            break
        side, in_a_row, chance = where, in_a_row + 1, chance / (tested.episodes + 1)
    if chance > CHANCE:
        return (
            fine("Tests and training episodes overlap.")
            if side == 0 or len(tests) > in_a_row
            else unknown(f"{in_a_row} tests could be so by chance")
        )
    last = tests[-1]
    beside = f"{rounded(last.mean)} at the last one; training {rounded(last.lowest)} to {rounded(last.highest)}"
    if side < 0:
        return yellow(f"The last {in_a_row} tests are worse than every training episode before them: {beside}.")
    return yellow(f"The last {in_a_row} tests are better than every training episode before them: {beside}.")


def _side(tested: Tested) -> int:
    """Return 1 if a test is above all its training episodes, -1 if below all, else 0."""
    return int(tested.mean > tested.highest) - int(tested.mean < tested.lowest)


POLICY_RULES: Final = (
    Rule(
        "saturated",
        "Actor saturated",
        "Lower actor_lr, raise entropy_scale, or go back to a checkpoint with a higher entropy: from here the actor "
        "hardly learns.",
        "policy",
        look_at_saturation,
    ),
    Rule(
        "one action",
        "One action",
        "Raise expl_amount, so that the model sees what other actions do. If the returns are good, one action may be "
        "right.",
        "policy",
        look_at_one_action,
    ),
    Rule(
        "tests",
        "Tests and training",
        "Tests act without exploration. If they are worse, the policy's mode is stuck: look at a test in the replay. "
        "If they are better, exploration costs return: lower expl_amount.",
        "policy",
        look_at_tests,
    ),
)
