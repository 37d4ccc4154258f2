"""Third-party packages that register environments, for `benchmarks.third_party`: requirements and tasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Package:
    """A package and the tasks to try.

    Attributes:
        name: The name on PyPI and on the command line.
        requirements: The requirements for pip to install.
        tasks: The values for `--task`.
        note: Why pip fails, if its own message does not say.
    """

    name: str
    requirements: tuple[str, ...]
    tasks: tuple[str, ...]
    note: str = ""


PACKAGES: Final = (
    # Games and images.
    Package("ale-py", ("gymnasium[atari]",), ("gym:ALE/Pong-v5", "gym:ALE/Breakout-v5")),
    Package("box2d", ("gymnasium[box2d]",), ("gym:LunarLander-v3", "gym:CarRacing-v3")),
    Package("minigrid", ("minigrid",), ("gym:minigrid:MiniGrid-DoorKey-8x8-v0",)),
    Package("miniworld", ("miniworld",), ("gym:miniworld:MiniWorld-Hallway-v0",)),
    Package("minatar", ("minatar",), ("gym:minatar:MinAtar/Breakout-v1",)),
    Package("flappy-bird-gymnasium", ("flappy-bird-gymnasium",), ("gym:flappy_bird_gymnasium:FlappyBird-v0",)),
    Package("highway-env", ("highway-env",), ("gym:highway_env:highway-fast-v0",)),
    Package(
        "vizdoom",
        ("vizdoom",),
        (
            "gym:vizdoom.gymnasium_wrapper:VizdoomBasic-v1",
            "gym:vizdoom.gymnasium_wrapper:VizdoomBasic-MultiBinary-v1",
        ),
    ),
    Package("nle", ("nle",), ("gym:nle:NetHackScore-v0", "gym:nle:NetHackScore-v0?render_mode=pixel")),
    Package("memory-gym", ("--no-deps", "memory-gym"), ("gym:memory_gym:SearingSpotlights-v0",)),
    Package("tetris-gymnasium", ("tetris-gymnasium",), ("gym:tetris_gymnasium.envs:tetris_gymnasium/Tetris",)),
    Package("procgen2", ("procgen2", "shimmy[gym-v26]"), ("gym:procgen:procgen-coinrun-v0",)),
    # Robots.
    Package("mujoco", ("gymnasium[mujoco]",), ("gym:Hopper-v5",)),
    Package("gymnasium-robotics", ("gymnasium-robotics",), ("gym:gymnasium_robotics:PointMaze_UMaze-v3",)),
    Package("metaworld", ("metaworld",), ("gym:metaworld:Meta-World/MT1?env_name=reach-v3&width=64&height=64",)),
    Package("gym-pusht", ("gym-pusht",), ("gym:gym_pusht:gym_pusht/PushT-v0",)),
    Package("gym-aloha", ("gym-aloha",), ("gym:gym_aloha:gym_aloha/AlohaInsertion-v0",)),
    Package("gym-xarm", ("gym-xarm",), ("gym:gym_xarm:gym_xarm/XarmLift-v0",)),
    Package("panda-gym", ("panda-gym",), ("gym:panda_gym:PandaReach-v3",)),
    Package("pyflyt", ("pyflyt",), ("gym:PyFlyt.gym_envs:PyFlyt/QuadX-Hover-v4",)),
    Package("ogbench", ("ogbench",), ("gym:ogbench:visual-antmaze-medium-v0",)),
    # Adapters, and packages for gym, the predecessor of gymnasium.
    Package("shimmy", ("shimmy[dm-control]",), ("gym:shimmy:dm_control/walker-walk-v0",)),
    Package("crafter", ("crafter", "shimmy[gym-v26]"), ("gym:crafter:CrafterReward-v1",)),
    Package("memory-maze", ("memory-maze", "shimmy[gym-v26]"), ("gym:memory_maze:MemoryMaze-9x9-v0",)),
    Package(
        "gym-super-mario-bros",
        ("gym-super-mario-bros", "shimmy[gym-v26]", "numpy<2"),
        ("gym:gym_super_mario_bros:SuperMarioBros-v0",),
    ),
    Package("gym-sokoban", ("gym-sokoban", "shimmy[gym-v26]", "setuptools<81"), ("gym:gym_sokoban:Sokoban-v0",)),
    # No images, several rewards, or several agents.
    Package("bsuite", ("shimmy[bsuite]",), ("gym:shimmy:bsuite/catch-v0",)),
    Package("popgym", ("popgym",), ("gym:popgym:popgym-RepeatPreviousEasy-v0",)),
    Package("mo-gymnasium", ("mo-gymnasium",), ("gym:mo_gymnasium:mo-mountaincarcontinuous-v0",)),
    Package("rware", ("rware", "six"), ("gym:rware:rware-tiny-2ag-easy-v2",)),
    Package("browsergym-core", ("browsergym-core",), ("gym:browsergym.core:browsergym/openended",)),
    Package("procgen", ("procgen",), ("gym:procgen:procgen-coinrun-v0",)),
    Package(
        "safety-gymnasium",
        ("safety-gymnasium",),
        ("gym:safety_gymnasium:SafetyPointGoal1-v0",),
        "it wants gymnasium 0.28 and a pygame without a wheel for this Python",
    ),
)


def named(names: list[str]) -> list[Package]:
    """Return the named packages, or all packages without names.

    Raises:
        ValueError: If there is no such package; the message lists all packages.
    """
    by_name = {package.name: package for package in PACKAGES}
    unknown = [name for name in names if name not in by_name]
    if unknown:
        raise ValueError(f"no package {unknown[0]!r}; there are {', '.join(by_name)}")
    return [by_name[name] for name in names] or list(PACKAGES)
