"""A chapter of Learn: its texts, its guess, and its exercise."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

MOST_WORDS: Final = 60
"""Most words that a page shows before the user does something."""


@dataclass(frozen=True)
class Guess:
    """A question that the user answers before the page shows what happens.

    Attributes:
        question: one sentence.
        choices: two to four answers. The page knows from its measurement which of them is right.
    """

    question: str
    choices: tuple[str, ...]


@dataclass(frozen=True)
class Chapter:
    """A chapter.

    Attributes:
        key: name in the code, in the settings and in lesson files.
        title: a few words.
        subject: the parts of Dreamer that the chapter is about, in the words of the paper.
        sentence: the point of the chapter, in one or two sentences.
        guess: the question before the reveal.
        exercise: the thing to do, in the imperative.
        minutes: how long the chapter takes, at most 5.
        equations: names of passages of the paper that the chapter is about, such as "Eq. 6".

    Raises:
        ValueError: a text is no sentence, or there are more than `MOST_WORDS` words in all.
    """

    key: str
    title: str
    subject: str
    sentence: str
    guess: Guess
    exercise: str
    minutes: int
    equations: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        texts = self.sentence, self.guess.question, self.exercise
        for text in texts:
            if not re.fullmatch(r"\S.*[.?]", text):
                raise ValueError(f"the texts of a chapter are sentences, not {text!r}")
        numbers = [name.partition(",")[0] for name in self.equations]  # the formulas beside them are no words
        words = sum(len(text.split()) for text in (self.subject, *texts, *self.guess.choices, *numbers))
        if words > MOST_WORDS:
            raise ValueError(f"chapter {self.key} has {words} words; at most {MOST_WORDS}")
        if not 1 <= self.minutes <= 5:
            raise ValueError(f"chapter {self.key} takes {self.minutes} minutes; at most 5")
