"""The texts behind every ?, their figures, and the glossary."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

from benchmarks.learning import usual as script
from dreamer_studio.studio import help as texts
from dreamer_studio.studio.curve_cards.curves import CURVES
from dreamer_studio.studio.help import curves, scenes
from dreamer_studio.studio.help.glossary import EVERYDAY, glossary, words_in
from dreamer_studio.studio.help.help import Help
from dreamer_studio.studio.help.html import glossary_html, help_html
from dreamer_studio.viewing.actions.messages import EPISODES, LIMIT

MODULES = [importlib.import_module(f"{texts.__name__}.{info.name}") for info in pkgutil.iter_modules(texts.__path__)]
HELPS = {
    f"{module.__name__.rpartition('.')[2]}.{name}": value
    for module in MODULES
    for name, value in vars(module).items()
    if isinstance(value, Help)
}
NEEDED = (
    *("KL", "nats", "value", "lambda-return", "latents", "context", "return", "branch", "snapshot", "test"),
    *("posterior", "prior", "free nats", "horizon", "pcont", "entropy", "replay", "prefill", "update"),
    *("judgment", "gauge", "stage", "verdict", "null", "interval", "image horizon", "reward horizon", "dream gap"),
)


def test_that_there_are_many_helps_and_each_links_words_to_the_glossary() -> None:
    assert len(HELPS) > 40
    for name, text in HELPS.items():
        assert "glossary:" in help_html(text), name


def test_that_every_help_is_used_somewhere_in_the_window() -> None:
    studio = Path(texts.__path__[0]).parent
    code = "".join(
        path.read_text(encoding="utf-8") for path in studio.rglob("*.py") if path.parent != Path(texts.__path__[0])
    )
    assert [name for name in HELPS if not re.search(rf"\b{re.escape(name)}\b", code)] == []


@pytest.mark.parametrize("part", ["shows", "good", "try_"])
def test_that_a_help_without_one_of_its_parts_cannot_be_made(part: str) -> None:
    whole = {"shows": "It shows.", "good": "It is good.", "try_": "Try it."}
    Help(**whole)
    for empty in ("", "no sentence"):
        with pytest.raises(ValueError, match="sentences"):
            Help(**{**whole, part: empty})


def test_that_no_help_uses_a_word_that_the_glossary_avoids() -> None:
    for name, text in HELPS.items():
        assert not re.search(r"\b(belief|ground truth|epoch)\b", text.plain), name


@pytest.mark.parametrize(
    ("text", "loss"),
    [
        (curves.IMAGE_LOSS, "image_loss"),
        (curves.KL, "kl"),
        (curves.REWARD_LOSS, "reward_loss"),
        (curves.ACTOR_AND_VALUE, "value_loss"),
        (curves.IMAGINED_VALUE, "imagined_value"),
        (curves.ENTROPY, "actor_entropy"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_that_the_ranges_in_the_helps_of_curves_are_those_of_our_results(text: Help, loss: str) -> None:
    stated = text.good.replace("value losses of ", "")
    assert f"105,000 steps: {script.at_the_end(script.read_results(), loss)}" in stated


def test_that_every_made_curve_has_a_help_of_its_own() -> None:
    assert len({curve.help for curve in CURVES}) == len(CURVES)
    assert "image_loss" in curves.metric("image_loss").shows


def test_that_the_help_of_the_histograms_names_the_numbers_of_the_code() -> None:
    assert f"newest {EPISODES} stored" in scenes.ACTIONS_TAKEN.shows
    assert f"({LIMIT:g} or more" in scenes.ACTIONS_TAKEN.shows


def test_that_the_glossary_has_the_words_a_newcomer_meets_in_one_or_two_sentences() -> None:
    entries = glossary()
    assert len(entries) >= 40
    words = {word for entry in entries for word in entry.words}
    assert set(NEEDED) <= words
    assert words >= EVERYDAY
    for entry in entries:
        sentences = re.findall(r"[.:;](?:\s|$)", entry.meaning)
        assert entry.meaning.endswith(".") and 1 <= len(sentences) <= 4, entry.words
    assert len({entry.anchor for entry in entries}) == len(entries)


def test_that_longer_words_win_and_each_word_is_linked_once() -> None:
    text = "The training horizon. A horizon. Two horizons, KL."
    found = [(word.entry.words[0], text[word.start :].split(maxsplit=1)[0]) for word in words_in(text)]
    assert found == [("training horizon", "training"), ("horizon", "horizon."), ("KL", "KL.")]
    assert list(words_in("Nothing to find in a klaxon.")) == []


def test_that_an_entry_does_not_link_to_itself_and_that_no_text_becomes_markup() -> None:
    page = glossary_html(glossary())
    assert page.count("<a name=") == len(glossary())
    for entry in glossary():
        block = page[page.index(f'<a name="{entry.anchor}">') :].split("</p>")[0]
        assert f'href="glossary:{entry.anchor}"' not in block
    assert "&lt;b&gt;" in help_html(Help("A <b>.", "Good.", "Try."))
