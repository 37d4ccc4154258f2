"""The changes of settings, as read from a log."""

from __future__ import annotations

from dreamer_studio.runs.history import RowHistory
from dreamer_studio.runs.rows import Row
from dreamer_studio.session import Session
from dreamer_studio.viewing.run_settings.changes import ChangeLog
from tests.support.idle_session import session

__all__ = ["session"]


class Log:
    """A log that the test writes."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.rows: RowHistory[Row] = RowHistory()
        session.log.take(self.rows)

    def change(self, name: str, before: object, after: object) -> None:
        self._add("change", name=name, before=before, after=after)

    def update(self, **metrics: object) -> None:
        self._add("update", **metrics)

    def go_back(self) -> None:
        self.rows = RowHistory()
        self._session.log.take(self.rows)

    def _add(self, kind: str, **values: object) -> None:
        self.rows.append(kind, {"kind": kind, "step": 7, "update": 1, **values})


def undo_of(changes: ChangeLog) -> str:
    changes.read()
    return str(changes.to_undo)


def test_that_undo_goes_back_change_by_change_and_an_undone_change_is_passed_over(session: Session) -> None:
    log, changes = Log(session), ChangeLog(session)
    assert not changes.read() and changes.to_undo is None
    log.change("horizon", 15, 8)
    log.change("discount", 0.99, 0.9)
    log.change("horizon", 8, 9)
    assert undo_of(changes) == "horizon 8 \N{RIGHTWARDS ARROW} 9"
    log.change("horizon", 9, 8)
    assert undo_of(changes) == "discount 0.99 \N{RIGHTWARDS ARROW} 0.9"
    log.change("discount", 0.9, 0.99)
    assert undo_of(changes) == "horizon 15 \N{RIGHTWARDS ARROW} 8"
    log.change("horizon", 8, 15)
    assert undo_of(changes) == "None"
    assert len(changes.changes) == 6 and not changes.read()


def test_that_a_change_that_a_setting_does_not_take_cannot_be_undone(session: Session) -> None:
    log, changes = Log(session), ChangeLog(session)
    log.change("horizon", 15, 8)
    log.change("<b>", 1, "<img>")
    log.change("horizon", "many", 8)
    assert undo_of(changes) == "horizon 15 \N{RIGHTWARDS ARROW} 8"


def test_that_a_log_that_was_opened_again_replaces_the_changes(session: Session) -> None:
    log, changes = Log(session), ChangeLog(session)
    log.change("horizon", 15, 8)
    assert changes.read() and changes.to_undo is not None
    log.go_back()
    assert changes.read() and changes.changes == () and changes.to_undo is None


def test_that_the_newest_metrics_are_known(session: Session) -> None:
    log, changes = Log(session), ChangeLog(session)
    log.update(kl=3.0, actor_entropy=1.5, horizon=15)
    log.update(kl=2.5)
    assert not changes.read()
    assert changes.newest == {"kl": 2.5, "actor_entropy": 1.5}
