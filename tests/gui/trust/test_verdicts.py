"""Numbers of gauges as the window writes them."""

from __future__ import annotations

import math

from dreamer_studio.studio.trust.verdicts import number_text
from dreamer_studio.trust.measured import Measured


def test_that_a_number_has_its_interval_if_it_is_known_and_never_an_exponent_if_it_is_large() -> None:
    assert number_text(Measured(1.041, 0.98, 1.1, 8, "holds")) == "1.04 (0.98 to 1.1)"
    assert number_text(Measured(-1240, -1600.4, -900, 8, "fails")) == "-1,240 (-1,600 to -900)"
    assert number_text(Measured(1240, math.nan, math.nan, 3, "cannot tell")) == "1,240"
    assert number_text(Measured(math.nan, math.nan, math.nan, 0, "cannot tell")) == "not known"
