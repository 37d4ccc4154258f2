"""Suites that installed packages offer, in real processes."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dreamer_studio.envs import (
    EnvError,
    EnvProcess,
    EnvUnavailableError,
    UnknownTaskError,
    broken_suites,
    build_config,
    check_task_name,
    list_tasks,
    needs_trust,
    suites,
)
from dreamer_studio.envs.suites.suite import Suite
from tests.support.suite_packages import SMALL_SUITE, install_suite


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder whose packages count as installed, here and in spawned processes."""
    path = tmp_path / "site"
    monkeypatch.syspath_prepend(path)
    return path


def test_that_a_task_of_a_package_runs_and_a_seed_gives_the_same_episode(folder: Path) -> None:
    install_suite(folder)
    push = np.array([0.5], np.float32)
    with EnvProcess("toy:drift") as env:
        assert (env.spec.action_names, env.spec.action_repeat, env.spec.time_limit) == (("push",), 2, 50)
        first, then = env.reset(3), env.step(push)
        assert first.image.shape == (64, 64, 3) and not np.array_equal(first.image, then.image)
        assert then.steps == 2 and env.render(30, 20).shape == (20, 30, 3)
        assert np.array_equal(env.reset(3).image, first.image)
        assert not np.array_equal(env.reset(4).image, first.image)


def test_that_a_new_run_begins_with_the_defaults_of_the_suite_and_knows_its_package(folder: Path) -> None:
    install_suite(folder, SMALL_SUITE.replace('{"action_repeat": 2}', '{"action_repeat": 3, "pcont": True}'))
    config = build_config("toy:drift", "tiny", {"seed": 7})
    assert (config.action_repeat, config.time_limit, config.pcont, config.seed) == (3, 0, True, 7)
    assert config.suite_package == "toy-suite 0.1"
    assert build_config("gym:Pendulum-v1", "tiny").suite_package == ""


def test_that_the_tasks_of_a_package_are_listed_beside_the_built_in_ones(folder: Path) -> None:
    noted = 'def drift():\n    "a bar that drifts"\n    return LoadedTask(Drift(), BoxActions.unit("push"))\n'
    install_suite(folder, f'{SMALL_SUITE}{noted}SUITE = Suite.of_tasks("toy", {{"drift": drift}})\n')
    notes = {info.task: info.note for info in list_tasks()}
    assert notes["toy:drift"] == "a bar that drifts"
    assert {"dmc:walker-walk", "gym:CartPole-v1"} <= set(notes)
    assert list(broken_suites()) == []


def test_that_a_misspelled_task_or_prefix_is_refused_with_the_nearest_name(folder: Path) -> None:
    install_suite(folder)
    check_task_name("toy:drift")
    with pytest.raises(UnknownTaskError, match=r"toy:<task>.*; did you mean toy:drift\?"):
        check_task_name("tyo:drift")
    with pytest.raises(UnknownTaskError, match=r"did you mean toy:drift\?"):
        EnvProcess("toy:drfit")


def test_that_a_task_whose_package_is_missing_is_refused_with_what_to_install() -> None:
    with pytest.raises(
        EnvUnavailableError, match=r"^toy:drift needs the package toy-suite 0\.1.*: pip install toy-suite$"
    ):
        EnvProcess("toy:drift", suite_package="toy-suite 0.1")
    with pytest.raises(EnvUnavailableError, match=r"not installed$"):  # no line to copy from a stranger's file
        check_task_name("toy:drift", "; rm -rf / 0.1")
    with pytest.raises(UnknownTaskError, match="is not a task name here"):
        EnvProcess("toy:drift")


def test_that_a_task_of_a_package_needs_trust(folder: Path) -> None:
    install_suite(folder)
    assert needs_trust("toy:drift") and not needs_trust("dmc:walker-walk") and not needs_trust("gym:CartPole-v1")


BROKEN = {
    "import raises": ("import no_such_module\n", "cannot be imported: ModuleNotFoundError: No module named"),
    "import exits": ("raise SystemExit(3)\n", "cannot be imported: SystemExit: 3"),
    "import kills": ("import os\nos.kill(os.getpid(), 9)\n", "was killed by SIGKILL"),
    "two lines": ('raise ValueError("one\\ntwo")\n', "cannot be imported: ValueError: one two"),
    "no suite": ("SUITE = 3\n", "toy_suite:SUITE is a int, not a Suite"),
    "no object": ("", "cannot be imported: AttributeError"),
    "other prefix": (SMALL_SUITE.replace('s("toy"', 's("yot"'), 'calls itself "yot": both must be the same'),
    "odd default": (SMALL_SUITE.replace('"action_repeat": 2', '"task": "x"'), "task='x' is not a default that"),
}  # fmt: skip


@pytest.mark.parametrize("fault", BROKEN)
def test_that_a_broken_suite_is_reported_in_one_line(folder: Path, fault: str) -> None:
    source, words = BROKEN[fault]
    install_suite(folder, source)
    for attempt in (lambda: build_config("toy:drift", "tiny"), lambda: EnvProcess("toy:drift")):
        with pytest.raises(EnvError) as caught:
            attempt()
        assert words in str(caught.value) and "\n" not in str(caught.value)
    ((what, package),) = broken_suites()
    assert words in what and "toy" in what and package == "toy-suite 0.1"


