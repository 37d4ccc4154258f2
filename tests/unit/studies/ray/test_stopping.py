"""``study stop`` while Ray trains the study."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from dreamer_studio.studies.plan import Plan
from dreamer_studio.studies.ray.launch_file import Launch, read_launch
from dreamer_studio.studies.stopping import request_stop, stop_word
from tests.support.listed_runs import held_elsewhere
from tests.support.other_trainer import say_elsewhere
from tests.support.studies import begin, write_study


@pytest.mark.parametrize("done", [False, True])
def test_that_the_driver_of_ray_is_left_to_stop_runs_on_all_machines(done: bool, tmp_path: Path) -> None:
    found = write_study(tmp_path)
    found.folder.keep(found.text)
    say_elsewhere(begin(found, "Pendulum-v1-seed0"))
    Launch(read_launch(found.folder).path, "hash", done, frozenset({"a", "b"})).write()
    assert read_launch(found.folder).early == {"a", "b"}
    place = found.folder.runners / platform.node()
    place.mkdir()
    with held_elsewhere(place):
        sentences = list(request_stop(Plan(found.study), found.folder))
    assert sentences[0].endswith("ends its runs as soon as they are saved") and stop_word(found.folder)
    assert [each for each in sentences[1:] if "moon" in each or "is not being trained" in each] == sentences[1:]
    assert len(sentences) == 1 + done
