"""The command, as a user types it."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import imageio.v3 as iio
import numpy as np
import pytest

from dreamer_studio import __version__
from dreamer_studio.cli import main
from dreamer_studio.config import read_config
from dreamer_studio.envs import EnvError
from dreamer_studio.replay import read_tests
from dreamer_studio.runs.best import TEST_FILE, pack_returns, read_returns
from dreamer_studio.runs.checkpoint_names import list_checkpoints, progress_of
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.judgments.record import from_json
from dreamer_studio.session.pause_file import write_pause_rules
from dreamer_studio.session.pause_rules import PauseRule
from dreamer_studio.training.faults import environment
from dreamer_studio.viewing.health.rules import RULES
from tests.support.environment_processes import no_process_left  # noqa: F401  (a fixture that watches over this file)
from tests.support.file_limits import files_no_larger_than

TASK = "gym:CartPole-v1"
FAST = ["--set", "prefill=20", "--set", "train_every=20", "--set", "train_steps=2", "--set", "batch_size=2"]
LINE_LENGTH = 500


def train(run: Path, steps: int, *more: str) -> int:
    return main(["train", "--task", TASK, "--preset", "tiny", "--run", str(run), "--steps", str(steps), *more])


def read_rows(run: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "cartpole"
    assert train(folder, 40, *FAST) == 0
    return folder


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_that_help_imports_nothing_heavy() -> None:
    heavy = ("torch", "PySide6", "numpy", "gymnasium", "dm_control", "pydantic")
    script = (
        "import sys\nfrom dreamer_studio.cli import main\ncode = main(['--help'])\n"
        f"print([name for name in {heavy!r} if name in sys.modules], code)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[] 0"
    for verb in ("train", "eval", "trust", "health", "dream", "recipe", "check", "tasks", "runs", "presets", "doctor"):
        assert verb in done.stdout
    assert "Exit codes:" in done.stdout and "130, 143, 129  ended by Ctrl+C" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["train", "--task", "gym:CartPol-v1", "--preset", "tiny"], "did you mean gym:CartPole-v1"),
        (["train", "--task", "walker-walk", "--preset", "tiny"], "did you mean dmc:walker-walk?"),
        (["train", "--task", TASK, "--preset", "labtop"], "did you mean 'laptop'?"),
        (["train", "--task", TASK, "--set", "horizn=3"], "did you mean 'horizon'?"),
        (["train", "--task", TASK, "--set", "horizon=51"], "less than or equal to 50"),
        (["train", "--task", TASK, "--set", "horizon"], "--set takes key=value, not 'horizon'"),
        (["train", "--task", TASK, "--set", "task=gym:Pendulum-v1"], "give --task instead"),
        (["train", "--task", TASK, "--steps", "0"], "'--steps': '0': must be from 1 to "),
        (["train", "--task", TASK, "--steps", "1e-3"], "'--steps': '1e-3': expected a whole number"),
        (["train", "--task", TASK, "--device", "gpu"], "--device"),
        (["train"], "a new run needs --task"),
        (["train", "--tsk", TASK], "No such option: --tsk"),
        (["trian"], "No such command 'trian'"),
        (["--quit-after", "-1"], "--quit-after"),
        (["--task", "walker-walk"], "did you mean dmc:walker-walk?"),
        (["--task", TASK, "--set", "horizn=3"], "did you mean 'horizon'?"),
        (["--set", "horizon=3"], "--set belongs to a run"),
        (["--paused"], "--paused belongs to a run"),
        (["--checkpoint", "best"], "--checkpoint chooses what --watch plays"),
    ],
)
def test_that_invalid_input_is_refused_in_one_helpful_line_and_nothing_is_written(
    arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if arguments[:2] == ["train", "--task"]:
        arguments = [*arguments, "--run", str(tmp_path / "run")]
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert words in err and out == ""
    assert err.startswith("dreamer-studio: ") and err.count("\n") == 1 and len(err) < LINE_LENGTH
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["eval"],
        ["trust"],
        ["health"],
        ["dream", "--kind", "imagined", "--out", "x.gif"],
        ["train", "--task", TASK, "--run"],
    ],
)
def test_that_a_folder_that_is_not_a_run_is_refused_and_left_unchanged(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "holiday.txt").write_text("sun")
    assert main([*arguments, str(tmp_path)]) == 2
    err = capsys.readouterr().err
    assert "is not a run" in err and err.count("\n") == 1
    assert snapshot(tmp_path) == {"holiday.txt": b"sun"}


@pytest.mark.parametrize("part", ["", "weights.safetensors", "../000007-step-7-update-7"])
@pytest.mark.parametrize(
    "arguments",
    [
        ["eval"],
        ["trust"],
        ["health"],
        ["dream", "--kind", "imagined", "--out", "x.gif"],
        ["train", "--task", TASK, "--run"],
        ["--run"],
        ["--watch", "--run"],
    ],
)
def test_that_a_checkpoint_given_as_a_run_names_the_run(
    run: Path, arguments: list[str], part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = snapshot(run)
    (checkpoint,) = list_checkpoints(run / "checkpoints")
    assert main([*arguments, os.path.normpath(checkpoint / part)]) == 2
    err = capsys.readouterr().err
    assert err.endswith(f" is inside a run: did you mean {run}?\n") and err.count("\n") == 1
    assert snapshot(run) == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--task", "gym:Pendulum-v1"], "is a run of task gym:CartPole-v1, not gym:Pendulum-v1"),
        (["--preset", "laptop"], "is a run of preset tiny, not laptop"),
        (["--set", "deter_size=17"], "deter_size cannot change once a run has begun"),
        (["--set", "horizon=99"], "horizon=99: input should be less"),
    ],
)
def test_that_settings_that_a_run_cannot_take_are_refused_and_leave_it_unchanged(
    run: Path, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = snapshot(run)
    assert main(["train", "--run", str(run), *arguments]) == 2
    err = capsys.readouterr().err
    assert words in err and err.count("\n") == 1
    assert snapshot(run) == before


def test_that_training_writes_a_run_and_more_steps_continue_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    assert train(folder, 30, *FAST) == 0
    checkpoint = Path(capsys.readouterr().out.strip())
    assert checkpoint.name.startswith("000000-step-30-")
    assert checkpoint.is_dir()
    first = read_rows(folder)
    assert main(["train", "--run", str(folder), "--steps", "60"]) == 0
    rows = read_rows(folder)
    assert rows[: len(first)] == first
    assert list_checkpoints(folder / "checkpoints")[-1].name.startswith("000001-step-60-")
    config = read_config(folder / "config.json")
    assert (config.steps, config.prefill, config.task) == (60, 20, TASK)
    updates = [row for row in rows if row["kind"] == "update"]
    assert updates and [row["update"] for row in updates] == list(range(1, len(updates) + 1))
    losses = [row[name] for row in updates for name in ("model_loss", "actor_loss", "value_loss", "kl")]
    assert np.isfinite(losses).all()


def test_that_a_rule_that_pauses_a_run_ends_the_command_saved_and_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    assert train(run, 20, *FAST) == 0
    write_pause_rules((PauseRule("step", bound=40),), RunFolder(run).pause_rules)
    capsys.readouterr()
    assert train(run, 400) == 0
    out, err = capsys.readouterr()
    assert "ends here, because 40 environment steps are done" in err and "Traceback" not in err
    assert "step-40-" in out
    assert train(run, 60) == 0  # the rule has fired and holds no more
    assert list_checkpoints(RunFolder(run).checkpoints)[-1].name.split("-")[2] == "60"


def test_that_giving_up_the_environment_saves_and_ends_with_a_line_that_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "MOST_RESTARTS", 1)
    folder = tmp_path / "run"
    task = "gym:tests.support.faulty:Doomed-v0"
    assert main(["train", "--task", task, "--preset", "tiny", "--run", str(folder)]) == 1
    err = capsys.readouterr().err
    assert re.search(r"there is no way on \(.*faulty\.py, line \d+\)\. The episode was discarded", err)
    assert err.splitlines()[-1].startswith("dreamer-studio: The environment failed 2 times in a row")
    assert err.splitlines()[-1].endswith(f"choose Resume or run dreamer-studio train --run {folder} --task {task}")
    assert "Traceback" not in err
    assert len(list_checkpoints(folder / "checkpoints")) == 1


def test_that_repeated_updates_that_are_not_finite_end_the_command_and_keep_the_last_checkpoint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "run"
    assert train(folder, 40, *FAST) == 0
    capsys.readouterr()
    monkeypatch.setattr("dreamer_studio.dreamer.learner._not_finite", lambda *_: ("value_loss",))
    assert main(["train", "--run", str(folder), "--steps", "80"]) == 1
    err = capsys.readouterr().err
    (newest,) = list_checkpoints(folder / "checkpoints")
    last = err.splitlines()[-1]
    assert last.startswith("dreamer-studio: 5 updates in a row were skipped because value_loss")
    assert f"The last good checkpoint is {newest.name}; " in last and last.endswith("--set value_lr=4e-05")
    assert "Traceback" not in err


def test_that_an_evaluation_is_one_json_object_and_changes_no_file(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = snapshot(run)
    assert main(["eval", str(run), "--episodes", "2", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    names = ["task", "preset", "step", "update", "part_updates", "test", "episodes", "returns", "lengths", "ends"]
    assert list(result) == [*names, "mean", "std"]
    assert (result["task"], result["preset"], result["step"], result["episodes"]) == (TASK, "tiny", 40, 2)
    assert result["test"] is None  # the training played none
    assert result["returns"] == [float(length) for length in result["lengths"]]  # CartPole pays 1 a step
    assert result["ends"] == ["terminated"] * 2
    assert result["mean"] == pytest.approx(np.mean(result["returns"]))
    assert result["std"] == pytest.approx(np.std(result["returns"]))
    assert main(["eval", str(run), "--episodes", "2"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith(" over 2 episodes (2 terminated)")
    assert snapshot(run) == before


@pytest.fixture(scope="module")
def tested_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run whose second of three tested checkpoints is the best, as if its test had gone well."""
    folder = tmp_path_factory.mktemp("tested") / "cartpole"
    assert train(folder, 80, *FAST, "--set", "eval_every=20") == 0
    tested = [path for path in list_checkpoints(folder / "checkpoints") if (path / TEST_FILE).is_file()]
    assert len(tested) >= 3
    (tested[-2] / TEST_FILE).write_bytes(pack_returns([450.0, 500.0]))
    return folder


