"""Install packages that offer a suite of tasks into a folder, as pip does."""

from pathlib import Path

SMALL_SUITE = """
import numpy as np
from dreamer_studio.envs.suites import BaseSimulator, BoxActions, LoadedTask, Suite, Tick
class Drift(BaseSimulator):
    def reset(self, seed): self.place = np.random.default_rng(seed).uniform(8, 56)
    def step(self, executed):
        self.place = np.clip(self.place + 4 * executed[0], 0, 63)
        return Tick(-abs(self.place - 32) / 32)
    def image(self):
        return np.tile((abs(np.arange(64) - self.place) < 4)[:, None] * np.uint8(255), (64, 1, 3))
SUITE = Suite.of_tasks("toy", {"drift": lambda: LoadedTask(Drift(), BoxActions.unit("push"), 50)}, {"action_repeat": 2})
""".lstrip()
"""A whole package in ten lines."""


def install_suite(
    folder: Path, source: str = SMALL_SUITE, *, package: str = "toy-suite", prefix: str = "toy", value: str = ""
) -> Path:
    """Install version 0.1 of a package with one suite, for every Python whose path has `folder`.

    Args:
        folder: Where modules and metadata go; made if it is missing.
        source: The package's one module.
        package: The package's name; the module has the same, with underscores.
        prefix: The name of the entry point.
        value: What the entry point names; by default ``SUITE`` of the module.
    """
    module = package.replace("-", "_")
    metadata = folder / f"{module}-0.1.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {package}\nVersion: 0.1\n")
    (metadata / "entry_points.txt").write_text(f"[dreamer_studio.suites]\n{prefix} = {value or f'{module}:SUITE'}\n")
    (folder / f"{module}.py").write_text(source)
    return folder
