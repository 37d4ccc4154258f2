"""All hyper-parameters: fields, ranges, presets, reading and writing.

Names and defaults are those of the author's code (github.com/danijar/dreamer) where it has them, so the ``paper``
preset changes next to nothing. Like the author, we count time in simulator steps ("environment steps").

The section ``remedies`` has the author's later changes, from DreamerV2 (arXiv 2010.02193) and DreamerV3 (arXiv
2301.04104). All are off by default.
"""

from __future__ import annotations

import dataclasses
import difflib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from dreamer_studio.files import read_small, write_json
from dreamer_studio.numerals import whole_number

MOST_CONFIG_BYTES = 2**16
"""Upper bound for the file; a configuration has about 2 KiB."""

Precision = Literal["auto", "float32", "bfloat16"]
Activation = Literal["elu", "silu"]
ActionDist = Literal["tanh_normal", "bounded_normal"]

DEFAULT_TASK = "dmc:walker-walk"


class ConfigError(ValueError):
    """An invalid setting. The message is one line and names the nearest valid choice."""


def _option(default: Any, section: str, text: str, *, fixed: bool = False, **bounds: Any) -> Any:
    """Make a field with default, range and help. A ``fixed`` field cannot change once a run has begun."""
    return Field(default=default, description=text, json_schema_extra={"section": section, "fixed": fixed}, **bounds)


