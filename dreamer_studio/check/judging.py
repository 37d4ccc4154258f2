"""Turns the findings of a check into rows: verdict, finding and advice."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from dreamer_studio.check.advice import advice_for, hanging_place
from dreamer_studio.check.findings import Findings
from dreamer_studio.check.judging_image import image_row
from dreamer_studio.check.report import Row
from dreamer_studio.texts import one_line

LARGE_REWARD: Final = 100.0
"""Largest reward without the advice to scale rewards: the losses of value and reward grow with the square."""

SLOW: Final = 10.0
"""Agent steps a second below which a training will be slow because of the environment."""

GROWTH: Final = 32 * 2**20
"""Bytes by which the memory may grow after the first steps."""

_MIB: Final = 2**20
_MOST_NAMES: Final = 8

_ORDER: Final = (
    "start", "steps", "image", "actions", "reward", "end", "seed", "twin", "speed", "memory", "prints"
)  # fmt: skip

_SUBJECTS: Final = (
    (r"reward", "reward"),
    (r"actions that no|the action has", "actions"),
    (r"from images|the image |observe=|the suite's image", "image"),
)
"""Patterns of an error's words, and the row to which the error belongs."""


def judge(found: Findings) -> tuple[Row, ...]:
    """Make a row for each question that the findings answer."""
    rows = [row for row in (make(found) for make in _MAKERS) if row is not None]
    if found.failure is None:
        return tuple(rows)
    failed = _failure_row(found)
    kept = [row for row in rows if row.name != failed.name]
    return tuple(sorted([failed, *kept], key=lambda row: _ORDER.index(row.name)))


def _failure_row(found: Findings) -> Row:
    assert found.failure is not None
    text = one_line(str(found.failure))
    name = next((name for words, name in _SUBJECTS if re.search(words, text)), "steps" if found.spec else "start")
    where = ""
    if found.spec is not None:
        count = len(found.taken)
        where = f" (after {count} steps)" if count else " (at the first reset or step)"
    if place := hanging_place(found.printed.stack):
        where += f"; it hangs in {place}"
    return Row(name, "refused", text + where, advice_for(found.failure))


def _start(found: Findings) -> Row | None:
    if found.spec is None:
        return None
    drawn = f"; MuJoCo draws through {found.spec.gl_backend}" if found.spec.gl_backend else ""
    return Row("start", "ok", f"imported and made in {found.speed.start:.1f} s{drawn}")


def _actions(found: Findings) -> Row | None:
    spec = found.spec
    if spec is None:
        return None
    names = "; ".join((*spec.action_names[:_MOST_NAMES], *["..."][: spec.action_size > _MOST_NAMES]))
    own = f"; the task's own: {found.action_space}" if found.action_space else ""
    text = f"{spec.acts_in_words} ({names}){own}"
    if re.search(r"\binf\b", found.action_space):
        return Row("actions", "note", text, "Give the space bounds: without them the agent stays within [-1, 1].")
    if spec.action_kind == "discrete" and spec.action_size == 1:
        return Row("actions", "note", text, "With a single action there is nothing to decide.")
    return Row("actions", "ok", text)


def _reward(found: Findings) -> Row | None:
    rewards = [step.reward for step in found.taken]
    if not rewards:
        return None
    low, high, zeros = min(rewards), max(rewards), rewards.count(0.0)
    count = len(rewards)
    if low == high == 0.0:
        return Row(
            "reward", "note", f"0 in all of {count} random steps",
            "There is nothing to learn until a random action is rewarded: reward partial progress, or be patient.",
        )  # fmt: skip
    zero = f"0 in {zeros} of {count} steps" if zeros else f"never 0 in {count} steps"
    text = f"always {low:g}" if low == high else f"from {low:g} to {high:g}, {zero}"
    if max(abs(low), abs(high)) > LARGE_REWARD:
        return Row("reward", "note", text, "Scale rewards to about -1 to 1, or squash them: --set clip_rewards=tanh")
    return Row("reward", "ok", text)


