"""The finished example: it opens, plays and dreams without training, and its open loop follows the record."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
import torch

from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.dream import decode
from dreamer_studio.dreams.open_loop import open_loop
from dreamer_studio.replay import EpisodeIndex, sample_windows
from dreamer_studio.resources import asset_path, unpack_demo
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.trained_agent import load_agent
from tests.support.command import COMMAND, colors_of, show

CONTEXT, STEPS, COUNT = 5, 30, 16


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpack_demo(tmp_path_factory.mktemp("runs"))


def test_that_the_example_is_small_and_unpacked_once(demo: Path) -> None:
    assert sum(path.stat().st_size for path in asset_path("demo").rglob("*")) < 12 * 10**6
    (demo / "dreams").mkdir()
    assert unpack_demo(demo.parent) == demo
    assert (demo / "dreams").is_dir()
    assert list(demo.parent.iterdir()) == [demo]


def test_that_its_open_loop_of_thirty_steps_is_closer_to_the_record_than_the_last_seen_frame(demo: Path) -> None:
    trained = load_agent(RunFolder(demo), torch.device("cpu"))
    agent, noise = trained.agent, NoiseSource(0)
    windows = sample_windows(
        EpisodeIndex(demo / "episodes", 0).refresh(), COUNT, CONTEXT + STEPS, np.random.default_rng(0)
    )
    image = torch.from_numpy(np.stack([window.rows.image for window in windows]))
    action = torch.from_numpy(np.stack([window.rows.action for window in windows]))
    size = agent.stoch_size
    drawn = noise.normal(CONTEXT, COUNT, size), noise.normal(STEPS, COUNT, size)
    feat = open_loop(agent, image, action, CONTEXT, *drawn).feat[:, -1]
    last, seen = image[:, -1].numpy().astype(float), image[:, CONTEXT - 1].numpy().astype(float)
    dreamed = np.square(decode(agent, feat) - last).mean((1, 2, 3))
    kept = np.square(seen - last).mean((1, 2, 3))
    assert np.median(dreamed / kept) < 0.8


def test_that_the_command_shows_its_images_without_training_and_refuses_another_run(tmp_path: Path) -> None:
    picture = tmp_path / "window.png"
    environment = os.environ | {
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
    }
    command = ["--demo", "--screenshot", str(picture)]
    show(command, environment, lambda: colors_of(picture) > 1000)  # the images have come
    (run,) = (tmp_path / "data" / "dreamer-studio" / "runs").iterdir()
    rows = (run / "metrics.jsonl").read_bytes()
    assert rows == asset_path("demo", "metrics.jsonl").read_bytes()
    wrong = subprocess.run(
        [*COMMAND, "--demo", "--run", str(run)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert wrong.returncode == 2
    assert "takes no --run" in wrong.stderr