@dataclass(frozen=True, config=ConfigDict(extra="forbid", allow_inf_nan=False))
class Config:
    """The complete description of a training. Immutable; `with_overrides` makes a changed copy.

    Raises:
        pydantic.ValidationError: a value is of the wrong type or out of its range. `preset_config` and
            `with_overrides` turn it into a one-line `ConfigError`.
    """

    task: str = _option(
        DEFAULT_TASK, "run", "task, as dmc:domain-task, gym:id or lesson:disc", fixed=True, min_length=3, max_length=500
    )
    suite_package: str = _option(
        "",
        "run",
        "the package of the task's suite; empty: this program",
        fixed=True,
        max_length=200,
    )
    preset: str = _option("paper", "run", "the preset that gave the other values", fixed=True, max_length=100)
    seed: int = _option(0, "run", "seed of weights, noise, batches and episodes", fixed=True, ge=0, le=2**31 - 1)
    steps: int = _option(5_000_000, "run", "environment steps in all", ge=1, le=10**10)
    checkpoint_every: float = _option(300.0, "run", "seconds between checkpoints", ge=1.0, le=86_400.0)
    checkpoint_tests: bool = _option(True, "run", "also a checkpoint after each test")
    keep_newest: int = _option(3, "run", "newest checkpoints to keep", ge=1, le=10**6)
    keep_each: int = _option(10, "run", "keep every Nth of the older checkpoints; 0: none", ge=0, le=10**6)

    # paper: Appendix A, action repeat
    action_repeat: int = _option(2, "environment", "simulator steps per action", fixed=True, ge=1, le=16)
    time_limit: int = _option(
        1000,
        "environment",
        "maximum simulator steps per episode; 0: the task's own limit, else 30,000 agent steps",
        fixed=True,
        ge=0,
        le=10**6,
    )
    # paper: Appendix A, bounded rewards
    clip_rewards: Literal["none", "tanh"] = _option("none", "environment", "none, or tanh (Atari)", fixed=True)
    render_quality: Literal["full", "fast"] = _option(
        "full", "environment", "fast: dmc frames with coarser edges on shadows and round shapes", fixed=True
    )
    observe: str = _option(
        "auto",
        "environment",
        "what the agent sees of a gym task: auto, observation, render, plain, or a key of the observation",
        fixed=True,
        min_length=1,
        max_length=200,
    )
    render_small: bool = _option(
        False, "environment", "ask a gym task for 64 x 64 frames if it can draw them; else shrink frames", fixed=True
    )
    env_timeout: float = _option(60.0, "environment", "seconds to wait for an answer", ge=0.1, le=86_400.0)
    env_memory_mb: int = _option(
        4096, "environment", "MiB; a process that grows larger is replaced between episodes; 0: never", ge=0, le=2**24
    )

    # paper: Appendix A, random episodes
    prefill: int = _option(
        5000, "replay", "environment steps with random actions before learning begins", ge=1, le=10**7
    )
    replay_ram_mb: int = _option(2048, "replay", "memory for episodes in MiB; the rest stays on disk", ge=16, le=2**20)

    cnn_depth: int = _option(32, "model", "channels of the first convolution", fixed=True, ge=1, le=256)
    deter_size: int = _option(200, "model", "deterministic state, GRU units", fixed=True, ge=1, le=4096)
    # paper: Appendix A, latent distribution
    stoch_size: int = _option(30, "model", "stochastic state, Gaussians", fixed=True, ge=1, le=1024)
    hidden_size: int = _option(200, "model", "units of the RSSM's other layers", fixed=True, ge=1, le=4096)
    # paper: Appendix A, dense layers
    num_units: int = _option(400, "model", "units of each dense layer in the heads", fixed=True, ge=1, le=4096)
    # paper: Appendix A, predicted discount
    pcont: bool = _option(False, "model", "predict the end of episodes", fixed=True)
    # paper: Appendix A, KL regularizer
    free_nats: float = _option(3.0, "model", "the mean KL is not pushed below this many nats", ge=0.0, le=1e3)
    # paper: Appendix A, KL regularizer
    kl_scale: float = _option(1.0, "model", "weight of the KL", ge=0.0, le=1e3)
    pcont_scale: float = _option(10.0, "model", "weight of the pcont loss", ge=0.0, le=1e3)

    # paper: Appendix A, horizon
    horizon: int = _option(15, "behavior", "training horizon: imagined agent steps", ge=1, le=50)
    # paper: Appendix A, value estimates
    discount: float = _option(0.99, "behavior", "discount per agent step", ge=0.0, le=1.0)
    # paper: Appendix A, value estimates
    disclam: float = _option(0.95, "behavior", "lambda of the lambda-return", ge=0.0, le=1.0)
    # paper: Appendix A, action distribution
    action_init_std: float = _option(5.0, "behavior", "initial deviation before the tanh", fixed=True, gt=0.0, le=100)
    # paper: Appendix A, action distribution
    action_mean_scale: float = _option(5.0, "behavior", "bound of the mean before the tanh", fixed=True, gt=0.0, le=100)
    # paper: Appendix A, action distribution
    action_min_std: float = _option(1e-4, "behavior", "minimum deviation before the tanh", fixed=True, gt=0.0, le=1.0)

    # paper: Appendix A, exploration noise
    expl_amount: float = _option(0.3, "exploration", "deviation of the noise; discrete: epsilon", ge=0.0, le=1.0)
    # paper: Appendix A, epsilon greedy
    expl_decay: float = _option(
        0.0, "exploration", "half-life of expl_amount in environment steps; 0: no decay", ge=0.0, le=1e10
    )
    expl_min: float = _option(0.0, "exploration", "lower bound of the decayed expl_amount", ge=0.0, le=1.0)

    # paper: Appendix A, batches
    batch_size: int = _option(50, "learning", "sequences per batch", ge=1, le=1024)
    # paper: Appendix A, batches
    batch_length: int = _option(50, "learning", "agent steps per sequence", ge=2, le=1024)
    # paper: Appendix A, collecting
    train_every: int = _option(
        1000, "learning", "environment steps per train_steps updates", fixed=True, ge=1, le=10**6
    )
    # paper: Appendix A, collecting
    train_steps: int = _option(100, "learning", "updates per train_every environment steps", fixed=True, ge=1, le=10**5)
    update_blocks: bool = _option(
        False, "learning", "make updates in blocks, as the author does; else spread them evenly"
    )
    pretrain: int = _option(100, "learning", "updates right after the prefill", fixed=True, ge=0, le=10**6)
    # paper: Appendix A, optimizers
    model_lr: float = _option(6e-4, "learning", "Adam's rate for the world model", gt=0.0, le=1.0)
    # paper: Appendix A, optimizers
    value_lr: float = _option(8e-5, "learning", "Adam's rate for the value model", gt=0.0, le=1.0)
    # paper: Appendix A, optimizers
    actor_lr: float = _option(8e-5, "learning", "Adam's rate for the action model", gt=0.0, le=1.0)
    adam_eps: float = _option(1e-7, "learning", "Adam's epsilon", gt=0.0, le=1.0)
    precision: Precision = _option("auto", "learning", "auto: bfloat16 if the device supports it")
    compile: bool = _option(False, "learning", "compile the update; the first update then takes minutes")
    spare_cores: int = _option(0, "learning", "CPU cores left to the window and the environment", ge=0, le=1024)
    # paper: Appendix A, gradient clipping
    grad_clip: float = _option(100.0, "learning", "global norm that each gradient is clipped to", gt=0.0, le=1e9)

    eval_every: int = _option(10_000, "evaluation", "environment steps between tests; 0: none", ge=0, le=10**9)
    eval_episodes: int = _option(1, "evaluation", "episodes per test", ge=1, le=1000)

    slow_target: float = _option(
        0.0,
        "remedies",
        "lambda-returns use a slow copy of the value model, which keeps this share of its weights at each update; 0: "
        "off (DreamerV2; the average is DreamerV3's: 0.98)",
        ge=0.0,
        lt=1.0,
    )
    norm_returns: bool = _option(
        False, "remedies", "divide the actor's returns by the range of their 5th to 95th percentile (DreamerV3)"
    )
    return_decay: float = _option(
        0.99, "remedies", "with norm_returns: share that the running range keeps at each update", ge=0.0, lt=1.0
    )
    return_limit: float = _option(
        1.0, "remedies", "with norm_returns: ranges below this are not scaled up", gt=0.0, le=1e6
    )
    entropy_scale: float = _option(
        0.0, "remedies", "weight of the policy's entropy in the actor's loss; 0: off (DreamerV3: 3e-4)", ge=0.0, le=1e3
    )
    action_dist: ActionDist = _option(
        "tanh_normal",
        "remedies",
        "continuous actions; bounded_normal: mean in [-1, 1], deviation 0.1 to 1, clipped (DreamerV3)",
        fixed=True,
    )
    prior_kl_scale: float = _option(
        0.0,
        "remedies",
        "weight of the KL that trains the prior alone; with this or posterior_kl_scale above 0, kl_scale and free_nats "
        "have no effect (DreamerV2: 0.8; DreamerV3: 1)",
        ge=0.0,
        le=1e3,
    )
    posterior_kl_scale: float = _option(
        0.0,
        "remedies",
        "weight of the KL that trains the posterior alone (DreamerV2: 0.2; DreamerV3: 0.1)",
        ge=0.0,
        le=1e3,
    )
    prior_free_nats: float = _option(
        1.0, "remedies", "with prior_kl_scale: no step's KL is pushed below this (DreamerV3)", ge=0.0, le=1e3
    )
    posterior_free_nats: float = _option(
        1.0, "remedies", "with posterior_kl_scale: no step's KL is pushed below this (DreamerV3)", ge=0.0, le=1e3
    )
    symlog: bool = _option(
        False,
        "remedies",
        "reward and value model predict sign(x) ln(|x| + 1) in place of x (DreamerV3)",
        fixed=True,
    )
    image_scale: float = _option(
        1.0, "remedies", "weight of the image loss; 1: off (DreamerV2's loss scales)", ge=0.0, le=1e3
    )
    activation: Activation = _option(
        "elu", "remedies", "activation of the dense layers; convolutions use ReLU (DreamerV3: silu)", fixed=True
    )
    layer_norm: bool = _option(
        False, "remedies", "layer norm in the dense layers, but not in convolutions and GRU (DreamerV3)", fixed=True
    )
    imagine_every: int = _option(
        1,
        "remedies",
        "imagine from every Nth step of a sequence, the last one included; 1: from all, as in the paper",
        ge=1,
        le=1024,
    )
    decode_every: int = _option(
        1,
        "remedies",
        "reconstruct the image of every Nth step of a sequence, including the last; 1: of every step, as in the paper",
        ge=1,
        le=1024,
    )


