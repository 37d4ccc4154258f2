"""Installed packages compared with the required ones."""

import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from dreamer_studio.system.packages import misfits, misfits_of
from tests.support.installed import install

CHECKOUT = Path(__file__).parents[3]


def test_that_no_installed_package_is_missing_or_of_a_wrong_version() -> None:
    assert misfits() == ()


def test_that_a_wrong_version_is_named_with_the_range_and_the_command_that_fixes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, tmp_path, "dreamer-studio", "0.1.0", ["mujoco>=3.2,<4", "numpy; python_version < '3'"])
    install(monkeypatch, tmp_path, "mujoco", "4.0.0")
    install(monkeypatch, tmp_path, "dm_control", "1.0.50", ["mujoco>=3.17", "labmaze"])
    (wrong,) = misfits()
    assert wrong.what == "mujoco 4.0.0 is installed, but mujoco<4,>=3.17,>=3.2 is needed"
    assert wrong.mend == f'{sys.executable} -m pip install "mujoco<4,>=3.17,>=3.2"'
    assert misfits_of("dm_control") == misfits_of("mujoco") == (wrong,)
    assert misfits_of("numpy") == ()


def test_that_a_package_that_no_resolver_can_install_is_to_be_installed_without_its_dependencies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, tmp_path, "dreamer-studio", "0.1.0", ["dm_control>=99; python_version < '3'"])
    (wrong,) = misfits()
    assert wrong.mend == f'{sys.executable} -m pip install --no-deps "dm-control>=99"'


def test_that_without_pip_the_command_uses_uv_or_pipx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, tmp_path, "dreamer-studio", "0.1.0", ["not-to-be-had>=1"])
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    (wrong,) = misfits()
    assert str(wrong) == f'not-to-be-had is not installed: uv pip install --python {sys.executable} "not-to-be-had>=1"'
    (tmp_path / "pipx_metadata.json").touch()
    monkeypatch.setattr("sys.prefix", str(tmp_path))
    assert wrong.mend == f'pipx runpip {tmp_path.name} install "not-to-be-had>=1"'


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
def test_that_the_lock_has_every_requirement_within_its_range(python: str) -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    here = {"python_version": python, "python_full_version": f"{python}.1"}
    locked: dict[str, str] = {}
    for line in (CHECKOUT / "requirements.lock").read_text().splitlines():
        stated, _, _ = line.partition("#")
        if stated.strip():
            requirement = Requirement(stated)
            if requirement.marker is None or requirement.marker.evaluate(here):
                (version,) = (specifier.version for specifier in requirement.specifier)
                locked[canonicalize_name(requirement.name)] = version
    required = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    for requirement in map(Requirement, required):
        name = canonicalize_name(requirement.name)
        if requirement.marker is None or requirement.marker.evaluate(here) or name == "dm-control":
            assert requirement.specifier.contains(locked[name]), f"{requirement}: run make lock"
    assert ("labmaze" in locked) == (python in ("3.11", "3.12"))
