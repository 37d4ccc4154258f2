"""The rows of the palette, and the interface of their sources."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol


def _nothing() -> None:
    """Do nothing."""


@dataclass(frozen=True)
class PaletteItem:
    """A row of the palette.

    Attributes:
        id: names the item in the list of the last used items, such as "action:run.pause".
        kind: the kind of item in a word, such as "Run".
        text: its name.
        place: a few words behind the name, such as the menu of an action.
        detail: a sentence below the name.
        keys: alternative keys, as text for the user.
        words: further words that find the item, such as another name.
        reason: why the item cannot be used now; empty if it can.
        run: uses the item; not compared, because equal items do the same.
    """

    id: str
    kind: str
    text: str
    place: str = ""
    detail: str = ""
    keys: tuple[str, ...] = ()
    words: str = ""
    reason: str = ""
    run: Callable[[], object] = field(default=_nothing, compare=False, repr=False)

    @property
    def spoken(self) -> str:
        """Return the row in words for a screen reader."""
        parts = (self.text, self.place, self.kind, ", ".join(self.keys), self.reason or self.detail)
        return ", ".join(part for part in parts if part)


class Provider(Protocol):
    """A source of items. It answers at once, from what it knows: it reads no file and waits for nothing."""

    def items(self) -> Iterable[PaletteItem]:
        """Return the items that exist now."""
        ...
