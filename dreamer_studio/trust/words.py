"""The sentence on top of the gauges."""

from __future__ import annotations

from dreamer_studio.trust.gauge import Stretch
from dreamer_studio.trust.horizon import exceptions
from dreamer_studio.trust.judgment import STAGES, Judgment
from dreamer_studio.trust.measured import TWO_PLACES


def sentence_of(judgment: Judgment) -> str:
    """Say in one sentence, with its numbers, what the first failing stage found."""
    if judgment.stage is None:
        return _nothing_fails(judgment)
    failure = {
        "picture": _reconstruction,
        "one step": _one_step,
        "rollout": _rollout,
        "reward": _reward,
        "value": _value,
        "policy": _policy,
    }[judgment.stage]
    holding = _holding(judgment)
    text = failure(judgment)
    return f"{holding}, but {text}." if holding else f"{text[0].upper()}{text[1:]}."


def _holding(judgment: Judgment) -> str:
    """Say which stages hold before the failing one; empty if none does."""
    parts = []
    horizons = judgment.horizons
    if judgment.gauges["rollout"].measured.verdict == "holds":
        parts.append(f"images hold for {_steps(horizons.picture, horizons.picture_dips)}")
    elif judgment.gauges["picture"].measured.verdict == "holds":
        parts.append("seen frames are redrawn well")
    if judgment.gauges["actions"].measured.verdict == "holds":
        parts.append("actions are obeyed")
    if judgment.gauges["reward"].measured.verdict == "holds":
        parts.append("rewards match")
    return _listed(parts).capitalize() if parts else ""


def _reconstruction(judgment: Judgment) -> str:
    error = 1 - judgment.gauges["picture"].measured.value
    return f"seen frames are not redrawn: the error is {error:.2f} times that of the mean image"


def _one_step(judgment: Judgment) -> str:
    error = 1 - judgment.gauges["one step"].measured.value
    return f"one step ahead the dream is no better than standing still: its error is {error:.2f} times as large"


def _rollout(judgment: Judgment) -> str:
    actions, gain = judgment.gauges["actions"].measured, judgment.gauges["rollout"].measured
    if actions.verdict == "fails":
        return f"actions are ignored: with other actions the error is {actions.as_text(TWO_PLACES)} times as large"
    return (
        f"{judgment.training_horizon} steps ahead, as far as training looks, the dream is worth no more than the last "
        f"seen frame: {gain.value:.1f} dB ({gain.low:.1f} to {gain.high:.1f})"
    )


def _reward(judgment: Judgment) -> str:
    reward = judgment.gauges["reward"]
    if reward.details["seen"].verdict == "fails":
        return "rewards do not match on seen frames: their error is no smaller than that of a constant"
    ahead, steps, dips = judgment.training_horizon, judgment.horizons.reward or 0, judgment.horizons.reward_dips
    if steps >= ahead:
        return f"rewards do not match {ahead} steps ahead, as far as training looks"
    return f"rewards stop matching after {_steps(steps, dips)}; training looks {ahead} ahead"


def _value(judgment: Judgment) -> str:
    gap, value = judgment.gauges["gap"].measured, judgment.gauges["value"]
    if gap.verdict == "fails":
        return f"dreams promise {gap.as_text(TWO_PLACES)} times what the task gives"
    text = f"the critic expects {value.measured.as_text(TWO_PLACES)} times the return that came"
    agrees = value.details["against_dreams"].verdict
    if agrees == "holds":
        return f"{text}; it agrees with its dreams, so look at the model"
    return f"{text}; it does not agree with its dreams either" if agrees == "fails" else text


def _policy(judgment: Judgment) -> str:
    more = judgment.gauges["policy"].measured
    return f"the policy earns no more than random actions: {more.value:.4g} more ({more.low:.4g} to {more.high:.4g})"


def _nothing_fails(judgment: Judgment) -> str:
    unknown = [stage for stage in STAGES if judgment.verdict(stage) == "cannot tell"]
    horizons = judgment.horizons
    images, rewards = _steps(horizons.picture, horizons.picture_dips), _steps(horizons.reward, horizons.reward_dips)
    looks = f"training looks {judgment.training_horizon} ahead"
    if not unknown:
        return f"Everything holds: images for {images}, rewards for {rewards}; {looks}."
    if len(unknown) == len(STAGES):
        return f"Nothing can be told yet from {_count(judgment.episodes, 'episode')}."
    reasons = (judgment.gauges[name].reason for name in STAGES[unknown[0]])
    why = next((f" ({reason})" for reason in reasons if reason), "")
    stages = f"the stage{'s' * (len(unknown) > 1)} {_listed(list(unknown))}"
    return f"{_holding(judgment) or 'Nothing fails'}, but {stages} cannot be told yet{why}."


def _steps(count: int | None, dips: tuple[Stretch, ...] = ()) -> str:
    """Put a horizon into words, with the steps before it at which the dream is not better than the null."""
    text = _count(count or 0, "step")
    return f"{text} ({exceptions(dips)})" if dips else text


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _listed(parts: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
