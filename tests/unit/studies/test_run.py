"""``study run`` with wrong input: one line, and nothing written."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from dreamer_studio.cli import main
from dreamer_studio.studies.agreement import agree
from dreamer_studio.studies.study import StudyError
from tests.support.studies import STUDY, begin, write_study

MANY = STUDY.replace("seeds = 2", "seeds = 500000")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        (MANY, [], "this study has 1,000,000 runs: if you mean that, add --runs 1000000"),
        (MANY, ["--runs", "1000"], "this study has 1,000,000 runs, not 1,000"),
        (STUDY.replace("horizon", "horizn"), [], "did you mean 'horizon'?"),
        (STUDY, ["--on", "print", "--at-once", "2"], "--at-once belongs to --on local"),
        (STUDY, ["--address", "10.0.0.1:6379"], "--address belongs to --on ray"),
        (STUDY, ["--on", "moon"], "'moon' is not one of"),
        (STUDY + "[grid.more]\nx = 1", [], "grid: more needs a list"),
        ("gpus = 1\n" + STUDY, [], "CUDA_VISIBLE_DEVICES names no GPU: write gpus = 0"),
        (
            STUDY,
            ["--folder", "/proc/study"],
            "cannot be written: No such file or directory; choose another",
        ),
    ],
)
def test_that_wrong_input_is_one_line_and_trains_nothing(
    text: str,
    options: list[str],
    words: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    (tmp_path / "file.toml").write_text(text)
    assert main(["study", "run", str(tmp_path / "file.toml"), *options]) == 2
    out, err = capsys.readouterr()
    assert words in err and err.count("\n") == 1 and out == ""
    assert not list(tmp_path.glob("try/*seed*"))


def test_that_a_large_study_asks_for_its_number_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = write_study(tmp_path, MANY)
    monkeypatch.setattr(sys, "stdin", Terminal("yes\n1,000,000\n"))
    with pytest.raises(StudyError, match="another number, so nothing was started"):
        agree(found, 10**6, None)
    agree(found, 10**6, None)
    assert capsys.readouterr().err.count("This study has 1,000,000 runs. To start it, type the number of runs: ") == 2
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    agree(found, 200, None)
    agree(found, 10**6, 10**6)
    with pytest.raises(StudyError):
        agree(found, 201, None)
    found.folder.keep(found.text)
    agree(found, 10**6, None)  # as agreed before


def test_that_a_change_of_begun_runs_is_refused_before_anything_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = write_study(tmp_path)
    found.folder.keep(found.text)
    begin(found, "Pendulum-v1-seed0")
    write_study(tmp_path, STUDY.replace("prefill = 60", "prefill = 61"))
    assert main(["study", "run", str(tmp_path / "file.toml")]) == 2
    assert "began with prefill = 60, and the study has 61" in capsys.readouterr().err
    assert "prefill = 60" in found.folder.kept_file.read_text()