def _end(found: Findings) -> Row | None:
    spec = found.spec
    if spec is None or not found.taken:
        return None
    ends = [step.end for step in found.steps if step.end is not None]
    sources = {"task": "the task", "setting": "the setting time_limit", "safety bound": "the safety bound"}
    source = sources.get(spec.limit_source or "", "an unknown place")
    limit = f"limit {spec.time_limit:,} environment steps, from {source}"
    kinds = ", ".join(f"{ends.count(end)} {end}" for end in dict.fromkeys(ends))
    text = f"{f'episodes: {kinds}' if ends else 'no episode ended'} in {len(found.taken)} random steps; {limit}"
    if ends and len(ends) * 2 >= len(found.taken):
        return Row("end", "note", text, "Episodes end almost at once: look at what sets terminated and truncated.")
    if spec.limit_source == "safety bound" and not ends:
        return Row("end", "note", text, "If episodes never end by themselves, limit them: --set time_limit=1000")
    return Row("end", "ok", text)


def _seed(found: Findings) -> Row | None:
    again = found.again
    if again is None:
        return None
    count = len(again.steps) - 1
    difference = again.first_difference()
    if difference is None:
        return Row("seed", "ok", f"the same seed and actions gave the same {count} steps again")
    step, what = difference
    where = f"at step {step}" if step else "right after the reset"
    return Row(
        "seed", "note", f"the same seed gives another episode: {what} differs {where}",
        "Draw all randomness from self.np_random after super().reset(seed=seed), and keep nothing across a reset.",
    )  # fmt: skip


def _twin(found: Findings) -> Row | None:
    if found.again is None:
        return None
    same = found.again.same_frames
    state = found.steps[0].state
    if state is not None and found.restored:
        return Row("twin", "ok", f"copied: {len(state)} numbers restore the simulator's state at any frame")
    if state is not None and found.restored is False:
        return Row("twin", "note", "none: a step from a restored state differs", "Fix the suite's state and restore.")
    if same:
        return Row("twin", "ok", "replayed: the real environment repeats an episode's actions to reach a frame")
    return Row(
        "twin", "note", "none: no state can be copied, and the seed does not repeat an episode",
        "The real environment cannot run beside a dream, and a resumed run begins the interrupted episode again.",
    )  # fmt: skip


def _speed(found: Findings) -> Row | None:
    seconds, spec = found.speed.steps, found.spec
    if not seconds or spec is None:
        return None
    mean = sum(seconds) / len(seconds)
    repeat = f", {spec.action_repeat} environment steps each" if spec.action_repeat > 1 else ""
    text = f"{1 / mean:,.0f} agent steps with their frames a second{repeat}"
    if found.speed.undrawn is not None:
        text += f"; {1 / found.speed.undrawn:,.0f} a second without frames"
    text += f"; the slowest step took {1000 * max(seconds):.0f} ms, a reset {1000 * found.speed.reset:.0f} ms"
    if 1 / mean >= SLOW:
        return Row("speed", "ok", text)
    drawing = found.speed.undrawn is not None and found.speed.undrawn < mean / 2
    advice = "Draw smaller frames: most of the time goes into them." if drawing else "A training will wait for it."
    return Row("speed", "note", text, advice)


def _memory(found: Findings) -> Row | None:
    memory = found.memory
    if not (memory.at_start and found.taken):
        return None
    text = f"{memory.at_start / _MIB:,.0f} MiB at the start, {memory.at_end / _MIB:,.0f} MiB after all steps"
    growth = memory.at_end - (memory.settled or memory.at_end)
    if growth > GROWTH:
        return Row(
            "memory", "note", f"{text}: {growth / _MIB:,.0f} MiB more than after the first steps",
            "Look for a list that keeps growing; a run replaces the process at env_memory_mb.",
        )  # fmt: skip
    return Row("memory", "ok", text)


def _prints(found: Findings) -> Row | None:
    printed = found.printed
    if found.spec is None and not printed.at_start:
        return None
    example = f", such as: {printed.example:.120}" if printed.example else ""
    if printed.later:
        return Row(
            "prints", "note", f"{_lines(printed.later)} during the steps{example}",
            "Remove prints from reset() and step(): a training takes a million steps.",
        )  # fmt: skip
    words = f"{_lines(printed.at_start)} at the start{example}" if printed.at_start else "nothing"
    return Row("prints", "ok", words)


def _lines(count: int) -> str:
    return f"{count:,} line{'' if count == 1 else 's'}"


_MAKERS: Final[tuple[Callable[[Findings], Row | None], ...]] = (
    _start, image_row, _actions, _reward, _end, _seed, _twin, _speed, _memory, _prints
)  # fmt: skip
