"""Writes an example of a study file."""

from __future__ import annotations

from pathlib import Path

from dreamer_studio.studies.study import StudyError

EXAMPLE = """\
# A study trains a run for each task, each combination of settings and each seed: here 2 x 2 x 3 = 12 runs.
#   dreamer-studio study run THIS-FILE       trains them on this machine; run it again to continue
#   dreamer-studio study status THIS-FILE    shows their progress
# The runs are ordinary run folders, in a folder beside this file that has the study's name.

name = "first"
tasks = ["gym:CartPole-v1", "gym:Pendulum-v1"]

# paper, laptop or tiny; `dreamer-studio presets` lists what each one sets.
preset = "tiny"

# A number stands for that many seeds, from 0 on; or write a list, such as [0, 1, 2].
seeds = 3

# Environment steps of each run, in all.
steps = 1500

# Processor cores of a run. Cores and memory decide how many runs train at once.
cpus = 1

# Part of a GPU for each run, such as 0.5 or 1. 0: the runs compute on the processor.
gpus = 0

# Settings of all runs.
[common]
eval_every = 500

# Each combination of these values is trained. A study may grow: more values, tasks, seeds and steps. Runs that have
# begun keep their settings.
[grid]
horizon = [5, 10]

# In place of [grid], list the combinations one by one:
# [[settings]]
# horizon = 5
# [[settings]]
# horizon = 10
# kl_scale = 0.5
"""


def write_example(path: Path) -> None:
    """Write the example to a new file.

    Raises:
        StudyError: the path exists already.
        OSError: the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(EXAMPLE)
    except FileExistsError as error:
        raise StudyError(f"{path} exists already: name another file") from error
