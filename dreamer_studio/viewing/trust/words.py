"""Says what the newest judgment found, for workspaces other than Trust. Imports no torch."""

from __future__ import annotations

import math

from dreamer_studio.trust.measured import TWO_PLACES
from dreamer_studio.viewing.trust.messages import TrustResult

NOT_MEASURED = "Spread: Trust has not measured yet how far it follows the real error."


def spread_in_words(result: TrustResult | None) -> str:
    """Say how far the spread of futures follows the real error, according to the newest judgment."""
    report = result.report if result is not None else None
    if report is None:
        return NOT_MEASURED
    gauge = report.judgment.gauges["spread"]
    where = f"judged at update {report.update:,}"
    if not math.isfinite(gauge.measured.value):
        return f"Spread: its correlation with the real error is not known ({gauge.reason}), {where}."
    count = f"n {gauge.measured.n} episode{'s' * (gauge.measured.n != 1)}"
    text = f"Spread: correlation {gauge.measured.as_text(TWO_PLACES)} with the real error, {count}, {where}"
    beyond = gauge.details.get("beyond_step")
    if beyond is None or not math.isfinite(beyond.value):
        return f"{text}."
    return f"{text}; {beyond.as_text(TWO_PLACES)} more than that of the step number alone ({beyond.verdict})."
