"""Measure what a new user sees in the first minutes: ``python -m benchmarks.learning.first_minutes FOLDER [--task T]``.

The script trains a new run in FOLDER with the `laptop` preset and measures it at the marks below, with the clock
stopped. The clock starts with the environment's process, so the loading of torch (some seconds) is not included.
It prints a JSON object per mark:

- ``reconstruction``: mean squared error of reconstructions divided by that of the mean image, on the pixels that move.
  1 is no better than one gray image for all frames, 0 is perfect.
- ``open_loop_15`` and ``copy_15``: mean squared error of the image predicted 15 steps after the last frame seen, and of
  keeping that frame. The replay grows with the training, so later figures are of other frames.

FOLDER/first-minutes.png has the first rows of the last marks: real above reconstructed.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import imageio.v3 as iio
import numpy as np
import torch
from torch import Tensor

from benchmarks.learning.checks import CONTEXT, open_loop_errors, sample_sequences
from dreamer_studio.dreamer.conv import to_model_range, to_pixels
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.envs import build_config
from dreamer_studio.replay import EpisodeIndex
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.system.process import prepare_process
from dreamer_studio.training.opening import open_trainer
from dreamer_studio.training.trainer import Trainer

MARKS = (60, 90, 120, 180, 300, 450, 600)  # seconds
SHOWN = 12
STEPS_AHEAD = "15"


def main() -> int:
    """Train, and measure at the marks."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.learning.first_minutes")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--task", default="dmc:walker-walk")
    options = parser.parse_args()
    began, images = time.monotonic(), []
    config = build_config(options.task, "laptop", {"steps": 10**6})
    trainer = open_trainer(RunFolder(options.folder / "run"), config, torch.device("cpu"))
    marks = list(MARKS)
    try:
        for _ in trainer.run():
            looked = time.monotonic()
            if looked - began < marks[0]:
                continue
            found, image = look(trainer)
            print(json.dumps({"seconds": marks.pop(0), **found}), flush=True)  # noqa: T201
            images.append(image)
            began += time.monotonic() - looked
            if not marks:
                break
    finally:
        trainer.close()
    iio.imwrite(options.folder / "first-minutes.png", np.concatenate(images))
    return 0


@torch.no_grad()
def look(trainer: Trainer) -> tuple[dict[str, Any], np.ndarray[Any, np.dtype[np.uint8]]]:
    """Return the figures at a mark, and the first frames of a sequence above their reconstructions."""
    agent = trainer.agent
    episodes = EpisodeIndex(trainer.folder.episodes, ram_bytes=0).refresh()
    image, action, _ = sample_sequences(episodes, 0)
    noise = NoiseSource(0)
    seen = agent.filter(image, action, agent.noise(noise, image.shape[1], len(image)))
    made = agent.world_model.decoder(seen.feat[:, CONTEXT:])
    errors = open_loop_errors(agent, image, action, noise)
    found = {
        "step": trainer.counters.step,
        "update": trainer.counters.update,
        "reconstruction": round(_relative_error(to_model_range(image)[:, CONTEXT:], made), 3),
        "open_loop_15": errors["true"][STEPS_AHEAD],
        "copy_15": errors["last frame kept"][STEPS_AHEAD],
    }
    rows = (image[0, CONTEXT : CONTEXT + SHOWN].numpy(), to_pixels(made[0, :SHOWN]).numpy())
    return found, np.concatenate([np.concatenate(list(row), axis=1) for row in rows])


def _relative_error(real: Tensor, made: Tensor) -> float:
    mean = real.mean((0, 1))
    moves = (real - mean).abs().mean(-1, keepdim=True)
    return float(((made - real).square() * moves).sum() / ((mean - real).square() * moves).sum())


if __name__ == "__main__":
    prepare_process()
    sys.exit(main())
