"""The channel between window and workers."""

from __future__ import annotations

import threading
from collections import Counter

from dreamer_studio.viewing.channel import AnswerReader, Channel, Commands, Reply


def test_that_a_request_is_taken_once() -> None:
    channel: Channel[str, int] = Channel()
    assert channel.take() is None
    generation = channel.ask("a")
    assert channel.take() == (generation, "a")
    assert channel.take() is None


def test_that_a_newer_request_replaces_one_that_was_not_taken() -> None:
    channel: Channel[str, int] = Channel()
    channel.ask("a")
    newer = channel.ask("b")
    assert channel.take() == (newer, "b")
    assert channel.take() is None
    assert channel.request == "b"


def test_that_an_answer_to_an_older_request_is_dropped() -> None:
    channel: Channel[str, int] = Channel()
    older = channel.ask("a")
    channel.take()
    channel.answer(older, 1, done=False)
    assert channel.wants(older)
    newer = channel.ask("b")
    assert not channel.wants(older) and not channel.wants(newer)
    channel.answer(older, 2)
    channel.fail(older, "too late")
    answer = channel.newest()
    assert answer is not None and (answer.generation, answer.result, answer.failure) == (older, 1, None)
    channel.take()
    assert not channel.wants(older) and channel.wants(newer)
    channel.answer(newer, 3)
    assert channel.result == 3 and not channel.wants(newer)


def test_that_a_result_may_come_in_parts() -> None:
    channel: Channel[str, int] = Channel()
    generation = channel.ask("a")
    channel.take()
    for part in (1, 2):
        channel.answer(generation, part, done=False)
        answer = channel.newest()
        assert answer is not None and (answer.result, answer.done) == (part, False)
        assert channel.newest() is answer
    channel.answer(generation, 3)
    answer = channel.newest()
    assert answer is not None and (answer.result, answer.done) == (3, True)


def test_that_a_failure_is_an_answer_that_keeps_the_last_result() -> None:
    channel: Channel[str, int] = Channel()
    channel.answer(channel.ask("a"), 1)
    generation = channel.ask("b")
    channel.take()
    channel.fail(generation, "no such frame")
    answer = channel.newest()
    assert answer is not None and answer.failure is not None
    assert (answer.generation, answer.result, answer.done) == (generation, 1, True)
    assert (answer.failure.reason, answer.failure.unexpected) == ("no such frame", False)
    channel.answer(channel.ask("c"), 2)
    answer = channel.newest()
    assert answer is not None and (answer.result, answer.failure) == (2, None)


def test_that_a_worker_that_breaks_fails_the_request_it_has_taken_and_no_other() -> None:
    channel: Channel[str, int] = Channel()
    channel.fail_taken("broken", details="where")
    assert channel.newest() is None  # nothing was taken
    done = channel.ask("a")
    channel.take()
    channel.answer(done, 1)
    channel.fail_taken("broken", details="where")
    answer = channel.newest()
    assert answer is not None and answer.failure is None  # it was done
    begun = channel.ask("b")
    channel.take()
    channel.answer(begun, 2, done=False)
    channel.fail_taken("broken", details="where")
    answer = channel.newest()
    assert answer is not None and answer.failure is not None
    assert (answer.generation, answer.result, answer.failure.unexpected) == (begun, 2, True)
    assert not channel.wants(begun)
    channel.ask("c")
    channel.take()
    newer = channel.ask("d")
    channel.fail_taken("broken", details="where")
    assert channel.newest() is answer  # a newer request has come, and is taken next
    assert channel.take() == (newer, "d")


def test_that_a_request_waits_while_its_channel_is_hidden() -> None:
    channel: Channel[str, int] = Channel(visible=False)
    generation = channel.ask("a")
    assert channel.take() is None and not channel.wants(generation)
    channel.visible = True
    assert channel.take() == (generation, "a") and channel.wants(generation)
    channel.visible = False
    assert not channel.wants(generation)


def test_that_a_request_that_is_put_back_is_taken_again_unless_a_newer_one_has_come() -> None:
    channel: Channel[str, int] = Channel()
    generation = channel.ask("a")
    channel.take()
    channel.put_back(generation)
    channel.fail_taken("broken")
    assert channel.newest() is None
    assert channel.take() == (generation, "a")
    newer = channel.ask("b")
    channel.put_back(generation)
    assert channel.take() == (newer, "b")
    channel.put_back(generation)
    assert channel.take() is None
    channel.answer(newer, 1)
    channel.put_back(newer)
    assert channel.take() is None


