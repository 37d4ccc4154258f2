"""The verbs without a window: train, eval, dream, trust."""

from __future__ import annotations

import contextlib
import functools
import os
import re
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import torch

from dreamer_studio.dreams.films import FilmRequest, Source, film_from_replay
from dreamer_studio.envs import Interruption, episode_seed, open_env
from dreamer_studio.export import EncodeError, check_options, write
from dreamer_studio.export.style import Colors
from dreamer_studio.parts import result_of
from dreamer_studio.progress import Follower
from dreamer_studio.replay import EpisodeIndex, ReplayError
from dreamer_studio.runs.best import BEST, CAUTION, NEWEST, choose
from dreamer_studio.runs.checkpoint_names import list_checkpoints
from dreamer_studio.runs.errors import InputError, RunTakenOverError, StorageError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.planning import RunPlan, check_task
from dreamer_studio.runs.trained_agent import TrainedAgent, load_agent
from dreamer_studio.session import Quit, Session, State
from dreamer_studio.system.app_log import traceback_place
from dreamer_studio.system.ending import ending_in_order
from dreamer_studio.system.streams import write_path
from dreamer_studio.training.errors import HaltError
from dreamer_studio.training.faults import safety_bound
from dreamer_studio.training.opening import open_planned
from dreamer_studio.training.playing import play_tests
from dreamer_studio.trust.blind import blind_gauge, drive_all
from dreamer_studio.trust.comparing.comparing import comparing
from dreamer_studio.trust.comparing.comparison import Comparison
from dreamer_studio.trust.gauge import Gauge
from dreamer_studio.trust.history.keeping import keep
from dreamer_studio.trust.judging import judge, versions
from dreamer_studio.trust.measured import FEWEST_EPISODES
from dreamer_studio.trust.players import BLIND_EPISODES, DEFAULT_EPISODES, player_of
from dreamer_studio.trust.report import Report
from dreamer_studio.trust.seen import HeldOut
from dreamer_studio.trust.stored import stored_episodes
from dreamer_studio.viewing.trust.playing import player_with

POLL_SECONDS = 0.2
ALL = "all"
"""Names all checkpoints of a run."""


def train_headless(plan: RunPlan, device: torch.device) -> int:
    """Train to the end of the plan. Show a progress bar, or lines if standard error is not a terminal.

    Ctrl+C, SIGTERM and SIGHUP end it with a checkpoint; a second Ctrl+C ends it at once.

    Returns:
        the exit code: 0 finished, 1 the training failed (and said why), 130 ended by Ctrl+C, 143 by SIGTERM, 129 by
        SIGHUP.
    """
    interruption = Interruption()
    trainer = open_planned(plan, device, interruption)
    unlimited = safety_bound.warning(trainer.spec)
    if unlimited:
        _tell(unlimited)
    if trainer.spec.sees:
        _tell(f"the agent sees {trainer.spec.sees}; its actions: {trainer.spec.acts}")
    done = trainer.counters.step
    nothing_to_do = done >= plan.config.steps and trainer.updates_due <= 0
    session = Session(lambda: trainer, plan.config, trainer.folder.path, str(device), interruption=interruption)
    thread = threading.Thread(target=session.run, name="trainer")
    with ending_in_order(functools.partial(_begin_to_end, session), _end_at_once) as signals:
        thread.start()
        try:
            _follow(session, thread)
        finally:
            session.submit(Quit())  # already answered, unless an exception ended `_follow`
            thread.join()
    failure = session.status.get().failure
    if failure is not None:
        no_bug = isinstance(failure.error, HaltError | StorageError | RunTakenOverError)
        details, place = ("", traceback_place(failure.details)) if no_bug else (f"{failure.details}\n", "")
        sys.stderr.write(f"{details}dreamer-studio: {failure.text}{place}\n")
        return 1
    if nothing_to_do:
        _tell(f"all {done:,} environment steps of this run are done; continue with --steps N")
    checkpoints = list_checkpoints(trainer.folder.checkpoints)
    if checkpoints:
        write_path(checkpoints[-1])
    return 128 + signals[0] if signals else 0


