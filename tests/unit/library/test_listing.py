"""The list of runs: what it says of each, and that it reads only what has changed."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dreamer_studio.library import log_facts
from dreamer_studio.library.entry import RunEntry, RunState
from dreamer_studio.library.labels import Label, write_label
from dreamer_studio.library.listing import RunList, list_runs
from dreamer_studio.library.reading import read_back, read_run
from dreamer_studio.library.sizes import Sizes, measure
from dreamer_studio.library.study_mark import KEPT_STUDY
from dreamer_studio.library.trash import move_to_trash, restore
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.last_failure import clear_failure, write_failure
from dreamer_studio.runs.lock import FILE as LOCK_FILE
from dreamer_studio.runs.lock import RunLock
from tests.support.listed_runs import BEGUN, held_elsewhere, row, write_checkpoint, write_run
from tests.support.other_trainer import say_elsewhere


def entry_of(path: Path, now: float | None = None) -> RunEntry:
    entry, known = read_run(path, now=now)
    while (more := read_back(known)) is not None:
        known = more
        entry = dataclasses.replace(entry, tests=known.entry.tests)
    return entry


def test_that_an_entry_says_task_preset_steps_tests_and_times(tmp_path: Path) -> None:
    path = write_run(tmp_path / "one", tests=(-80.0, -60.0, -70.0), step=350)
    entry = entry_of(path)
    assert (entry.name, entry.task, entry.preset) == ("one", "gym:Pendulum-v1", "tiny")
    assert (entry.step, entry.steps, entry.state) == (350, 1000, RunState.STOPPED)
    assert (entry.last_test, entry.tests, entry.last_return) == (-70.0, (-80.0, -60.0, -70.0), -50.0)
    assert (entry.created, entry.changed) == (BEGUN + 60, BEGUN + 350)
    assert (entry.problem, entry.note, entry.holder) == ("", "", None)


def test_that_a_run_that_has_reached_its_steps_is_finished_and_one_without_work_is_empty(tmp_path: Path) -> None:
    assert entry_of(write_run(tmp_path / "done", steps=100, step=100)).state is RunState.FINISHED
    assert entry_of(write_run(tmp_path / "begun")).state is RunState.EMPTY


def test_that_the_episodes_of_one_test_are_one_mean(tmp_path: Path) -> None:
    lines = [row("test", 500, **{"return": value, "length": 9}) for value in (1.0, 2.0, 6.0)]
    entry = entry_of(write_run(tmp_path / "one", tests=(5.0,), step=400, last=lines))
    assert entry.tests == (5.0, 3.0)


def test_that_the_log_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    old = '{"kind":"test","step":7,"update":1,"time":1.5,"return":3.5,"length":2}\n'
    assert entry_of(write_run(tmp_path / "one", last=[old])).tests == (3.5,)


def test_that_values_that_are_not_finite_and_lines_cut_short_are_skipped(tmp_path: Path) -> None:
    lines = [row("test", 500, **{"return": float("nan"), "length": 9}), '{"kind": "test", "step": 600, "upd']
    assert entry_of(write_run(tmp_path / "one", tests=(5.0,), last=lines)).tests == (5.0,)


def test_that_a_run_trained_by_this_process_is_distinguished_from_one_trained_by_another(tmp_path: Path) -> None:
    path = write_run(tmp_path / "one", step=100)
    lock = RunLock(path)
    lock.acquire()
    entry = entry_of(path)
    lock.release()
    assert entry.state is RunState.TRAINING_HERE and entry.holder is not None and entry.holder.ours
    assert entry_of(path).holder is None
    with held_elsewhere(path) as holder:
        entry = entry_of(path)
        assert entry.state is RunState.TRAINING_HERE and entry.holder is not None
        assert entry.holder.pid == holder.pid and not entry.holder.ours


def test_that_a_finished_or_failed_run_is_listed_as_such_while_a_window_shows_it(tmp_path: Path) -> None:
    finished, failed = write_run(tmp_path / "done", steps=100, step=100), write_run(tmp_path / "broken", step=100)
    write_failure(RunFolder(failed), "the disk is full")
    for path, state in ((finished, RunState.FINISHED), (failed, RunState.FAILED)):
        with held_elsewhere(path) as holder:
            entry = entry_of(path)
            assert (entry.state, entry.held) == (state, True)
            assert entry.holder is not None and entry.holder.pid == holder.pid
        assert not entry_of(path).held


def test_that_a_killed_training_is_listed_as_stopped_by_a_process_that_did_not_close_it(tmp_path: Path) -> None:
    path = write_run(tmp_path / "one", step=100)
    with held_elsewhere(path) as holder:
        pass
    entry = entry_of(path)
    assert entry.state is RunState.STOPPED
    assert entry.problem == f"process {holder.pid} ended without closing the run"


def test_that_a_run_on_another_machine_counts_as_training_until_it_has_been_silent_for_long(tmp_path: Path) -> None:
    path = write_run(tmp_path / "one", step=100)
    lock = path / LOCK_FILE
    lock.write_text("12 host-b\n")
    os.utime(lock, (BEGUN, BEGUN))
    entry = entry_of(path, BEGUN + 100 + 240)
    assert entry.state is RunState.TRAINING_ELSEWHERE
    assert entry.state_words(BEGUN + 100 + 60) == "training on host-b"
    assert entry.state_words(BEGUN + 100 + 240) == "training on host-b, silent for 4 min"
    gone = entry_of(path, BEGUN + 100 + 900)
    assert gone.state is RunState.STOPPED and gone.problem == "process 12 on host-b ended without closing the run"


def test_that_a_paused_run_on_another_machine_counts_as_training_while_it_gives_signs_of_life(tmp_path: Path) -> None:
    path = write_run(tmp_path / "one", step=100)
    (path / LOCK_FILE).write_text("7 moon\n")
    os.utime(path / LOCK_FILE, (BEGUN, BEGUN))
    say_elsewhere(path)
    now = RunFolder(path).status_file.stat().st_mtime
    entry = entry_of(path, now + 60)
    assert (entry.state, entry.problem) == (RunState.TRAINING_ELSEWHERE, "")
    gone = entry_of(path, now + 900)
    assert gone.state is RunState.STOPPED and gone.problem == "process 7 on moon ended without closing the run"


def test_that_a_failure_is_reported_until_training_continues(tmp_path: Path) -> None:
    path = write_run(tmp_path / "one", step=100)
    write_failure(RunFolder(path), "The environment failed 6 times in a row.\nThe last time: no license")
    failed = entry_of(path)
    assert failed.state is RunState.FAILED
    assert failed.problem == "The environment failed 6 times in a row. The last time: no license"
    clear_failure(RunFolder(path))
    assert entry_of(path).state is RunState.STOPPED
    RunFolder(path).failure_file.write_text("[]")
    assert entry_of(path).state is RunState.STOPPED


def break_config(path: Path) -> None:
    (path / "config.json").write_text('{"task": "gym:Pendulum-v1", "preset": "tiny", "no_such": 1}')


def cut_config(path: Path) -> None:
    (path / "config.json").write_text("{")


def remove_config(path: Path) -> None:
    (path / "config.json").unlink()


def remove_checkpoints(path: Path) -> None:
    shutil.rmtree(path / "checkpoints")


def remove_weights(path: Path) -> None:
    for weights in path.glob("checkpoints/*/weights.safetensors"):
        weights.unlink()


def link_log(path: Path) -> None:
    (path / "metrics.jsonl").unlink()
    (path / "metrics.jsonl").symlink_to("/dev/zero")


def fold_lock(path: Path) -> None:
    (path / LOCK_FILE).mkdir()


DAMAGES: dict[Callable[[Path], None], str] = {
    break_config: "unknown setting 'no_such'",
    cut_config: "cannot read the configuration",
    remove_config: "it has no config.json",
    remove_checkpoints: "its checkpoints are gone",
    remove_weights: "none of its checkpoints is whole",
    link_log: "is a link",
    fold_lock: "lock is not an ordinary file",
}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_that_a_damaged_run_is_listed_with_the_reason_in_one_line(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    path = write_run(tmp_path / "runs" / "one", tests=(1.0,), step=150)
    sound = write_run(tmp_path / "runs" / "two", step=150)
    damage(path)
    listed = {entry.path: entry for entry in list_runs([tmp_path / "runs"])}
    assert listed[path].state is RunState.DAMAGED
    assert DAMAGES[damage] in listed[path].problem and "\n" not in listed[path].problem
    assert listed[sound].state is RunState.STOPPED


def test_that_runs_of_several_folders_are_listed_once_newest_first(tmp_path: Path) -> None:
    old = write_run(tmp_path / "a" / "old", step=100)
    new = write_run(tmp_path / "b" / "new", step=300)
    middle = write_run(tmp_path / "c", step=200)
    (tmp_path / "a" / "notes").mkdir()
    (tmp_path / "a" / "other").symlink_to(new)
    (tmp_path / "a" / ".trash" / "gone").mkdir(parents=True)
    roots = [tmp_path / "a", tmp_path / "b", middle, tmp_path / "missing"]
    assert [entry.step for entry in list_runs(roots)] == [300, 200, 100]
    assert {entry.path for entry in list_runs(roots)} == {tmp_path / "a" / "other", middle, old}


def test_that_the_runs_of_a_study_are_listed_with_its_name_and_no_study_inside_it(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    plain = write_run(runs / "plain", step=100)
    seed = write_run(runs / "first" / "walk-seed0", step=200)
    write_run(runs / "first" / "second" / "walk-seed1", step=300)
    write_run(runs / "notes" / "hidden", step=400)
    for study in (runs / "first", runs / "first" / "second"):
        (study / KEPT_STUDY).touch()
    expected = {plain: "plain", seed: "first/walk-seed0"}
    assert {entry.path: entry.title for entry in list_runs([runs])} == expected
    assert {entry.path: entry.title for entry in list_runs([plain, runs / "first"])} == expected
    write_label(seed, Label("walker"))
    (entry,) = list_runs([seed])
    assert (entry.title, entry.study, entry.name) == ("first/walker", "first", "walker")
    assert (entry.as_dict()["study"], entry.as_dict()["name"]) == ("first", "walker")
    kept = move_to_trash(seed)
    assert list_runs([runs]) == list_runs([plain])
    restore(kept)
    assert len(list_runs([runs])) == 2


def test_that_a_label_replaces_the_name_in_the_list_and_not_the_folder(tmp_path: Path) -> None:
    path = write_run(tmp_path / "one", step=100)
    write_label(path, Label("  My\nwalker ", "A note\nof two lines"))
    entry = entry_of(path)
    assert (entry.name, entry.note, entry.path) == ("My walker", "A note\nof two lines", path)
    write_label(path, Label())
    assert entry_of(path).name == "one"
    (path / "label.json").write_text("[")
    assert entry_of(path).name == "one"


def test_that_the_time_to_the_end_of_a_training_comes_from_the_speed_of_its_last_minutes(tmp_path: Path) -> None:
    path = write_run(tmp_path / "one", steps=5000, tests=(1.0,) * 10)  # a step a second
    assert entry_of(path).seconds_left is None
    with held_elsewhere(path):
        runs = RunList()
        (entry,) = runs.list([tmp_path])
        assert entry.steps_per_s == pytest.approx(1.0)
        assert entry.seconds_left == pytest.approx(4000)
        assert read_run(path, pace=False)[0].steps_per_s is None
        with RunFolder(path).metrics_file.open("a") as log:  # twice as fast after a pause, at first too short to tell
            log.write(row("update", 1010, time=BEGUN + 3000) + row("update", 1050, time=BEGUN + 3020))
        assert runs.list([tmp_path])[0].seconds_left is None
        with RunFolder(path).metrics_file.open("a") as log:
            log.write(row("update", 1210, time=BEGUN + 3100))
        assert runs.list([tmp_path])[0].steps_per_s == pytest.approx(2.0)
    prefill = write_run(tmp_path / "two", last=[row("prefill", step, update=0) for step in range(100, 900, 50)])
    assert entry_of(prefill).steps_per_s is None


def test_that_a_second_listing_sees_every_change_and_reads_only_new_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_run(tmp_path / "one", tests=(1.0,), step=150)
    runs = RunList()
    first = runs.list([tmp_path])
    reads: list[int] = []
    whole = log_facts._with_block

    def counted(facts: log_facts.LogFacts, block: bytes) -> log_facts.LogFacts:
        reads.append(len(block))
        return whole(facts, block)

    monkeypatch.setattr(log_facts, "_with_block", counted)
    assert runs.list([tmp_path]) == first and not reads
    line = row("test", 200, **{"return": 2.0, "length": 3})
    with RunFolder(path).metrics_file.open("a") as log:
        log.write(line)
    assert runs.list([tmp_path])[0].tests == (1.0, 2.0) and reads == [len(line)]
    write_checkpoint(path, 900, number=1)
    assert runs.list([tmp_path])[0].step == 900
    write_label(path, Label("two"))
    assert runs.list([tmp_path])[0].name == "two"
    rewritten = path / "metrics.new"
    rewritten.write_text(row("train", 50, **{"return": 2.0, "length": 3}))
    rewritten.replace(RunFolder(path).metrics_file)
    assert runs.list([tmp_path])[0].tests == ()
    rewritten.write_text("".join(row("test", 10 * each, **{"return": 7.0, "length": 3}) for each in range(20)))
    rewritten.replace(RunFolder(path).metrics_file)  # longer than what was read
    assert runs.list([tmp_path])[0].tests == (7.0,) * 20
    shutil.rmtree(path)
    assert runs.list([tmp_path]) == ()


def test_that_the_end_of_a_long_log_is_read_from_a_whole_row_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_facts, "MOST_BYTES", 2000)
    monkeypatch.setattr(log_facts, "END_BYTES", 500)
    monkeypatch.setattr(log_facts, "BLOCK_BYTES", 500)
    path = write_run(tmp_path / "one", steps=10**5, tests=tuple(float(each) for each in range(100)))
    entry = entry_of(path)
    assert entry.tests and entry.tests == tuple(float(each) for each in range(100 - len(entry.tests), 100))
    assert entry.created == BEGUN + 60


@pytest.mark.parametrize("end_bytes", range(400, 800, 20))
def test_that_the_first_look_reads_the_end_and_the_rest_comes_in_pieces_with_nothing_lost_or_counted_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end_bytes: int
) -> None:
    monkeypatch.setattr(log_facts, "END_BYTES", end_bytes)
    monkeypatch.setattr(log_facts, "BLOCK_BYTES", end_bytes)
    episodes = [
        row("test", 100 * test, **{"return": test + part, "length": 9}) for test in range(20) for part in (0, 1)
    ]
    path = write_run(tmp_path / "one", steps=10**5, last=episodes)
    runs = RunList()
    first = runs.list([tmp_path])[0]
    assert (first.step, first.last_test) == (1900, 19.5) and len(first.tests) < 10
    with RunFolder(path).metrics_file.open("a") as log:
        log.write(row("test", 2000, **{"return": 7.0, "length": 9}))
    pieces = 0
    while runs.read_more():
        pieces += 1
    assert pieces > 3
    tests = tuple(test + 0.5 for test in range(20))
    assert runs.entries[0].tests == tests
    assert runs.list([tmp_path])[0].tests == (*tests, 7.0)


def test_that_reading_ends_with_enough_tests_and_the_oldest_of_them_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_facts, "END_BYTES", 1000)
    monkeypatch.setattr(log_facts, "BLOCK_BYTES", 1000)
    write_run(tmp_path / "one", steps=10**6, tests=tuple(float(each) for each in range(500)))
    runs = RunList()
    runs.list([tmp_path])
    pieces = 0
    while runs.read_more():
        pieces += 1
    assert runs.entries[0].tests == tuple(float(each) for each in range(500 - log_facts.KEPT_TESTS, 500))
    assert pieces < 20


def test_that_a_log_that_grew_much_is_read_from_its_end_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_facts, "END_BYTES", 1000)
    monkeypatch.setattr(log_facts, "MOST_NEW_BYTES", 2000)
    path = write_run(tmp_path / "one", steps=10**6, tests=(1.0,))
    runs = RunList()
    runs.list([tmp_path])
    with RunFolder(path).metrics_file.open("a") as log:
        log.writelines(row("test", 200 + step, **{"return": float(step), "length": 9}) for step in range(50))
    assert len(runs.list([tmp_path])[0].tests) < 50
    while runs.read_more():
        pass
    assert runs.entries[0].tests == (1.0, *map(float, range(50)))


def test_that_a_log_that_was_rewritten_meanwhile_is_left_to_the_next_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_facts, "END_BYTES", 400)
    path = write_run(tmp_path / "one", steps=10**5, tests=(1.0,) * 20)
    runs = RunList()
    before = runs.list([tmp_path])[0].tests
    (tmp_path / "other").write_text(row("test", 100, **{"return": 5.0, "length": 9}))
    (tmp_path / "other").replace(RunFolder(path).metrics_file)
    while runs.read_more():
        pass
    assert runs.entries[0].tests == before
    assert runs.list([tmp_path])[0].tests == (5.0,)


def test_that_a_file_that_can_be_read_again_is_read_again(tmp_path: Path) -> None:
    path = write_run(tmp_path / "one", step=100)
    runs = RunList()
    RunFolder(path).config_file.rename(tmp_path / "away")
    assert runs.list([tmp_path])[0].state is RunState.DAMAGED
    (tmp_path / "away").rename(RunFolder(path).config_file)
    assert runs.list([tmp_path])[0].state is RunState.STOPPED


def test_that_lines_that_are_no_rows_at_the_end_are_passed_over(tmp_path: Path) -> None:
    entry = entry_of(write_run(tmp_path / "one", step=100, last=["no row\n", "{}\n"]))
    assert (entry.step, entry.changed, entry.last_return) == (100, BEGUN + 100, -50.0)


def test_that_sizes_are_those_of_all_files_and_can_come_later(tmp_path: Path) -> None:
    path = write_run(tmp_path / "one", step=100)
    (path / "episodes" / "large").write_bytes(b"x" * 100_000)
    runs = RunList()
    assert runs.list([tmp_path])[0].size_bytes is None
    everything = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    assert runs.read_more() and not runs.read_more()
    assert runs.entries[0].size_bytes == everything
    assert runs.list([tmp_path])[0].size_bytes == everything and not runs.read_more()
    (path / "episodes" / "second").write_bytes(b"x" * 50_000)
    with RunFolder(path).metrics_file.open("a") as log:
        log.write(line := row("train", 200, **{"return": 2.0, "length": 3}))
    runs.list([tmp_path])
    assert runs.read_more()
    assert runs.entries[0].size_bytes == everything + 50_000 + len(line)


def test_that_a_list_needs_no_torch() -> None:
    modules = "from dreamer_studio.library import listing, table, thumbnail, trash"
    code = f"import sys; {modules}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_that_the_size_follows_a_file_that_grows_and_forgets_a_folder_that_is_gone(tmp_path: Path) -> None:
    events = tmp_path / "tensorboard" / "events"
    events.parent.mkdir()
    events.write_bytes(b"1234")
    (tmp_path / "checkpoints" / "000001").mkdir(parents=True)
    (tmp_path / "checkpoints" / "000001" / "weights").write_bytes(b"12")
    known: Sizes = {}
    assert measure(tmp_path, known) == 6
    with events.open("ab") as file:  # the folder stays as it is
        file.write(b"56")
    shutil.rmtree(tmp_path / "checkpoints" / "000001")
    assert measure(tmp_path, known) == 6
    assert set(known) == {tmp_path, events.parent, tmp_path / "checkpoints"}