def test_that_after_a_withdrawal_there_is_neither_request_nor_answer() -> None:
    channel: Channel[str, int] = Channel()
    generation = channel.ask("a")
    channel.answer(generation, 1)
    channel.withdraw()
    assert (channel.request, channel.newest(), channel.take()) == (None, None, None)
    channel.answer(generation, 2)
    channel.put_back(generation)
    channel.put_back(channel.generation)
    assert (channel.newest(), channel.take()) == (None, None)


def test_that_a_request_may_be_none() -> None:
    channel: Channel[None, int] = Channel()
    assert not channel.asked and not channel.wants(0)
    generation = channel.ask(None)
    assert channel.asked and channel.take() == (generation, None)
    channel.put_back(generation)
    assert channel.take() == (generation, None)
    channel.withdraw()
    assert not channel.asked


def test_that_a_standing_request_is_made_once_and_again_after_a_failure() -> None:
    channel: Channel[None, int] = Channel()
    for _ in range(3):
        channel.stand(None)
    first = channel.generation
    assert channel.take() == (first, None)
    channel.answer(first, 1, done=False)
    channel.stand(None)
    assert channel.generation == first and channel.take() is None
    channel.fail_taken("broken", details="where")
    for _ in range(3):
        channel.stand(None)
    assert channel.take() == (first + 1, None)
    channel.stand(None)
    assert channel.wants(first + 1)


def test_that_another_standing_request_replaces_the_first() -> None:
    channel: Channel[str, int] = Channel()
    for request in ("a", "a", "b", "b"):
        channel.stand(request)
    assert channel.take() == (2, "b")


def test_that_a_reader_gets_each_answer_once() -> None:
    channel: Channel[str, int] = Channel()
    reader = AnswerReader(channel)
    assert reader.fresh() is None
    generation = channel.ask("a")
    for part in (1, 2):
        channel.answer(generation, part, done=part == 2)
        answer = reader.fresh()
        assert answer is not None and answer.result == part
        assert reader.fresh() is None


def test_that_a_reader_skips_the_answer_to_a_replaced_request() -> None:
    channel: Channel[str, int] = Channel()
    reader = AnswerReader(channel)
    channel.answer(channel.ask("a"), 1)
    newer = channel.ask("b")
    assert reader.current() is None
    channel.answer(newer, 2)
    answer = reader.current()
    assert answer is not None and answer.result == 2
    assert reader.current() is None


def test_that_many_threads_take_each_request_once_and_every_command_in_order() -> None:
    channel: Channel[int, int] = Channel()
    commands: Commands[int] = Commands()
    taken: Counter[int] = Counter()
    obeyed: list[list[int]] = [[], []]
    over = threading.Event()

    def work(own: list[int]) -> None:
        while not over.is_set():
            request, command = channel.take(), commands.take()
            if request is not None:
                taken[request[0]] += 1
            if command is not None:
                own.append(command)

    threads = [threading.Thread(target=work, args=(own,)) for own in obeyed]
    for thread in threads:
        thread.start()
    for number in range(5000):
        channel.ask(number)
        commands.send(number)
    over.set()
    for thread in threads:
        thread.join()
    left = []
    while (command := commands.take()) is not None:
        left.append(command)
    assert max(taken.values(), default=1) == 1
    assert sorted([*obeyed[0], *obeyed[1], *left]) == list(range(5000))
    assert all(own == sorted(own) for own in (*obeyed, left))


def test_that_each_command_is_taken_once_and_each_reply_is_read_once() -> None:
    commands: Commands[str] = Commands()
    commands.send("a")
    commands.send("b")
    assert commands.take() == "a"
    commands.reply("done")
    assert commands.take() == "b"
    commands.fail_taken("MemoryError: full", details="where")
    assert commands.take() is None
    commands.fail_taken("while nothing was obeyed")
    replies, place = commands.replies_since(0)
    assert replies == [Reply("done"), Reply("MemoryError: full", bad=True)]
    assert commands.replies_since(place) == ([], 2)
