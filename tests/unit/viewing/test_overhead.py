import threading
import time

from dreamer_studio.viewing.overhead import ViewerOverhead


def test_that_the_overhead_adds_the_processor_time_of_all_clocks() -> None:
    busy, ended = threading.Event(), threading.Event()
    used = [0.0]

    def work() -> None:
        while not ended.is_set():
            used[0] = time.thread_time()
            if not busy.is_set():
                busy.wait(0.01)

    thread = threading.Thread(target=work)
    thread.start()
    cost = ViewerOverhead((time.thread_time, lambda: used[0]))
    assert cost.take() is None
    time.sleep(0.3)
    idle = cost.take()
    busy.set()
    until = time.thread_time() + 0.3
    while time.thread_time() < until:
        pass
    both = cost.take()
    ended.set()
    thread.join()
    assert idle is not None and both is not None and cost.newest == both
    assert idle < both
