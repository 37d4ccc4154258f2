"""Environments as other people write them: accepted with a description, or refused with advice."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dreamer_studio.envs import EnvError, EnvProcess, EnvUnavailableError, UnknownTaskError, check_task_name
from dreamer_studio.envs.frames import to_frame
from dreamer_studio.envs.suites.gym.names import parse_gym_name
from tests.support.environment_processes import ROOT

HERE = "gym:tests.support.foreign:"


def dot(column: int) -> Any:
    picture = np.zeros((32, 32, 3), np.uint8)
    picture[:, column] = (90, 200, 255)
    return to_frame(picture, 64, 64)


@pytest.mark.parametrize(
    ("task", "observe", "sees"),
    [
        ("Dot-v0", "auto", "render, uint8 (32, 32, 3)"),
        ("Seen-v0", "auto", "observation rgb, "),
        ("Seen-v0?key=front", "auto", "observation front, "),  # the only image there
        ("Seen-v0?key=pixels&others=('depth','wrist')", "auto", "observation pixels, "),  # the one of a usual name
        ("Seen-v0?key=left&others=('right','image')", "left", "observation left, "),
        ("Codes-v0", "auto", "render, "),
        ("Nested-v0", "auto", "observation robot/0/eye, float32 (3, 32, 32)"),
        ("Nested-v0", "robot/0/eye", "observation robot/0/eye, "),
        ("Modeless-v0", "auto", "observation, uint8 (32, 32, 3)"),
        ("Modeless-v0", "observation", "observation, "),
        ("Bare-v0", "auto", "observation, "),
        ("Clear-v0", "auto", "render, uint8 (32, 32, 4)"),
        ("Options-v0", "auto", "render, "),
        ("Faint-v0", "auto", "render, "),  # codes, not an image
        ("Codes-v0", "plain", "render, "),
        ("Modeless-v0", "plain", "observation, "),
    ],
)
def test_that_the_image_that_the_agent_sees_is_found_and_named(task: str, observe: str, sees: str) -> None:
    with EnvProcess(HERE + task, observe=observe) as env:
        assert env.spec.sees.startswith(sees)
        assert np.array_equal(env.reset(0).image, dot(0))
        assert np.array_equal(env.step(np.ones(2, np.float32)).image, dot(1))


@pytest.mark.parametrize(
    ("task", "observe", "words"),
    [
        ("Seen-v0?key=left&others=('right',)", "auto", r"does not render; its observation is Dict\(.*left.*right"),
        ("Seen-v0", "render", "does not render"),
        ("Seen-v0?key=left&others=('right',)", "center", 'no image "center"; it has left, right'),
        ("Dot-v0", "image", r"no image \"image\"; it is Box\(.*\(3,\)"),
        ("Dot-v0", "observation", r"the observation has no single image: Box\("),
    ],
)
def test_that_if_no_image_is_found_the_error_names_the_spaces(task: str, observe: str, words: str) -> None:
    with pytest.raises(EnvUnavailableError, match=words):
        EnvProcess(HERE + task, observe=observe)


@pytest.mark.parametrize(
    ("space", "kind", "size", "acts", "names"),
    [
        ("dials", "discrete", 10, "one of 10 combinations, one-hot", ("0, 0", "0, 1", "1, 0")),
        ("keys", "discrete", 16, "one of 16 combinations, one-hot", ("0, 0, 0, 0", "0, 0, 0, 1")),
        ("pair", "discrete", 10, "one of 10 combinations, one-hot", ("0, 3", "0, 4", "1, 3")),
        ("named", "discrete", 6, "one of 6 combinations, one-hot", ("fire 0, move 0", "fire 0, move 1")),
        ("column", "continuous", 2, "2 in [-1, 1]", ("action 0", "action 1")),
        ("whole", "discrete", 25, "one of 25 combinations, one-hot", ("0, 0", "0, 1")),
        ("many keys", "continuous", 12, "factored into 12 in [-1, 1]", ("action 0", "action 1")),
        ("many dials", "continuous", 36, "factored into 36 in [-1, 1]", ("0=0", "0=1")),
        ("large whole", "continuous", 4, "factored into 4 in [-1, 1]", ("action 0", "action 1")),
        ("half open", "continuous", 2, "2 in [-1, 1]", ("action 0", "action 1")),
        ("mixed", "continuous", 7, "factored into 7 in [-1, 1]", ("aim 0", "aim 1", "keys 0", "keys 1", "weapon=0")),
    ],
)
def test_that_every_action_space_of_numbers_can_be_used(
    space: str, kind: str, size: int, acts: str, names: tuple[str, ...]
) -> None:
    with EnvProcess(f"{HERE}Pad-v0?space={space.replace(' ', '%20')}") as env:
        spec = env.spec
        assert (spec.action_kind, spec.action_size, spec.acts) == (kind, size, acts)
        assert spec.action_names[: len(names)] == names
        rng = np.random.default_rng(0)
        env.reset(0)
        for _ in range(15):  # the environment refuses what is not in its space
            step = env.step(rng.uniform(-1.5, 1.5, size).astype(np.float32))
            again = env.step(step.action)
            assert np.array_equal(again.action, step.action)  # what was executed stands for itself
            if again.is_last:
                break


@pytest.mark.parametrize(
    ("task", "column"),
    [
        ("Dot-v0?column=3", 3),
        ("Leveled-v0?level=7", 7),
        ("Options-v0?column=4", 4),
    ],
)
def test_that_arguments_reach_the_environment_typed(task: str, column: int) -> None:
    with EnvProcess(HERE + task, render_small=True) as env:
        assert np.array_equal(env.reset(0).image, dot(column))


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("3", 3),
        ("1e3", 1e3),
        ("-0.5", -0.5),
        ("false", False),
        ("None", None),
        ("(2,3)", (2, 3)),
        ("{'r':1,'g':[2,3]}", {"r": 1, "g": [2, 3]}),
        ("8x8", "8x8"),
        ("'8'", "8"),
        ("a%20pale%26blue", "a pale&blue"),
        ("{[]:1}", "{[]:1}"),
        ("", ""),
    ],
)
def test_that_an_argument_is_a_python_literal_or_else_text(written: str, value: object) -> None:
    task = f"{HERE}Noted-v0?note={written}"
    assert parse_gym_name(task).arguments == {"note": value}
    if written == "{'r':1,'g':[2,3]}":
        with EnvProcess(task) as env:
            assert env.spec.action_names == (repr(value),)


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ("gym:Dot-v0?column", "arguments are written"),
        ("gym:Dot-v0?column=1&column=2", "arguments are written"),
        ("gym:./envs:Dot-v0", r"a file is written gym:\./FILE\.py:ID"),
        ("gym:./envs.py", "the id of an environment is missing"),
    ],
)
def test_that_a_malformed_task_name_is_refused_with_how_to_write_it(task: str, words: str) -> None:
    with pytest.raises(UnknownTaskError, match=words):
        check_task_name(task)


@pytest.mark.parametrize("name", ["Named", "Listed"])
def test_that_actions_have_the_names_that_the_environment_gives_them(name: str) -> None:
    with EnvProcess(f"{HERE}{name}-v0") as env:
        assert env.spec.action_names == ("go left", "stay")


@pytest.mark.parametrize(("steps", "limit", "source"), [(5, 5, "task"), (-1, 30_000, "safety bound")])
def test_that_a_time_limit_among_the_arguments_counts_as_the_tasks_own(steps: int, limit: int, source: str) -> None:
    with EnvProcess(f"gym:CartPole-v1?max_episode_steps={steps}") as env:
        assert (env.spec.time_limit, env.spec.limit_source) == (limit, source)


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ("Dot-v0?colum=3", "takes no argument colum; did you mean column?"),
        ("Modeless-v0?size=3", "takes no argument size; it takes none"),
        ("Hopper-v5?widht=3", "takes no argument widht; did you mean width?"),
        ("Leveled-v0", r"needs level: write gym:tests.support.foreign:Leveled-v0\?level=VALUE"),
        ("Many-v0", "registered for many environments in one"),
    ],
)
def test_that_arguments_that_do_not_fit_are_named(task: str, words: str) -> None:
    with pytest.raises(EnvUnavailableError, match=words):
        EnvProcess(HERE + task)


def test_that_small_frames_are_requested_if_the_environment_offers_them() -> None:
    for small, sees in ((True, "uint8 (64, 64, 3)"), (False, "uint8 (240, 320, 3)")):
        with EnvProcess(HERE + "Sized-v0", render_small=small) as env:
            assert env.spec.sees == f"render, {sees}"
    for arguments, size in (("render_width=100", "(240, 100, 3)"), ("least=200", "(240, 320, 3)")):
        with EnvProcess(f"{HERE}Sized-v0?{arguments}", render_small=True) as env:
            assert env.spec.sees == f"render, uint8 {size}"
    with EnvProcess(HERE + "Field-v0", render_small=True) as env:  # another width would be another world
        assert env.spec.sees == "render, uint8 (90, 80, 3)"


@pytest.mark.parametrize(
    ("task", "sees", "brightest"),
    [("Faint-v0?draws=False", "observation, uint8 (32, 32)", 255), ("Faint-v0?side=8&draws=False", "observation", 255)],
)
def test_that_an_image_of_codes_is_used_if_there_is_no_other_and_scaled_to_full_brightness(
    task: str, sees: str, brightest: int
) -> None:
    with EnvProcess(HERE + task) as env:
        assert env.spec.sees.startswith(sees)
        assert env.reset(0).image.max() == brightest


def test_that_a_time_limit_inside_an_environment_is_found() -> None:
    with EnvProcess(HERE + "Limited-v0") as env:
        assert (env.spec.time_limit, env.spec.limit_source) == (7, "task")


@pytest.mark.parametrize(
    ("how", "kind", "words"),
    [
        ("name", EnvError, r"step failed|start failed: ImportError: cannot import name.*foreign\.py, line \d+"),
        ("module", EnvUnavailableError, "needs something that is not installed: No module named 'no_such_module'"),
        ("loud", EnvError, r"start failed: LoudError \(.*foreign\.py, line \d+\)"),
        ("close", EnvUnavailableError, "cannot be learned from images: the image is None"),
    ],
)
def test_that_the_reason_of_a_failed_start_is_reported_whatever_else_goes_wrong(
    how: str, kind: type[EnvError], words: str
) -> None:
    with pytest.raises(kind, match=words):
        EnvProcess(f"{HERE}Mistaken-v0?how={how}")


def test_that_an_sdl_driver_that_draws_something_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SDL_VIDEODRIVER", raising=False)
    with EnvProcess(HERE + "NothingWithDummy-v0") as env:
        assert np.array_equal(env.reset(0).image, dot(0))
    for fade in (5, 15):  # a fade-in, and one that is longer than anybody waits
        with EnvProcess(f"{HERE}NothingWithDummy-v0?fade={fade}") as env:
            env.reset(0)
            assert [env.step(np.ones(2, np.float32)).image.any() for _ in range(16)][-2:] == [True, True]
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")  # a person's own choice
    with EnvProcess(HERE + "NothingWithDummy-v0") as env:
        assert not env.reset(0).image.any()
    monkeypatch.delenv("SDL_VIDEODRIVER")
    monkeypatch.setattr("dreamer_studio.envs.process.SDL_DRIVERS", ("dummy", "offscreen"))
    with EnvProcess(HERE + "NothingWithDummy-v0") as env:
        assert np.array_equal(env.reset(0).image, dot(0))


@pytest.mark.parametrize(("kind", "reward"), [("array", 2.5), ("scalar", 2.5), ("tensor", 2.5), ("bool", 1.0)])
def test_that_one_number_is_a_reward_however_it_is_packed(kind: str, reward: float) -> None:
    with EnvProcess(f"{HERE}Rewarded-v0?kind={kind}") as env:
        env.reset(0)
        assert env.step(np.ones(2, np.float32)).reward == reward


@pytest.mark.parametrize(
    ("kind", "words"), [("nothing", "None"), ("vector", r"array\(\[1\., 2\.\]\)"), ("text", "'2.5'")]
)
def test_that_any_other_reward_is_refused_at_once(kind: str, words: str) -> None:
    with pytest.raises(EnvUnavailableError, match=f"the reward is {words}, and a reward is one number"):
        EnvProcess(f"{HERE}Rewarded-v0?kind={kind}")


@pytest.mark.parametrize(
    ("task", "words"),
    [("OldReset-v0", r"its reset\(\) does not take seed"), ("OldStep-v0", r"its step\(\) returns 4 values")],
)
def test_that_the_old_interface_is_refused_with_what_to_change(task: str, words: str) -> None:
    with pytest.raises(EnvUnavailableError, match=words + ".*gymnasium.Env"):
        EnvProcess(HERE + task)


def test_that_an_error_in_the_environments_code_is_reported_with_file_and_line() -> None:
    path = ROOT / "tests" / "support" / "foreign.py"
    line = 1 + next(n for n, text in enumerate(path.read_text().splitlines()) if "the line that is named" in text)
    with pytest.raises(EnvError, match=rf"ZeroDivisionError: the wheel has come off \({path}, line {line}\)") as caught:
        EnvProcess(HERE + "Broken-v0")
    assert "in _helper" in caught.value.details


@pytest.mark.parametrize(
    ("task", "words"),
    [
        (HERE + "Dot-v1", r"did you mean gym:tests\.support\.foreign:Dot-v0\b(?!.* gym:\w+-v0)"),
        ("gym:MiniGrid-Empty-5x5-v0", "pip install minigrid; then ask for gym:minigrid:MiniGrid-Empty-5x5-v0"),
    ],
)
def test_that_a_suggestion_is_a_complete_task_name_or_command(task: str, words: str) -> None:
    with pytest.raises((UnknownTaskError, EnvUnavailableError), match=words):
        EnvProcess(task)


FILE = """
import gymnasium
from my_helper import Dot
gymnasium.register("Mine-v0", entry_point=Dot)
"""


def test_that_a_file_and_a_module_of_the_current_folder_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my_env.py").write_text(FILE)
    (tmp_path / "my_helper.py").write_text("from tests.support.foreign import Dot")
    monkeypatch.chdir(tmp_path)
    for task in ("gym:./my_env.py:Mine-v0", "gym:my_env:Mine-v0", f"gym:{tmp_path}/my_env.py:Mine-v0?column=4"):
        with EnvProcess(task) as env:
            assert np.array_equal(env.reset(0).image, dot(4 if "column" in task else 0))
    with pytest.raises(EnvUnavailableError, match=r"there is no file your_env\.py"):
        EnvProcess("gym:./your_env.py:Mine-v0")


GYM = """
class Env: pass
class Spec:
    def __init__(self, name):
        self.id, self.entry_point, self.max_episode_steps, self.kwargs = f"{name}-v0", f"antique:{name}", 5, {}
