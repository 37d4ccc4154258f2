"""What the paper says, in pieces that code can implement."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Passage:
    """An equation or a part of one, a line of Algorithm 1, or a statement of appendix A.

    Attributes:
        name: as markers write it: "Eq. 1, transition model".
        words: what it says, in one sentence.
        formula: as in `notation`; empty if it has none.
        differs: where this code, which follows the author's code, differs from the paper; empty if nowhere.
        absent: why no code has it; empty if code has it.
        same: name of an earlier passage that it repeats, whose places are its own; empty if there is none.
    """

    name: str
    words: str
    formula: str = ""
    differs: str = ""
    absent: str = ""
    same: str = ""

    @property
    def part(self) -> str:
        """Return the name without its number: "transition model"; empty for a whole equation."""
        return self.name.partition(", ")[2]


@dataclass(frozen=True)
class Section:
    """Passages that stand together in the paper.

    Attributes:
        title: such as "Equation 1: latent dynamics".
        where: the section of the paper.
        passages: in the order of the paper.
    """

    title: str
    where: str
    passages: tuple[Passage, ...]