@pytest.mark.parametrize(
    "verb",
    [
        ["eval", "--episodes", "1", "--json"],
        ["trust", "--episodes", "1", "--json"],
        ["dream", "--kind", "imagined", "--length", "5", "--count", "1", "--out", "dream.npz"],
    ],
)
def test_that_a_verb_takes_the_best_checkpoint_or_one_at_a_step_and_says_how_the_best_was_chosen(
    tested_run: Path,
    tmp_path: Path,
    verb: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    step = next(
        progress_of(path)[0]
        for path in list_checkpoints(tested_run / "checkpoints")
        if read_returns(path) == (450.0, 500.0)
    )
    for which, chosen in (("best", step), (str(step), step), ("newest", 80)):
        assert main([verb[0], str(tested_run), *verb[1:], "--checkpoint", which]) == 0
        out, err = capsys.readouterr()
        told = f"the best checkpoint is at step {step}, test: mean return 475.0 over 2 episodes; the best of many"
        assert (told in err) == (which == "best")
        if verb[0] == "dream":
            with np.load("dream.npz", allow_pickle=False) as arrays:
                assert arrays["step"] == chosen
        else:
            assert json.loads(out)["step"] == chosen


def test_that_a_checkpoint_that_is_not_there_is_refused_in_one_line(
    run: Path, tested_run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder, which, words in (
        (run, "best", "no checkpoint of this run has a test on record"),
        (tested_run, "7", "there is no checkpoint at step 7; there are "),
        (tested_run, "last", "a checkpoint is newest, best or an environment step, not 'last'"),
    ):
        for arguments in (["eval", str(folder)], ["--watch", "--run", str(folder)]):
            assert main([*arguments, "--checkpoint", which]) == 2
            out, err = capsys.readouterr()
            assert words in err and err.count("\n") == 1 and out == ""


def test_that_trust_is_one_json_object_and_gives_the_same_numbers_twice(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = snapshot(run)
    assert main(["trust", str(run), "--json", "--out", str(tmp_path / "record")]) == 0
    first = capsys.readouterr().out
    result = json.loads(first)
    assert (result["task"], result["step"], result["episodes"]) == (TASK, 40, 4)
    assert result["stage"] == "picture"  # a training of seconds knows nothing
    assert "holds" not in [gauge["verdict"] for gauge in result["gauges"].values()]
    record = json.loads((tmp_path / "record" / "trust.json").read_text())
    assert record["players"][1].startswith("mode, seed ")
    assert record["checkpoint"] == list_checkpoints(run / "checkpoints")[-1].name
    assert main(["trust", str(run), "--json"]) == 0
    assert capsys.readouterr().out == first
    assert main(["trust", str(run), "--episodes", "5"]) == 0
    assert ", 5 episodes, " in capsys.readouterr().out.splitlines()[-1]
    after = snapshot(run)
    kept = from_json(after.pop(f"trust/update-{result['update']:06d}.json"))
    assert (kept.episodes, kept.stage, kept.made_by) == (5, "picture", "command")
    assert after == {name: content for name, content in before.items() if not name.startswith("trust/")}


def test_that_trust_judges_a_run_in_which_no_judgment_can_be_kept(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    shutil.copytree(run, folder)
    shutil.rmtree(folder / "trust", ignore_errors=True)
    (folder / "trust").touch()
    assert main(["trust", str(folder), "--json"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["episodes"] == 4
    assert "This judgment is not kept in the run: " in told.err


def test_that_trust_compares_a_checkpoint_with_another_one(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "record"
    assert main(["trust", str(run), "--against", f"{run}@newest", "--json", "--out", str(out)]) == 0
    told = capsys.readouterr()
    found = json.loads(told.out)
    assert (found["task"], found["reference"]["step"], found["own_episodes"]) == (TASK, 40, 4)
    differences = found["models"][1]["differences"]
    assert differences["picture"]["outcome"] == "equal" and differences["policy"]["value"] == 0
    assert "cartpole, step 40 (2 of 2): plays episode 4 of 4\n" in told.err
    assert {path.name for path in out.iterdir()} == {"comparison.json", "differences.csv", "own_checkpoints.csv"}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--checkpoints", "40"], "--checkpoints takes two steps or more, separated by commas, or all"),
        (["--checkpoints", "40,41"], "there is no checkpoint at step 41"),
        (["--checkpoints", "40,40", "--against", "demo"], "--checkpoints names all checkpoints"),
        (["--checkpoints", "all", "--checkpoint", "best"], "--checkpoints names all checkpoints"),
        (["--against", "/nowhere@40"], "there is no folder /nowhere"),
        (["--against", "{run}@newest", "--blind"], "--blind judges one checkpoint"),
    ],
)
def test_that_trust_refuses_a_comparison_in_one_line(
    run: Path, more: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["trust", str(run), *(word.format(run=run) for word in more)]) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert words in line


def test_that_trust_drives_blind_on_request(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trust", str(run), "--blind", "--json"]) == 0
    blind = json.loads(capsys.readouterr().out)["gauges"]["blind"]
    assert (list(blind), blind["n"]) == (["value", "low", "high", "n", "verdict"], 8)


def test_that_health_has_a_row_for_each_rule_and_changes_nothing(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    shutil.copytree(run, folder)
    shutil.rmtree(folder / "trust", ignore_errors=True)
    before = snapshot(folder)
    assert main(["health", str(folder), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["task", "step", "update", "judged", "state", "sentence", "rules"]
    assert (found["task"], found["step"], found["judged"]) == (TASK, 40, None)
    assert len(found["rules"]) == len(RULES)
    assert all(list(row) == ["rule", "state", "sentence", "try", "gauge"] for row in found["rules"])
    states = {row["rule"]: row["state"] for row in found["rules"]}
    assert states["reconstruction"] == "cannot tell"
    assert main(["health", str(folder)]) == 0
    text = capsys.readouterr().out
    assert text.startswith(found["sentence"]) and text.endswith("not judged yet\n")
    assert all(len(line) <= 100 for line in text.splitlines())
    assert snapshot(folder) == before
    assert main(["health", str(folder), "--judge", "--json"]) == 0
    judged = json.loads(capsys.readouterr().out)
    assert judged["judged"] == judged["update"] > 0
    assert {row["rule"]: row["state"] for row in judged["rules"]}["reconstruction"] == "red"
    assert main(["health", str(folder), "--json"]) == 0  # the run keeps the judgment
    assert json.loads(capsys.readouterr().out) == judged


def test_that_trust_reads_the_stored_tests_and_plays_more_on_request(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, tested = tmp_path / "run", ("--set", "eval_every=20", "--set", "eval_episodes=5")
    assert train(folder, 40, *FAST, *tested) == 0
    kept = len(list(read_tests(folder / "tests", 1_000, action_size=2)))
    assert kept >= 5
    capsys.readouterr()
    for more, count in (((), kept), (("--episodes", "1"), kept + 1)):
        assert main(["trust", str(folder), "--json", *more]) == 0
        assert json.loads(capsys.readouterr().out)["episodes"] == count


@pytest.mark.parametrize("kind", ["imagined", "open-loop", "reconstruction"])
def test_that_a_dream_is_written_as_arrays(run: Path, tmp_path: Path, kind: str) -> None:
    out = tmp_path / "deep" / "dream.npz"
    arguments = ["--kind", kind, "--out", str(out), "--length", "8", "--context", "3", "--count", "2"]
    assert main(["dream", str(run), *arguments]) == 0
    with np.load(out, allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    assert {"model", "action", "reward", "reward_predicted", "value", "context", "step"} <= set(arrays)
    assert ("real" in arrays) == (kind != "imagined")
    assert bool(np.isfinite(arrays["reward"]).all()) == (kind != "imagined")
    assert arrays["model"].shape == (2, 8, 64, 64, 3) and arrays["model"].dtype == np.uint8
    assert arrays["action"].shape == (2, 8, 2)
    assert arrays["step"] == 40
    assert arrays["context"] == {"imagined": 0, "open-loop": 3, "reconstruction": 8}[kind]


@pytest.mark.parametrize("ending", [".gif", ".webp", ".png"])
def test_that_a_dream_is_written_as_a_film_or_a_strip(
    run: Path, tmp_path: Path, ending: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / f"dream{ending}"
    arguments = ["--kind", "imagined", "--out", str(out), "--length", "6", "--count", "1", "--scale", "1"]
    assert main(["dream", str(run), *arguments]) == 0
    assert capsys.readouterr().out.strip() == str(out)
    assert len(list(iio.imiter(out, plugin="pillow"))) == (1 if ending == ".png" else 6)
    assert list(tmp_path.iterdir()) == [out]


def test_that_the_recipe_of_a_film_names_its_run_and_its_frame(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "dream.png"
    arguments = ["--kind", "open-loop", "--out", str(out), "--length", "6", "--context", "2", "--count", "1", "--light"]
    assert main(["dream", str(run), *arguments]) == 0
    capsys.readouterr()
    assert main(["recipe", str(out), "--json"]) == 0
    recipe = json.loads(capsys.readouterr().out)
    assert (recipe["dreamer_studio_recipe"], recipe["kind"], recipe["run"]) == (1, "open-loop", run.name)
    assert recipe["scene"]["context"] == 2 and recipe["scene"]["length"] == 4
    assert recipe["drawing"]["colors"] == "light"
    assert main(["recipe", str(out)]) == 0
    text = capsys.readouterr().out
    assert f"episode {recipe['scene']['episode']}, frame {recipe['scene']['frame']}; context 2, then 4 steps" in text


def test_that_a_file_without_a_recipe_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "cat.gif").write_bytes(b"GIF89a")
    for name, words in (("cat.gif", "cannot be read"), ("none.png", "cannot be read"), ("cat.txt", "not a film")):
        assert main(["recipe", str(tmp_path / name)]) == 2
        err = capsys.readouterr().err
        assert words in err and err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--out", "dream.webm"], "ends in none of .gif, .webp, .mp4, .png, .npz"),
        (["--out", "dream.npz", "--context", "500"], "leaves nothing to predict"),
        (["--out", "dream.gif", "--fps", "121"], "--fps"),
        (["--out", "dream.gif", "--count", "0"], "--count"),
    ],
)
def test_that_a_dream_that_cannot_be_made_is_refused_in_one_line_and_leaves_no_file(
    run: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    words: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["dream", str(run), "--kind", "open-loop", *arguments]) == 2
    err = capsys.readouterr().err
    assert words in err and err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_that_ctrl_c_outside_of_training_ends_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("dreamer_studio.envs.list_tasks", interrupted)
    assert main(["tasks"]) == 130
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (["--run", "here", "train", "--task", TASK], "--run"),
        (["--watch", "eval", "here"], "--watch"),
        (["--device", "auto", "tasks"], "--device"),
    ],
)
def test_that_an_option_before_a_verb_is_refused_instead_of_ignored(
    arguments: list[str],
    option: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(arguments) == 2
    assert f"{option} stands before" in capsys.readouterr().err


def test_that_a_run_is_not_evaluated_as_one_of_another_task(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", str(run), "--task", "dmc:walker-walk"]) == 2
    assert f"is a run of task {TASK}, not dmc:walker-walk" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["eval", "train"])
def test_that_an_environment_that_fails_at_its_start_is_reported_in_one_line(
    run: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    verb: str,
) -> None:
    def broken(*_: object) -> None:
        raise EnvError("gym:CartPole-v1: the robot is not plugged in", "Traceback of the robot")

    for module in ("headless", "training.opening"):
        monkeypatch.setattr(f"dreamer_studio.{module}.open_env", broken)
    assert main(["eval", str(run)] if verb == "eval" else ["train", "--run", str(run)]) == 1
    assert capsys.readouterr().err == "dreamer-studio: gym:CartPole-v1: the robot is not plugged in\n"


def test_that_a_film_on_a_full_disk_is_refused_by_name_and_leaves_no_file(
    run: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for ending in (".npz", ".png"):
        out = tmp_path / f"film{ending}"
        with files_no_larger_than(1000):
            assert main(["dream", str(run), "--kind", "open-loop", "--length", "12", "--out", str(out)]) == 2
        assert capsys.readouterr().err.startswith(f"dreamer-studio: {out} cannot be written: File too large")
    assert list(tmp_path.iterdir()) == []


def test_that_a_run_that_has_done_all_its_steps_says_so_and_writes_no_further_checkpoint(
    run: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = list_checkpoints(run / "checkpoints")
    steps = read_config(run / "config.json").steps
    assert train(run, steps) == 0
    assert "environment steps of this run are done; continue with --steps N" in capsys.readouterr().err
    assert list_checkpoints(run / "checkpoints") == before


def test_that_counts_may_be_written_with_an_exponent(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", str(run), "--episodes", "2e0", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["episodes"] == 2


def test_that_the_versions_of_program_python_and_torch_are_printed_without_importing_torch() -> None:
    script = "import sys\nfrom dreamer_studio.cli import main\nprint(main(['--version']), 'torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    versions = f"dreamer-studio {__version__} (Python {platform.python_version()}, torch {metadata.version('torch')})"
    assert done.stdout.splitlines() == [versions, "0 False"]


def test_that_the_man_page_has_the_verbs_of_a_study_and_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["man"]) == 0
    page = capsys.readouterr().out
    assert ".SS dreamer\\-studio study run\n" in page and ".SH EXIT STATUS\n" in page


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("dreamer-studio tr", {"train", "trust"}),
        ("dreamer-studio --preset ", {"paper", "laptop", "laptop-v1", "tiny", "lesson"}),
        ("dreamer-studio train --device c", {"cpu", "cuda"}),
        ("dreamer-studio eval runs/try --checkpoint ", {"newest", "best"}),
    ],
)
def test_that_a_shell_completes_verbs_and_values(
    words: str, completed: set[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("_DREAMER_STUDIO_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(words.count(" ")))
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 0
    assert set(capsys.readouterr().out.split()) == completed


def test_that_a_check_is_one_json_object_with_the_image_and_exit_code_0_or_2_if_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", TASK, "--json", "--image", str(tmp_path / "seen.png")]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (
        told["task"] == TASK and told["verdict"] == "ok" and {row["name"] for row in told["rows"]} >= {"image", "end"}
    )
    assert iio.imread(tmp_path / "seen.png").shape == (64, 64, 3)
    assert main(["check", "gym:CartPol-v1", "--image", str(tmp_path / "none.png")]) == 2
    out, err = capsys.readouterr()
    assert out.startswith("gym:CartPol-v1: refused\n") and "try gym:CartPole-v1" in out
    assert "was not written" in err and not (tmp_path / "none.png").exists()


def test_that_presets_lists_every_setting(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["presets"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:4] == ["setting", "paper", "laptop", "laptop-v1"]
    horizon = next(line for line in lines if line.startswith("horizon"))
    assert horizon.split()[1] == "15" and " 1 to 50: " in horizon
    assert main(["presets", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert listed["presets"]["paper"]["horizon"] == 15
    assert listed["settings"]["horizon"]["range"] == "1 to 50" and not listed["settings"]["horizon"]["fixed"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--watch"], "--watch needs --run"),
        (["--watch", "--run", "nothing-here", "--preset", "tiny"], "play a run unchanged"),
        (["--watch", "--run", "nothing-here"], "there is no folder nothing-here"),
    ],
)
def test_that_a_run_that_cannot_be_watched_is_refused_in_one_line(
    arguments: list[str],
    words: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