class envs: registry = {}
"""

SHIMMY = """
import gymnasium

class GymV21CompatibilityV0(gymnasium.Env):
    def __init__(self, env):
        self.gym_env, self.observation_space, self.action_space = env, env.observation_space, env.action_space
    def reset(self, seed=None, options=None):
        self.gym_env.seed(seed)
        return self.gym_env.reset(), {}
    def step(self, action):
        observation, reward, done, info = self.gym_env.step(action)
        cut = info.get("TimeLimit.truncated", False)
        return observation, reward, done and not cut, cut, info
    def render(self):
        return self.gym_env.render(mode=None)
"""

ANTIQUE = """
import gym, numpy as np
from gymnasium import spaces

class Seeded(gym.Env):  # as of 0.21
    observation_space, action_space = spaces.Box(-1, 1, (1,), np.float32), spaces.Discrete(2)
    def seed(self, seed=None): self.rng = np.random.default_rng(seed)
    def reset(self): self.shade = int(self.rng.integers(1, 200)); return np.zeros(1, np.float32)
    def step(self, action): self.shade += 1; return np.zeros(1, np.float32), 1.0, False, {}
    def render(self, mode="human"):
        assert mode == "rgb_array"
        return np.full((64, 64, 3), self.shade, np.uint8)

class Reset(Seeded):  # as of 0.26
    def reset(self, *, seed=None, options=None): self.seed(seed); return super().reset(), {}
    def step(self, action): return *super().step(action)[:2], False, False, {}
    def render(self): return super().render("rgb_array")

