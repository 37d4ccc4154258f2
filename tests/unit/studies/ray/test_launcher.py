"""The driver of a study on Ray, as far as it goes without a cluster. Skipped without the extra."""

from __future__ import annotations

from pathlib import Path

import pytest

from dreamer_studio.studies.plan import Plan
from dreamer_studio.studies.ray.launch_file import Launch, read_launch
from tests.support.other_trainer import say_elsewhere
from tests.support.studies import STUDY, begin, planned, write_study

pytest.importorskip("ray")


def test_that_a_run_that_asha_stopped_is_left_alone_while_it_still_saves_elsewhere(tmp_path: Path) -> None:
    from dreamer_studio.studies.ray.launcher import RayLauncher

    found = write_study(tmp_path, STUDY.replace("[grid]", "[ray]\nasha_grace = 100\n[grid]"))
    found.folder.keep(found.text)
    say_elsewhere(begin(found, next(iter(planned(found)))))
    Launch(read_launch(found.folder).path, early=frozenset(planned(found))).write()
    tells: list[str] = []
    outcome = RayLauncher("nowhere:1").launch(Plan(found.study), found.folder, tells.append)
    assert tells == ["try: 4 runs, 0 of them finished, 4 stopped early by ASHA"]
    assert outcome.exit_code == 0 and not outcome.elsewhere
