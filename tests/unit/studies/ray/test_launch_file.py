"""The hash decides whether a launch on Ray continues the trials of an interrupted one."""

from __future__ import annotations

from pathlib import Path

import pytest

from dreamer_studio.studies.plan import Plan
from dreamer_studio.studies.ray.launch_file import hash_of
from tests.support.studies import STUDY, write_study


@pytest.mark.parametrize(
    "text",
    [
        STUDY.replace("steps = 300", "steps = 400"),
        STUDY.replace("seeds = 2", "seeds = 3"),
        STUDY.replace("[grid]", "[ray]\nasha_grace = 100\n[grid]"),
        STUDY.replace("[grid]", "[ray]\nmax_failures = 0\n[grid]"),
        STUDY.replace("seeds = 2", "seeds = 2\ncpus = 2"),
        STUDY.replace("seeds = 2", "seeds = 2\ngpus = 0.5"),
    ],
)
def test_that_the_hash_changes_with_the_runs_their_needs_and_the_options_of_ray(text: str, tmp_path: Path) -> None:
    before = hash_of(Plan(write_study(tmp_path).study), "2.60.0")
    assert hash_of(Plan(write_study(tmp_path, text).study), "2.60.0") != before


def test_that_the_hash_changes_with_the_version_of_ray_and_with_nothing_else(tmp_path: Path) -> None:
    plan = Plan(write_study(tmp_path).study)
    again = Plan(write_study(tmp_path, STUDY.replace("[grid]", "checkpoint_every = 900\n[grid]")).study)
    assert hash_of(plan, "2.60.0") == hash_of(again, "2.60.0") != hash_of(plan, "2.61.0")
