"""Made judgments, as a run keeps them."""

from __future__ import annotations

from dreamer_studio.runs.judgments.record import KeptJudgment, KeptNumber


def kept(
    update: int, *, horizon: float = 20.0, gap: float = 1.1, episodes: int = 4, time: float = 1.0, ahead: int = 15
) -> KeptJudgment:
    """Return a judgment at two environment steps an update."""
    return KeptJudgment(
        step=2 * update,
        update=update,
        time=time,
        made_by="window",
        checkpoint="",
        episodes=episodes,
        starts=32,
        training_horizon=ahead,
        stage=None,
        sentence="Everything holds.",
        horizons={
            "image": KeptNumber(horizon, horizon, horizon + 5, episodes, "holds"),
            "reward": KeptNumber(horizon / 2, horizon / 2, horizon, episodes, "holds"),
        },
        gauges={
            "gap": KeptNumber(gap, 0.9 * gap, 1.1 * gap, episodes, "holds"),
            "value": KeptNumber(None, None, None, 0, "cannot tell"),
        },
        players=("mode, test at update 40",) * episodes,
        versions={"torch": "2"},
    )
