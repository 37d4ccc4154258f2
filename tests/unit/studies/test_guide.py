"""The commands of docs/studies.md, as far as one machine goes. A stand-in takes the place of trainings."""

from __future__ import annotations

import functools
import re
import shlex
import sys
from pathlib import Path

import pytest

from dreamer_studio.cli import main
from dreamer_studio.studies.example import EXAMPLE
from dreamer_studio.studies.local import launcher
from dreamer_studio.studies.study_file import parse_study

GUIDE = (Path(__file__).parents[3] / "docs" / "studies.md").read_text(encoding="utf-8")
STAND_IN = (sys.executable, "-m", "tests.support.stand_in_training")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", GUIDE, re.DOTALL)


def test_that_the_guide_shows_the_example() -> None:
    (shown,) = blocks("toml")
    assert parse_study(shown, "guide") == parse_study(EXAMPLE, "example")


def test_that_the_commands_of_the_guide_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(launcher, "LocalLauncher", functools.partial(launcher.LocalLauncher, program=STAND_IN))
    lines = [line for block in blocks("sh") for line in block.splitlines() if line.startswith("dreamer-studio")]
    assert len(lines) == 9
    for line in lines:
        words = shlex.split(line.replace("/shared", str(tmp_path / "shared")).partition(" > ")[0])[1:]
        assert main(words) == 0, line
        if words[1:] == ["new", "study.toml"]:
            study = tmp_path / "study.toml"
            study.write_text(study.read_text().replace("seeds = 3", "seeds = 1").replace('"gym:CartPole-v1", ', ""))
    out = capsys.readouterr().out
    for folder in ("first", "shared/first", "seeds"):
        assert f"2 of 2 runs in {tmp_path / folder} are finished" in out
