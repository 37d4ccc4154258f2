"""The runs of a study, and the names of their folders."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dreamer_studio.studies.naming import MOST_NAME, run_name
from dreamer_studio.studies.plan import Plan
from dreamer_studio.studies.study_file import parse_study

TASKS = 'name = "try"\npreset = "tiny"\ntasks = ["gym:Pendulum-v1"]\n'


def names(text: str) -> list[str]:
    return [run.name for run in Plan(parse_study(text, "x.toml"))]


def test_that_a_name_has_the_task_the_settings_that_differ_and_the_seed() -> None:
    assert names(TASKS + "seeds = 2\n[grid]\nhorizon = [5, 10]\nkl_scale = [0.1]") == [
        "Pendulum-v1-kl_scale=0.1-seed0",  # 5 is the preset's own horizon
        "Pendulum-v1-horizon=10-kl_scale=0.1-seed0",
        "Pendulum-v1-kl_scale=0.1-seed1",
        "Pendulum-v1-horizon=10-kl_scale=0.1-seed1",
    ]


def test_that_the_names_stay_while_the_study_grows() -> None:
    small = names(TASKS + "seeds = 2\n[grid]\nhorizon = [5, 10]")
    larger = TASKS.replace("]", ', "gym:CartPole-v1"]') + "seeds = [4, 1, 0]\nsteps = 5000\n"
    assert set(small) < set(names(larger + "[grid]\nkl_scale = [1, 0.5]\nhorizon = [20, 10, 5]"))


def test_that_a_run_has_the_settings_of_preset_study_and_grid() -> None:
    text = TASKS + "seeds = [7]\nsteps = 300\n[common]\nprefill = 60\n[[settings]]\nhorizon = 9\n"
    (run,) = Plan(parse_study(text, "x.toml"))
    config = run.config
    assert (config.seed, config.steps, config.prefill, config.horizon, config.batch_size) == (7, 300, 60, 9, 4)
    assert run.settings == {"horizon": 9} and run.steps == 300


def test_that_names_that_lose_characters_stay_apart() -> None:
    odd = ("gym:a/b-v1", "gym:a-b-v1", "gym:a b-v1", "gym:A?x='1'", "own:a-b-v1")
    found = {run_name(task, settings, 0).casefold() for task in odd for settings in ({}, {"observe": "é"})}
    assert len(found) == 2 * len(odd)


@given(st.text(min_size=1, max_size=500), st.dictionaries(st.text(max_size=30), st.text(max_size=200), max_size=20))
def test_that_a_name_is_short_and_safe_for_any_task_and_settings(task: str, settings: dict[str, str]) -> None:
    name = run_name(task, settings, 2**31 - 1)
    assert len(name) <= MOST_NAME and name.isascii() and not set(name) & set("/\\:*?\"'<>| $\n") and name[0] not in ".-"
