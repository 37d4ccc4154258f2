"""Settings: presets, ranges, and the messages about invalid ones."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from dreamer_studio.config import (
    PRESETS,
    Config,
    ConfigError,
    free_nats_of,
    nearest,
    offered_presets,
    options,
    read_config,
    with_overrides,
    write_config,
)
from dreamer_studio.envs import build_config
from dreamer_studio.runs.idle_settings import idle_settings

TASK = "dmc:walker-walk"


def test_that_the_paper_preset_has_the_authors_numbers() -> None:
    config = build_config(TASK, "paper")
    numbers = {
        "prefill": 5000, "pretrain": 100, "train_every": 1000, "train_steps": 100, "update_blocks": True,
        "batch_size": 50, "batch_length": 50, "horizon": 15, "discount": 0.99, "disclam": 0.95, "free_nats": 3.0,
        "model_lr": 6e-4, "value_lr": 8e-5, "actor_lr": 8e-5, "adam_eps": 1e-7, "grad_clip": 100.0, "expl_amount": 0.3,
        "eval_every": 10_000, "eval_episodes": 1, "steps": 5_000_000, "action_repeat": 2, "time_limit": 1000,
        "cnn_depth": 32, "deter_size": 200, "stoch_size": 30, "hidden_size": 200, "num_units": 400, "pcont": False,
        "kl_scale": 1.0, "pcont_scale": 10.0, "action_init_std": 5.0, "action_mean_scale": 5.0, "action_min_std": 1e-4,
    }  # fmt: skip
    assert {name: getattr(config, name) for name in numbers} == numbers


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("task", [TASK, "gym:CartPole-v1"])
def test_that_every_preset_is_valid_for_every_suite(preset: str, task: str) -> None:
    config = build_config(task, preset)
    assert (config.task, config.preset) == (task, preset)
    assert config.pcont == task.startswith("gym:")
    assert config.action_repeat == (1 if task.startswith("gym:") else 2)


def test_that_the_paper_preset_renders_in_full_quality_and_the_others_fast() -> None:
    qualities = {preset: build_config(TASK, preset).render_quality for preset in PRESETS}
    assert qualities == {"paper": "full", "laptop": "fast", "laptop-v1": "fast", "tiny": "fast", "lesson": "fast"}


def test_that_text_from_a_command_line_becomes_the_type_of_the_setting() -> None:
    config = build_config(TASK, "tiny", {"horizon": "7", "model_lr": "1e-3", "pcont": "true", "clip_rewards": "tanh"})
    assert (config.horizon, config.model_lr, config.pcont, config.clip_rewards) == (7, 1e-3, True, "tanh")


@pytest.mark.parametrize("text", ["1500", "1.5e3", "15E2", "1_500", "1500.0"])
def test_that_a_whole_number_may_be_written_with_an_exponent(text: str) -> None:
    assert build_config(TASK, "tiny", {"steps": text}).steps == 1500


@pytest.mark.parametrize(
    ("preset", "overrides", "words"),
    [
        ("labtop", {}, "unknown preset 'labtop'; did you mean 'laptop'?"),
        ("zzz", {}, "unknown preset 'zzz'; valid are paper, laptop, laptop-v1, tiny, lesson"),
        ("tiny", {"horizn": 5}, "unknown setting 'horizn'; did you mean 'horizon'?"),
        ("tiny", {"horizon": 0}, "horizon=0: "),
        ("tiny", {"horizon": "51"}, "less than or equal to 50"),
        ("tiny", {"horizon": "long"}, "horizon='long': "),
        ("tiny", {"horizon": 2.5}, "horizon=2.5: "),
        ("tiny", {"steps": "1.5e0"}, "steps='1.5e0': expected a whole number such as 1000 or 1e3"),
        ("tiny", {"steps": "1e-3"}, "steps='1e-3': expected a whole number"),
        ("tiny", {"steps": "1e999999999"}, "steps='1e999999999': expected a whole number"),
        ("tiny", {"steps": "inf"}, "steps='inf': expected a whole number"),
        ("tiny", {"discount": "nan"}, "discount='nan': "),
        ("tiny", {"model_lr": float("inf")}, "model_lr=inf: "),
        ("tiny", {"model_lr": 0.0}, "greater than 0"),
        ("tiny", {"pcont": "perhaps"}, "pcont='perhaps': "),
        ("tiny", {"clip_rewards": "sign"}, "'none' or 'tanh'"),
        ("tiny", {"render_quality": "best"}, "'full' or 'fast'"),
        ("tiny", {"seed": -1}, "seed=-1: "),
    ],
)
def test_that_an_invalid_setting_is_refused_in_one_helpful_line(
    preset: str, overrides: dict[str, Any], words: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        build_config(TASK, preset, overrides)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_that_every_setting_has_a_section_a_help_and_a_range() -> None:
    described = {option.name: option for option in options()}
    assert list(described) == [field.name for field in dataclasses.fields(Config)]
    assert all(option.help and option.section and option.range for option in described.values())
    assert described["horizon"].range == "1 to 50"
    assert described["model_lr"].range == "above 0, up to 1"
    assert described["env_timeout"].range == "0.1 to 86,400"
    assert described["env_memory_mb"].range == "0 to 16,777,216"
    assert described["seed"].range == "0 to 2,147,483,647"
    assert described["clip_rewards"].range == "none|tanh"
    assert described["pcont"].range == "true|false"


def test_that_fixed_settings_cannot_change_in_a_run_and_others_can() -> None:
    config = build_config(TASK, "tiny")
    fixed = {option.name for option in options() if option.fixed}
    assert {"task", "preset", "seed", "deter_size", "cnn_depth", "pcont", "action_repeat"} <= fixed
    assert not {"steps", "horizon", "model_lr", "expl_amount"} & fixed
    changed = with_overrides(config, {"horizon": 9, "deter_size": config.deter_size})
    assert (changed.horizon, config.horizon) == (9, 5)
    with pytest.raises(ConfigError, match="deter_size cannot change once a run has begun: it is 16"):
        with_overrides(config, {"deter_size": 17})
    with pytest.raises(ConfigError, match="horizon=0"):
        with_overrides(config, {"horizon": 0})


def test_that_a_configuration_cannot_be_changed_in_place() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        build_config(TASK, "tiny").horizon = 3  # type: ignore[misc]


def test_that_a_configuration_is_read_as_it_was_written(tmp_path: Path) -> None:
    config = build_config("gym:CartPole-v1", "laptop", {"horizon": 3, "discount": 0.1 + 0.2})
    write_config(config, tmp_path / "config.json")
    assert read_config(tmp_path / "config.json") == config
    assert [path.name for path in tmp_path.iterdir()] == ["config.json"]


def test_that_a_failed_write_leaves_the_old_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "config.json"
    write_config(build_config(TASK, "tiny"), path)

    def refuse(*_: object) -> None:
        raise OSError("read-only")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="read-only"):
        patch.setattr(Path, "replace", refuse)
        write_config(build_config(TASK, "paper"), path)
    assert read_config(path).preset == "tiny"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "cannot read the configuration config.json"),
        ("[1]", "config.json does not hold a configuration"),
        (json.dumps({"horizon": 900}), "horizon=900"),
        (json.dumps({"horison": 9}), "did you mean 'horizon'"),
        (None, "cannot read the configuration config.json"),
    ],
)
def test_that_a_damaged_configuration_file_is_refused_in_one_line(
    tmp_path: Path, content: str | None, words: str
) -> None:
    path = tmp_path / "config.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ConfigError) as caught:
        read_config(path)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_that_the_nearest_name_is_suggested_or_else_all_names() -> None:
    assert nearest("papier", ("paper", "tiny")) == "; did you mean 'paper'?"
    assert nearest("q", ("paper", "tiny")) == "; valid are paper, tiny"


def test_that_the_free_nats_are_those_of_the_prior_if_the_kl_is_balanced() -> None:
    settings = {"free_nats": 3.0, "prior_free_nats": 0.5}
    assert free_nats_of(build_config(TASK, "tiny", settings)) == 3.0
    assert free_nats_of(build_config(TASK, "tiny", {**settings, "posterior_kl_scale": 0.1})) == 0.5


def test_that_settings_without_effect_name_the_setting_that_takes_it() -> None:
    idle = idle_settings(build_config(TASK, "tiny"), 0, None)
    assert idle["return_limit"] == "norm_returns is false" and "kl_scale" not in idle
    balanced = build_config(TASK, "tiny", {"prior_kl_scale": 1.0, "norm_returns": True})
    idle = idle_settings(balanced, 0, None)
    assert "prior_kl_scale" in idle["kl_scale"] and "free_nats" in idle and "return_limit" not in idle
    assert "prior_free_nats" not in idle and idle["posterior_free_nats"] == "posterior_kl_scale is 0"


def test_that_the_first_laptop_preset_keeps_its_values_and_the_window_does_not_offer_it() -> None:
    first = build_config(TASK, "laptop-v1")
    numbers = {
        "steps": 200_000, "render_quality": "fast", "prefill": 2500, "cnn_depth": 16, "deter_size": 128,
        "stoch_size": 30, "hidden_size": 128, "num_units": 128, "free_nats": 1.0, "kl_scale": 0.1, "batch_size": 8,
        "batch_length": 16, "pretrain": 100, "model_lr": 1e-3, "value_lr": 1e-4, "actor_lr": 3e-5, "train_every": 1000,
        "train_steps": 100, "update_blocks": False, "horizon": 15, "spare_cores": 1, "eval_every": 5000,
        "replay_ram_mb": 1024,
    }  # fmt: skip
    assert {name: getattr(first, name) for name in numbers} == numbers
    assert offered_presets() == ("paper", "laptop", "tiny")


def test_that_the_window_offers_the_preset_of_the_lesson_for_its_tasks_only() -> None:
    assert offered_presets("lesson:disc") == ("paper", "laptop", "tiny", "lesson")
    assert offered_presets(TASK) == offered_presets("gym:lesson-v1") == offered_presets()


def test_that_no_preset_but_the_lessons_has_a_remedy_and_an_older_configuration_has_none(tmp_path: Path) -> None:
    remedies = {option.name: option.default for option in options() if option.section == "remedies"}
    for preset in PRESETS:
        config = build_config(TASK, preset)
        assert ({name: getattr(config, name) for name in remedies} == remedies) == (preset != "lesson")
    path = tmp_path / "config.json"
    values = dataclasses.asdict(build_config(TASK, "laptop"))
    path.write_text(json.dumps({name: value for name, value in values.items() if name not in remedies}))
    assert read_config(path) == build_config(TASK, "laptop")
