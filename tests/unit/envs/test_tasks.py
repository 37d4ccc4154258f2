import pytest

from dreamer_studio.envs import UnknownTaskError, check_task_name
from dreamer_studio.envs.suites.suggestions import nearest_names

NAMES = (
    "dmc:walker-walk",
    "dmc:walker-run",
    "dmc:ball_in_cup-catch",
    "gym:CartPole-v1",
    "gym:CarRacing-v3",
    "gym:some.long_package.envs:Moon-v1",
)


@pytest.mark.parametrize("task", ["dmc:walker-walk", "gym:CartPole-v1", "gym:ALE/Pong-v5", "gym:my.module:Name-v0"])
def test_that_well_written_names_pass(task: str) -> None:
    check_task_name(task)


@pytest.mark.parametrize(
    ("task", "guess"),
    [
        ("walker-walk", "dmc:walker-walk"),
        ("dm:walker-walk", "dmc:walker-walk"),
        ("CartPole-v1", "gym:CartPole-v1"),
        ("gymnasium:ALE/Pong-v5", "gym:ALE/Pong-v5"),
    ],
)
def test_that_a_name_without_its_prefix_is_refused_with_the_probable_name(task: str, guess: str) -> None:
    with pytest.raises(UnknownTaskError, match=f"did you mean {guess}"):
        check_task_name(task)


@pytest.mark.parametrize("task", ["gym:x y", "gmy:x y", "dmc:walker walk"])
def test_that_no_guess_is_refused_itself(task: str) -> None:
    with pytest.raises(UnknownTaskError) as refused:
        check_task_name(task)
    assert "did you mean" not in str(refused.value)


@pytest.mark.parametrize("task", ["", "dmc:", "gym:", "walker", "dmc: walker-walk"])
def test_that_malformed_names_are_refused(task: str) -> None:
    with pytest.raises(UnknownTaskError, match="tasks are written"):
        check_task_name(task)


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("dmc:walker-wlak", "dmc:walker-walk"),
        ("dmc:ball-in-cup-catch", "dmc:ball_in_cup-catch"),
        ("gym:cartpole-v1", "gym:CartPole-v1"),
        ("gym:CarRacing-v2", "gym:CarRacing-v3"),
        ("gym:a.package:CarRacing-v2", "gym:CarRacing-v3"),
        ("gym:Moon-v0", "gym:some.long_package.envs:Moon-v1"),
    ],
)
def test_that_the_nearest_name_comes_first(name: str, nearest: str) -> None:
    assert nearest_names(name, NAMES)[0] == nearest


def test_that_nothing_is_suggested_for_nonsense() -> None:
    assert nearest_names("dmc:qqqqqqq", NAMES) == ()
