"""Typing finds tasks."""

from __future__ import annotations

import pytest

from dreamer_studio.envs import TaskInfo
from dreamer_studio.viewing.new_run.task_search import groups, problem_of, search, typed_task
from tests.support.new_runs import TASK, TASKS, WALKER


def found(text: str, group: str = "") -> list[str]:
    return [info.task for info in search(TASKS, text, group)]


def test_that_tasks_are_found_by_words_of_name_and_note() -> None:
    assert found("") == [*(info.task for info in TASKS if not info.problem), "gym:BipedalWalker-v3"]
    assert found("WALK") == [WALKER, "gym:BipedalWalker-v3"]
    assert found("classic pend") == ["gym:Pendulum-v1"]
    assert found("cart", "gymnasium classic control") == [TASK]


def test_that_a_name_that_begins_with_the_text_comes_first() -> None:
    assert found("pendulum")[0] == "gym:Pendulum-v1"


def test_that_a_name_with_the_word_as_a_part_comes_before_a_name_with_its_letters() -> None:
    names = ("dmc:walker-stand", "dmc:walker-walk", "dmc:walker-run")
    assert next(info.task for info in search([TaskInfo(name, "") for name in names], "walk")) == "dmc:walker-walk"


def test_that_the_exact_name_comes_first_even_if_it_cannot_run() -> None:
    assert found("gym:BipedalWalker-v3")[0] == "gym:BipedalWalker-v3"


def test_that_a_misspelled_name_finds_the_nearest() -> None:
    assert TASK in found("gym:CartPol-v2")
    assert found("xqzw") == []


def test_that_a_family_is_named_without_what_is_missing() -> None:
    assert groups(TASKS) == {"DeepMind Control Suite": 2, "gymnasium Box2D": 1, "gymnasium classic control": 2}


@pytest.mark.parametrize("text", ["gym:my_module:Name-v0", "gym:./my_env.py:Drift-v0?speed=3.0", "dmc:dog-fetch"])
def test_that_a_task_that_is_not_listed_can_be_typed(text: str) -> None:
    assert typed_task(f" {text} ", TASKS) == text


def test_that_a_search_is_not_a_typed_task_and_a_malformed_task_says_what_is_wrong() -> None:
    assert (typed_task("walker", TASKS), typed_task(TASK, TASKS)) == ("", "")
    assert problem_of("walker", TASKS) == ""
    assert "tasks are written" in problem_of("gyn:Name-v0", TASKS)
