"""The chapters as data."""

from __future__ import annotations

import pytest

from dreamer_studio.lessons.chapter import MOST_WORDS, Chapter, Guess
from dreamer_studio.lessons.chapters import CHAPTERS
from dreamer_studio.paper.places import PASSAGES
from dreamer_studio.studio.learn.pages import PAGES


def test_that_every_chapter_has_a_page_and_a_key_of_its_own() -> None:
    keys = [chapter.key for chapter in CHAPTERS]
    assert len(set(keys)) == len(keys)
    assert set(keys) == set(PAGES)
    assert all(2 <= len(chapter.guess.choices) <= 4 for chapter in CHAPTERS)


def test_that_the_paper_has_all_equations_of_the_chapters() -> None:
    named = [name for chapter in CHAPTERS for name in chapter.equations]
    assert len(named) > 10
    assert set(named) <= set(PASSAGES)


def test_that_a_chapter_with_too_many_words_no_sentence_or_too_many_minutes_is_refused() -> None:
    guess = Guess("Right?", ("yes", "no"))
    with pytest.raises(ValueError, match=f"at most {MOST_WORDS}"):
        Chapter("key", "Title", "subject", "word " * MOST_WORDS + "end.", guess, "Do this.", 1)
    with pytest.raises(ValueError, match="are sentences"):
        Chapter("key", "Title", "subject", "no sentence", guess, "Do this.", 1)
    with pytest.raises(ValueError, match="at most 5"):
        Chapter("key", "Title", "subject", "A sentence.", guess, "Do this.", 6)
