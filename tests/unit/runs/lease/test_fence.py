"""The numbers of a run's trainers."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dreamer_studio.runs.errors import RunTakenOverError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.lease.fence import KEPT, take_fence
from dreamer_studio.runs.lease.owner import Owner

HERE, THERE = Owner("here", 1), Owner("there", 4242)


def names(folder: RunFolder) -> list[str]:
    return sorted(path.name for path in folder.fences.iterdir())


def test_that_a_trainer_learns_at_its_next_check_who_took_over_and_the_newest_few_fences_stay(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    first = take_fence(folder, HERE)
    first.check()
    second = take_fence(folder, THERE)
    second.check()
    assert (first.number, second.number) == (1, 2)
    with pytest.raises(RunTakenOverError, match=r"is now trained by process 4242 on there, .* writes nothing more"):
        first.check()
    numbers = [take_fence(folder, HERE).number for _ in range(5)]
    assert numbers == [3, 4, 5, 6, 7]
    assert names(folder) == ["000005", "000006", "000007"] and len(numbers) > KEPT
    shutil.rmtree(folder.fences)
    with pytest.raises(RunTakenOverError):  # what is known stays known
        first.check()


def test_that_two_trainers_never_have_the_same_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = RunFolder(tmp_path)
    take_fence(folder, HERE)
    monkeypatch.setattr("dreamer_studio.runs.lease.fence.os.listdir", lambda _: [])  # both look before either takes
    assert [take_fence(folder, HERE).number, take_fence(folder, THERE).number] == [2, 3]


def test_that_a_deleted_fence_comes_back_and_a_missing_run_folder_does_not(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    folder.path.mkdir()
    fence = take_fence(folder, HERE)
    shutil.rmtree(folder.fences)
    fence.check()
    assert names(folder) == ["000001"]
    folder.path.rename(tmp_path / "elsewhere")
    with pytest.raises(FileNotFoundError):
        fence.check()
    assert not folder.path.exists()


def test_that_files_of_others_among_the_fences_count_for_nothing(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.fences.mkdir()
    for name in (".nfs000000000000000100000002", "000009.tmp", "notes", "1" * 30):
        (folder.fences / name).write_text("")
    fence = take_fence(folder, HERE)
    assert fence.number == 1
    (folder.fences / "000002").write_text("{half a fi")
    with pytest.raises(RunTakenOverError, match="is now trained by another process, which"):
        fence.check()
