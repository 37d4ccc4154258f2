"""The settings that have changed while a run trained, read from its log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dreamer_studio.config import ConfigError, parse_setting
from dreamer_studio.session.log_reader import START, Place

if TYPE_CHECKING:
    from dreamer_studio.runs.rows import Row
    from dreamer_studio.session import Session

MOST_CHANGES: Final = 1000
_METRICS: Final = ("kl", "actor_entropy")


@dataclass(frozen=True)
class SettingChange:
    """A changed setting.

    Attributes:
        step: environment steps of the run at that time.
        name: the setting.
        before, after: its values.
    """

    step: int
    name: str
    before: object
    after: object

    def __str__(self) -> str:
        return f"{self.name} {self.before} \N{RIGHTWARDS ARROW} {self.after}"

    @property
    def can_undo(self) -> bool:
        """Return whether the setting accepts the old value; a log can hold anything."""
        try:
            return parse_setting(self.name, self.before) is not None
        except ConfigError:
            return False


class ChangeLog:
    """Reads the changes of a session's log, and the newest numbers of an update.

    Attributes:
        changes: all changes, oldest first; undoing one is a change too.
        newest: the newest value of each metric that a rule can look at.
    """

    def __init__(self, session: Session) -> None:
        self.changes: tuple[SettingChange, ...] = ()
        self.newest: dict[str, float] = {}
        self._session = session
        self._place: Place = START
        self._open: list[SettingChange] = []

    @property
    def to_undo(self) -> SettingChange | None:
        """Return the newest change that has not been undone, or None."""
        return next((change for change in reversed(self._open) if change.can_undo), None)

    def read(self) -> bool:
        """Read new rows of the log, and return whether the changes are different now."""
        before = self.changes
        rows, place = self._session.rows_since(self._place)
        if place.opening != self._place.opening:
            self.changes, self._open = (), []
        self._place = place
        found = [_change(row) for row in rows if row["kind"] == "change"]
        self.changes = (*self.changes, *found)[-MOST_CHANGES:]
        self._take_off(found)
        for row in rows:
            if row["kind"] == "update":
                self.newest |= {name: row[name] for name in _METRICS if isinstance(row.get(name), int | float)}
        return self.changes != before

    def _take_off(self, found: Iterable[SettingChange]) -> None:
        """Keep the changes that can still be undone: a change back to the value before removes its partner."""
        for change in found:
            last = next((each for each in reversed(self._open) if each.name == change.name), None)
            if last is not None and (last.before, last.after) == (change.after, change.before):
                self._open.remove(last)
            else:
                self._open.append(change)


def _change(row: Row) -> SettingChange:
    return SettingChange(row["step"], str(row.get("name", "?")), row.get("before"), row.get("after"))
