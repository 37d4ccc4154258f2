"""What a trial needs of its machine, and a sentence if no machine has it."""

from __future__ import annotations

from pathlib import Path

from dreamer_studio.studies.plan import Plan
from dreamer_studio.studies.ray.needs import needs_of, too_large
from tests.support.studies import STUDY, write_study

LARGE = {"CPU": 64.0, "GPU": 8.0, "memory": 2.0**38, "gl": 16.0}


def plan(folder: Path, more: str = "") -> Plan:
    return Plan(write_study(folder, STUDY.replace("[common]", f"{more}\n[common]")).study)


def test_that_a_larger_batch_in_the_grid_needs_more_memory(tmp_path: Path) -> None:
    text = STUDY.replace("[grid]", "[grid]\nbatch_size = [4, 400]")
    small = needs_of(plan(tmp_path), LARGE)
    assert needs_of(Plan(write_study(tmp_path, text).study), LARGE)["memory"] > small["memory"]
    assert small == {"CPU": 1, "memory": small["memory"], "gl": 1}
    assert "gl" not in needs_of(plan(tmp_path), {"CPU": 64.0})


def test_that_a_study_too_large_for_each_machine_gets_a_sentence(tmp_path: Path) -> None:
    needs = needs_of(plan(tmp_path, "cpus = 8\ngpus = 0.5"), LARGE)
    assert too_large(needs, [{"CPU": 1.0}, LARGE]) == ""
    without = [{**LARGE, "CPU": 4.0}, {**LARGE, "GPU": 0.0}]
    sentence = too_large({**needs, "memory": 2.0**30}, without)
    assert sentence == (
        "no machine is large enough for a run (8 cores, 1.0 GiB of memory, 0.5 GPU, 1 gl): "
        "runs start when such a machine joins"
    )
