"""What a judgment says beside Trust."""

from __future__ import annotations

from dreamer_studio.trust.gauge import Gauge
from dreamer_studio.trust.horizon import NO_HORIZONS
from dreamer_studio.trust.judgment import Judgment
from dreamer_studio.trust.measured import UNKNOWN, Measured
from dreamer_studio.trust.report import Report
from dreamer_studio.viewing.trust.messages import TrustResult
from dreamer_studio.viewing.trust.words import spread_in_words


def judged(spread: Gauge) -> TrustResult:
    judgment = Judgment(4, 32, 15, {"spread": spread}, NO_HORIZONS)
    return TrustResult(Report("gym:Ring-v0", "", 80, 9_300, 0, (), {}, judgment), "judges again")


def test_that_a_spread_that_was_never_judged_is_said_to_be_so() -> None:
    words = "Spread: Trust has not measured yet how far it follows the real error."
    assert spread_in_words(None) == spread_in_words(TrustResult(None, "waits")) == words


def test_that_the_correlation_comes_with_its_interval_episodes_update_and_lead() -> None:
    beyond = Measured(0.154, 0.021, 0.27, 4, "cannot tell")
    spread = Gauge(Measured(0.49, 0.37, 0.59, 4, "cannot tell"), "", {"beyond_step": beyond})
    assert spread_in_words(judged(spread)) == (
        "Spread: correlation 0.49 (0.37 to 0.59) with the real error, n 4 episodes, judged at update 9,300; "
        "0.15 (0.02 to 0.27) more than that of the step number alone (cannot tell)."
    )


def test_that_a_correlation_that_is_not_known_comes_with_the_reason() -> None:
    words = "Spread: its correlation with the real error is not known (no pixel moves), judged at update 9,300."
    assert spread_in_words(judged(Gauge(UNKNOWN, "no pixel moves"))) == words