def balances_kl(config: Config) -> bool:
    """Return whether prior and posterior have weights of their own in the KL, so `kl_scale` has no effect."""
    return config.prior_kl_scale > 0 or config.posterior_kl_scale > 0


def free_nats_of(config: Config) -> float:
    """Return the free nats below which the KL no longer trains the prior."""
    return config.prior_free_nats if balances_kl(config) else config.free_nats


@dataclasses.dataclass(frozen=True)
class Option:
    """The public description of a field of `Config`."""

    name: str
    section: str
    help: str
    default: Any
    range: str
    fixed: bool


_LAPTOP_V1: Mapping[str, Any] = {
    "steps": 200_000,
    "render_quality": "fast",
    "prefill": 2500,
    "cnn_depth": 16,
    "deter_size": 128,
    "hidden_size": 128,
    "num_units": 128,
    "free_nats": 1.0,
    "kl_scale": 0.1,
    "batch_size": 8,
    "batch_length": 16,
    "pretrain": 100,
    "model_lr": 1e-3,
    "value_lr": 1e-4,
    "actor_lr": 3e-5,
    "spare_cores": 1,
    "eval_every": 5000,
    "replay_ram_mb": 1024,
}
"""For two cores without a GPU: fewer channels, smaller batches."""

_LESSON: Mapping[str, Any] = {
    "steps": 20_000,
    "render_quality": "fast",
    "prefill": 2500,
    "cnn_depth": 8,
    "deter_size": 128,
    "stoch_size": 16,
    "hidden_size": 128,
    "num_units": 128,
    "batch_size": 16,
    "batch_length": 10,
    "horizon": 10,
    "discount": 0.95,
    "train_every": 100,
    "train_steps": 25,
    "pretrain": 200,
    "model_lr": 3e-3,
    "value_lr": 1e-3,
    "actor_lr": 4e-4,
    "spare_cores": 1,
    "eval_every": 1500,
    "eval_episodes": 5,
    "replay_ram_mb": 256,
    "slow_target": 0.98,
    "norm_returns": True,
    "entropy_scale": 3e-4,
    "action_dist": "bounded_normal",
    "prior_kl_scale": 1.0,
    "posterior_kl_scale": 0.3,
    "prior_free_nats": 0.5,
    "posterior_free_nats": 0.5,
    "imagine_every": 5,
}
"""For the lesson's tasks on two cores: small networks and large steps, so that minutes suffice."""

