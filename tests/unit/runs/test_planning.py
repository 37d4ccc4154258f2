"""Planning a run before torch is loaded."""

from pathlib import Path

import pytest

from dreamer_studio.config import DEFAULT_TASK, Config
from dreamer_studio.runs.folder import claim_run_folder
from dreamer_studio.runs.planning import AUTO, plan_run, resume_line


@pytest.mark.parametrize(
    ("device", "preset"), [("cuda", "paper"), ("cpu", "laptop"), ("mps", "laptop"), ("auto", "laptop")]
)
def test_that_a_new_run_takes_the_preset_that_suits_the_device(device: str, preset: str, tmp_path: Path) -> None:
    plan = plan_run(None, base=tmp_path, task=DEFAULT_TASK, device=device)
    assert plan.config.preset == preset
    assert plan.folder.path == tmp_path / f"walker-walk-{preset}-1"
    assert plan_run(None, base=tmp_path, task=DEFAULT_TASK, preset="tiny", device=device).config.preset == "tiny"
    assert plan_run(None, base=tmp_path, task="lesson:disc", device=device).config.preset == "lesson"


def test_that_runs_planned_at_the_same_time_claim_different_folders(tmp_path: Path) -> None:
    base = tmp_path / "not" / "there yet"
    plans = [plan_run(None, base=base, task=DEFAULT_TASK, device="cpu") for _ in range(3)]
    assert not base.exists()
    taken = [claim_run_folder(plan.folder).path.name for plan in plans if plan.numbered]
    assert taken == ["walker-walk-laptop-1", "walker-walk-laptop-2", "walker-walk-laptop-3"]
    assert plan_run(None, base=base, task=DEFAULT_TASK, device="cpu").folder.path.name == "walker-walk-laptop-4"
    assert not plan_run(tmp_path / "named", base=base, task=DEFAULT_TASK, device="cpu").numbered


@pytest.mark.parametrize(
    ("task", "name"),
    [
        ("gym:ALE/Pong-v5", "ALE-Pong-v5-laptop-1"),
        ("gym:./my_envs/pole.py:Pole-v0", "my_envs-pole.py-Pole-v0-laptop-1"),
        ("gym:FrozenLake-v1?is_slippery=False&map_name=8x8", "FrozenLake-v1-is_slippery=False-map_name=8x8-laptop-1"),
        (f"gym:Long-v0?text={'x' * 400}", f"Long-v0-text={'x' * 67}-laptop-1"),
    ],
)
def test_that_the_name_of_a_run_suits_every_shell_and_file_system(task: str, name: str, tmp_path: Path) -> None:
    assert plan_run(None, base=tmp_path, task=task, device="cpu").folder.path.name == name


def test_that_the_line_that_resumes_a_run_names_the_device_that_the_user_chose() -> None:
    run = Path("my run")
    assert resume_line(run, Config(), device=AUTO) == "dreamer-studio --run 'my run'"
    assert resume_line(run, Config(), device="cpu") == "dreamer-studio --run 'my run' --device cpu"
    assert resume_line(run, Config(), "train", device="mps").startswith("dreamer-studio train --run")