@pytest.mark.parametrize("fault", ["import kills", "no suite"])
def test_that_a_broken_suite_has_a_row_in_the_list_and_the_other_suites_work(folder: Path, fault: str) -> None:
    source, words = BROKEN[fault]
    install_suite(folder, source)
    notes = {info.task: info.note for info in list_tasks()}
    assert words in notes["toy:<task>"]
    assert {"dmc:walker-walk", "gym:CartPole-v1"} <= set(notes)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('LoadedTask(Drift(), BoxActions.unit("push"), 50)', "3"),
         r"load\(\) of toy-suite 0\.1 returns a int, not a LoadedTask"),
        (("{\"action_repeat\": 2}", "{\"action_repeat\": 99}"),
         r"of the package toy-suite 0\.1 has an invalid default: action_repeat=99"),
        (("{\"action_repeat\": 2}", "{\"horizn\": 2}"),
         r"toy-suite 0\.1 has an invalid default: .*did you mean 'horizon'"),
        (("2})\n", '2})\nSUITE = Suite("toy", SUITE.load, lambda: ["toy:drift"])\n'),
         r"list\(\) of toy-suite 0\.1 gives 'toy:drift', which is not a TaskInfo"),
        (("2})\n", '2})\nSUITE = Suite("toy", SUITE.load, lambda: 1 / 0)\n'),
         r"list\(\) of toy-suite 0\.1 failed: ZeroDivisionError"),
    ],
)  # fmt: skip
def test_that_an_invalid_value_from_a_suite_is_reported_in_one_line_that_names_its_package(
    folder: Path, change: tuple[str, str], words: str
) -> None:
    assert change[0] in SMALL_SUITE
    install_suite(folder, SMALL_SUITE.replace(*change))

    def use() -> None:
        build_config("toy:drift", "tiny")
        EnvProcess("toy:drift").close()
        notes = {info.task: info.note for info in list_tasks()}
        raise EnvError(notes["toy:<task>"])

    with pytest.raises(EnvError, match=words) as caught:
        use()
    assert "\n" not in str(caught.value)


def test_that_a_suite_with_images_of_another_shape_is_refused(folder: Path) -> None:
    install_suite(folder, SMALL_SUITE.replace("(64, 1, 3)", "(64, 1, 4)"))
    words = r"image is uint8 \(64, 64, 4\), and the agent sees uint8 \(64, 64, 3\)"
    with pytest.raises(EnvUnavailableError, match=words):
        EnvProcess("toy:drift")


def test_that_two_packages_with_one_prefix_are_both_named(folder: Path) -> None:
    install_suite(folder)
    install_suite(folder, package="other-suite")
    clash = r"other-suite 0\.1 and toy-suite 0\.1 both offer a suite \"toy\": uninstall all but one"
    for attempt in (lambda: build_config("toy:drift", "tiny"), lambda: EnvProcess("toy:drift")):
        with pytest.raises(EnvUnavailableError, match=clash):
            attempt()
    assert [what for what, _ in broken_suites()] != []


def test_that_a_built_in_prefix_cannot_be_taken(folder: Path) -> None:
    install_suite(folder, "raise RuntimeError('imported')\n", prefix="gym")
    with EnvProcess("gym:Pendulum-v1") as env:
        assert env.reset(0).image.std() > 5
    assert build_config("gym:Pendulum-v1", "tiny").suite_package == ""
    ((what, package),) = broken_suites()
    assert 'is ignored: "gym" is built in' in what and package == "toy-suite 0.1"


def test_that_a_crash_of_a_suite_that_needs_opengl_is_blamed_on_the_backend(folder: Path) -> None:
    crash = """
def load(task, options):
    import os; os.kill(os.getpid(), 11)
SUITE = Suite("toy", load, list=SUITE.list, needs_gl=True)
"""
    install_suite(folder, SMALL_SUITE + crash)
    with pytest.raises(
        EnvUnavailableError, match=r"no OpenGL backend can render a frame .*SIGSEGV|MUJOCO_GL=.*SIGSEGV"
    ):
        EnvProcess("toy:drift")


@pytest.mark.parametrize("prefix", ["", "Toy", "to:y", "a" * 32, "-toy"])
def test_that_a_malformed_prefix_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="is not a valid prefix of a suite"):
        Suite(prefix, lambda task, options: pytest.fail(), lambda: ())


PARENT = """
import sys
from dreamer_studio.envs import EnvProcess, broken_suites, build_config, list_tasks
if __name__ == "__main__":
    sys.path.insert(0, {folder!r})
    build_config("toy:drift", "tiny")
    with EnvProcess("toy:drift") as env:
        env.reset(0)
    assert "toy:drift" in {{info.task for info in list_tasks()}}
    assert not list(broken_suites())
    sys.stdout.write("imported" if "toy_suite" in sys.modules else "not imported")
"""


def test_that_the_program_itself_never_imports_the_suite_of_a_package(
    tmp_path: Path, run_script: Callable[[str], str]
) -> None:
    assert run_script(PARENT.format(folder=str(install_suite(tmp_path / "site")))) == "not imported"


def test_that_the_example_of_the_documentation_runs(folder: Path) -> None:
    text = (Path(__file__).parents[3] / "docs" / "tasks.md").read_text()
    example = text.partition("## A suite of your own")[2].partition("```python\n")[2].partition("```")[0]
    install_suite(folder, example)
    with EnvProcess("toy:drift") as env:
        assert env.reset(0).image.any() and env.step(np.ones(1, np.float32)).reward <= 0.0
    assert [info.task for info in list_tasks() if info.task.startswith("toy:")] == ["toy:drift"]


def test_that_the_documentation_names_everything_that_a_suite_can_import() -> None:
    text = (Path(__file__).parents[3] / "docs" / "tasks.md").read_text()
    named = text.partition("## A suite of your own")[2].partition("\n## ")[0]
    assert [name for name in suites.__all__ if f"`{name}`" not in named] == []
