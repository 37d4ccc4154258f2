"""Rules that pause a training, alone and in a session."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.session import (
    START,
    CommandRefusedError,
    PauseRule,
    Quit,
    Resume,
    RuleFired,
    SetPauseRules,
    State,
)
from dreamer_studio.session.pause_file import PauseFileError, read_pause_rules, write_pause_rules
from dreamer_studio.session.pause_rules import MOST_RULES, PauseRules
from dreamer_studio.training.events import EpisodeEnded, Event, PhaseBegins, UpdateDone, UpdateSkipped
from tests.support.driven_session import Drive
from tests.support.toy import comparable, finish, toy_trainer

SOME = PhaseBegins("collecting")


def episode(kind: str, total: float) -> Event:
    return EpisodeEnded(kind, total, 10, "terminated")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rule", "passes", "fires"),
    [
        (PauseRule("return", "above", 5.0), episode("train", 5.0), episode("train", 5.1)),
        (PauseRule("return", "below", 5.0), episode("train", 5.0), episode("train", 4.9)),
        (PauseRule("return", "above", 5.0), episode("test", 9.0), episode("train", 9.0)),
        (PauseRule("return", "above", 5.0), episode("prefill", 9.0), episode("train", 9.0)),
        (PauseRule("test", "above", 5.0), episode("train", 9.0), episode("test", 9.0)),
        (PauseRule("entropy", "below", 0.1), UpdateDone({"actor_entropy": 0.2}), UpdateDone({"actor_entropy": 0.05})),
        (PauseRule("kl", "above", 9.0), UpdateDone({"actor_entropy": 99.0, "kl": 8.0}), UpdateDone({"kl": 9.5})),
        (PauseRule("skip"), UpdateDone({"kl": 8.0}), UpdateSkipped("skipped")),
    ],
    ids=str,
)
def test_that_a_rule_fires_only_at_its_own_quantity_and_only_once(rule: PauseRule, passes: Event, fires: Event) -> None:
    rules = PauseRules()
    rules.set([rule])
    assert rules.look(passes, 100) == ()
    (fired,) = rules.look(fires, 120)
    assert (fired.rule, fired.step) == (rule, 120) and rules.rules == ()
    assert rules.look(fires, 140) == ()


def test_that_steps_and_minutes_fire_at_any_event_once_they_are_reached() -> None:
    now = [1000.0]
    rules = PauseRules(lambda: now[0])
    steps, late = PauseRule("step", bound=50), PauseRule("minutes", bound=2)
    rules.set([steps, late])
    assert rules.look(SOME, 49) == ()
    assert rules.look(SOME, 50) == (RuleFired(steps, 50.0, 50),)
    now[0] += 60.0
    rules.set([late, PauseRule("kl")])  # a rule that stays keeps its beginning
    now[0] += 59.0
    assert rules.look(SOME, 60) == ()
    now[0] += 1.0
    assert rules.look(SOME, 60)[0].rule == late


def test_that_all_rules_that_hold_at_an_event_fire_together() -> None:
    rules = PauseRules()
    both = [PauseRule("kl", "above", 1.0), PauseRule("entropy", "below", 1.0)]
    rules.set([*both, PauseRule("kl", "above", 9.0)])
    fired = rules.look(UpdateDone({"kl": 2.0, "actor_entropy": 0.5}), 7)
    assert [each.rule for each in fired] == both
    assert rules.rules == (PauseRule("kl", "above", 9.0),)


@pytest.mark.parametrize(
    "make",
    [
        lambda: PauseRule("retrun"),  # type: ignore[arg-type]
        lambda: PauseRule("kl", "beside"),  # type: ignore[arg-type]
        lambda: PauseRule("kl", "above", float("nan")),
        lambda: PauseRule("step", "above", 0),
        lambda: PauseRule("minutes", "below", 5),
    ],
)
def test_that_an_invalid_rule_is_refused(make: Callable[[], PauseRule]) -> None:
    with pytest.raises(ValueError, match=r"no rule pauses when|finite number|more than 0|only be reached"):
        make()


def test_that_rules_say_what_they_wait_for_and_what_they_found() -> None:
    assert str(PauseRule("return", "above", 200)) == "the return of a training episode is above 200"
    assert str(PauseRule("step", bound=20000)) == "20,000 environment steps are done"
    fired = RuleFired(PauseRule("entropy", "below", 0.1), 0.04321, 12300)
    assert str(fired) == "the policy entropy (nats) is below 0.1 (it is 0.04321), at step 12,300"


def test_that_rules_are_written_read_and_removed(tmp_path: Path) -> None:
    file = RunFolder(tmp_path).pause_rules
    rules = (PauseRule("kl", "above", 3.5), PauseRule("skip"), PauseRule("step", bound=1000))
    write_pause_rules(rules, file)
    assert read_pause_rules(file) == rules
    write_pause_rules((), file)
    assert not file.exists() and read_pause_rules(file) == ()


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        '{"pause_when": 3}',
        '{"pause_when": [{"quantity": "luck"}]}',
        '{"pause_when": [{"bound": "9", "quantity": "kl"}]}',
        '{"pause_when": [{"quantity": "kl", "extra": 1}]}',
        '{"pause_when": [{"quantity": "kl", "bound": NaN}]}',
        '{"pause_when": [{"quantity": "step", "bound": 1%s}]}' % ("0" * 400),
        json.dumps({"pause_when": [{"quantity": "step", "bound": 1 + n} for n in range(MOST_RULES + 1)]}),
    ],
)
def test_that_an_invalid_file_of_rules_is_refused_by_name(tmp_path: Path, content: str) -> None:
    file = tmp_path / "pause_when.json"
    file.write_text(content)
    with pytest.raises(PauseFileError, match=r"pause_when\.json"):
        read_pause_rules(file)


def test_that_a_rule_pauses_the_training_which_continues_with_the_same_numbers(drive: Drive, tmp_path: Path) -> None:
    driver = drive(paused=True)
    driver.wait_for_state(State.PAUSED)
    rules = (PauseRule("return", "above", 20.0), PauseRule("step", bound=50), PauseRule("kl", "below", -1.0))
    assert driver.ask(SetPauseRules(rules)).startswith("Pauses when the return of a training episode is above 20 or")
    driver.ask(Resume())
    status = driver.wait_for(lambda status: bool(status.paused_by))
    assert status.state is State.PAUSED and status.failure is None
    assert status.paused_by[0].rule == rules[0] and status.paused_by[0].value == 28.0
    assert status.pause_rules == rules[1:] == read_pause_rules(RunFolder(status.folder).pause_rules)
    driver.ask(Resume())
    status = driver.wait_for(lambda status: any(each.rule == rules[1] for each in status.paused_by))
    assert status.step == 50
    driver.ask(Resume())
    status = driver.wait_for_state(State.FINISHED)
    assert status.paused_by == () and status.pause_rules == rules[2:]
    alone = finish(toy_trainer(tmp_path / "alone"))
    assert comparable(driver.session.rows_since(START)[0]) == comparable(alone.log.rows)


def test_that_the_rules_of_a_run_apply_again_after_a_resume(drive: Drive) -> None:
    rule = PauseRule("step", bound=40)
    first = drive(paused=True)
    first.wait_for_state(State.PAUSED)
    first.ask(SetPauseRules((rule,)))
    first.ask(Quit())
    first.thread.join()
    again = drive(start=False)
    again.path = first.path
    again.thread.start()
    status = again.wait_for(lambda status: bool(status.paused_by))
    assert status.paused_by[0].rule == rule and status.step == 40 and status.pause_rules == ()
    assert not RunFolder(first.path).pause_rules.exists()


def test_that_a_damaged_file_of_rules_is_reported_and_does_not_stop_the_run(drive: Drive) -> None:
    driver = drive(start=False)
    driver.path.mkdir()
    finish(toy_trainer(driver.path, steps=30))
    RunFolder(driver.path).pause_rules.write_text("{")
    driver.thread.start()
    driver.wait_for_state(State.FINISHED)
    told = [each.text for each in driver.session.recoveries.since(0)[0]]
    assert any(text.startswith("No rule pauses this training: pause_when.json") for text in told)


def test_that_too_many_rules_are_refused_and_the_others_stay(drive: Drive) -> None:
    driver = drive(paused=True)
    driver.wait_for_state(State.PAUSED)
    driver.ask(SetPauseRules((PauseRule("skip"),)))
    many = tuple(PauseRule("step", bound=1 + number) for number in range(MOST_RULES + 1))
    with pytest.raises(CommandRefusedError, match="at most 20 rules"):
        driver.ask(SetPauseRules(many))
    assert driver.session.status.get().pause_rules == (PauseRule("skip"),)
    assert driver.ask(SetPauseRules(())) == "No rule pauses the training"


def test_that_a_rule_that_cannot_be_saved_does_not_apply(drive: Drive, monkeypatch: pytest.MonkeyPatch) -> None:
    driver = drive(paused=True)
    driver.wait_for_state(State.PAUSED)

    def full(*_: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr("dreamer_studio.session.pause_file.write_pause_rules", full)
    with pytest.raises(OSError, match="no room"):
        driver.ask(SetPauseRules((PauseRule("skip"),)))
    assert driver.session.status.get().pause_rules == ()
