"""The chapters of Learn, in their order."""

from __future__ import annotations

from typing import Final

from dreamer_studio.lessons.chapter import Chapter, Guess

CHAPTERS: Final = (
    Chapter(
        key="reconstruction",
        title="What the state keeps",
        subject="representation and observation model",
        sentence="The encoder and the state keep a small part of each image, and the decoder draws an image from it.",
        guess=Guess(
            "Before its first update, what does the model draw?",
            ("The images, blurred", "Gray", "Random dots"),
        ),
        exercise="Click the column where the trained model is worst.",
        minutes=3,
    ),
)
"""All chapters; each has a page in `studio/learn/`."""
