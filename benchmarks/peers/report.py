"""The results as Markdown and as plain values."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.peers.implementations import by_name
from benchmarks.peers.measure import KEEP_MEMORY, Group, Row
from benchmarks.peers.protocol import Sizes
from dreamer_studio.system.process import OPENMP_WAITING


@dataclass(frozen=True)
class Report:
    """A finished run of the benchmark."""

    command: str
    machine: dict[str, Any]
    sizes: Sizes
    rows: list[Row]

    def values(self) -> dict[str, Any]:
        """Return all results for JSON; `ratio_to_ours` above 1 means slower than ours."""
        rows = []
        for row in self.rows:
            figures: dict[str, Any] = {}
            if row.error is None:
                figures = {"median_s": row.median_s, "ratio_to_ours": self._ratio(row)}
            rows.append({**dataclasses.asdict(row), **figures})
        return {
            "command": self.command,
            "machine": self.machine,
            "sizes": dataclasses.asdict(self.sizes),
            "environment": OPENMP_WAITING,
            "keep_memory_environment": KEEP_MEMORY,
            "rows": rows,
            "notes": {name: by_name(name).notes for name in self._names()},
        }

    def markdown(self) -> str:
        """Return a table with its notes."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        size, machine = self.sizes, self.machine
        yield f"`{self.command}`"
        yield ""
        yield (
            f"Seconds for one update: batch {size.batch} x {size.length}, horizon {size.horizon}, "
            f"{size.action} actions, 64 x 64 RGB, networks of the paper."
        )
        yield (
            f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB, "
            f"{' and '.join(machine['bfloat16_instructions']) or 'no bfloat16 instructions'}; {machine['system']}."
        )
        yield from self._protocol()
        yield ""
        yield "| | implementation | median s | min to max | ratio to ours | first update |"
        yield "|---|---|---|---|---|---|"
        for row in self.rows:
            yield self._table_row(row)
        yield from self._notes()

    def _protocol(self) -> Iterator[str]:
        counts = {(len(row.warmup_s), len(row.update_s)) for row in self.rows if row.error is None}
        for warmups, rounds in counts:
            yield (
                f"Each in its own process, in turns (A B C A B C); updates for warming up, not counted: {warmups}, "
                f"counted: {rounds}. {_environment(OPENMP_WAITING)} for all."
            )
        if any(row.group.keep_memory for row in self.rows):
            yield f"Memory kept: {_environment(KEEP_MEMORY)}."

    def _table_row(self, row: Row) -> str:
        start = f"| {row.group} | {by_name(row.implementation).title} |"
        if row.error is not None:
            return f"{start} left out: {row.error} | | | |"
        ratio = self._ratio(row)
        spread = f"{min(row.update_s):.3g} to {max(row.update_s):.3g}"
        first = (row.warmup_s or row.update_s)[0]
        return f"{start} {row.median_s:.3g} | {spread} | {'' if ratio is None else f'{ratio:.2f}'} | {first:.3g} |"

    def _notes(self) -> Iterator[str]:
        for name in self._names():
            row = next((row for row in self.rows if row.implementation == name and row.about), None)
            yield ""
            yield f"**{by_name(name).title}**" + (f" ({_about(row)})" if row else "") + ":"
            yield ""
            yield from (f"- {note}" for note in by_name(name).notes)

    def _names(self) -> list[str]:
        return list(dict.fromkeys(row.implementation for row in self.rows))

    def _ratio(self, row: Row) -> float | None:
        ours = self._ours(row.group)
        return None if ours is None else row.median_s / ours.median_s

    def _ours(self, group: Group) -> Row | None:
        ours = (row for row in self.rows if row.implementation == "ours" and row.group == group and row.error is None)
        return next(ours, None)


def _about(row: Row) -> str:
    versions = ", ".join(f"{package} {version}" for package, version in row.about["versions"].items())
    counts = ", ".join(f"{part} {count:,}" for part, count in row.about["parameters"].items())
    return f"{versions}; {row.about['threads']} threads; parameters: {counts}"


def _environment(values: dict[str, str]) -> str:
    return " ".join(f"`{name}={value}`" for name, value in values.items())
