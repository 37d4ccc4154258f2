"""The wheel, installed outside the checkout in its own environment."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
ASSETS = CHECKOUT / "assets"


def run(*command: str | Path, cwd: Path, env: Mapping[str, str] | None = None) -> str:
    """Return the output of a command. Fail with the output if the command fails."""
    result = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=240, check=False)
    assert result.returncode == 0, f"{command} ended with {result.returncode}:\n{result.stdout}\n{result.stderr}"
    return result.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel of this checkout, and return its path."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, CHECKOUT, cwd=folder)
    (built,) = folder.glob("dreamer_studio-*-py3-none-any.whl")
    return built


@pytest.fixture
def elsewhere(wheel: Path, tmp_path: Path) -> Path:
    """Install the wheel into an environment with the dependencies of this one, and return its scripts."""
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=False)
    paths = {"base": str(environment), "platbase": str(environment)}
    site_packages = Path(sysconfig.get_path("purelib", "venv", paths))
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", environment)
    run(*pip, "install", "--no-deps", "--no-index", "--quiet", wheel, cwd=tmp_path)
    # A plain path comes after the environment's own packages, and the .pth files in it (of the editable install) are
    # not read: the wheel is found first, and without it nothing would be.
    (site_packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return Path(sysconfig.get_path("scripts", "venv", paths))


def test_that_the_wheel_carries_every_asset(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        carried = {name for name in archive.namelist() if name.startswith("dreamer_studio/assets/")}
        pages = {name for name in archive.namelist() if name.startswith("dreamer_studio/docs/")}
    expected = {path.relative_to(CHECKOUT).as_posix() for path in ASSETS.rglob("*") if path.is_file()}
    assert expected
    assert carried == {f"dreamer_studio/{name}" for name in expected}
    shown = [CHECKOUT / "docs" / name for name in ("glossary.md", "guide.md", "paper.md")]
    shown += (CHECKOUT / "docs" / "images" / "guide").iterdir()
    assert pages == {f"dreamer_studio/{path.relative_to(CHECKOUT).as_posix()}" for path in shown}


def test_that_the_installed_wheel_finds_itself_and_its_assets_and_can_train(elsewhere: Path, tmp_path: Path) -> None:
    cwd = tmp_path / "work"
    cwd.mkdir()
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    where = "from dreamer_studio import resources as r; print(r.__file__); print(r.assets_root()); "
    where += "print(r.document_path('guide.md'))"
    module, assets, guide = run(elsewhere / "python", "-c", where, cwd=cwd, env=env).splitlines()
    package = Path(module).parent
    assert package.is_relative_to(elsewhere.parent)
    assert Path(assets) == package / "assets"
    assert Path(guide) == package / "docs" / "guide.md"

    report = json.loads(run(elsewhere / "dreamer-studio", "doctor", "--json", cwd=cwd, env=env))
    assert report["can_train"]
    assert list(cwd.iterdir()) == []
