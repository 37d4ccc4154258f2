"""The page of each chapter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from dreamer_studio.lessons.chapter import Chapter
from dreamer_studio.studio.learn.covered_page import CoveredPage
from dreamer_studio.studio.learn.exploration_page import ExplorationPage
from dreamer_studio.studio.learn.gradient_page import GradientPage
from dreamer_studio.studio.learn.held_page import HeldPage
from dreamer_studio.studio.learn.horizon_page import HorizonPage
from dreamer_studio.studio.learn.lambda_page import LambdaPage
from dreamer_studio.studio.learn.loop_page import LoopPage
from dreamer_studio.studio.learn.own_task_page import OwnTaskPage
from dreamer_studio.studio.learn.page import ChapterPage
from dreamer_studio.studio.learn.promises_page import PromisesPage
from dreamer_studio.studio.learn.reconstruction_page import ReconstructionPage
from dreamer_studio.studio.learn.reward_page import RewardPage
from dreamer_studio.studio.theme import Theme

PAGES: Final[Mapping[str, Callable[[Theme, Chapter], ChapterPage]]] = {
    "loop": LoopPage,
    "reconstruction": ReconstructionPage,
    "covered": CoveredPage,
    "held": HeldPage,
    "reward": RewardPage,
    "horizon": HorizonPage,
    "lambda": LambdaPage,
    "gradient": GradientPage,
    "promises": PromisesPage,
    "exploration": ExplorationPage,
    "own-task": OwnTaskPage,
}
"""What makes the page of each chapter, by the chapter's key."""
