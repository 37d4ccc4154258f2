"""A choice on the page becomes a run, or says what is wrong with it."""

from __future__ import annotations

import dataclasses
import shlex
from pathlib import Path
from typing import Any

import pytest

from dreamer_studio.cli import main
from dreamer_studio.config import Config, write_config
from dreamer_studio.envs import build_config
from dreamer_studio.runs.errors import RunError
from dreamer_studio.runs.planning import RunPlan
from dreamer_studio.studies.plan import Plan
from dreamer_studio.studies.seeds import parse_seeds
from dreamer_studio.studies.study import StudyError
from dreamer_studio.studies.study_folder import find_study
from dreamer_studio.studies.writing import study_text
from dreamer_studio.studio import app
from dreamer_studio.studio.shell.flow.requests import OpenRequest
from dreamer_studio.viewing.new_run.choice import Choice, Review, choice_from, page_options, review
from dreamer_studio.viewing.new_run.new_run import NewRun
from dreamer_studio.viewing.new_run.new_study import NewStudy
from dreamer_studio.viewing.new_run.place import look_at_place
from tests.support.new_runs import TASK

BASE = build_config(TASK, "laptop")


def reviewed(choice: Choice, base: Config = BASE) -> Review:
    """Review a choice together with a look at its folder."""
    place = review(choice, base).place
    return review(choice, base, found=None if place is None else look_at_place(place))


def made(root: Path, **values: Any) -> NewRun:
    run = reviewed(Choice(task=TASK, root=str(root), **values)).new_run
    assert run is not None
    return run


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[RunPlan, bool]]:
    """Return a list that grows by the plan of each run that the command would open, and whether it begins paused."""
    plans: list[tuple[RunPlan, bool]] = []

    def run_window(request: OpenRequest, *_: object) -> int:
        plans.append((request.plan_for("cpu"), request.paused))
        return 0

    monkeypatch.setattr(app, "run_window", run_window)
    return plans


@pytest.mark.parametrize(
    ("task", "changes"),
    [
        (TASK, {}),
        ("gym:./it's_mine.py:Pole-v0?text=%20", {"observe": "it's 'my' $HOME key"}),
        (TASK, {"horizon": "5", "expl_amount": "0.25", "pcont": "false", "precision": "float32", "steps": "1e5"}),
    ],
)
def test_that_the_command_plans_the_same_run_as_the_page(
    task: str, changes: dict[str, str], tmp_path: Path, opened: list[tuple[RunPlan, bool]]
) -> None:
    choice = Choice(task, "laptop", changes, root=str(tmp_path / "my $runs"), seeds="7")
    run = reviewed(choice, build_config(task, "laptop")).new_run
    assert run is not None
    plan = run.plan()
    for paused in (False, True):
        command = dataclasses.replace(run, paused=paused).command
        assert main(shlex.split(command)[1:]) == 0
        assert opened[-1] == (dataclasses.replace(plan, numbered=False), paused)
    assert plan.config.seed == 7
    assert plan.numbered


def study(root: Path, **values: Any) -> NewStudy:
    new = reviewed(Choice(task=TASK, root=str(root), **values)).new_study
    assert new is not None
    return new


def test_that_several_seeds_are_a_study_and_its_commands_write_the_same_file(tmp_path: Path) -> None:
    changes = {"observe": "it's 'my' \"key\" \\ \x7f\t\u00fc", "horizon": "5", "expl_amount": "1e-5", "steps": "1e5"}
    for seeds, name in (("3 5-6", "cart"), ("0-2", "")):
        choice = Choice(TASK, root=str(tmp_path / "my $runs"), changes=changes, seeds=seeds, name=name)
        assert reviewed(choice).new_run is None
        new = study(tmp_path / "my $runs", changes=changes, seeds=seeds, name=name)
        wanted = name or "CartPole-v1-laptop-1"
        assert new.commands[1] == shlex.join(
            ["dreamer-studio", "study", "run", f"{tmp_path}/my $runs/{wanted}.toml", "--on", "local"]
        )
        assert main(shlex.split(new.commands[0])[1:]) == 0
        found = find_study(new.root / f"{wanted}.toml")
        assert (found.study, found.folder.path) == (new.study, new.root / wanted)
        configs = [run.config for run in Plan(found.study)]
        assert configs == [
            dataclasses.replace(build_config(TASK, "laptop", {**found.study.common, "steps": 10**5}), seed=run.seed)
            for run in Plan(found.study)
        ]
        assert found.study.common["observe"] == changes["observe"]
        assert [config.seed for config in configs] == list(parse_seeds(seeds))


