"""Sentences about groups of seeds: the meaning of their curves, and the comparison of two groups."""

from __future__ import annotations

from collections.abc import Sequence

from dreamer_studio.library.groups.comparing import Improvement
from dreamer_studio.library.groups.test_log import Unit
from dreamer_studio.studio.widgets.plots.series import si_label
from dreamer_studio.texts import rounded
from dreamer_studio.viewing.groups.messages import Averaging, Comparison, GroupCurve, GroupsResult

NO_RUNS = "No run to show. Tick runs or groups in the list, or select one."
NO_TESTS = "No test yet. A run tests itself every eval_every steps; the setting 0 means never."
TWO_NEEDED = "Tick two groups of the same task to compare them."


def legend_name(curve: GroupCurve) -> str:
    """Return the name of a group with the number of its runs that have tests."""
    count = len(curve.runs)
    runs = len(curve.group.runs)
    return f"{curve.group.name}, n = {count}" if count == runs else f"{curve.group.name}, n = {count} of {runs}"


def curves_caption(result: GroupsResult) -> str:
    """Return a caption: the meaning of lines and bands, and the reason for each missing curve or band."""
    averaging = result.request.averaging
    words = "Interquartile mean (IQM)" if averaging is Averaging.IQM else "Mean"
    parts = [f"{words} of the test returns; faint: each run."]
    if any(curve.average is not None and curve.average.low is not None for curve in result.curves):
        parts.append("Band: 95% bootstrap interval over the runs. Averages end with the run that ends first.")
    alone = [curve.group.name for curve in result.curves if len(curve.runs) == 1]
    if alone:
        parts.append(f"{_listed(alone)}: one run, so the spread between seeds is unknown.")
    apart = [curve.group.name for curve in result.curves if curve.runs and curve.average is None]
    if apart:
        parts.append(f"{_listed(apart)}: the tests of the runs have no {result.request.unit} in common.")
    untested = [curve.group.name for curve in result.curves if not curve.runs]
    if untested:
        parts.append(f"{_listed(untested)}: no test yet.")
    parts += [curve.problem for curve in result.curves if curve.problem]
    return " ".join(parts)


def profile_caption(comparison: Comparison, names: tuple[str, str], unit: Unit) -> str:
    """Return the probability that the first group improves on the second, with its interval."""
    return f"At {si_label(comparison.at, 4)} {unit}: {improvement_words(comparison.improvement, *names)}"


def improvement_words(found: Improvement, first: str, second: str) -> str:
    """Return how likely a run of the first group beats one of the second, and the number of pairs behind that."""
    share = f"a run of {first} beats one of {second} with probability {found.value:.2f}"
    pairs = f"{rounded(found.wins)} of {found.pairs} pairs, a tie counts half"
    if found.low is None or found.high is None:
        return f"{share} ({pairs}). With one run in a group, the interval is unknown."
    if found.low <= 0.5 <= found.high:
        verdict = "The interval includes 0.5, so neither is shown to be better."
    else:
        verdict = f"The interval is {'above' if found.low > 0.5 else 'below'} 0.5."
    return f"{share} (95%: {found.low:.2f} to {found.high:.2f}; {pairs}). {verdict}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
