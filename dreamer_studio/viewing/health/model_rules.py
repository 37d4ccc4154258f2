"""Rules about the world model and the critic."""

from __future__ import annotations

import math
from typing import Final

from dreamer_studio.config import free_nats_of
from dreamer_studio.texts import rounded
from dreamer_studio.trust.measured import EQUIVALENT, FEWEST_EPISODES, TWO_PLACES
from dreamer_studio.viewing.health.evidence import Evidence
from dreamer_studio.viewing.health.interval import Interval
from dreamer_studio.viewing.health.rule import (
    FEW_UPDATES,
    NOT_JUDGED,
    Answer,
    Rule,
    fine,
    red,
    unknown,
    written,
    yellow,
)


def look_at_kl(evidence: Evidence) -> Answer:
    """Speak if the KL is not surely above the free nats and actions are not obeyed: the model learns no dynamics."""
    kl, free = evidence.recent("kl"), free_nats_of(evidence.status.config)
    if kl is None:
        return unknown(FEW_UPDATES)
    if kl.low > free:
        return fine(f"The KL is {written(kl)} nats, above the free nats ({free:g}).")
    actions = evidence.gauge("actions")
    at = f"the KL is {written(kl)} nats, not surely above the free nats ({free:g})"
    if actions is None:
        return unknown(f"{at}, and {NOT_JUDGED}")
    match actions.measured.verdict:
        case "holds":
            return fine(f"{_capital(at)}, and actions are obeyed{evidence.judged_at}.")
        case "fails":
            return red(f"{_capital(at)}, and dreams ignore the actions{evidence.judged_at}.")
        case _:
            reason = f" ({actions.reason})" if actions.reason else ""
            return unknown(f"{at}, and whether actions are obeyed is not known{reason}")


def look_at_reconstruction(evidence: Evidence) -> Answer:
    """Speak if the reconstruction is no better than the mean image."""
    picture = evidence.gauge("picture")
    if picture is None:
        return unknown(NOT_JUDGED)
    error = 1 - picture.measured.value
    match picture.measured.verdict:
        case "holds":
            return fine(f"Its error is {error:.2f} times that of the mean image{evidence.judged_at}.")
        case "fails":
            return red(
                f"Seen frames are redrawn no better than by the mean image: {error:.2f} times its error"
                f"{evidence.judged_at}."
            )
        case _:
            return unknown(picture.reason or "the judged episodes are too few or too different")


def look_at_value(evidence: Evidence) -> Answer:
    """Speak if the critic expects more than any whole episode has paid, or more than came in the judged ones."""
    value, loss, returns = evidence.recent("imagined_value"), evidence.recent("value_loss"), evidence.returns
    best = returns.highest
    bounded = returns.count >= FEWEST_EPISODES and returns.lowest >= 0
    if value is not None and loss is not None and bounded and value.low > best + _error(loss):
        return red(
            f"The mean value in dreams is {written(value)}, but the best of {returns.count:,} whole episodes "
            f"paid {rounded(best)}."
        )
    gauge = evidence.gauge("value")
    if gauge is not None and gauge.measured.low > EQUIVALENT:
        ratio = gauge.measured
        return yellow(f"The critic expects {ratio.as_text(TWO_PLACES)} times the return that came{evidence.judged_at}.")
    if gauge is not None and gauge.measured.verdict == "holds":
        return fine(f"The critic expects {gauge.measured.value:.2f} times the return that came{evidence.judged_at}.")
    if value is None:
        return unknown(FEW_UPDATES)
    if bounded:
        return fine(f"The mean value in dreams is {written(value)}; the best whole episode paid {rounded(best)}.")
    if returns.count < FEWEST_EPISODES:
        return unknown(f"fewer than {FEWEST_EPISODES} episodes have ended")
    return unknown(f"returns can be negative, so no return is the largest possible value, and {NOT_JUDGED}")


def look_at_imagined_reward(evidence: Evidence) -> Answer:
    """Speak if dreams pay more at each step than the best episode did, or more than they gave when judged."""
    dreamed, loss = evidence.recent("imagined_reward"), evidence.recent("reward_loss")
    returns, config = evidence.returns, evidence.status.config
    known = returns.count >= FEWEST_EPISODES and (config.clip_rewards == "none" or returns.lowest >= 0)
    bound = math.inf
    if dreamed is not None and loss is not None and known:
        best = returns.per_step
        bound = best + (EQUIVALENT - 1) * abs(best) + _error(loss)
        if dreamed.low > bound:
            text = f"Dreams pay {written(dreamed)} at each step; the best episode paid {rounded(best)} on average."
            return red(text) if returns.highest == returns.lowest == 0 else yellow(text)
    gap = evidence.gauge("gap")
    if gap is not None and gap.measured.low > EQUIVALENT:
        ratio = gap.measured
        return yellow(f"Dreams promise {ratio.as_text(TWO_PLACES)} times what the task gives{evidence.judged_at}.")
    if dreamed is None:
        return unknown(FEW_UPDATES)
    if not known:
        why = "rewards are squashed and can be negative" if returns.count >= FEWEST_EPISODES else "too few episodes"
        return unknown(why)
    return fine(f"Dreams pay {written(dreamed)} at each step; the best episode paid {rounded(returns.per_step)}.")


def _error(loss: Interval) -> float:
    """Return the root mean square error of a head whose loss is half the squared error: what noise alone explains."""
    return math.sqrt(2 * max(0.0, loss.value))


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


MODEL_RULES: Final = (
    Rule(
        "kl",
        "KL and actions",
        "Lower free_nats or kl_scale (prior_free_nats or posterior_kl_scale if the KL is balanced), so that the model "
        "may keep more of each frame. If it still ignores the actions, raise action_repeat in a new run: an action "
        "then moves more between two frames.",
        "actions",
        look_at_kl,
    ),
    Rule(
        "reconstruction",
        "Reconstruction",
        "In the first hundreds of updates, wait. Later: lower kl_scale, and use Check task to see whether the frames "
        "change at all.",
        "picture",
        look_at_reconstruction,
    ),
    Rule(
        "value",
        "Value",
        "Lower value_lr or horizon, or go back to a checkpoint before the values rose. Imagined value in the curves "
        "shows when that was.",
        "value",
        look_at_value,
    ),
    Rule(
        "imagined reward",
        "Imagined reward",
        "Dream from such a frame (D) and run reality beside it (T). More exploration (expl_amount) shows the model "
        "what the task really pays there.",
        "gap",
        look_at_imagined_reward,
    ),
)
