"""The workers of the page, with real environments."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pytest

from dreamer_studio.config import Config
from dreamer_studio.envs import WaitInterruptedError, build_config
from dreamer_studio.envs.interruption import GRACE_SECONDS, Interruption
from dreamer_studio.training.opening import choose_device
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.new_run import measure_worker as measure_module
from dreamer_studio.viewing.new_run import preview_worker as preview_module
from dreamer_studio.viewing.new_run import waits as waits_module
from dreamer_studio.viewing.new_run.device_worker import DeviceWorker
from dreamer_studio.viewing.new_run.measure_worker import MeasureWorker
from dreamer_studio.viewing.new_run.measurements import Measurements
from dreamer_studio.viewing.new_run.messages import Measurement, MeasureRequest, NewRunChannels, NotMeasured, Preview
from dreamer_studio.viewing.new_run.preview_worker import FRAMES, PreviewWorker
from dreamer_studio.viewing.new_run.program import Ended
from dreamer_studio.viewing.new_run.tasks_worker import DefaultsWorker, TasksWorker
from dreamer_studio.viewing.new_run.waits import WaitingWorker
from dreamer_studio.viewing.worker import RETRY_SECONDS, Shift, Worker
from tests.support.environment_processes import FAULTY, environment_processes, no_process_left
from tests.support.listed_runs import held_elsewhere, write_run
from tests.support.new_runs import TASK

__all__ = ["no_process_left"]

PATIENCE = 120.0


def work(worker: Worker, done: Callable[[], bool]) -> None:
    """Give turns until the condition holds."""
    shift, deadline = Shift(), time.monotonic() + PATIENCE
    while not done():
        shift.turn((worker,))
        assert time.monotonic() < deadline


def test_that_a_preview_shows_an_episode_of_random_actions_and_ends_its_process() -> None:
    channel: Channel[Config, Preview] = Channel()
    worker = PreviewWorker(channel)
    channel.ask(build_config(TASK, "tiny"))
    work(worker, lambda: channel.result is not None)
    assert environment_processes()
    work(worker, lambda: bool((answer := channel.newest()) and answer.done))
    preview = channel.result
    assert preview is not None
    assert preview.frames.shape == (FRAMES, 64, 64, 3)
    assert (preview.frames[1:20] != preview.frames[:19]).any()
    assert preview.first_length == preview.first_return  # a reward of 1 for each action
    assert preview.spec.action_names == ("push left", "push right")
    assert not environment_processes()


def test_that_a_withdrawn_or_hidden_preview_ends_its_process() -> None:
    channel: Channel[Config, Preview] = Channel()
    worker = PreviewWorker(channel)
    for stop in (channel.withdraw, lambda: setattr(channel, "visible", False)):
        channel.visible = True
        channel.ask(build_config(TASK, "tiny"))
        work(worker, lambda: channel.result is not None)
        stop()
        worker.turn()
        assert not environment_processes()


@pytest.mark.parametrize(
    ("task", "words"),
    [("gym:CartPol-v1", "did you mean"), (f"{FAULTY}?speed=3", "speed"), ("dmc:walker-fly", "unknown")],
)
def test_that_a_preview_that_fails_says_why(task: str, words: str) -> None:
    channel: Channel[Config, Preview] = Channel()
    worker = PreviewWorker(channel)
    channel.ask(build_config(task, "tiny"))
    work(worker, lambda: channel.newest() is not None)
    answer = channel.newest()
    assert answer is not None
    assert answer.failure is not None
    assert words in answer.failure.reason
    assert not answer.failure.unexpected


def test_that_a_preview_that_breaks_is_reported_and_the_next_one_works(monkeypatch: pytest.MonkeyPatch) -> None:
    channel: Channel[Config, Preview] = Channel()
    worker = PreviewWorker(channel)
    with monkeypatch.context() as patch:
        patch.setattr(preview_module, "random_action", lambda *_: 1 / 0)
        channel.ask(build_config(TASK, "tiny"))
        work(worker, lambda: bool((answer := channel.newest()) and answer.failure))
    answer = channel.newest()
    assert answer is not None and answer.failure is not None
    assert answer.failure.unexpected
    assert not environment_processes()
    time.sleep(RETRY_SECONDS)
    channel.ask(build_config(TASK, "tiny"))
    work(worker, lambda: bool((answer := channel.newest()) and answer.done and not answer.failure))


def test_that_a_newer_preview_does_not_wait_for_an_environment_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    channel: Channel[Config, Preview] = Channel()
    worker = PreviewWorker(channel)
    monkeypatch.setattr(preview_module, "random_action", lambda spec, _: np.eye(spec.action_size, dtype=np.float32)[2])
    channel.ask(build_config(FAULTY, "tiny"))  # its third action hangs
    work(worker, lambda: channel.result is not None)
    thread = threading.Thread(target=worker.turn)
    thread.start()
    time.sleep(0.3)
    channel.ask(build_config(TASK, "tiny"))
    worker.drop()
    thread.join(PATIENCE)
    monkeypatch.undo()
    work(worker, lambda: bool((answer := channel.newest()) and answer.done))
    assert channel.result is not None
    assert channel.result.spec.task == TASK


def waiting() -> tuple[WaitingWorker[str, str], int]:
    """A worker that has taken a request, and the request's generation."""
    worker: WaitingWorker[str, str] = WaitingWorker(Channel())
    worker.channel.ask("task")
    taken = worker.channel.take()
    assert taken is not None
    return worker, taken[0]


