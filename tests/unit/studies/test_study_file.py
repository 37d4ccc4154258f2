"""The study file: its contents, and the messages about mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest

from dreamer_studio.studies.study import StudyError
from dreamer_studio.studies.study_file import parse_study, read_study

HEAD = 'name = "try"\ntasks = ["gym:Pendulum-v1", "gym:CartPole-v1"]\npreset = "tiny"\nseeds = 3\nsteps = 1500\n'


def test_that_a_grid_gives_each_combination_with_settings_of_their_types() -> None:
    study = parse_study(HEAD + "[common]\nprefill = 60\n[grid]\nkl_scale = [1, 0.5]\nhorizon = ['5', 10]\n", "x.toml")
    assert study.common == {"prefill": 60}
    assert list(study.combinations()) == [
        {"kl_scale": 1.0, "horizon": 5},
        {"kl_scale": 1.0, "horizon": 10},
        {"kl_scale": 0.5, "horizon": 5},
        {"kl_scale": 0.5, "horizon": 10},
    ]
    assert study.run_count == 2 * 4 * 3 and list(study.all_seeds) == [0, 1, 2]


def test_that_a_list_of_settings_is_trained_as_it_stands() -> None:
    study = parse_study(HEAD + "[[settings]]\n[[settings]]\nhorizon = 10\nkl_scale = 0.5\n", "x.toml")
    assert list(study.combinations()) == [{}, {"horizon": 10, "kl_scale": 0.5}]
    assert study.run_count == 2 * 2 * 3


def test_that_a_study_of_astronomical_size_is_counted_without_listing_it() -> None:
    study = parse_study(
        HEAD.replace("seeds = 3", "seeds = 1000000000") + f"[grid]\nhorizon = {list(range(1, 51))}\n", "x"
    )
    assert study.run_count == 2 * 50 * 10**9


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name = ", "x.toml is not TOML: "),
        ("seeds = " + "1" * 5000, "x.toml is not a study: Exceeds the limit (4300 digits)"),
        (HEAD.replace('"try"', "0x" + "f" * 5000), "x.toml is not a study: Exceeds the limit (4300 digits)"),
        (HEAD + "[ray]\nmax_falures = 1", "ray: unknown key 'max_falures'; did you mean 'max_failures'?"),
        (HEAD + "[ray]\ngl_contexts = 0", "ray: gl_contexts = 0: input should be greater than or equal to 1"),
        (HEAD + "ray = 1", "ray is a table: begin it with a line [ray]"),
        (HEAD + "taks = []", "unknown key 'taks'; did you mean 'tasks'?"),
        (HEAD.replace('name = "try"', ""), 'name is missing: write, for example, name = "first"'),
        (HEAD.replace('"try"', '"a/b"'), "name = 'a/b': use letters, digits"),
        (HEAD.replace('["gym:Pendulum-v1", "gym:CartPole-v1"]', "[]"), "tasks is empty"),
        (
            HEAD.replace('["gym:Pendulum-v1", "gym:CartPole-v1"]', '"gym:CartPole-v1"'),
            "tasks = 'gym:CartPole-v1': write a",
        ),
        (HEAD.replace("gym:CartPole-v1", "gym:Pendulum-v1"), "tasks: 'gym:Pendulum-v1' appears twice"),
        (HEAD.replace("gym:CartPole-v1", "walker-walk"), "did you mean dmc:walker-walk?"),
        (HEAD.replace('"tiny"', '"tny"'), "unknown preset 'tny'; did you mean 'tiny'?"),
        (HEAD.replace("seeds = 3", ""), "seeds is missing"),
        (HEAD.replace("seeds = 3", "seeds = 0"), "there are no seeds"),
        (HEAD.replace("seeds = 3", "seeds = []"), "there are no seeds"),
        (HEAD.replace("seeds = 3", "seeds = [0, 1, 0]"), "seeds: 0 appears twice"),
        (HEAD.replace("seeds = 3", "seeds = [0, -1]"), "seeds are whole numbers from 0 to"),
        (HEAD.replace("seeds = 3", "seeds = 'two'"), "seeds = 'two': write a number of seeds"),
        (HEAD.replace("1500", "0"), "steps = 0: input should be greater than or equal to 1"),
        (HEAD + "gpus = 1e-09", "gpus = 1e-09: write 0, or a part from 0.01 to 1"),
        (HEAD + "cpus = 0", "cpus = 0: input should be greater than or equal to 1"),
        (HEAD + "[grid]", "grid is empty"),
        (HEAD + "[grid]\nhorizon = []", "grid: horizon has no values"),
        (HEAD + "[grid]\nhorizon = 5", "grid: horizon needs a list of values, such as horizon = [5]"),
        (HEAD + "[grid]\nhorizn = [5]", "grid: unknown setting 'horizn'; did you mean 'horizon'?"),
        (HEAD + "[grid]\nhorizon = [5, 51]", "grid: horizon=51: input should be less than or equal to 50"),
        (HEAD + "[grid]\nkl_scale = [1, 1.0]", "grid: kl_scale: 1.0 appears twice"),
        (HEAD + "[grid]\nseed = [1]", "grid: seed cannot be set here; write seeds = ..."),
        (HEAD + "[grid]\nhorizon = [5]\n[[settings]]\nprefill = 5", "a study has [grid] or [[settings]], not both"),
        (HEAD + "[[settings]]\nhorizon = 5\n[[settings]]\nhorizon = 5", "settings: horizon = 5 appears twice"),
        (HEAD + "settings = []", "settings is empty"),
        (HEAD + "[common]\nsteps = 5", "common: steps cannot be set here"),
        (HEAD + "[common]\nhorizon = 5\n[grid]\nhorizon = [6]", "horizon is in [common] and in grid: remove one"),
    ],
)
def test_that_a_mistake_is_one_line_that_says_what_to_do(text: str, words: str) -> None:
    with pytest.raises(StudyError) as caught:
        parse_study(text, "x.toml")
    message = str(caught.value)
    assert words in message and message.startswith("x.toml") and "\n" not in message and len(message) < 400


def test_that_a_file_may_begin_with_the_mark_of_some_editors(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text(HEAD, encoding="utf-8-sig")
    assert read_study(tmp_path / "study.toml").name == "try"


def test_that_a_missing_file_names_the_command_that_writes_an_example(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"there is no study .*: dreamer-studio study new"):
        read_study(tmp_path / "study.toml")


def test_that_a_link_to_itself_is_no_study(tmp_path: Path) -> None:
    (tmp_path / "study.toml").symlink_to(tmp_path / "study.toml")
    with pytest.raises(StudyError, match="cannot be read: "):
        read_study(tmp_path / "study.toml")