def evaluate_run(run: Path, episodes: int, task: str | None = None, checkpoint: str = NEWEST) -> dict[str, Any]:
    """Play whole episodes with the weights of a run's checkpoint: mode actions, no exploration.

    Args:
        run: its folder.
        episodes: how many to play.
        task: the run's own task, if the user trusts its code.
        checkpoint: ``newest``, ``best`` or an environment step.

    Returns:
        task, preset, step, update, episodes, returns, lengths (agent steps), ends (terminated, truncated or cut), mean
        and std of the returns; `part_updates`, the updates that trained only a single part; and `test`, mean and
        episodes of the test that these weights played in the training, or None.

    Raises:
        InputError, ConfigError: the folder is not a run, is damaged, lacks that checkpoint, has another task than
            `task`, or names a module to import that `task` does not name.
        EnvError: the environment failed.
    """
    trained = load_agent(RunFolder(run), torch.device("cpu"), checkpoint)
    check_task(run, trained.config, task)
    _tell_notes(trained, checkpoint)
    seeds = [episode_seed(trained.config.seed, number, "view") for number in range(episodes)]
    with open_env(trained.config) as env:
        played = [result for result in play_tests(trained.agent, env, seeds, torch.device("cpu")) if result]
    returns = [round(result.total_reward, 4) for result in played]
    return {
        "task": trained.config.task,
        "preset": trained.config.preset,
        "step": trained.step,
        "update": trained.update,
        "part_updates": asdict(trained.part_updates),
        "test": None if trained.test is None else asdict(trained.test),
        "episodes": episodes,
        "returns": returns,
        "lengths": [result.length for result in played],
        "ends": [result.end for result in played],
        "mean": float(np.mean(returns)),
        "std": float(np.std(returns)),
    }


def trust_run(
    run: Path, episodes: int | None = None, task: str | None = None, checkpoint: str = NEWEST, *, blind: bool = False
) -> Report:
    """Measure how far to believe the model of a run's checkpoint, on stored test episodes and on new ones.

    The seeds are fixed, so the same weights and test episodes give the same numbers. The run keeps the judgment.

    Args:
        run: its folder.
        episodes: how many to play, by the policy's sample, its mode and random actions; None plays
            `DEFAULT_EPISODES` if fewer than `FEWEST_EPISODES` test episodes are stored, else none.
        task: the run's own task, if the user trusts its code.
        checkpoint: ``newest``, ``best`` or an environment step.
        blind: also play `BLIND_EPISODES` episodes for each way to see fewer frames; takes minutes.

    Raises:
        InputError, ConfigError, EnvError: as `evaluate_run`.
    """
    device = torch.device("cpu")
    folder = RunFolder(run)
    trained = load_agent(folder, device, checkpoint)
    check_task(run, trained.config, task)
    _tell_notes(trained, checkpoint)
    held, facts = stored_episodes(folder.tests, trained.spec, trained.update)
    if episodes is None:
        episodes = 0 if len(held) >= FEWEST_EPISODES else DEFAULT_EPISODES
    seeds = [episode_seed(trained.config.seed, number, "view") for number in range(episodes)]
    held += _play_held_out(trained, seeds)
    facts += [f"{player_of(number)}, seed {seed}" for number, seed in enumerate(seeds)]
    judgment = judge(trained.agent, held, trained.config, device, seed=0)
    if blind:
        judgment = replace(judgment, gauges={**judgment.gauges, "blind": _drive_blind(trained, device)})
    newest = (path.name for path in reversed(list_checkpoints(folder.checkpoints)))
    report = Report(
        task=trained.config.task,
        checkpoint=next((name for name in newest if name.endswith(f"-update-{trained.update}")), ""),
        step=trained.step,
        update=trained.update,
        seed=0,
        episodes=tuple(facts),
        versions=versions(),
        judgment=judgment,
        part_updates=trained.part_updates,
    )
    problem = keep(folder.judgments, report, "command")
    if problem:
        _tell(problem)
    return report


def compare_runs(
    models: Sequence[tuple[Path, str]], episodes: int | None = None, task: str | None = None
) -> Comparison:
    """Compare checkpoints with the first one through the gauges, on the same episodes, starts and noise.

    Args:
        models: run folders, each with ``newest``, ``best``, an environment step, or ``all`` for all its checkpoints,
            oldest first.
        episodes: number of episodes that each model plays; None for `FEWEST_EPISODES`.
        task: the runs' own task, if the user trusts its code.

    Raises:
        InputError, ConfigError: a folder is not a run, is damaged, lacks that checkpoint or has another task, or the
            models cannot be compared.
        EnvError: the environment failed.
    """
    device = torch.device("cpu")
    paths: list[Path] = []
    for run, which in models:
        folder = RunFolder(run)
        check_task(run, folder.read(), task)
        known = list_checkpoints(folder.checkpoints)
        if not known:
            raise InputError(f"{run} has no checkpoint yet")
        paths += known if which == ALL else [choose(known, which)]
    if len(paths) < 2:
        raise InputError(f"{models[0][0]} has only one checkpoint: there is nothing to compare")
    parts = comparing(paths, player_with(device), device, FEWEST_EPISODES if episodes is None else episodes)
    return result_of(parts, _Teller())


