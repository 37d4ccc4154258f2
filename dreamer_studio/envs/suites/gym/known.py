"""The packages of environments that the program knows, installed or not. Imports none of them."""

import fnmatch
import importlib.util
from dataclasses import dataclass
from typing import Final

from dreamer_studio.envs.suites.gym.names import gym_task

ATARI: Final = "ale_py"
"""The package whose tasks are written without their module."""


@dataclass(frozen=True)
class Package:
    """A package whose import registers environments.

    Attributes:
        module: What to import.
        install: The line that installs it.
        ids: Patterns of its environments' ids.
        refused: Why the tried environments cannot be learned as they are; empty if they can be learned, or if
            none was tried.
    """

    module: str
    install: str
    ids: tuple[str, ...]
    refused: str = ""

    def task(self, env_id: str) -> str:
        """Return the task name of an environment of the package."""
        return gym_task("" if self.module == ATARI else self.module, env_id)


KNOWN: Final = (
    Package(ATARI, 'pip install "dreamer-studio[atari]"', ("ALE/*",)),
    Package("minigrid", "pip install minigrid", ("MiniGrid-*", "BabyAI-*")),
    Package("miniworld", "pip install miniworld", ("MiniWorld-*",)),
    Package("crafter", 'pip install crafter "shimmy[gym-v26]"', ("Crafter*",)),
    Package("minatar", "pip install minatar", ("MinAtar/*",)),
    Package(
        "highway_env",
        "pip install highway-env",
        ("highway-*", "merge-*", "roundabout-*", "parking-*", "intersection-*", "racetrack-*", "exit-*", "u-turn-*"),
    ),
    Package("flappy_bird_gymnasium", "pip install flappy-bird-gymnasium", ("FlappyBird-*",)),
    Package("gym_pusht", "pip install gym-pusht", ("gym_pusht/*",)),
    Package("gym_aloha", "pip install gym-aloha", ("gym_aloha/*",)),
    Package("vizdoom.gymnasium_wrapper", "pip install vizdoom", ("Vizdoom*",)),
    Package("metaworld", "pip install metaworld", ("Meta-World/*",)),
    Package(
        "gymnasium_robotics",
        "pip install gymnasium-robotics",
        ("PointMaze*", "AntMaze*", "Fetch*", "Hand*", "AdroitHand*", "FrankaKitchen*"),
    ),
    Package("panda_gym", "pip install panda-gym", ("Panda*",)),
    Package("PyFlyt.gym_envs", "pip install PyFlyt", ("PyFlyt/*",)),
    Package("popgym", "pip install popgym", ("popgym-*",), "popgym-RepeatPreviousEasy-v0 draws nothing"),
    Package("nle", "pip install nle", ("NetHack*",), "NetHackScore-v0 draws only with ?render_mode=pixel"),
    Package(
        "mo_gymnasium",
        "pip install mo-gymnasium",
        ("mo-*", "deep-sea-treasure*"),
        "the reward of mo-mountaincarcontinuous-v0 is a vector, and a reward is one number",
    ),
    Package("shimmy", 'pip install "shimmy[dm-control]"', ("dm_control/*", "bsuite/*")),
)


def of_id(env_id: str) -> Package | None:
    """Find the known package that an id probably belongs to."""
    return next((each for each in KNOWN if any(fnmatch.fnmatchcase(env_id, ids) for ids in each.ids)), None)


def is_installed(module: str) -> bool:
    """Return whether the package of a module is installed, without importing it."""
    return importlib.util.find_spec(module.partition(".")[0]) is not None
