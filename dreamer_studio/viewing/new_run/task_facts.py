"""Facts about a task in words."""

from __future__ import annotations

from dreamer_studio.envs import EnvSpec
from dreamer_studio.published import published_curve
from dreamer_studio.viewing.new_run.messages import Preview

LABELS = ("Actions", "Action names", "Agent sees", "Episode", "Random actions", "Usual return")
MILLION = 1_000_000


def usual_return(task: str) -> str:
    """Return the return that the author's agent reached, if he published one."""
    curve = published_curve(task)
    if curve is None:
        return "nothing is published for this task"
    steps = f"{curve.step[-1] / MILLION:.1f}".removesuffix(".0")
    return (
        f"{curve.mean[-1]:.0f} ± {curve.std[-1]:.0f} after {steps} million steps "
        f"(published by the author, {curve.seeds[-1]} seeds)"
    )


def facts(preview: Preview) -> dict[str, str]:
    """Return what the environment says about its task, by label."""
    spec = preview.spec
    return {
        "Actions": _actions(spec),
        "Action names": ", ".join(spec.action_names),
        "Agent sees": spec.sees_in_words,
        "Episode": _episode(spec),
        "Random actions": _random(preview),
    }


def _actions(spec: EnvSpec) -> str:
    """Say how many actions there are, and how often the agent acts."""
    words = spec.acts_in_words
    return words if spec.action_repeat == 1 else f"{words}; each is repeated {spec.action_repeat} times"


def _episode(spec: EnvSpec) -> str:
    actions = -(-spec.time_limit // spec.action_repeat)
    source = {
        "task": "the task's limit",
        "setting": "limit of the setting time_limit",
        "safety bound": "the task has no limit",
    }.get(spec.limit_source or "", "")
    steps = "" if spec.action_repeat == 1 else f", {spec.time_limit:,} simulator steps"
    return f"{actions:,} actions at most{steps}" + (f" ({source})" if source else "")


def _random(preview: Preview) -> str:
    if preview.first_return is None:
        return f"{len(preview.frames) - 1} actions shown, the episode goes on"
    return f"return {preview.first_return:,.4g} in one episode of {preview.first_length:,} actions"
