"""Settings that have no effect on a run any more."""

from __future__ import annotations

from dreamer_studio.config import Config


def idle_settings(config: Config, step: int, learning_since: int | None) -> dict[str, str]:
    """Map each setting that has no effect to the reason.

    Args:
        config: of the run.
        step: environment steps done.
        learning_since: environment step at the prefill's end; None before that.
    """
    idle: dict[str, str] = {}
    if config.steps < step:
        idle["steps"] = f"{step:,} environment steps are done already"
    if learning_since is not None:
        idle["prefill"] = f"the prefill of this run ended at environment step {learning_since:,}"
    if not config.pcont:
        idle["pcont_scale"] = "pcont is false in this run"
    if not config.eval_every:
        idle |= dict.fromkeys(("eval_episodes", "checkpoint_tests"), "eval_every is 0, so there are no tests")
    if not config.expl_decay and config.expl_min <= config.expl_amount:
        idle["expl_min"] = "expl_decay is 0, so exploration does not decay"
    if not config.norm_returns:
        idle |= dict.fromkeys(("return_decay", "return_limit"), "norm_returns is false")
    return idle
