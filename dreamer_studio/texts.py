"""Writes texts for people: errors and foreign texts on one line, numbers, durations, sizes, and tables."""

from __future__ import annotations

from collections.abc import Container, Sequence

_MOST_QUOTED = 300
_UNITS = ((86_400.0, "day"), (3600.0, "h"), (60.0, "min"))


def one_line(text: str) -> str:
    """Return a text on one line."""
    return " ".join(text.split())


def reason_of(error: BaseException) -> str:
    """Return the text of an error on one line, or its type if there is no text; cut a long text.

    A damaged file can put any text into an error.
    """
    text = one_line(str(error)) or type(error).__name__
    return text if len(text) <= _MOST_QUOTED else f"{text[:_MOST_QUOTED]}..."


def rounded(number: float, sign: str = "") -> str:
    """Return a number with three digits, or all digits before the point; `sign` is "+" to write the plus too."""
    return f"{number:{sign},.0f}" if abs(number) >= 999.5 else f"{number:{sign}.3g}"


def duration_words(seconds: float) -> str:
    """Return a duration in its largest whole unit, such as "4 min" or "2 days"."""
    for size, unit in _UNITS:
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'s' if unit == 'day' and count > 1 else ''}"
    return f"{max(0, int(seconds))} s"


def rough_time(seconds: float) -> str:
    """Return an estimated time, such as "40 s", "75 min", "1.7 h", "20 h" or "3 days"."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    hours = seconds / 3600
    if hours < 72:
        return f"{hours:.1f} h" if hours < 9.95 else f"{hours:.0f} h"
    return f"{round(hours / 24)} days"


def rough_range(least: float, most: float) -> str:
    """Return a range of estimated times, such as "2.1 to 2.6 h", or "about 40 s" if both ends are written alike."""
    first, last = rough_time(least), rough_time(most)
    return f"about {last}" if first == last else from_to(first, last)


def from_to(first: str, last: str) -> str:
    """Return the range between two measures, such as "284 to 320 ms"; the unit comes once if both have the same."""
    number, _, unit = first.partition(" ")
    return f"{number if last.endswith(f' {unit}') else first} to {last}"


def size_words(size_bytes: float) -> str:
    """Return a number of bytes such as "38 MiB" or "1.5 GiB"."""
    size, unit = size_bytes, "B"
    for larger in ("KiB", "MiB", "GiB", "TiB"):
        if size < 1024:
            break
        size, unit = size / 1024, larger
    return f"{size:.1f} {unit}" if size < 10 and unit != "B" else f"{size:.0f} {unit}"


def table_text(headings: Sequence[str], right: Container[str], rows: Sequence[tuple[Sequence[str], str]]) -> str:
    """Return a table of columns as wide as their longest cell, a line for each row.

    Args:
        headings: one for each column.
        right: headings of the right-aligned columns.
        rows: the cells of each row, and a note after them, which is usually empty.
    """
    noted = [(headings, ""), *rows]
    widths = [max(map(len, column)) for column in zip(*(cells for cells, _ in noted), strict=True)]
    lines = []
    for cells, note in noted:
        padded = (
            cell.rjust(width) if heading in right else cell.ljust(width)
            for cell, width, heading in zip(cells, widths, headings, strict=True)
        )
        lines.append("  ".join([*padded, note]).rstrip())
    return "\n".join(lines)
