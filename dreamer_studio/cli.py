"""The command ``dreamer-studio``. Each verb imports heavy modules only when needed."""

from __future__ import annotations

import contextlib
import enum
import errno
import functools
import json
import logging
import math
import platform
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from dreamer_studio.manual.exit_codes import help_text
from dreamer_studio.numerals import whole_number
from dreamer_studio.runs.counters import PartUpdates
from dreamer_studio.studies import verbs as studies
from dreamer_studio.system.app_log import LogBook, log_file, traceback_place
from dreamer_studio.system.ending import ending_signals
from dreamer_studio.system.loading import collector_at_rest
from dreamer_studio.system.process import end_process, prepare_process
from dreamer_studio.system.streams import OutputError, prepare_streams, write_path
from dreamer_studio.texts import one_line

if TYPE_CHECKING:
    from dreamer_studio.runs.planning import RunPlan
    from dreamer_studio.trust.comparing.comparison import Comparison
    from dreamer_studio.trust.report import Report

NAME = "dreamer-studio"

app = typer.Typer(
    name=NAME,
    help="Train a world model and look inside it, live. Without a verb, open the window.",
    epilog=help_text(),
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.add_typer(studies.app, name="study")

USAGE_ERROR = 2
ENVIRONMENT_FAILED = 1
UNREAD = 128 + 13  # the exit code of a program that SIGPIPE ends; Python ignores this signal

_log = logging.getLogger(__name__)


class Device(enum.StrEnum):
    """Where to compute."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"
    MPS = "mps"


class DreamKind(enum.StrEnum):
    """What the model is allowed to see."""

    IMAGINED = "imagined"
    OPEN_LOOP = "open-loop"
    RECONSTRUCTION = "reconstruction"


def _count(text: str, low: int, high: int) -> Any:
    """Make an option that takes a whole number from `low` to `high`."""
    return typer.Option(parser=_counted(low, high), metavar="N", help=f"{text} ({low:,} to {high:,})")


def _counted(low: int, high: int) -> Callable[[Any], int]:
    def parse(text: Any) -> int:
        try:
            number = whole_number(str(text))
        except ValueError as error:
            raise typer.BadParameter(f"{text!r}: {error}") from error
        if not low <= number <= high:
            raise typer.BadParameter(f"{text!r}: must be from {low:,} to {high:,}")
        return number

    return parse


def _show_version(wanted: bool) -> None:
    if wanted:
        from dreamer_studio import __version__
        from dreamer_studio.system.packages import version_of

        torch = version_of("torch") or "not installed"
        typer.echo(f"dreamer-studio {__version__} (Python {platform.python_version()}, torch {torch})")
        raise typer.Exit


def _complete_preset() -> list[str]:
    from dreamer_studio.config import PRESETS

    return list(PRESETS)


TaskOption = Annotated[
    str | None,
    typer.Option(help="Such as lesson:disc, dmc:walker-walk or gym:CartPole-v1; `train` needs it for a new run."),
]
PresetOption = Annotated[
    str | None,
    typer.Option(
        autocompletion=_complete_preset, help="paper, laptop, laptop-v1 or tiny; default: paper with CUDA, else laptop."
    ),
]
RunOption = Annotated[Path | None, typer.Option(help="Run folder; an existing run is resumed.")]
DeviceOption = Annotated[Device, typer.Option(help="Where to compute.")]
SetOption = Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A setting of `presets`.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
RunArgument = Annotated[Path, typer.Argument(metavar="RUN", help="Run folder, or demo: the finished example.")]
CheckpointOption = Annotated[
    str,
    typer.Option(
        metavar="newest|best|STEP",
        autocompletion=lambda: ["newest", "best"],
        help="Which weights: newest, best (highest test return, biased upward), or those at an environment step.",
    ),
]
DEMO = Path("demo")


@app.callback(invoke_without_command=True)
def window(
    context: typer.Context,
    task: TaskOption = None,
    preset: PresetOption = None,
    run: RunOption = None,
    device: DeviceOption = Device.AUTO,
    settings: SetOption = None,
    demo: Annotated[bool, typer.Option("--demo", help="Watch the finished example without training.")] = False,
    new_window: Annotated[bool, typer.Option("--new-window", help="Open a window even if another is open.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Play the policy of --run without training.")] = False,
    checkpoint: CheckpointOption = "newest",
    paused: Annotated[bool, typer.Option("--paused", help="Open with the training paused.")] = False,
    safe_mode: Annotated[bool, typer.Option("--safe-mode", help="Ignore the saved theme and layout.")] = False,
    screenshot: Annotated[Path | None, typer.Option(help="Save the closing window as a .png or .jpg.")] = None,
    quit_after: Annotated[float | None, typer.Option(min=0.0, metavar="SECONDS", help="Close after this time.")] = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Open the window: on the start page, or with --task, --run or --demo on a run."""
    if context.invoked_subcommand is not None:
        _refuse_options_before(context.invoked_subcommand, context)
        return
    with collector_at_rest():
        from dreamer_studio.studio.app import WindowOptions, run_window
        from dreamer_studio.studio.shell.flow.requests import OpenRequest

    plan_for = None
    if demo or watch:
        plan_for = functools.partial(_plan_watching, run, task, preset, settings, demo=demo, checkpoint=checkpoint)
    elif _is_given("checkpoint", context):
        raise typer.BadParameter("--checkpoint chooses what --watch plays; a training continues from the newest")
    elif task is not None or run is not None:
        plan_for = functools.partial(_plan, run, task, preset, settings)
    else:
        _refuse_options_without_a_run(context)
    request = None if plan_for is None else OpenRequest(functools.cache(plan_for), paused=paused)
    options = WindowOptions(
        device.value, new_window=new_window, safe_mode=safe_mode, screenshot=screenshot, quit_after=quit_after
    )
    raise typer.Exit(run_window(request, context.obj, options))


@app.command()
def train(
    task: TaskOption = None,
    preset: PresetOption = None,
    run: RunOption = None,
    steps: Annotated[int | None, _count("Environment steps in all", 1, 10**10)] = None,
    device: DeviceOption = Device.AUTO,
    settings: SetOption = None,
) -> None:
    """Train without a window."""
    with collector_at_rest():
        from dreamer_studio.headless import train_headless
        from dreamer_studio.training.opening import choose_device

    where = choose_device(device.value)
    plan = _plan(run, task, preset, settings, where.type, steps=steps, needs_task=True)
    raise typer.Exit(train_headless(plan, where))


@app.command("eval")
def evaluate(
    run: RunArgument,
    episodes: Annotated[int, _count("Episodes to play", 1, 10_000)] = 10,
    checkpoint: CheckpointOption = "newest",
    task: Annotated[str | None, typer.Option(help="The run's own task, if you trust its code.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Play whole episodes with the policy's mode, without exploration."""
    with collector_at_rest():
        from dreamer_studio.headless import evaluate_run

    result = evaluate_run(_run_folder(run), episodes, task, checkpoint)
    if as_json:
        typer.echo(json.dumps(result))
        return
    typer.echo(f"{result['task']} ({result['preset']}), {result['step']} environment steps")
    if extra := str(PartUpdates(**result["part_updates"])):
        typer.echo(extra)
    ends = ", ".join(f"{count} {end}" for end, count in Counter(result["ends"]).items())
    typer.echo(f"return {result['mean']:.1f} +- {result['std']:.1f} over {result['episodes']} episodes ({ends})")


@app.command()
def trust(
    run: RunArgument,
    episodes: Annotated[
        int | None,
        _count("New episodes to play; default: 4 for a comparison or if fewer than 4 tests are stored", 1, 100),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Write the record too, as JSON and CSV.")] = None,
    checkpoint: CheckpointOption = "newest",
    against: Annotated[
        str | None,
        typer.Option(
            metavar="OTHER[@STEP]",
            help="Compare with another run or checkpoint; @newest, @best or @STEP names the checkpoint.",
        ),
    ] = None,
    checkpoints: Annotated[
        str | None,
        typer.Option(
            metavar="A,B,...|all", help="Compare checkpoints of this run, given by their steps, with the first one."
        ),
    ] = None,
    blind: Annotated[
        bool, typer.Option("--blind", help="Also measure the return with fewer frames seen; takes minutes.")
    ] = False,
    task: Annotated[str | None, typer.Option(help="The run's own task, if you trust its code.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Measure how far to believe a run's dreams, on episodes it never learned from, or compare checkpoints."""
    folder = _run_folder(run)
    models = _models(folder, checkpoint, against, checkpoints)
    if blind and models:
        raise typer.BadParameter("--blind judges one checkpoint, so it takes no --against and no --checkpoints")
    with collector_at_rest():
        from dreamer_studio.headless import compare_runs, trust_run

    if out is not None:
        out.mkdir(parents=True, exist_ok=True)  # before minutes of play
    report: Report | Comparison
    if models:
        report = compare_runs(models, episodes, task)
    else:
        report = trust_run(folder, episodes, task, checkpoint, blind=blind)
    for path in report.write(out) if out is not None else ():
        typer.echo(f"wrote {path}", err=True)
    typer.echo(json.dumps(report.as_dict(), indent=2) if as_json else report.as_text())


@app.command()
def health(
    run: RunArgument,
    judge: Annotated[bool, typer.Option("--judge", help="First judge the newest checkpoint, as trust does.")] = False,
    task: Annotated[str | None, typer.Option(help="The run's own task, if --judge may run its code.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Look for faults in a training: in its log, newest episodes and newest judgment."""
    from dreamer_studio.runs.folder import RunFolder
    from dreamer_studio.viewing.health.stored import examine_folder

    folder, report = _run_folder(run), None
    if judge:
        with collector_at_rest():
            from dreamer_studio.headless import trust_run

        report = trust_run(folder, task=task)
    found = examine_folder(RunFolder(folder), report)
    typer.echo(json.dumps(found.as_dict(), indent=2) if as_json else found.as_text())


@app.command()
def dream(
    run: RunArgument,
    kind: Annotated[DreamKind, typer.Option(help="What the model is allowed to see.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Ends in .gif, .webp, .mp4, .png (a strip) or .npz.")],
    checkpoint: CheckpointOption = "newest",
    length: Annotated[int | None, _count("Frames; default: 45 for imagined, else 50", 1, 1000)] = None,
    context: Annotated[int, _count("Frames that the model sees first", 1, 500)] = 5,
    count: Annotated[int, _count("Sequences", 1, 32)] = 4,
    seed: Annotated[int, _count("Seed of the sequences and of all noise", 0, 2**31 - 1)] = 0,
    fps: Annotated[int, _count("Frames per second; at most 50 for a GIF", 1, 120)] = 20,
    scale: Annotated[int, _count("Pixels per pixel", 1, 16)] = 4,
    curves: Annotated[bool, typer.Option("--curves", help="Draw reward and value underneath.")] = False,
    light: Annotated[bool, typer.Option("--light", help="Draw dark text on white.")] = False,
) -> None:
    """Film what a run's model sees or dreams."""
    with collector_at_rest():
        from dreamer_studio.dreams.films import FilmRequest
        from dreamer_studio.headless import film_run

    frames = length or (45 if kind is DreamKind.IMAGINED else 50)
    request = FilmRequest(kind.value, frames, context, count, seed)
    film_run(
        _run_folder(run),
        request,
        out,
        fps=fps,
        scale=scale,
        curves=curves,
        colors="light" if light else "dark",
        checkpoint=checkpoint,
    )
    write_path(out)


@app.command()
def recipe(
    film: Annotated[Path, typer.Argument(metavar="FILM", help="A .gif, .webp, .mp4, .png or .npz of this program.")],
    as_json: JsonOption = False,
) -> None:
    """Say how a film was made: run, weights, frame, actions, settings."""
    from dreamer_studio.export.carriers import read_recipe
    from dreamer_studio.export.recipe import RecipeError, as_dict
    from dreamer_studio.export.recipe_words import lines_of
    from dreamer_studio.runs.errors import InputError

    try:
        found = read_recipe(film)
    except RecipeError as error:
        raise InputError(str(error)) from error
    typer.echo(json.dumps(as_dict(found), indent=2) if as_json else "\n".join(lines_of(found)))


@app.command()
def tasks(as_json: JsonOption = False) -> None:
    """List the tasks available on this machine."""
    from dreamer_studio.envs import list_tasks

    found = list_tasks()
    if as_json:
        typer.echo(json.dumps({task.task: task.note for task in found}, indent=2))
        return
    for task in found:
        typer.echo(f"{task.task:<44} {task.note}".rstrip())


@app.command()
def check(
    task: Annotated[str, typer.Argument(metavar="TASK", help="Such as gym:./my_env.py:Drift-v0.")],
    image: Annotated[Path | None, typer.Option(metavar="FILE", help="Save what the agent sees as a .png.")] = None,
    settings: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Try a task: what the agent sees, actions, rewards, ends, speed."""
    if image is not None and image.suffix.lower() != ".png":
        raise typer.BadParameter(f"--image writes a .png, not {image.name!r}")
    from dreamer_studio.check import check_task

    report = check_task(task, settings=_parse_settings(settings or []))
    if image is not None and not report.write_image(image):
        typer.echo(f"{image} was not written: the task draws nothing", err=True)
    typer.echo(json.dumps(report.as_dict(), indent=2) if as_json else report.as_text())
    raise typer.Exit(USAGE_ERROR if report.verdict == "refused" else 0)


@app.command()
def presets(as_json: JsonOption = False) -> None:
    """List every setting with its range and its value in each preset."""
    import dataclasses

    from dreamer_studio.config import DEFAULT_TASK, PRESETS, options
    from dreamer_studio.envs import build_config

    configs = {name: build_config(DEFAULT_TASK, name) for name in PRESETS}
    if as_json:
        values = {name: dataclasses.asdict(config) for name, config in configs.items()}
        about = {each.name: {"range": each.range, "help": each.help, "fixed": each.fixed} for each in options()}
        typer.echo(json.dumps({"presets": values, "settings": about}, indent=2))
        return
    typer.echo(f"{'setting':<20}" + "".join(f"{name:>12}" for name in configs) + "   range and meaning")
    for option in options():
        if option.name in {"task", "suite_package", "preset"}:
            continue
        row = "".join(f"{_short(getattr(config, option.name)):>12}" for config in configs.values())
        fixed = " (fixed once a run has begun)" if option.fixed else ""
        typer.echo(f"{option.name:<20}{row}   {option.range}: {option.help}{fixed}")


@app.command("runs")
def list_runs(
    root: Annotated[
        list[Path] | None, typer.Option(metavar="DIR", help="A folder of runs; default: those of the window.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list instead of a table.")] = False,
) -> None:
    """List the runs on this machine, newest first."""
    from dreamer_studio.library import listing, table
    from dreamer_studio.library.roots import recent_runs, runs_folders

    roots = tuple(folder.absolute() for folder in root) if root else runs_folders()
    entries = listing.list_runs(roots if root else (*roots, *recent_runs()))
    if as_json:
        typer.echo(json.dumps([entry.as_dict() for entry in entries], indent=2))
        return
    typer.echo(table.as_text(entries, roots, time.time()))


@app.command()
def desktop(
    remove: Annotated[bool, typer.Option("--remove", help="Remove the entry again.")] = False,
) -> None:
    """Add the program, with its icon, to the menu of your Linux desktop."""
    from dreamer_studio.system.desktop import add_to_desktop, remove_from_desktop

    if sys.platform != "linux":
        raise typer.BadParameter("only Linux desktops have such menus; start dreamer-studio from a terminal")
    for path in remove_from_desktop() if remove else add_to_desktop():
        write_path(path)


@app.command()
def doctor(as_json: JsonOption = False) -> None:
    """Find what is missing, and the command that fixes it."""
    from dreamer_studio.doctor import examine

    report = examine()
    typer.echo(json.dumps(report.as_dict(), indent=2) if as_json else report.as_text())
    raise typer.Exit(0 if report.can_train else 1)


@app.command()
def bench(
    preset: PresetOption = None,
    task: Annotated[str | None, typer.Option(help="Such as dmc:walker-walk, the default.")] = None,
    device: DeviceOption = Device.AUTO,
    settings: SetOption = None,
    updates: Annotated[int, _count("Updates to time, after the first", 1, 1000)] = 5,
    at_most: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", min=0.1, help="Time for the updates; an update that takes longer is given up."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Measure this machine's speed and estimate the time of a run."""
    with collector_at_rest():
        from dreamer_studio.bench import bench as measure
        from dreamer_studio.config import DEFAULT_TASK
        from dreamer_studio.envs import build_config
        from dreamer_studio.runs.planning import default_preset
        from dreamer_studio.training.opening import choose_device

    where = choose_device(device.value)
    task = task or DEFAULT_TASK
    config = build_config(task, preset or default_preset(where.type, task), _parse_settings(settings or []))
    report = measure(config, where, updates, math.inf if at_most is None else at_most)
    typer.echo(json.dumps(report.as_dict(), indent=2) if as_json else report.as_text())


@app.command()
def man() -> None:
    """Print the man page. To read the page: `dreamer-studio man | man -l -`."""
    from dreamer_studio import __version__
    from dreamer_studio.manual.man_page import man_page

    typer.echo(man_page(app, NAME, __version__), nl=False)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code.

    Wrong input is one line on standard error and exit code 2; a failed environment gives 1.
    """
    prepare_process()
    with LogBook(log_file()).kept() as log, _ending_like_ctrl_c() as ended_by:
        try:
            code = app(arguments, prog_name=NAME, standalone_mode=False, obj=log)
            with contextlib.suppress(*[OutputError] if code else []):  # the exit code matters more than lost output
                sys.stdout.flush()
        except KeyboardInterrupt:
            code = 128 + signal.SIGINT
        except Exception as error:
            code = _exit_code_of(error)
            if code is None:
                _log.exception("the command failed")
                raise
            details = getattr(error, "details", "")
            _log.warning("refused: %s\n%s", _message_of(error), details)
            if code != UNREAD:
                place = traceback_place(details) if code == ENVIRONMENT_FAILED else ""
                sys.stderr.write(f"dreamer-studio: {_message_of(error)}{place}\n")
            return code
    if ended_by:
        return 128 + ended_by[0]
    return code if isinstance(code, int) else 0


def command() -> NoReturn:
    """Run the command with this process's arguments, then end the process."""
    prepare_streams()
    end_process(main())


@contextlib.contextmanager
def _ending_like_ctrl_c() -> Iterator[list[int]]:
    """Make SIGTERM and SIGHUP clean up as Ctrl+C does; yield the list of received signal numbers."""
    came: list[int] = []

    def handle(number: int, _: FrameType | None) -> None:
        came.append(number)
        if len(came) == 1:  # a second signal would interrupt the cleanup
            raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():  # Python takes handlers only there
        yield came
        return
    others = [number for number in ending_signals() if number != signal.SIGINT]
    before = [(number, signal.signal(number, handle)) for number in others]
    try:
        yield came
    finally:
        for number, handler in before:
            signal.signal(number, handler)


def _refuse_options_before(verb: str, context: typer.Context) -> None:
    """Refuse options before a verb: only the window reads them, and verbs open no window."""
    for name in context.params:
        if _is_given(name, context):
            option = next(each.opts[0] for each in context.command.params if each.name == name)
            raise typer.BadParameter(f"{option} stands before {verb}: put the options of {verb} after it")


def _refuse_options_without_a_run(context: typer.Context) -> None:
    """Refuse options that describe a run if no run is named: the start page asks for them."""
    for name, option in (("preset", "--preset"), ("settings", "--set"), ("paused", "--paused")):
        if _is_given(name, context):
            raise typer.BadParameter(
                f"{option} belongs to a run: add --task or --run, or leave it out and choose on the start page"
            )


def _is_given(name: str, context: typer.Context) -> bool:
    """Return whether a parameter stands on the command line."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _plan(
    run: Path | None,
    task: str | None,
    preset: str | None,
    settings: list[str] | None,
    device: str,
    *,
    steps: int | None = None,
    needs_task: bool = False,
) -> RunPlan:
    from dreamer_studio.config import DEFAULT_TASK
    from dreamer_studio.library.roots import default_root
    from dreamer_studio.runs.planning import plan_run

    values = _parse_settings(settings or [])
    if steps is not None:
        values["steps"] = steps
    base = default_root()
    default_task = None if needs_task else DEFAULT_TASK
    return plan_run(run, base=base, task=task, default_task=default_task, preset=preset, settings=values, device=device)


def _plan_watching(
    run: Path | None,
    task: str | None,
    preset: str | None,
    settings: list[str] | None,
    _device: str,
    *,
    demo: bool,
    checkpoint: str,
) -> RunPlan:
    from dreamer_studio.runs.planning import plan_watching

    if preset or settings:
        raise typer.BadParameter("--demo and --watch play a run unchanged, so they take no --preset or --set")
    if demo == (run is not None):
        raise typer.BadParameter("--demo has its own run, so it takes no --run" if demo else "--watch needs --run")
    return plan_watching(_run_folder(DEMO if run is None else run), task, checkpoint)


def _models(run: Path, checkpoint: str, against: str | None, checkpoints: str | None) -> list[tuple[Path, str]]:
    """Return run folder and word of each checkpoint to compare, the reference first; empty to judge one alone."""
    if checkpoints is None:
        return [] if against is None else [_other_model(against), (run, checkpoint)]
    if against is not None or checkpoint != "newest":
        raise typer.BadParameter("--checkpoints names all checkpoints, so it takes no --against and no --checkpoint")
    words = checkpoints.replace(",", " ").split()
    if len(words) < 2 and words != ["all"]:
        raise typer.BadParameter("--checkpoints takes two steps or more, separated by commas, or all")
    return [(run, word) for word in words]


def _other_model(against: str) -> tuple[Path, str]:
    """Return the run folder and the word of OTHER[@STEP]; a folder may have an @ in its name."""
    folder, at, which = against.rpartition("@")
    if not at or Path(against).exists():
        return _run_folder(Path(against)), "newest"
    return _run_folder(Path(folder)), which


def _run_folder(run: Path) -> Path:
    """Return the folder of a run; `demo` names the finished example unless it is a run folder itself."""
    if run != DEMO or (run / "config.json").exists():
        return run
    from dreamer_studio.library.roots import default_root
    from dreamer_studio.resources import unpack_demo

    return unpack_demo(default_root())


def _parse_settings(settings: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals:
            raise typer.BadParameter(f"--set takes key=value, not {setting!r}")
        if name in {"task", "preset"}:
            raise typer.BadParameter(f"give --{name} instead of --set {name}=")
        values[name] = value
    return values


def _exit_code_of(error: Exception) -> int | None:
    """Return the exit code of an error; None if the error is a bug of this program."""
    if isinstance(error, OutputError):
        return UNREAD if error.unread else USAGE_ERROR
    if hasattr(error, "format_message"):  # the command line library's own usage errors
        return USAGE_ERROR
    if isinstance(error, OSError):  # a path that cannot be read or written, or an output that is full
        return USAGE_ERROR if error.filename is not None or error.errno in (errno.ENOSPC, errno.EDQUOT) else None
    from dreamer_studio.config import ConfigError
    from dreamer_studio.envs import EnvError, EnvUnavailableError, UnknownTaskError
    from dreamer_studio.runs.errors import InputError

    if isinstance(error, ConfigError | EnvUnavailableError | UnknownTaskError | InputError):
        return USAGE_ERROR
    return ENVIRONMENT_FAILED if isinstance(error, EnvError) else None


def _message_of(error: Exception) -> str:
    text = error.format_message() if hasattr(error, "format_message") else str(error)
    return one_line(str(text))


def _short(value: object) -> str:
    from dreamer_studio.config import setting_text

    return f"{value:g}" if isinstance(value, float) else setting_text(value)
