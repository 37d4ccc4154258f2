"""The counters of a checkpoint, and the updates of single parts among them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dreamer_studio.runs.counters import NO_PART_UPDATES, Counters, PartUpdates, read_part_updates


@pytest.mark.parametrize("parts", [NO_PART_UPDATES, PartUpdates(1, 0, 7)])
def test_that_counters_survive_a_checkpoint(parts: PartUpdates) -> None:
    counters = Counters(90, 12, 4, 20, part_updates=parts)
    assert Counters.of(json.loads(json.dumps(counters.as_dict()))) == counters
    assert ("value_only" in counters.as_dict()) is bool(parts.total)  # as before in a run without such updates
    assert counters.scheduled_updates == 12 - parts.total


def test_that_updates_of_single_parts_are_told_in_words() -> None:
    assert str(NO_PART_UPDATES) == ""
    assert str(NO_PART_UPDATES.plus("actor")) == "1 extra update trained a single part (1 only the actor)"
    many = "1,200 extra updates trained a single part (1,199 only the world model, 1 only the value model)"
    assert str(PartUpdates(1199, 0, 1)) == many


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (json.dumps({"counters": Counters(part_updates=PartUpdates(2, 3)).as_dict()}), PartUpdates(2, 3)),
        (json.dumps({"counters": Counters().as_dict()}), NO_PART_UPDATES),
        ('{"counters": {"model_only": "many", "actor_only": -1, "value_only": 4}}', PartUpdates(value=4)),
        ('{"counters": []}', NO_PART_UPDATES),
        ("{", NO_PART_UPDATES),
        (None, NO_PART_UPDATES),
    ],
)
def test_that_they_are_read_from_a_checkpoint_without_loading_the_rest(
    tmp_path: Path, text: str | None, found: PartUpdates
) -> None:
    if text is not None:
        (tmp_path / "state.json").write_text(text)
    assert read_part_updates(tmp_path) == found
