"""Reads and writes a list of seeds, such as ``1 2 5-7``."""

from __future__ import annotations

import re
from collections.abc import Sequence

MOST_SEED = 2**31 - 1
MOST_SEEDS = 100


def seeds_text(seeds: Sequence[int]) -> str:
    """Return a text that `parse_seeds` reads: a range if the seeds follow one another, else a list."""
    follow = list(seeds) == list(range(seeds[0], seeds[0] + len(seeds)))
    return f"{seeds[0]}-{seeds[-1]}" if follow and len(seeds) > 1 else " ".join(map(str, seeds))


def parse_seeds(text: str) -> tuple[int, ...]:
    """Return the seeds that a text lists, in its order.

    Raises:
        ValueError: the text is not a list of seeds; the message is one line.
    """
    seeds: list[int] = []
    for part in text.replace(",", " ").split():
        match = re.fullmatch(r"(\d{1,10})(?:-(\d{1,10}))?", part, re.ASCII)
        if match is None:
            raise ValueError(f'"{part}" is not a seed: write whole numbers, such as 1 or 1-5')
        first = int(match[1])
        last = int(match[2] or match[1])
        if last < first:
            raise ValueError(f"{part} runs backwards: write {last}-{first}")
        if last > MOST_SEED:
            raise ValueError(f"{last} is too large: seeds are at most {MOST_SEED:,}")
        if len(seeds) + last - first + 1 > MOST_SEEDS:
            raise ValueError(f"these are more than {MOST_SEEDS} seeds")
        seeds += range(first, last + 1)
    if not seeds:
        raise ValueError("write a seed, such as 0")
    twice = next((seed for seed in seeds if seeds.count(seed) > 1), None)
    if twice is not None:
        raise ValueError(f"{twice} is on the list twice")
    return tuple(seeds)