def test_that_a_dropped_wait_does_not_end_the_next_one() -> None:
    worker, generation = waiting()
    worker.drop()
    with worker.wait(generation) as first:
        worker.drop()
    with worker.wait(generation) as second:
        time.sleep(GRACE_SECONDS)
        assert (first.due, second.due) == (True, False)
        worker.give_up()
    with worker.wait(generation) as third:
        time.sleep(GRACE_SECONDS)
        assert third.due


def test_that_the_tasks_of_this_machine_are_listed_with_what_is_missing() -> None:
    channels = NewRunChannels()
    channels.tasks.ask(None)
    work(TasksWorker(channels.tasks), lambda: channels.tasks.newest() is not None)
    survey = channels.tasks.result
    assert survey is not None
    by_name = {info.task: info for info in survey.tasks}
    assert not by_name[TASK].problem
    for info in survey.tasks:
        assert bool(info.install) <= bool(info.problem)
        assert info.install in info.problem


def test_that_giving_up_ends_the_listing() -> None:
    channels = NewRunChannels()
    worker = TasksWorker(channels.tasks)
    channels.tasks.ask(None)
    worker.give_up()
    time.sleep(0.4)
    assert worker.turn()
    assert channels.tasks.newest() is None
    assert not environment_processes()


def test_that_the_settings_of_a_task_come_for_each_preset() -> None:
    channels = NewRunChannels()
    worker = DefaultsWorker(channels.defaults)
    channels.defaults.ask(TASK)
    work(worker, lambda: channels.defaults.newest() is not None)
    found = channels.defaults.result
    assert found is not None
    assert found.configs["tiny"] == build_config(TASK, "tiny")
    assert set(found.configs) == {"paper", "laptop", "tiny"}


def test_that_the_device_is_the_one_that_the_command_chooses() -> None:
    channel: Channel[str, str] = Channel()
    worker = DeviceWorker(channel)
    channel.ask("auto")
    work(worker, lambda: channel.newest() is not None)
    assert channel.result == choose_device("auto").type
    channel.ask("abacus")
    work(worker, lambda: bool((answer := channel.newest()) and answer.failure))
    answer = channel.newest()
    assert answer is not None and answer.failure is not None
    assert "available here: " in answer.failure.reason
    assert not environment_processes()


def test_that_this_machine_is_measured_and_the_figures_are_kept() -> None:
    channels, measurements = NewRunChannels(), Measurements(None)
    worker = MeasureWorker(channels.measure, measurements)
    config = build_config(TASK, "tiny", {"horizon": 4})
    channels.measure.ask(MeasureRequest(config))
    work(worker, lambda: channels.measure.newest() is not None)
    measured = channels.measure.result
    assert isinstance(measured, Measurement)
    assert measured == measurements.find(config, "auto", exact=True)
    assert 0 < measured.fastest_s <= measured.slowest_s
    assert min(measured.updates, measured.step_s, measured.memory_bytes, measured.row_bytes) > 0