def test_that_the_same_study_continues_and_a_taken_name_is_refused(tmp_path: Path) -> None:
    values = {"seeds": "1 2", "name": "cart"}
    first = study(tmp_path, **values)
    assert not first.continues
    first.write()
    again = study(tmp_path, **values)
    assert again.continues and len(again.commands) == 1
    assert again.write().file.read_text() == study_text(first.study)
    (tmp_path / "run").mkdir()
    write_config(BASE, tmp_path / "run" / "config.json")

    def error(**changed: Any) -> str:
        return reviewed(Choice(TASK, root=str(tmp_path), **{**values, **changed})).errors.get("name", "")

    assert "other seeds or settings" in error(seeds="1-3")
    assert "other seeds or settings" in error(changes={"horizon": "5"})
    assert "has config.json" in error(name="run")
    assert "begin with a letter" in error(name="my cart")
    (tmp_path / "cart.toml").write_text("name = ")
    assert "not TOML" in error()
    with pytest.raises(StudyError, match="not TOML"):
        first.write()
    assert study(tmp_path, seeds="1 2").study.name == "CartPole-v1-laptop-1"


def test_that_a_study_has_gpus_if_the_window_computes_on_one(tmp_path: Path) -> None:
    found = [
        study(tmp_path, seeds="1 2", device=device, found_device=kind).study.gpus
        for device, kind in (("auto", ""), ("auto", "cuda"), ("cpu", "cuda"), ("mps", ""))
    ]
    assert found == [0.0, 1.0, 0.0, 1.0]


@pytest.mark.parametrize(("text", "seeds"), [("0", (0,)), ("1 2 3", (1, 2, 3)), ("1-3,7", (1, 2, 3, 7)), (" 5 ", (5,))])
def test_that_numbers_and_ranges_of_seeds_are_read(text: str, seeds: tuple[int, ...]) -> None:
    assert parse_seeds(text) == seeds


@pytest.mark.parametrize("text", ["", "a", "-1", "1.5", "5-1", "1 1", "0-1000", "99999999999", "2147483648"])
def test_that_invalid_seeds_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".{8}"):
        parse_seeds(text)


def test_that_each_invalid_setting_has_its_error(tmp_path: Path) -> None:
    choice = Choice(TASK, changes={"horizon": "51", "discount": "much", "steps": "5"}, root=str(tmp_path))
    found = review(choice, BASE)
    assert found.errors["horizon"] == "input should be less than or equal to 50"
    assert "number" in found.errors["discount"]
    assert set(found.changed) == {"horizon", "discount", "steps"}
    assert found.new_run is None
    assert found.reason.startswith("horizon: ")
    assert "1 more" in found.reason


def test_that_a_setting_typed_as_its_usual_value_is_not_changed(tmp_path: Path) -> None:
    choice = Choice(TASK, changes={"steps": "2e5", "horizon": "15"}, root=str(tmp_path))
    found = review(choice, BASE)
    assert (found.changed, found.config) == ((), BASE)
    assert choice.settled(BASE).changes == {}


def test_that_every_setting_of_another_run_is_taken(tmp_path: Path) -> None:
    other = build_config(TASK, "tiny", {"horizon": 7, "seed": 4, "checkpoint_tests": False})
    choice = choice_from(other, str(tmp_path)).settled(build_config(TASK, "tiny"))
    found = review(choice, build_config(TASK, "tiny"))
    assert found.config == other
    assert set(found.changed) == {"horizon", "checkpoint_tests"}


def test_that_folders_that_cannot_hold_a_run_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("")
    taken = tmp_path / "taken"
    taken.mkdir()
    write_config(BASE, taken / "config.json")

    def errors(**values: str) -> dict[str, str]:
        return dict(reviewed(Choice(TASK, **{"root": str(tmp_path), **values})).errors)  # type: ignore[arg-type]

    assert errors() == {}
    assert "is a file" in errors(root=str(tmp_path / "a file" / "runs"))["folder"]
    assert "whole path" in errors(root="runs")["folder"]
    assert "whole path" in errors(root="/tmp/\0")["folder"]
    assert errors(root="~nobody-of-this-name/runs")["folder"]
    assert "too long" in errors(root=f"/{'a' * 300}/runs")["folder"]
    assert "too long" in errors(name="\N{LATIN SMALL LETTER U WITH DIAERESIS}" * 200)["name"]
    assert "no slashes" in errors(name="a/b")["name"]
    assert "already" in errors(name="taken")["name"]
    assert "not empty" in errors(name="full")["name"]


def test_that_a_new_run_never_continues_one_that_was_created_meanwhile(tmp_path: Path) -> None:
    named, numbered = made(tmp_path, name="mine"), made(tmp_path)
    for run in (named, numbered):
        run.folder.mkdir()
        write_config(BASE, run.folder / "config.json")
    with pytest.raises(RunError, match="already"):
        named.plan()
    assert numbered.plan().folder.path.name == "CartPole-v1-laptop-2"


def test_that_a_choice_without_a_task_says_so(tmp_path: Path) -> None:
    assert review(Choice(root=str(tmp_path)), None).reason == "Choose a task first."


def test_that_the_page_lists_every_setting_that_has_no_field_of_its_own() -> None:
    assert {option.name for option in page_options()} == set(dataclasses.asdict(BASE)) - {
        "task",
        "preset",
        "suite_package",
        "seed",
    }
