"""Groups in a list of made runs."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from dreamer_studio.config import write_config
from dreamer_studio.library.groups.grouping import group_runs
from dreamer_studio.library.listing import list_runs
from dreamer_studio.runs.folder import RunFolder
from tests.support.listed_runs import write_run


def test_that_runs_that_differ_only_by_their_seeds_are_a_group(tmp_path: Path) -> None:
    for horizon in (5, 20):
        for seed in range(3):
            path = write_run(tmp_path / f"pendulum-horizon={horizon}-seed{seed}", tests=(1.0, 10.0 * seed))
            config = RunFolder(path).read()
            changed = dataclasses.replace(config, seed=seed, horizon=horizon, steps=config.steps + seed)
            write_config(changed, RunFolder(path).config_file)
    write_run(tmp_path / "alone", task="gym:CartPole-v1")
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "config.json").write_text("{")
    groups = {group.name: group for group in group_runs(list_runs([tmp_path]))}
    assert set(groups) == {"pendulum-horizon=5", "pendulum-horizon=20", "alone"}
    few = groups["pendulum-horizon=5"]
    assert (few.settings, few.task, len(few.runs)) == ("horizon=5", "gym:Pendulum-v1", 3)
    assert (few.last_test, few.best_test) == (10.0, 20.0)
    assert few.state_words() == "stopped"
    assert groups["alone"].settings == ""
