"""The worker of groups, on made run folders."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from dreamer_studio.library.groups import test_log
from dreamer_studio.library.groups.test_log import Unit
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.groups.messages import Averaging, ChosenGroup, GroupsRequest, GroupsResult
from dreamer_studio.viewing.groups.worker import GroupsWorker
from tests.support.listed_runs import row, write_run


class Groups:
    """The worker with its channel, over run folders of one task."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.channel: Channel[GroupsRequest, GroupsResult] = Channel()
        self.worker = GroupsWorker(self.channel, look_seconds=0.0)

    def group(self, name: str, *tests: Sequence[float], task: str = "gym:Pendulum-v1") -> ChosenGroup:
        runs = [write_run(self.root / f"{name}-{seed}", tests=each) for seed, each in enumerate(tests)]
        return ChosenGroup(name, task, tuple(runs))

    def ask(self, *groups: ChosenGroup, averaging: Averaging = Averaging.IQM) -> GroupsResult:
        self.channel.ask(GroupsRequest(groups, Unit.STEPS, averaging))
        return self.work()

    def work(self) -> GroupsResult:
        while self.worker.turn():
            pass
        result = self.channel.result
        assert result is not None
        return result


def test_that_a_group_is_averaged_where_all_its_runs_have_tests(tmp_path: Path) -> None:
    groups = Groups(tmp_path)
    fast = groups.group("fast", (10.0, 20.0, 30.0), (30.0, 40.0), (20.0, 30.0, 50.0), ())
    curve = groups.ask(fast, averaging=Averaging.MEAN).curves[0]
    assert (len(curve.runs), list(curve.across)) == (3, [100, 200])
    assert curve.average is not None
    assert (list(curve.average.value), curve.average.runs) == ([20.0, 30.0], 3)
    assert curve.average.low is not None
    assert 10.0 <= curve.average.low[0] < 20.0


def test_that_new_tests_change_the_answer_and_other_curves_stay(tmp_path: Path) -> None:
    groups = Groups(tmp_path)
    first, second = groups.group("a", (1.0, 2.0), (3.0, 4.0)), groups.group("b", (5.0, 6.0), (7.0, 8.0))
    before = groups.ask(first, second)
    with RunFolder(first.runs[0]).metrics_file.open("a") as log:
        log.write(row("test", 300, **{"return": 9.0, "length": 60}))
    after = groups.work()
    assert len(after.curves[0].runs[0]) == 3
    assert after.curves[1] is before.curves[1]


def test_that_the_log_of_a_group_that_is_chosen_again_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups = Groups(tmp_path)
    first, second = groups.group("a", (1.0, 2.0), (3.0, 4.0)), groups.group("b", (5.0, 6.0), (7.0, 8.0))
    before = groups.ask(first)
    groups.ask(second)
    monkeypatch.setattr(test_log, "rows_of_tests", lambda _: pytest.fail("a log was read again"))
    assert groups.ask(first).curves[0].runs == before.curves[0].runs


def test_that_rows_without_a_test_cost_no_new_answer(tmp_path: Path) -> None:
    groups = Groups(tmp_path)
    group = groups.group("a", (1.0, 2.0), (3.0, 4.0))
    before = groups.ask(group)
    with RunFolder(group.runs[0]).metrics_file.open("a") as log:
        log.write(row("update", 250, model_loss=1.0))
    assert groups.work() is before


def test_that_a_log_that_was_emptied_has_no_tests_any_more(tmp_path: Path) -> None:
    groups = Groups(tmp_path)
    group = groups.group("a", (1.0, 2.0), (3.0, 4.0))
    groups.ask(group)
    RunFolder(group.runs[0]).metrics_file.write_text("")
    assert len(groups.work().curves[0].runs) == 1


def test_that_two_groups_of_a_task_are_compared_at_their_last_common_step(tmp_path: Path) -> None:
    groups = Groups(tmp_path)
    better, worse = groups.group("a", (1.0, 8.0, 9.0), (2.0, 7.0)), groups.group("b", (0.0, 1.0), (0.0, 7.0))
    result = groups.ask(better, worse)
    assert result.comparison is not None
    assert (result.comparison.at, result.comparison.improvement.value) == (200, 3.5 / 4)
    shares = [profile.value for profile in result.comparison.profiles]
    assert all(share[0] == 1 and share[-1] == 0 for share in shares)
    other = groups.group("c", (0.0, 1.0), task="gym:CartPole-v1")
    refused = groups.ask(better, other)
    assert refused.comparison is None
    assert "different tasks" in refused.problem
    untested = groups.ask(better, groups.group("d", ()))
    assert untested.problem == "d has no test yet."


def test_that_a_log_that_cannot_be_read_is_named_and_the_other_runs_count(tmp_path: Path) -> None:
    groups = Groups(tmp_path)
    group = groups.group("a", (1.0, 2.0), (3.0, 4.0))
    log = RunFolder(group.runs[0]).metrics_file
    log.unlink()
    log.mkdir()
    curve = groups.ask(group).curves[0]
    assert "a-0 cannot be read" in curve.problem
    assert curve.average is not None
    assert (curve.average.runs, curve.average.low) == (1, None)
