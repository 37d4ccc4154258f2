"""The user's choice on the page of a new run, and the review of the choice."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dreamer_studio.config import (
    Config,
    ConfigError,
    Option,
    offered_presets,
    options,
    parse_setting,
    setting_text,
    with_values,
)
from dreamer_studio.runs.planning import AUTO, default_preset
from dreamer_studio.studies.seeds import parse_seeds
from dreamer_studio.studies.study import StudyError
from dreamer_studio.texts import one_line
from dreamer_studio.viewing.new_run.new_run import NewRun
from dreamer_studio.viewing.new_run.new_study import NewStudy, new_study
from dreamer_studio.viewing.new_run.place import FOLDER, NAME, PlaceFindings, PlaceQuestion, name_error

TASK, SEEDS = "task", "seeds"
ELSEWHERE = frozenset({"task", "preset", "suite_package", "seed"})
"""Settings that have their own fields on the page, or that nobody chooses."""

FIRST_PRESET = default_preset(AUTO)
"""The preset on the page before the device of this machine is known."""


@dataclass(frozen=True)
class Choice:
    """Everything that the user has chosen or typed, valid or not.

    Attributes:
        task: the task; empty before one is chosen.
        preset: a key of `PRESETS`.
        changes: settings as they were typed, by name.
        name: the name of the folder of the run or study; empty for a name that the program chooses.
        root: the folder of the runs, as it was typed.
        seeds: the seeds, as they were typed. Several seeds make a study.
        device: where this window computes: "auto", "cpu", "cuda" or "mps".
        found_device: the kind of device that "auto" finds on this machine; empty before it is known.
    """

    task: str = ""
    preset: str = FIRST_PRESET
    changes: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    root: str = ""
    seeds: str = "0"
    device: str = AUTO
    found_device: str = ""

    @property
    def on_gpu(self) -> bool:
        """Return whether this window computes on a GPU. As long as the device is not known, it does not."""
        return (self.found_device if self.device == AUTO else self.device) in {"cuda", "mps"}

    def with_setting(self, name: str, text: str) -> Choice:
        """Return this choice with another value of a setting."""
        return dataclasses.replace(self, changes={**self.changes, name: text})

    def without_setting(self, name: str) -> Choice:
        """Return this choice with the value that task and preset give to a setting."""
        rest = {key: text for key, text in self.changes.items() if key != name}
        return dataclasses.replace(self, changes=rest)

    def with_place(self, field: str, text: str) -> Choice:
        """Return this choice with another text in the field for the name, the folder or the seeds."""
        if field == NAME:
            return dataclasses.replace(self, name=text)
        return dataclasses.replace(self, root=text) if field == FOLDER else dataclasses.replace(self, seeds=text)

    def settled(self, base: Config) -> Choice:
        """Return this choice without changes to the value that a setting has anyway."""
        kept = {name: text for name, text in self.changes.items() if not _is_value(base, name, text)}
        return dataclasses.replace(self, changes=kept)


@dataclass(frozen=True)
class Review:
    """A choice with the outcome of all checks.

    Attributes:
        choice: the choice.
        base: the configuration of task and preset without changes; None before it is known.
        config: the configuration with all valid changes; None before the base is known.
        settings: the settings whose values are valid and differ from the base.
        changed: the names of all settings that differ from the base, including invalid values.
        errors: the problems, by field or setting.
        place: the place of the run or study, for a look at the disk; None before the base is known, or if the choice
            names no valid place.
        automatic_name: the name that the program would give; empty before a look at the disk.
        new_run: the run; None for several seeds, and while anything is wrong or missing.
        new_study: the study of several seeds; None for a run, and while anything is wrong or missing.
    """

    choice: Choice
    base: Config | None = None
    config: Config | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    place: PlaceQuestion | None = None
    automatic_name: str = ""
    new_run: NewRun | None = None
    new_study: NewStudy | None = None

    @property
    def ready(self) -> bool:
        """Return whether the run or study can start."""
        return self.new_run is not None or self.new_study is not None

    @property
    def reason(self) -> str:
        """Return why nothing can start, in a sentence; empty if the run or study can."""
        if self.ready:
            return ""
        if not self.choice.task:
            return "Choose a task first."
        if self.errors:
            name, error = next(iter(self.errors.items()))
            more = f" ({len(self.errors) - 1} more)" if len(self.errors) > 1 else ""
            return f"{name.capitalize() if name in (TASK, NAME, FOLDER, SEEDS) else name}: {error}{more}"
        return "The settings of the task are being read." if self.base is None else "The folder is being read."


def choice_from(config: Config, root: str) -> Choice:
    """Return the choice of a new run with the settings of another run; `Choice.settled` leaves out the usual ones."""
    preset = config.preset if config.preset in offered_presets(config.task) else default_preset(AUTO, config.task)
    changes = {option.name: setting_text(getattr(config, option.name)) for option in page_options()}
    return Choice(config.task, preset, changes, root=root, seeds=str(config.seed))


@functools.cache  # the page asks at every key
def page_options() -> tuple[Option, ...]:
    """Return the settings that the page lists."""
    return tuple(option for option in options() if option.name not in ELSEWHERE)


def review(choice: Choice, base: Config | None, task_problem: str = "", found: PlaceFindings | None = None) -> Review:
    """Check a choice, without a look at the disk.

    Args:
        choice: the choice.
        base: the configuration of its task and preset; None if it is not known.
        task_problem: why the task cannot run, found by asking the environment; empty if no problem is known.
        found: the newest look at the disk. The name of a run may come from a look at another folder; opening the run
            checks both again.
    """
    errors = {TASK: task_problem} if task_problem else {}
    settings, wrong = _parsed(choice)
    errors |= wrong
    seeds: tuple[int, ...] = ()
    try:
        seeds = parse_seeds(choice.seeds)
    except ValueError as error:
        errors[SEEDS] = str(error)
    if base is None:
        return Review(choice, errors=errors)
    settings = {name: value for name, value in settings.items() if value != getattr(base, name)}
    config = with_values(base, {**settings, "seed": seeds[0] if seeds else base.seed})
    changed = tuple(name for name in choice.changes if name in settings or name in wrong)
    reviewed = Review(choice, base, config, settings, changed, errors)
    try:
        root = Path(choice.root).expanduser()
    except RuntimeError as error:  # ~ names an unknown user
        return dataclasses.replace(reviewed, errors={**errors, FOLDER: one_line(str(error))})
    if not root.is_absolute() or "\0" in choice.root:
        return dataclasses.replace(reviewed, errors={**errors, FOLDER: "write the whole path of a folder"})
    try:
        study = _study_of(choice, root, seeds, settings)
    except StudyError as error:
        return dataclasses.replace(reviewed, errors={**errors, SEEDS: str(error)})
    return _placed(reviewed, PlaceQuestion(root, choice.name, choice.task, choice.preset, study), found)


def _study_of(choice: Choice, root: Path, seeds: Sequence[int], settings: Mapping[str, Any]) -> NewStudy | None:
    """Return the study of several seeds, or None for a single one.

    Raises:
        StudyError: the study cannot be made.
    """
    if len(seeds) < 2:
        return None
    return new_study(root, task=choice.task, preset=choice.preset, seeds=seeds, settings=settings, on_gpu=choice.on_gpu)


def _placed(reviewed: Review, place: PlaceQuestion, found: PlaceFindings | None) -> Review:
    """Complete a review with name and folder, and with the run or study if nothing is wrong."""
    choice, errors, automatic = reviewed.choice, dict(reviewed.errors), ""
    looked = found is not None and found.question == place
    if problem := name_error(choice.name, study=place.study is not None):
        errors[NAME] = problem
    if found is not None and _has_name_of(found.question, place):
        automatic = found.automatic_name
    if found is not None and looked:
        errors |= found.errors
    reviewed = dataclasses.replace(reviewed, place=place, errors=errors, automatic_name=automatic)
    name = choice.name or automatic
    if errors or not name or reviewed.config is None:
        return reviewed
    if place.study is not None:
        named = place.study.named(name, continues=found is not None and looked and found.continues)
        return dataclasses.replace(reviewed, new_study=named)
    made = NewRun(
        choice.task,
        choice.preset,
        reviewed.settings,
        place.root / name,
        reviewed.config.seed,
        numbered=not choice.name,
        device=choice.device,
    )
    return dataclasses.replace(reviewed, new_run=made)


def _has_name_of(looked: PlaceQuestion, place: PlaceQuestion) -> bool:
    """Return whether a look at one place finds the automatic name of another place."""
    kinds = ((each.task, each.preset, each.study is None) for each in (looked, place))
    return len(set(kinds)) == 1


def _parsed(choice: Choice) -> tuple[dict[str, Any], dict[str, str]]:
    """Read the typed settings: return the valid values, and the problem of each other value."""
    settings: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, text in choice.changes.items():
        try:
            settings[name] = parse_setting(name, text)
        except ConfigError as error:
            errors[name] = str(error)
    return settings, errors


def _is_value(base: Config, name: str, text: str) -> bool:
    try:
        return bool(parse_setting(name, text) == getattr(base, name))
    except ConfigError:
        return False
