"""A run from another person opens or is refused with one clear line, and runs none of its code."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import resource
import shlex
import shutil
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings

from benchmarks.reliability import hostile
from benchmarks.reliability.fuzz import SHARES, Opener, inputs_of, make_run
from dreamer_studio.envs import build_config
from dreamer_studio.files import write_whole
from dreamer_studio.replay import EpisodeStore, ReplayError
from dreamer_studio.runs.checkpoint_names import list_checkpoints
from dreamer_studio.runs.errors import RunError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.lock import RunLock
from dreamer_studio.runs.metrics import MetricsLog
from dreamer_studio.runs.metrics_file import read_history
from dreamer_studio.runs.planning import plan_run, plan_watching
from dreamer_studio.runs.trained_agent import find_checkpoint, load_agent
from dreamer_studio.training.opening import open_trainer

INPUTS = 80
PARTS = ("state.json", "weights.safetensors", "optimizers.safetensors", "state.safetensors", "episode.npy.zst")
MIB = 2**10  # of ru_maxrss


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_run(tmp_path_factory.mktemp("made") / "run").path


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> RunFolder:
    return RunFolder(Path(shutil.copytree(made, tmp_path / "run")))


@pytest.fixture
def trace(tmp_path: Path) -> Iterator[Path]:
    """Yield the path of a file that only code from a run's files would make, and check that it does not exist."""
    path = tmp_path / "code-was-run"
    yield path
    assert not path.exists()


@pytest.mark.parametrize("kind", SHARES)
def test_that_whatever_is_changed_a_run_opens_or_is_refused_with_one_line(folder: RunFolder, kind: str) -> None:
    opener = Opener(folder.path)
    drawn, open_one = inputs_of(kind, opener)

    @settings(max_examples=INPUTS, database=None, deadline=None, derandomize=True)
    @given(drawn)
    def try_all(value: object) -> None:
        open_one(value)

    before = signal.getsignal(signal.SIGALRM)
    signal.signal(signal.SIGALRM, lambda *_: pytest.fail("an input took too long"))
    try:
        try_all()
    finally:
        signal.signal(signal.SIGALRM, before)
    assert opener.outcome.wrong == []
    assert opener.outcome.inputs >= INPUTS


def test_that_a_malicious_episode_is_refused_and_takes_little_memory(folder: RunFolder, trace: Path) -> None:
    # In a new process: the memory of this one has grown in other tests.
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        refusals, growth = pool.submit(_open_hostile_episodes, folder.episodes, trace).result()
    assert refusals and all("is not a readable episode" in text and "\n" not in text for text in refusals)
    assert growth < 100 * MIB


def _open_hostile_episodes(episodes: Path, trace: Path) -> tuple[list[str], int]:
    """Return the refusals of all hostile episodes, and by how much the most memory of this process grew, in KiB."""
    refusals = []
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for path in episodes.iterdir():
        path.unlink()
    for number, content in enumerate(hostile.hostile_episodes(trace).values()):
        for rows in (32, 2**20, 10**8):
            (episodes / f"episode-{number:06d}-rows-{rows}-steps-40.npy.zst").write_bytes(content)
            store = EpisodeStore(episodes, 2**30)
            if len(store):  # no episode has as many rows as the last of these names says
                with pytest.raises(ReplayError) as refused:
                    store.get(0)
                refusals.append(str(refused.value))
            shutil.rmtree(episodes)
            episodes.mkdir()
    return refusals, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before


@pytest.mark.parametrize("part", ["weights", "optimizers", "state"])
def test_that_a_checkpoint_with_malicious_tensors_is_skipped(folder: RunFolder, trace: Path, part: str) -> None:
    newest = list_checkpoints(folder.checkpoints)[-1]
    for content in hostile.hostile_tensors(trace).values():
        (newest / f"{part}.safetensors").write_bytes(content)
        found = find_checkpoint(folder, folder.read())
        assert found.checkpoint is not None
        ((path, note),) = found.passed_over
        assert path == newest and newest.name in note and "\n" not in note


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("kind", ["absolute link", "relative link", "device", "pipe", "folder"])
def test_that_only_ordinary_files_are_opened_in_a_checkpoint(folder: RunFolder, part: str, kind: str) -> None:
    newest = list_checkpoints(folder.checkpoints)[-1]
    outside = folder.path.parent / "outside"
    shutil.copy(newest / part, outside)
    hostile.instead_of(newest / part, kind, outside)
    assert [path for path, _ in find_checkpoint(folder, folder.read()).passed_over] == [newest]