def _drive_blind(trained: TrainedAgent, device: torch.device) -> Gauge:
    seeds = [episode_seed(trained.config.seed, number, "view") for number in range(BLIND_EPISODES)]
    with open_env(trained.config) as env:
        return blind_gauge(drive_all(trained.agent, env, seeds, device))


def _play_held_out(trained: TrainedAgent, seeds: list[int]) -> list[HeldOut]:
    """Play an episode for each seed."""
    if not seeds:
        return []
    parts = player_with(torch.device("cpu"))(trained, [(player_of(number), seed) for number, seed in enumerate(seeds)])
    return result_of(parts)


class _Teller:
    """Reports what a long computation does, without the numbers of steps and parts, and never repeats a line."""

    def __init__(self) -> None:
        self._told = ""

    def __call__(self, words: str) -> None:
        words = re.sub(r", (step|part) \d+$", "", words)
        if words != self._told:
            _tell(words)
        self._told = words


def film_run(
    run: Path,
    request: FilmRequest,
    out: Path,
    *,
    fps: int,
    scale: int,
    curves: bool,
    colors: Colors = "dark",
    checkpoint: str = NEWEST,
) -> None:
    """Film random sequences of a run's replay with the weights of a checkpoint, named as in `evaluate_run`.

    Raises:
        InputError, ConfigError: the run, the request or the file's suffix is invalid, or the file cannot be written.
    """
    device = torch.device("cpu")
    folder = RunFolder(run)
    try:
        check_options(out, fps, scale)
    except ValueError as error:
        raise InputError(str(error)) from error
    trained = load_agent(folder, device, checkpoint)
    _tell_notes(trained, checkpoint)
    source = Source(trained.agent, device, trained.config, trained.step, trained.update, folder.path)
    episodes = EpisodeIndex(folder.episodes, ram_bytes=0).refresh()
    try:
        film = film_from_replay(source, episodes, request)
        if film.model.shape[1] < request.length:
            _tell(f"no episode is longer than {film.model.shape[1]} frames, so the film has that length")
        write(film, out, fps=fps, scale=scale, curves=curves, colors=colors)
    except (ValueError, ReplayError, EncodeError) as error:
        raise InputError(str(error)) from error
    except OSError as error:
        raise InputError(f"{out} cannot be written: {error.strerror or error}") from error


def _tell_notes(trained: TrainedAgent, checkpoint: str) -> None:
    for note in trained.notes:
        _tell(note)
    if checkpoint == BEST:
        _tell(f"the best checkpoint is at step {trained.step:,}, test: {trained.test}; {CAUTION}")


def _tell(text: str) -> None:
    sys.stderr.write(f"dreamer-studio: {text}\n")


def _begin_to_end(session: Session) -> None:
    session.submit(Quit())
    with contextlib.suppress(OSError):  # the terminal has gone, or the signal came during a write
        os.write(2, b"\nSaving a checkpoint; press Ctrl+C to exit at once.\n")


def _end_at_once(number: int) -> NoReturn:
    os._exit(128 + number)


def _follow(session: Session, thread: threading.Thread) -> None:
    """Report the progress until the training has ended. End the training if it is done or cannot continue."""
    with Follower(session) as follower:
        unsaved = True
        while thread.is_alive():
            follower.look()
            status = session.status.get()
            if status.state is State.FINISHED:
                session.submit(Quit())
            elif status.paused_by and unsaved:
                _tell(f"ends here, because {'; '.join(map(str, status.paused_by))} (a rule that pauses this run)")
                session.submit(Quit())
                unsaved = False
            elif status.failure is not None and status.state not in {State.CLOSED, State.WAITING}:
                error = status.failure.error
                session.submit(Quit(save=unsaved and not (isinstance(error, HaltError) and not error.worth_saving)))
                unsaved = False  # if this fails too, nothing more can be saved
            thread.join(POLL_SECONDS)
        follower.look(ended=True)
