"""The diagram of the loop as data."""

from __future__ import annotations

from typing import get_args

from dreamer_studio.lessons.chapters import CHAPTERS
from dreamer_studio.training.events import Phase
from dreamer_studio.viewing.learn.loop import ARROWS, LIT, PARTS


def test_that_arrows_light_and_chapters_name_what_exists() -> None:
    names = {part.name for part in PARTS}
    assert {arrow.start for arrow in ARROWS} | {arrow.end for arrow in ARROWS} == names
    assert set().union(*LIT.values()) == names and set(LIT) <= set(get_args(Phase))
    assert {part.chapter for part in PARTS} <= {chapter.key for chapter in CHAPTERS}
