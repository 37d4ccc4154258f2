"""Settings that have no effect on a run any more."""

from __future__ import annotations

from dreamer_studio.config import Config, balances_kl


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
    if balances_kl(config):
        idle |= dict.fromkeys(("kl_scale", "free_nats"), "the KL is balanced (prior_kl_scale, posterior_kl_scale)")
    for side in ("prior", "posterior"):
        if not getattr(config, f"{side}_kl_scale"):
            idle[f"{side}_free_nats"] = f"{side}_kl_scale is 0"
    return idle