def answered(channels: NewRunChannels, request: MeasureRequest, worker: MeasureWorker) -> object:
    """Return the result of a request, and forget the request."""
    channels.measure.ask(request)
    work(worker, lambda: channels.measure.newest() is not None)
    result = channels.measure.result
    channels.measure.withdraw()
    return result


def test_that_nothing_is_measured_unasked_while_a_run_trains_or_memory_is_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    def verb(arguments: list[str], *_: object) -> Ended:
        asked.append(arguments)
        return Ended(2, "", "dreamer-studio: not today")

    monkeypatch.setattr(measure_module, "run_verb", verb)
    channels = NewRunChannels()
    worker = MeasureWorker(channels.measure, Measurements(None), "cpu")
    config = build_config(TASK, "tiny")
    automatic = MeasureRequest(config, automatic=True, roots=(tmp_path,))
    with held_elsewhere(write_run(tmp_path / "one", step=100)):
        refused = answered(channels, automatic, worker)
        assert isinstance(refused, NotMeasured)
        assert refused.reason == "one trains here, and a measurement would slow it down"
    monkeypatch.setattr(measure_module, "LEAST_FREE_BYTES", 2**60)
    refused = answered(channels, automatic, worker)
    assert isinstance(refused, NotMeasured) and "of memory" in refused.reason
    assert not asked
    assert answered(channels, MeasureRequest(config), worker) is None  # the user asks: it is tried
    (arguments,) = asked
    assert arguments[arguments.index("--device") + 1] == "cpu"


def measuring_processes() -> list[psutil.Process]:
    """Return the processes started by this one that measure."""
    found = []
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if "bench" in process.cmdline():
                found.append(process)
    return found


def test_that_a_canceled_measurement_ends_its_processes() -> None:
    channels = NewRunChannels()
    worker = MeasureWorker(channels.measure, Measurements(None))
    channels.measure.ask(MeasureRequest(build_config(TASK, "tiny")))
    thread = threading.Thread(target=worker.turn)
    thread.start()
    deadline = time.monotonic() + PATIENCE
    while not measuring_processes():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    channels.measure.withdraw()
    worker.drop()
    thread.join(PATIENCE)
    while measuring_processes():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert channels.measure.newest() is None


def test_that_a_measurement_that_fails_says_why() -> None:
    channels = NewRunChannels()
    worker = MeasureWorker(channels.measure, Measurements(None))
    channels.measure.ask(MeasureRequest(build_config("gym:CartPol-v1", "tiny")))
    work(worker, lambda: channels.measure.newest() is not None)
    answer = channels.measure.newest()
    assert answer is not None
    assert answer.failure is not None
    assert "did you mean gym:CartPole-v1" in answer.failure.reason


def test_that_the_page_needs_no_torch() -> None:
    heavy = ("torch", "gymnasium", "dm_control", "pyqtgraph")
    script = (
        "import sys\nimport dreamer_studio.studio.new_run.page\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_that_a_wait_that_begins_as_the_page_closes_ends_too(monkeypatch: pytest.MonkeyPatch) -> None:
    worker, generation = waiting()
    closing = threading.Thread(target=worker.give_up)

    class Slow(Interruption):
        """Closes the page between the look at the page and the wait."""

        def __init__(self) -> None:
            super().__init__()
            closing.start()
            closing.join(0.2)

    monkeypatch.setattr(waits_module, "Interruption", Slow)
    with worker.wait(generation) as interruption:
        closing.join()
        time.sleep(2 * GRACE_SECONDS)
        assert interruption.due


def test_that_nothing_is_awaited_for_a_request_withdrawn_before_the_wait() -> None:
    worker, generation = waiting()
    worker.channel.withdraw()
    worker.drop()
    with pytest.raises(WaitInterruptedError), worker.wait(generation):
        pytest.fail("the worker waits for an answer that nobody wants")
