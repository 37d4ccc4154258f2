"""The loop of Dreamer as a diagram: its parts, its arrows, and what each phase of the training uses. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dreamer_studio.training.events import Phase
from dreamer_studio.viewing.role import Role


@dataclass(frozen=True)
class LoopPart:
    """A box of the diagram.

    Attributes:
        name: the word in the box.
        role: its color.
        x, y: its middle, as shares of the width and the height.
        chapter: key of the chapter that it opens.
        does: what it does, for the tooltip.
    """

    name: str
    role: Role
    x: float
    y: float
    chapter: str
    does: str


@dataclass(frozen=True)
class Arrow:
    """An arrow between two parts, with a word."""

    start: str
    end: str
    word: str = ""


PARTS: Final = (
    LoopPart("environment", Role.REAL, 0.1, 0.22, "exploration", "Takes an action; gives an image and a reward"),
    LoopPart("encoder", Role.MODEL, 0.36, 0.22, "reconstruction", "Turns an image into numbers"),
    LoopPart("posterior", Role.MODEL, 0.62, 0.22, "reconstruction", "The state, given the image"),
    LoopPart("decoder", Role.MODEL, 0.9, 0.12, "reconstruction", "Draws an image from a state"),
    LoopPart("actor", Role.DREAM, 0.1, 0.78, "gradient", "Chooses an action in a state"),
    LoopPart("prior", Role.DREAM, 0.62, 0.78, "covered", "The next state, without an image"),
    LoopPart("reward", Role.MODEL, 0.9, 0.5, "reward", "Predicts the reward of a state"),
    LoopPart("value", Role.MODEL, 0.9, 0.88, "lambda", "Predicts all later rewards of a state"),
)
"""The boxes, in the order in which Tab visits them."""

ARROWS: Final = (
    Arrow("environment", "encoder", "image"),
    Arrow("encoder", "posterior"),
    Arrow("posterior", "decoder"),
    Arrow("posterior", "reward"),
    Arrow("posterior", "prior", "next step"),
    Arrow("prior", "reward"),
    Arrow("prior", "value"),
    Arrow("prior", "actor", "dreamed state"),
    Arrow("actor", "environment", "action"),
)

LIT: Final[Mapping[Phase, frozenset[str]]] = {
    "prefill": frozenset({"environment"}),
    "collecting": frozenset({"environment", "encoder", "posterior", "actor"}),
    "testing": frozenset({"environment", "encoder", "posterior", "actor"}),
    "playing": frozenset({"environment", "encoder", "posterior", "actor"}),
    "world model": frozenset({"encoder", "posterior", "prior", "decoder", "reward"}),
    "world model gradient": frozenset({"encoder", "posterior", "prior", "decoder", "reward"}),
    "imagination": frozenset({"prior", "actor", "reward", "value"}),
    "behavior gradient": frozenset({"prior", "actor", "value"}),
    "optimizers": frozenset(part.name for part in PARTS if part.name != "environment"),
}
"""The parts that a phase uses. Other phases use none."""