@pytest.mark.parametrize("kind", ["absolute link", "relative link", "device", "pipe", "folder"])
def test_that_only_ordinary_files_are_opened_as_episodes(folder: RunFolder, kind: str) -> None:
    path = sorted(folder.episodes.iterdir())[0]
    outside = folder.path.parent / "outside"
    shutil.copy(path, outside)
    hostile.instead_of(path, kind, outside)
    with pytest.raises(ReplayError, match=path.name):
        EpisodeStore(folder.episodes, 2**20).get(0)


@pytest.mark.parametrize(
    "part",
    ["config.json", "metrics.jsonl", "bookmarks.json", "lock", "episodes", "checkpoints", "tensorboard", "dreams"],
)
def test_that_a_run_with_a_link_out_of_it_is_refused_and_nothing_is_written_there(folder: RunFolder, part: str) -> None:
    outside = folder.path.parent / "outside"
    if not (folder.path / part).exists():
        (folder.path / part).write_text("mine")
    (folder.path / part).rename(outside)
    (folder.path / part).symlink_to(outside)
    before = contents(outside)
    with pytest.raises(RunError, match=r"is a link that leads out of the run: put"):
        plan_run(folder.path, base=folder.path, device="cpu")
    with pytest.raises(RunError, match=r"is a link that leads out of the run: put"):
        load_agent(folder, torch.device("cpu"))
    assert contents(outside) == before


def contents(path: Path) -> dict[str, bytes]:
    """Return every file at or below a path."""
    return {str(file): file.read_bytes() for file in (path, *path.rglob("*")) if file.is_file()}


def test_that_a_lock_that_is_a_link_or_a_pipe_is_refused_and_not_written_through(folder: RunFolder) -> None:
    precious, lock = folder.path.parent / "precious", folder.path / "lock"
    precious.write_text("mine")
    lock.unlink(missing_ok=True)
    lock.symlink_to(precious)
    with pytest.raises(OSError, match="lock"):
        RunLock(folder.path).acquire()
    assert precious.read_text() == "mine"
    with pytest.raises(RunError, match="is a link that leads out of the run"):
        open_trainer(folder, build_config("gym:Pendulum-v1", "tiny"), torch.device("cpu"))
    lock.unlink()
    os.mkfifo(lock)
    with pytest.raises(RunError, match="is not a file: remove it"):
        RunLock(folder.path).acquire()


def test_that_a_temporary_name_that_is_a_link_is_not_written_through(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    (tmp_path / "episode.tmp").symlink_to(precious)
    write_whole(tmp_path / "episode", b"an episode")
    assert precious.read_text() == "mine"
    assert (tmp_path / "episode").read_bytes() == b"an episode" and not (tmp_path / "episode").is_symlink()


def test_that_a_log_that_is_a_link_is_not_written_through(folder: RunFolder) -> None:
    precious = folder.path.parent / "precious"
    precious.write_text("mine")
    folder.metrics_file.unlink()
    folder.metrics_file.symlink_to(precious)
    with pytest.raises((OSError, ValueError), match=r"link"):
        MetricsLog(folder, keep_until_update=0)
    assert precious.read_text() == "mine"


@pytest.mark.parametrize(
    "task", ["gym:antigravity:CartPole-v1", "gym:./mine.py:CartPole-v1", "gym:Ant-v5?xml_file=/etc/passwd"]
)
def test_that_a_run_that_loads_code_or_files_opens_only_if_the_user_names_its_task(
    folder: RunFolder, task: str
) -> None:
    values = json.loads(folder.config_file.read_text())
    folder.config_file.write_text(json.dumps({**values, "task": task}))
    for plan in (lambda: plan_run(folder.path, base=folder.path, device="cpu"), lambda: plan_watching(folder.path)):
        with pytest.raises(RunError, match=f"can do anything.*add --task {re.escape(shlex.quote(task))}"):
            plan()
    assert plan_watching(folder.path, task).config.task == task
    assert plan_run(folder.path, base=folder.path, task=task, device="cpu").config.task == task


def test_that_a_run_of_a_task_with_numbers_opens_by_its_folder_alone(folder: RunFolder) -> None:
    values = json.loads(folder.config_file.read_text())
    task = "gym:FrozenLake-v1?is_slippery=False&success_rate=0.9"
    folder.config_file.write_text(json.dumps({**values, "task": task}))
    assert plan_run(folder.path, base=folder.path, device="cpu").config.task == task


@pytest.mark.parametrize("name", ["kind", "step", "update"])
def test_that_invalid_rows_are_left_out_of_the_history_and_the_others_kept(folder: RunFolder, name: str) -> None:
    good = read_history(folder).since(0)[0]
    with folder.metrics_file.open("a") as file:
        for odd in hostile.ODD_VALUES:
            could_be_a_count = type(odd) is int and 0 <= odd < 2**40
            if name == "kind" or not could_be_a_count:
                file.write(json.dumps({**good[0], name: odd}) + "\n")
    assert read_history(folder).since(0)[0] == good
