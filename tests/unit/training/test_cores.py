"""How many cores the updates compute on."""

import threading

import pytest
import torch

from dreamer_studio.training import cores


@pytest.mark.parametrize(("spare", "threads"), [(0, 3), (1, 2), (2, 1), (7, 1)])
def test_that_all_cores_but_the_spare_ones_compute(spare: int, threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cores, "all_cores", lambda: 3)
    seen = []

    def train() -> None:
        cores.leave_cores(spare)
        seen.append(torch.get_num_threads())

    before = torch.get_num_threads()
    thread = threading.Thread(target=train)
    thread.start()
    thread.join()
    torch.set_num_threads(before)
    assert seen == [threads]


def test_that_spare_cores_are_subtracted_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    cores.all_cores.cache_clear()
    monkeypatch.setattr(torch, "get_num_threads", lambda: 4)
    asked: list[int] = []
    monkeypatch.setattr(torch, "set_num_threads", asked.append)
    cores.leave_cores(1)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 3)
    cores.leave_cores(1)
    cores.all_cores.cache_clear()
    assert asked == [3, 3]
