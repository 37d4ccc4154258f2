"""Open tens of thousands of damaged and hostile runs; check that each opens or is refused with one clear line.

    python -m benchmarks.reliability.fuzz [--json] [--inputs 20000] [--seed 0]

A short training makes a run. Then its checkpoints, episodes, configuration and log, a scene and a file of bookmarks are
changed at random, as bytes and by their structure; hypothesis also makes up configurations and logs. Each kind is
opened in a separate process. Once torch has been used there, every input has 5 seconds. The reported memory is the
process's peak, including torch (about 300 MiB).
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import faulthandler
import json
import multiprocessing
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, Final

import numpy as np
import torch
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from benchmarks.reliability import hostile
from dreamer_studio.config import ConfigError
from dreamer_studio.dreamer.fast import Learner, make_agent
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.envs import build_config
from dreamer_studio.replay import EpisodeIndex, EpisodeStore, ReplayError, sample_sequences
from dreamer_studio.replay.bookmarks import Bookmark, BookmarkError, read_bookmarks, write_bookmarks
from dreamer_studio.replay.scenes import SCENE_SUFFIX, About, SavedScene, SceneError, read_scene, write_scene
from dreamer_studio.runs.checkpoint import unflatten_optimizers
from dreamer_studio.runs.checkpoint_names import list_checkpoints
from dreamer_studio.runs.errors import CheckpointError, RunError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.metrics import MetricsLog
from dreamer_studio.runs.metrics_file import read_history
from dreamer_studio.runs.trained_agent import find_checkpoint
from dreamer_studio.training.opening import open_trainer

SECONDS: Final = 5
MOST_MIB: Final = 1024
SHARES: Final = {
    "checkpoint": 0.2,
    "episode": 0.25,
    "config": 0.15,
    "metrics": 0.15,
    "scene": 0.2,
    "bookmarks": 0.05,
}
LINE: Final = 600  # maximum characters of a message
REFUSALS: Final = (CheckpointError, ReplayError, ConfigError, RunError, SceneError, BookmarkError)
SCENE_ROWS: Final = 20


@dataclass
class Outcome:
    """The results of a kind of inputs.

    Attributes:
        opened, refused: number of inputs.
        slowest_s: the longest time of an input.
        memory_mib: the peak memory of the process.
        wrong: inputs that did neither, with a description.
    """

    opened: int = 0
    refused: int = 0
    slowest_s: float = 0.0
    memory_mib: float = 0.0
    wrong: list[str] = field(default_factory=list)

    @property
    def inputs(self) -> int:
        """The number of inputs."""
        return self.opened + self.refused + len(self.wrong)


class HangError(Exception):
    """An input took too long."""


class Opener:
    """Open changed copies of a run, one changed part at a time."""

    def __init__(self, run: Path) -> None:
        self.folder = RunFolder(run)
        self.config = self.folder.read()
        self.outcome = Outcome()
        self._checkpoint = list_checkpoints(self.folder.checkpoints)[-1]
        (self._episode, *_) = sorted(self.folder.episodes.iterdir())
        self._scene, self._bookmarks = run / f"one{SCENE_SUFFIX}", run / "bookmarks.json"

    def warm_up(self) -> None:
        """Open the unchanged run; the first time takes seconds, because torch loads."""
        assert self._use_checkpoint()

    def checkpoint(self, chance: random.Random) -> None:
        """Try a checkpoint with one changed file."""
        path = chance.choice(sorted(self._checkpoint.iterdir()))
        content = path.read_bytes()
        ways: list[Callable[[bytes, random.Random], bytes]] = [hostile.changed_bytes]
        if path.suffix == ".json":
            ways += [hostile.changed_json] * 3
        elif path.suffix == ".safetensors":
            ways += [hostile.changed_safetensors] * 2
        else:
            ways += [hostile.changed_table]
        self._replace(path, chance.choice(ways)(content, chance), self._use_checkpoint)

    def episode(self, chance: random.Random) -> None:
        """Try a changed episode."""
        way = chance.choice(
            (hostile.changed_bytes, hostile.changed_table, hostile.changed_header, hostile.changed_states)
        )
        self._replace(self._episode, way(self._episode.read_bytes(), chance), self._use_episodes)

    def scene(self, chance: random.Random) -> None:
        """Try a changed scene."""
        way = chance.choice((hostile.changed_bytes, hostile.changed_scene, hostile.changed_scene))
        self._replace(self._scene, way(self._scene.read_bytes(), chance), self._use_scene)

    def bookmarks(self, chance: random.Random) -> None:
        """Try a changed file of bookmarks."""
        way = chance.choice((hostile.changed_bytes, hostile.changed_json))
        content = way(self._bookmarks.read_bytes(), chance)
        self._replace(self._bookmarks, content, lambda: (read_bookmarks(self._bookmarks), True)[1])

    def config_file(self, content: bytes) -> None:
        """Try a changed configuration."""
        self._replace(self.folder.config_file, content, lambda: (self.folder.read(), True)[1])

    def metrics_file(self, content: bytes) -> None:
        """Try a changed log."""
        self._replace(self.folder.metrics_file, content, self._use_log)

    def _replace(self, path: Path, content: bytes, use: Callable[[], bool]) -> None:
        whole = path.read_bytes()
        path.write_bytes(content)
        try:
            self.try_to(use, f"{path.name} ({len(content)} bytes)")
        finally:
            path.write_bytes(whole)

    def try_to(self, use: Callable[[], bool], what: str) -> None:
        """Count whether an input opens, is refused, or does anything else. `use` returns whether it took the input."""
        began = time.perf_counter()
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
        faulthandler.dump_traceback_later(4 * SECONDS, exit=True)
        try:
            if use():
                self.outcome.opened += 1
            else:
                self.outcome.refused += 1
        except REFUSALS as error:
            if "\n" in str(error) or not 10 < len(str(error)) < LINE:
                self.outcome.wrong.append(f"{what}: not one clear line: {str(error)[:200]!r}")
            else:
                self.outcome.refused += 1
        except Exception as error:
            self.outcome.wrong.append(f"{what}: {''.join(traceback.format_exception(error)[-3:])}")
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            faulthandler.cancel_dump_traceback_later()
            self.outcome.slowest_s = max(self.outcome.slowest_s, time.perf_counter() - began)

    def _use_checkpoint(self) -> bool:
        """Load a checkpoint as a resume does, act, and make a step of the optimizers."""
        found = find_checkpoint(self.folder, self.config)
        assert found.checkpoint is not None and found.spec is not None
        if found.passed_over:
            return False
        agent = make_agent(self.config, found.spec.action_size, found.spec.action_kind)
        agent.load_state_dict(found.checkpoint.weights)
        learner = Learner(agent, self.config)
        learner.load_state_dict(unflatten_optimizers(found.checkpoint.optimizers, learner.state_dict()))
        for parameter in agent.parameters():
            parameter.grad = torch.zeros_like(parameter)
        for optimizer in learner.optimizers.values():
            optimizer.step()
        noise = NoiseSource(0)
        noise.restore(found.checkpoint.tensors["noise"])
        with torch.no_grad():
            image = torch.zeros(1, 64, 64, 3, dtype=torch.uint8)
            state = agent.observe(None, torch.zeros(1, found.spec.action_size), image, noise)
            agent.act(state.feat, noise)
        return True

    def _use_episodes(self) -> bool:
        """Read an episode and its states, then draw batches as a training does, without unreadable parts."""
        store = EpisodeStore(self.folder.episodes, 2**24)
        refused = refusal_of(lambda: store.get(0))
        episodes = EpisodeIndex(self.folder.episodes, 0).refresh()
        states_refused = refusal_of(lambda: episodes.states(0, 0, episodes.length(0)))
        if refused is not None:
            store.leave_out(refused.path, rename=False)
        sample_sequences(store, 4, 8, np.random.default_rng(0))
        return refused is None and states_refused is None

    def _use_scene(self) -> bool:
        """Read a file and go through all of its content."""
        scene = read_scene(self._scene)
        assert len(scene.rows) == scene.about.rows and len(scene.rows.image.tobytes()) == scene.about.rows * 64 * 64 * 3
        return True

    def _use_log(self) -> bool:
        """Read the log as watching does, and open it as a training does."""
        rows = read_history(self.folder).since(0)[0]
        for row in rows:
            json.dumps([row["kind"], row["step"] + row["update"]])
        shutil.rmtree(self.folder.tensorboard, ignore_errors=True)
        log = MetricsLog(self.folder, keep_until_update=3)
        log.write("update", 5, 4, {"kl": 1.0})
        log.close()
        return True


def refusal_of(read: Callable[[], object]) -> ReplayError | None:
    """Return the refusal of a reading, which must be one clear line; None without a refusal."""
    try:
        read()
    except ReplayError as error:
        assert "\n" not in str(error) and len(str(error)) < LINE
        return error
    return None


def make_run(path: Path) -> RunFolder:
    """Make a short training of CartPole, stopped within an episode."""
    config = build_config("gym:CartPole-v1", "tiny", {"steps": 190, "eval_every": 100})
    trainer = open_trainer(RunFolder(path), config, torch.device("cpu"))
    try:
        for _ in trainer.run():
            if trainer.counters.step == 180 and trainer.collecting.running.steps > 2:
                break
        trainer.save()
        rows, spec = trainer.store.get(0, 0, min(SCENE_ROWS, trainer.store.length(0))), trainer.spec
    finally:
        trainer.close()
    about = About(config.task, spec.action_kind, spec.action_names, 0, 0, 3, len(rows))
    write_scene(path / f"one{SCENE_SUFFIX}", SavedScene(about, rows))
    write_bookmarks(path / "bookmarks.json", (Bookmark(0, 3, note="look"), Bookmark(1, 2, "kl", value=3.5, update=7)))
    return trainer.folder


def inputs_of(kind: str, opener: Opener) -> tuple[st.SearchStrategy[Any], Callable[[Any], None]]:
    """Return what hypothesis draws for a kind, and the function that tries it."""
    seeds = st.integers(0, 2**32).map(random.Random)
    files = {
        "checkpoint": opener.checkpoint,
        "episode": opener.episode,
        "scene": opener.scene,
        "bookmarks": opener.bookmarks,
    }
    if kind in files:
        return seeds, files[kind]
    config, log = opener.folder.config_file.read_bytes(), opener.folder.metrics_file.read_bytes()
    if kind == "config":
        values = json.loads(config)
        made_up = st.fixed_dictionaries({}, optional=dict.fromkeys(values, json_values())).map(
            lambda some: json.dumps({**values, **some}).encode()
        )
        changed = seeds.map(lambda chance: hostile.changed_json(config, chance))
        broken = seeds.map(lambda chance: hostile.changed_bytes(config, chance))
        return st.one_of(made_up, changed, broken), opener.config_file
    rows = st.lists(st.dictionaries(st.sampled_from(("kind", "step", "update", "return", "name")), json_values()))
    lines = rows.map(lambda some: log + b"".join(json.dumps(row).encode() + b"\n" for row in some))
    changed = seeds.map(lambda chance: hostile.changed_lines(log, chance))
    broken = seeds.map(lambda chance: hostile.changed_bytes(log, chance))
    return st.one_of(lines, changed, broken), opener.metrics_file


def json_values() -> st.SearchStrategy[Any]:
    """Draw any JSON value, often an odd one."""
    odd = st.sampled_from(hostile.ODD_VALUES)
    simple = st.one_of(odd, st.integers(), st.floats(), st.booleans(), st.text(max_size=30), st.none())
    return st.recursive(simple, lambda inner: st.lists(inner, max_size=3), max_leaves=5)


def open_many(kind: str, run: Path, inputs: int, seed: int) -> Outcome:
    """Open a number of inputs of a kind in this process."""
    opener = Opener(run)
    drawn, open_one = inputs_of(kind, opener)
    opener.warm_up()
    signal.signal(signal.SIGALRM, _too_long)
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]

    @settings(max_examples=inputs, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=checks)
    @given(drawn)
    def fuzz(value: Any) -> None:
        open_one(value)

    fuzz = seeded(seed)(fuzz)
    while opener.outcome.inputs < inputs:  # hypothesis stops early once it has drawn all different values
        had = opener.outcome.inputs
        fuzz()
        if opener.outcome.inputs == had:
            break
    opener.outcome.memory_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return opener.outcome


def _too_long(_number: int, _frame: FrameType | None) -> None:
    raise HangError(f"more than {SECONDS} s")


def _work(kind: str, run: Path, inputs: int, seed: int, answer: Any) -> None:
    answer.put(open_many(kind, run, inputs, seed))


def fuzz_all(inputs: int, seed: int) -> Iterator[tuple[str, Outcome]]:
    """Open a number of inputs of all kinds, each kind in a separate process."""
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as temporary:
        run = make_run(Path(temporary) / "run").path
        for kind, share in SHARES.items():
            answer = context.SimpleQueue()
            process = context.Process(target=_work, args=(kind, run, round(inputs * share), seed, answer))
            process.start()
            process.join()
            crashed = Outcome(wrong=[f"the process ended with exit code {process.exitcode}"])
            yield kind, crashed if process.exitcode else answer.get()


def main() -> None:
    """Open all inputs, and print a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--inputs", type=int, default=20_000, help="in all")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    outcomes = dict(fuzz_all(options.inputs, options.seed))
    if options.json:
        told = {kind: dataclasses.asdict(outcome) for kind, outcome in outcomes.items()}
        sys.stdout.write(json.dumps(told, indent=2) + "\n")
    else:
        _print(outcomes)
    bad = any(outcome.wrong or outcome.memory_mib > MOST_MIB for outcome in outcomes.values())
    sys.exit(1 if bad else 0)


def _print(outcomes: Mapping[str, Outcome]) -> None:
    console = Console()
    table = Table("files", "inputs", "opened", "refused", "wrong", "slowest, s", "memory, MiB", box=SIMPLE_HEAD)
    for kind, outcome in outcomes.items():
        counts = (outcome.inputs, outcome.opened, outcome.refused, len(outcome.wrong))
        table.add_row(kind, *map(str, counts), f"{outcome.slowest_s:.2f}", f"{outcome.memory_mib:.0f}")
    console.print(table)
    for kind, outcome in outcomes.items():
        for wrong in outcome.wrong[:5]:
            console.print(f"{kind}: {wrong}", markup=False)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
