from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dreamer_studio.export import Film
from tests.support.films import make_film

GOOD = make_film(count=2, length=12)


def test_that_a_film_knows_its_number_of_sequences_and_of_frames() -> None:
    assert (GOOD.count, GOOD.length) == (2, 12)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"kind": "guessed"}, "kind"),
        ({"model": GOOD.model[0]}, "model"),
        ({"model": GOOD.model[:, :0]}, "model"),
        ({"model": GOOD.model.astype(np.float32)}, "model"),
        ({"model": GOOD.model[..., :1]}, "model"),
        ({"real": GOOD.model[:1]}, "real"),
        ({"real": None}, "real"),
        ({"action": GOOD.value}, "action"),
        ({"action": GOOD.action[:, :-1]}, "action"),
        ({"reward": None}, "reward"),
        ({"reward": GOOD.value[:, 1:]}, "reward"),
        ({"reward_predicted": GOOD.value.astype(np.float64)}, "reward_predicted"),
        ({"value": GOOD.value[0]}, "value"),
        ({"context": 0}, "context"),
        ({"context": 12}, "context"),
        ({"kind": "reconstruction"}, "context"),
        ({"kind": "imagined", "context": 0}, "real"),
        ({"kind": "imagined", "context": 0, "real": None}, "reward"),
    ],
)
def test_that_arrays_that_do_not_fit_together_are_refused_by_name(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=rf"^{complaint} "):
        replace(GOOD, **change)


@pytest.mark.parametrize("kind", ["imagined", "open-loop", "reconstruction"])
def test_that_each_kind_can_be_made(kind: Any) -> None:
    assert isinstance(make_film(kind), Film)
