"""Typed settings beside those in use."""

from __future__ import annotations

from dataclasses import replace

from dreamer_studio.config import options
from dreamer_studio.session import Session, Status
from dreamer_studio.viewing.run_settings.edits import changeable_options, review_edits
from tests.support.idle_session import session

__all__ = ["session"]


def status_of(session: Session, *, prefill: bool = False, **settings: object) -> Status:
    status = session.status.get()
    return replace(status, config=replace(status.config, **settings), prefill=prefill)  # type: ignore[arg-type]


def test_that_a_typed_value_that_is_in_use_is_no_edit(session: Session) -> None:
    status = status_of(session, horizon=15, compile=False, model_lr=0.001)
    edits = review_edits(status, {"horizon": "15", "compile": "false", "model_lr": "1e-3"})
    assert not edits.typed and not edits.values and not edits.problems and not edits.can_apply


def test_that_valid_texts_become_values_and_invalid_ones_say_why(session: Session) -> None:
    status = status_of(session, horizon=15, steps=1000)
    edits = review_edits(status, {"horizon": "8", "steps": "1e4"})
    assert edits.values == {"horizon": 8, "steps": 10_000} and edits.can_apply
    assert edits.in_use("horizon") == "15" and edits.in_use("discount") == "" and edits.text("steps") == "1e4"
    edits = review_edits(status, {"horizon": "8", "discount": "2"})
    assert edits.values == {"horizon": 8} and "less than or equal to 1" in edits.problems["discount"]
    assert not edits.can_apply


def test_that_the_prefill_can_change_only_during_the_prefill(session: Session) -> None:
    status = status_of(session, prefill=True)
    during = review_edits(status, {"prefill": "77"})
    after = review_edits(replace(status, prefill=False), {"prefill": "77"})
    assert during.can_apply and "prefill" not in during.idle
    assert not after.can_apply and after.idle["prefill"] == "the prefill is over"


def test_that_settings_without_effect_say_why(session: Session) -> None:
    edits = review_edits(status_of(session, pcont=False, eval_every=0), {})
    assert "pcont is false" in edits.idle["pcont_scale"] and "no tests" in edits.idle["eval_episodes"]


def test_that_all_settings_that_are_not_fixed_can_change(session: Session) -> None:
    names = [option.name for option in changeable_options()]
    assert names == [option.name for option in options() if not option.fixed] and len(names) > 20
