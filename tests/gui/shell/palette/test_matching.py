"""The items that typed letters find, and their order."""

from __future__ import annotations

from dreamer_studio.studio.shell.palette.items import PaletteItem
from dreamer_studio.studio.shell.palette.matching import best


def item(text: str, **more: object) -> PaletteItem:
    return PaletteItem(text, "Action", text, **more)  # type: ignore[arg-type]


def texts(items: list[PaletteItem], query: str, *recent: str) -> list[str]:
    return [found.text for found in best(items, query, recent)]


def test_that_the_beginning_comes_before_a_word_and_a_word_before_letters_inside() -> None:
    items = [item("Unpause"), item("Set a pause"), item("Pause when"), item("Pause"), item("Stop")]
    assert texts(items, "pause") == ["Pause", "Pause when", "Set a pause", "Unpause"]


def test_that_letters_in_their_order_find_a_name_but_not_scattered_ones() -> None:
    items = [item("dmc:walker-walk"), item("dmc:cheetah-run"), item("a w-----------------------------k")]
    assert texts(items, "wlk") == ["dmc:walker-walk"]
    assert texts(items, "dfh") == []
    assert texts([item("Choose the dimension above"), item("The long name")], "tlong") == ["The long name"]
    assert texts([item("Choose the dimension above")], "theme") == []


def test_that_initials_find_a_name() -> None:
    assert texts([item("Dream from there"), item("Dream from here")], "dfh") == ["Dream from here"]


def test_that_words_are_found_in_any_order_and_in_place_help_and_kind() -> None:
    items = [item("Light", place="View > Theme", detail="Use light colors."), item("Dark", detail="Use dark colors.")]
    assert texts(items, "theme light") == ["Light"]
    assert texts(items, "colors dark.") == ["Dark"]
    assert texts(items, "action colors") == ["Dark", "Light"]
    assert texts(items, "light nowhere") == []


def test_that_a_key_comes_first_however_it_is_written() -> None:
    items = [item("Dream here", keys=("D",)), item("Dark"), item("Save", keys=("Ctrl+S", "F2"))]
    assert texts(items, "d")[0] == "Dream here"
    assert texts(items, "CTRL+s") == ["Save"]
    assert texts(items, "f2") == ["Save"]


def test_that_the_item_used_last_comes_first_among_equals_only() -> None:
    items = [item("Open scene"), item("Open run"), item("Reopen")]
    assert texts(items, "open", "Reopen", "Open run") == ["Open run", "Open scene", "Reopen"]


def test_that_an_item_that_cannot_be_used_comes_after_its_equals() -> None:
    items = [item("Open it", reason="Only when a run is open"), item("Open me too")]
    assert texts(items, "open") == ["Open me too", "Open it"]


def test_that_no_query_lists_everything_with_the_last_used_first() -> None:
    items = [item("A", reason="not now"), item("B"), item("C"), item("D")]
    assert texts(items, "  ", "D", "C") == ["D", "C", "B", "A"]
