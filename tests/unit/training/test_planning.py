"""What is asked for, before torch is loaded."""

from pathlib import Path

import pytest

from dreamer_studio.config import DEFAULT_TASK
from dreamer_studio.training.planning import plan_run


@pytest.mark.parametrize(
    ("device", "preset"), [("cuda", "paper"), ("cpu", "laptop"), ("mps", "laptop"), ("auto", "laptop")]
)
def test_that_a_new_run_takes_the_preset_that_suits_the_device(device: str, preset: str, tmp_path: Path) -> None:
    plan = plan_run(None, base=tmp_path, task=DEFAULT_TASK, device=device)
    assert plan.config.preset == preset
    assert plan.folder.path == tmp_path / f"walker-walk-{preset}-1"
    assert plan_run(None, base=tmp_path, task=DEFAULT_TASK, preset="tiny", device=device).config.preset == "tiny"
