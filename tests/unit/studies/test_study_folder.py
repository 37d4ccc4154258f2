"""The folder of a study: found, kept, and refused if it belongs to something else."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from dreamer_studio.config import read_config, write_config
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.studies.checking import check_folder
from dreamer_studio.studies.plan import Plan
from dreamer_studio.studies.study import StudyError
from dreamer_studio.studies.study_folder import find_study
from tests.support.studies import STUDY, begin, planned, write_study

LARGER = STUDY.replace("seeds = 2", "seeds = [3, 0, 1]").replace("300", "900").replace("[5, 10]", "[20, 5, 10]")


def refusal(folder: Path, text: str) -> str:
    """Return the line with which a study is refused; empty if it is accepted."""
    found = write_study(folder, text)
    try:
        check_folder(found, Plan(found.study))
    except StudyError as error:
        assert "\n" not in str(error)
        return str(error)
    return ""


def test_that_a_study_is_found_by_its_file_and_by_its_folder(tmp_path: Path) -> None:
    found = write_study(tmp_path)
    assert found.folder.path == tmp_path / "try"
    found.folder.keep(found.text)
    for where in (tmp_path / "try", tmp_path / "try" / "kept-study.toml"):
        again = find_study(where)
        assert again.folder == found.folder and again.study == found.study
    other = find_study(tmp_path / "file.toml", tmp_path / "other")
    assert other.folder.path == tmp_path / "other"
    with pytest.raises(StudyError, match="is not the folder of a study"):
        find_study(tmp_path)


def test_that_a_study_may_grow(tmp_path: Path) -> None:
    found = write_study(tmp_path)
    found.folder.keep(found.text)
    for name in planned(found):
        begin(found, name, step=100)
    more_tasks = LARGER.replace('v1"]', 'v1", "gym:CartPole-v1"]')
    assert refusal(tmp_path, STUDY) == refusal(tmp_path, LARGER) == refusal(tmp_path, more_tasks) == ""
    assert refusal(tmp_path, STUDY.replace("prefill = 60", "prefill = 60\ncheckpoint_every = 9")) == ""


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("prefill = 60", "prefill = 70", "began with prefill = 60, and the study has 70"),
        ('"tiny"', '"laptop"', "began with preset = tiny, and the study has laptop"),
        ("[5, 10]", "[5]", "has horizon = 10, which is not a combination of the study"),
        ("[5, 10]", "[10]", "has the usual settings, which is not a combination of the study"),
        ("seeds = 2", "seeds = 1", "has the seed 1, which the study does not have"),
        ("Pendulum", "CartPole", "has the task gym:Pendulum-v1, which the study does not have"),
        ("300", "200", "has 300 steps, and the study 200: steps can only increase"),
    ],
)
def test_that_a_change_of_a_run_that_has_begun_is_refused_with_the_change(
    before: str, after: str, words: str, tmp_path: Path
) -> None:
    found = write_study(tmp_path)
    found.folder.keep(found.text)
    assert refusal(tmp_path, STUDY.replace(before, after)) == ""  # nothing has begun
    for name in planned(found):
        begin(found, name)
    said = refusal(tmp_path, STUDY.replace(before, after))
    assert words in said and said.startswith("file.toml changed: Pendulum-v1-")
    assert refusal(tmp_path, STUDY) == ""


def test_that_a_folder_of_another_study_is_refused(tmp_path: Path) -> None:
    found = write_study(tmp_path)
    found.folder.keep(found.text.replace('"try"', '"other"'))
    assert "has the runs of the study other, not of try: choose another folder with --folder" in refusal(
        tmp_path, STUDY
    )


def test_that_a_damaged_file_in_the_folder_is_named_with_what_to_do(tmp_path: Path) -> None:
    found = write_study(tmp_path)
    found.folder.keep("[[")
    assert refusal(tmp_path, STUDY).startswith(f"{found.folder.kept_file} is not TOML")
    assert refusal(tmp_path, STUDY).endswith("; remove that file if you have the study's own")


def test_that_a_folder_with_other_files_is_refused_unless_runs_of_the_study_have_begun_there(tmp_path: Path) -> None:
    found = write_study(tmp_path)
    found.folder.path.mkdir()
    (found.folder.path / "slurm-7.out").write_text("from a batch system")
    assert "is not the folder of a study (it has slurm-7.out)" in refusal(tmp_path, STUDY)
    begin(found, "Pendulum-v1-seed0")
    assert refusal(tmp_path, STUDY) == ""


def test_that_a_damaged_configuration_is_no_change_of_the_study(tmp_path: Path) -> None:
    found = write_study(tmp_path)
    config_file = RunFolder(begin(found, "Pendulum-v1-seed0")).config_file
    write_config(dataclasses.replace(read_config(config_file), seed=9), config_file)
    assert "began with seed = 9" in refusal(tmp_path, STUDY)
    config_file.write_text("{")
    assert refusal(tmp_path, STUDY) == ""


def test_that_a_folder_that_cannot_be_written_is_refused_in_one_line(tmp_path: Path) -> None:
    found = write_study(tmp_path)
    (tmp_path / "try").write_text("a file in the way")
    with pytest.raises(StudyError, match=r"cannot be written: .*; choose another folder with --folder"):
        found.folder.keep(found.text)
