"""The problems that `doctor` reports."""

from pathlib import Path

import pytest

from dreamer_studio.doctor import examine
from tests.support.installed import install_mujoco_4


def test_that_a_wrong_version_is_the_problem_and_no_system_library_is_blamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_mujoco_4(monkeypatch, tmp_path)
    report = examine()
    assert not report.can_train and report.versions["mujoco"] == "4.0.0"
    (problem,) = (problem for problem in report.problems if "mujoco" in problem.what)
    assert "mujoco 4.0.0 is installed, but mujoco<4" in problem.what and "pip install" in problem.mend
    assert not any("libegl1" in problem.mend for problem in report.problems)