PRESETS: Mapping[str, Mapping[str, Any]] = {
    # The author's numbers (Dream to Control, appendix A, and the code where they differ).
    "paper": {"update_blocks": True},
    "laptop": _LAPTOP_V1,
    # The first `laptop`, with which the runs of docs/results.md were trained. It never changes.
    "laptop-v1": _LAPTOP_V1,
    # Takes seconds, not minutes: for tests and for trying a task.
    "tiny": {
        "steps": 1000,
        "render_quality": "fast",
        "prefill": 100,
        "cnn_depth": 2,
        "deter_size": 16,
        "stoch_size": 6,
        "hidden_size": 16,
        "num_units": 16,
        "batch_size": 4,
        "batch_length": 8,
        "horizon": 5,
        "train_every": 100,
        "train_steps": 4,
        "pretrain": 2,
        "spare_cores": 1,
        "eval_every": 0,
        "replay_ram_mb": 64,
    },
    "lesson": _LESSON,
}

OLDER_PRESETS = ("laptop-v1",)
"""Presets that the window does not offer for a new run; the command line takes them."""

LESSON_TASKS = "lesson:"
"""Prefix of the tasks that the preset ``lesson`` is made for. The command line takes the preset for any task."""

_ADAPTER: TypeAdapter[Config] = TypeAdapter(Config)
_FIELDS = {field.name: field for field in dataclasses.fields(Config)}
_WHOLE = {name for name, field in _FIELDS.items() if field.type == "int"}


def offered_presets(task: str = "") -> tuple[str, ...]:
    """Return the presets that the window offers for a new run of a task; those for every task if it is empty."""
    left_out = {*OLDER_PRESETS} if task.startswith(LESSON_TASKS) else {*OLDER_PRESETS, "lesson"}
    return tuple(preset for preset in PRESETS if preset not in left_out)


def options() -> tuple[Option, ...]:
    """List every field with its section, range and help, in the order of `Config`."""
    schema = _ADAPTER.json_schema()
    return tuple(
        Option(name, spec["section"], spec["description"], spec.get("default"), _range(spec), spec["fixed"])
        for name, spec in schema["properties"].items()
    )


def preset_config(
    task: str, preset: str, suite: Mapping[str, Any], overrides: Mapping[str, Any] | None = None
) -> Config:
    """Make a new run's configuration from suite, preset and overrides. Later values replace earlier ones.

    Args:
        task: The task. The environment checks whether it exists.
        preset: A key of `PRESETS`.
        suite: The default settings of the task's suite.
        overrides: Field names to values, which may be text from a command line.

    Raises:
        ConfigError: If the preset or a field is unknown, or a value has the wrong type or is out of range.
    """
    if preset not in PRESETS:
        raise ConfigError(f"unknown preset {preset!r}{nearest(preset, PRESETS)}")
    values = {"task": task, "preset": preset, **_known(suite), **PRESETS[preset]}
    return _validated({**values, **_known(overrides or {})})


def with_overrides(config: Config, overrides: Mapping[str, Any]) -> Config:
    """Return a copy of a run's configuration with new values for fields that may change during the run.

    Raises:
        ConfigError: as `preset_config`, and for a field that is fixed once the run has begun.
    """
    changed = with_values(config, overrides)
    for option in options():
        if option.fixed and getattr(changed, option.name) != getattr(config, option.name):
            raise ConfigError(
                f"{option.name} cannot change once a run has begun: it is {getattr(config, option.name)!r}"
            )
    return changed