class Made(Seeded):  # seeded by its constructor alone, as Crafter
    seed = None
    def __init__(self, seed=None): self.rng = np.random.default_rng(seed)
    def close(self): pass

for name in ("Seeded", "Reset", "Made"): gym.envs.registry[f"{name}-v0"] = gym.Spec(name)
"""


def test_that_environments_of_the_old_gym_run_through_shimmy_or_are_refused_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "antique.py").write_text(ANTIQUE)
    with pytest.raises(EnvUnavailableError, match=r'needs the module "gym".*: pip install "shimmy'):
        EnvProcess("gym:antique:Seeded-v0")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=":")
    (tmp_path / "gym.py").write_text(GYM)
    with pytest.raises(EnvUnavailableError, match=r"written for the old gym package.*shimmy"):
        EnvProcess("gym:antique:Seeded-v0")
    (tmp_path / "shimmy").mkdir()
    (tmp_path / "shimmy" / "openai_gym_compatibility.py").write_text(SHIMMY)
    for name in ("Seeded", "Reset", "Made"):
        with EnvProcess(f"gym:antique:{name}-v0") as env:
            first, other, again = (env.reset(seed).image for seed in (3, 4, 3))
            assert np.array_equal(first, again) and not np.array_equal(first, other)
            steps = [env.step(np.ones(2, np.float32)) for _ in range(5)]
            assert (steps[0].image == first + 1).all() and [step.end for step in steps] == [None] * 4 + ["truncated"]