def with_values(config: Config, values: Mapping[str, Any]) -> Config:
    """Return a copy of the configuration of a run that has not begun, with new values for any fields.

    Raises:
        ConfigError: as `preset_config`.
    """
    return _validated({**dataclasses.asdict(config), **_known(values)})


def changed_settings(config: Config) -> dict[str, Any]:
    """Return the settings that differ from those of the run's preset, or from the author's if there is no such preset.

    Settings that come from the task's suite count as changes; task and preset are left out.
    """
    usual = {**dataclasses.asdict(Config()), **PRESETS.get(config.preset, {})}
    values = dataclasses.asdict(config)
    return {name: value for name, value in values.items() if value != usual[name] and name not in ("task", "preset")}


def parse_setting(name: str, value: Any) -> Any:
    """Return the value of one setting, read from text if necessary.

    Raises:
        ConfigError: there is no such setting, or the value has the wrong type or is out of range. The message has only
            the reason, because the window shows it beside the setting.
    """
    if name not in _FIELDS:
        raise ConfigError(f"unknown setting {_quoted(name)}")
    try:
        plain = whole_number(value) if name in _WHOLE and isinstance(value, str) else value
        return getattr(_ADAPTER.validate_python({name: plain}), name)
    except ValidationError as error:
        raise ConfigError(error.errors()[0]["msg"].lower()) from error
    except ValueError as error:
        raise ConfigError(str(error)) from error


def setting_text(value: object) -> str:
    """Return the value of a setting as text, as `parse_setting` and the command line take it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def write_config(config: Config, path: Path, check: Callable[[], None] = lambda: None) -> None:
    """Write `config` as JSON; the file is whole or unchanged. `check` as in `write_whole`."""
    write_json(path, dataclasses.asdict(config), check=check)


def read_config(path: Path) -> Config:
    """Read a configuration that `write_config` wrote.

    Raises:
        ConfigError: the file cannot be read, is not JSON, or holds an invalid value.
    """
    try:
        values = json.loads(read_small(path, MOST_CONFIG_BYTES))
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(f"cannot read the configuration {path.name}: {error}") from error
    if not isinstance(values, dict):
        raise ConfigError(f"{path.name} does not hold a configuration")
    return _validated(_known(values))


def nearest(name: str, valid: Mapping[str, Any] | tuple[str, ...]) -> str:
    """Complete an error message: suggest the closest valid name, or list all if none is close."""
    close = difflib.get_close_matches(name, list(valid), n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else f"; valid are {', '.join(valid)}"


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    for name in values:
        if name not in _FIELDS:
            close = difflib.get_close_matches(name, list(_FIELDS), n=1, cutoff=0.0)
            raise ConfigError(f"unknown setting {_quoted(name)}; did you mean {close[0]!r}?")
    return {name: _plain(name, value) for name, value in values.items()}


def _plain(name: str, value: Any) -> Any:
    """Convert a value for its field; the text of a whole number may be 1e3."""
    if name not in _WHOLE or not isinstance(value, str):
        return value
    try:
        return whole_number(value)
    except ValueError as error:
        raise ConfigError(f"{name}={_quoted(value)}: {error}") from error


def _validated(values: Mapping[str, Any]) -> Config:
    try:
        return _ADAPTER.validate_python(dict(values))
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        raise ConfigError(f"{name}={_quoted(first['input'])}: {first['msg'].lower()}") from error


def _quoted(value: object, most: int = 100) -> str:
    """Quote a value, shortened: it may come from a stranger's file."""
    text = repr(value)
    return text if len(text) <= most else f"{text[:most]}..."


def _range(spec: Mapping[str, Any]) -> str:
    if "enum" in spec:
        return "|".join(spec["enum"])
    low = spec.get("minimum", spec.get("exclusiveMinimum"))
    if low is None:
        return "true|false" if spec.get("type") == "boolean" else "text"
    if "exclusiveMaximum" in spec:
        return f"{_readable(low)} to below {_readable(spec['exclusiveMaximum'])}"
    high = _readable(spec["maximum"])
    return f"above 0, up to {high}" if "exclusiveMinimum" in spec and low == 0 else f"{_readable(low)} to {high}"


def _readable(bound: float) -> str:
    """Write a bound with all its digits, such as 16,777,216."""
    return f"{bound:,.0f}" if bound == int(bound) else f"{bound:,g}"
