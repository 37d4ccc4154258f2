import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from dreamer_studio.envs.actions import BoxActions, DiscreteActions
from dreamer_studio.envs.episode import Episode
from dreamer_studio.envs.errors import EnvError
from dreamer_studio.envs.simulator import Tick
from dreamer_studio.envs.wrappers import SAFETY_BOUND, ActionRepeat, EnvOptions, TimeLimit, wrapped

ONE = np.ones(1, np.float32)


class Counter:
    """Pays 1, 2, 3, ... for its steps and reaches a terminal state after `length` of them."""

    def __init__(self, length: int = 1000) -> None:
        self.length = length
        self.count = 0
        self.rendered = 0
        self.taken: list[NDArray[np.float32]] = []

    def reset(self, seed: int) -> None:
        self.count = 0

    def step(self, executed: NDArray[np.float32]) -> Tick:
        assert self.count < self.length, "stepped after the end of the episode"
        self.count += 1
        self.taken.append(executed)
        ended = self.count == self.length
        return Tick(float(self.count), "terminated" if ended else None)

    def image(self) -> NDArray[np.uint8]:
        self.rendered += 1
        return self.render(64, 64)

    def render(self, width: int, height: int) -> NDArray[np.uint8]:
        return np.full((height, width, 3), self.count, np.uint8)

    def state(self) -> NDArray[np.float64]:
        return np.array([float(self.count)])

    def restore(self, state: NDArray[np.float64]) -> None:
        (self.count,) = state.astype(int)

    def close(self) -> None:
        pass


BOX = BoxActions(np.array([-2.0]), np.array([4.0]), ("push",))


def test_that_repeated_rewards_are_summed_and_their_steps_counted() -> None:
    tick = ActionRepeat(Counter(), 4).step(ONE)
    assert tick == Tick(1 + 2 + 3 + 4, steps=4)


def test_that_a_repeat_stops_at_a_terminal_state() -> None:
    repeated = ActionRepeat(Counter(length=6), 4)
    repeated.step(ONE)
    assert repeated.step(ONE) == Tick(5 + 6, "terminated", steps=2)


def test_that_a_time_limit_stops_a_repeat_and_is_not_terminal() -> None:
    repeated = ActionRepeat(TimeLimit(Counter(), 5), 4)
    assert repeated.step(ONE).end is None
    assert repeated.step(ONE) == Tick(5, "cut", steps=1)


def test_that_a_reset_restarts_the_time_limit() -> None:
    limited = TimeLimit(Counter(), 2)
    limited.step(ONE)
    limited.reset(0)
    assert limited.step(ONE).end is None
    assert limited.step(ONE).end == "cut"


def test_that_the_time_limit_continues_from_a_restored_state() -> None:
    limited = ActionRepeat(TimeLimit(Counter(), 10), 3)
    limited.reset(0)
    for _ in range(2):
        limited.step(ONE)
    state = limited.state()
    assert state is not None
    for _ in range(2):
        limited.reset(0)
        limited.restore(state)
        assert limited.step(ONE) == Tick(7 + 8 + 9, steps=3)
        assert limited.step(ONE) == Tick(10, "cut", steps=1)


def test_that_a_terminal_state_on_the_last_allowed_step_stays_terminal() -> None:
    assert TimeLimit(Counter(length=1), 1).step(ONE) == Tick(1, "terminated")


@pytest.mark.parametrize(
    ("given", "own", "limit", "source"),
    [
        (None, None, 2 * SAFETY_BOUND, "safety bound"),
        (None, 200, 200, "task"),
        (50, 200, 50, "setting"),
        (500, 200, 200, "task"),
        (200, 200, 200, "task"),
        (9, None, 9, "setting"),
    ],
)
def test_that_the_shortest_time_limit_holds(given: int | None, own: int | None, limit: int, source: str) -> None:
    assert EnvOptions(time_limit=given).resolved(2, own) == (2, limit, source)


def test_that_without_a_time_limit_an_episode_is_cut_only_after_30000_agent_steps() -> None:
    counter = Counter(length=60_000)
    repeat, limit, _ = EnvOptions().resolved(2, None)
    simulator = wrapped(counter, repeat, limit)
    ends = [simulator.step(ONE).end for _ in range(30_000)]
    assert ends == [None] * 29_999 + ["terminated"]
    counter.length += 1
    simulator.reset(0)
    assert [simulator.step(ONE).end for _ in range(30_000)][-1] == "cut"


@pytest.mark.parametrize("options", [{"action_repeat": 0}, {"time_limit": 0}, {"render_quality": "best"}])
def test_that_options_out_of_range_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(options))):
        EnvOptions(**options)


@pytest.mark.parametrize("reward", [math.nan, math.inf, -math.inf])
def test_that_a_reward_that_is_not_finite_is_refused(reward: float) -> None:
    with pytest.raises(EnvError, match="not finite"):
        Tick(reward)


def test_that_an_episode_executes_and_reports_the_clipped_action() -> None:
    counter = Counter()
    episode = Episode(counter, BOX)
    episode.reset(0)
    step = episode.step(np.array([3.0], np.float32))
    assert step.action == [1.0] and step.action.dtype == np.float32
    assert counter.taken[-1] is step.action


def test_that_an_episode_starts_with_zeros_and_has_discount_zero_in_its_terminal_state() -> None:
    episode = Episode(Counter(length=2), BOX)
    first = episode.reset(0)
    assert (first.reward, first.discount, first.steps, first.action.tolist()) == (0.0, 1.0, 0, [0.0])
    assert first.is_first and not first.is_last
    middle, last = episode.step(ONE), episode.step(ONE)
    assert not middle.is_first and not middle.is_last and middle.discount == 1.0
    assert last.is_last and last.is_terminal and last.discount == 0.0


def test_that_an_episode_cut_by_the_time_limit_keeps_discount_one() -> None:
    episode = Episode(TimeLimit(Counter(), 1), BOX)
    episode.reset(0)
    last = episode.step(ONE)
    assert last.end == "cut" and last.is_last and not last.is_terminal and last.discount == 1.0


def test_that_only_the_last_image_of_a_repeat_is_rendered() -> None:
    counter = Counter()
    episode = Episode(ActionRepeat(counter, 4), BOX)
    episode.reset(0)
    step = episode.step(ONE)
    assert counter.rendered == 2 and (step.image == 4).all()


def test_that_a_finished_episode_cannot_be_stepped() -> None:
    episode = Episode(Counter(length=1), BOX)
    with pytest.raises(EnvError, match="reset first"):
        episode.step(ONE)
    episode.reset(0)
    episode.step(ONE)
    with pytest.raises(EnvError, match="reset first"):
        episode.step(ONE)


def test_that_a_refused_action_leaves_the_episode_running() -> None:
    episode = Episode(Counter(), BOX)
    episode.reset(0)
    with pytest.raises(EnvError, match=r"shape \(2,\)"):
        episode.step(np.zeros(2, np.float32))
    with pytest.raises(EnvError, match="not finite"):
        episode.step(np.array([np.nan], np.float32))
    assert episode.step(ONE).reward == 1.0


def test_that_actions_are_scaled_to_finite_bounds_and_shifted_to_one_sided_ones() -> None:
    low, high = np.array([-2.0, -np.inf, 0.0, -np.inf]), np.array([4.0, np.inf, np.inf, 7.0])
    actions = BoxActions(low, high, ("a", "b", "c", "d"))
    for asked, expected in ((-1.0, [-2.0, -1.0, 0.0, 5.0]), (0.5, [2.5, 0.5, 1.5, 6.5]), (1.0, [4.0, 1.0, 2.0, 7.0])):
        native = actions.native(actions.executed(np.full(4, asked, np.float32)))
        np.testing.assert_allclose(native, expected)


def test_that_scaling_never_leaves_the_bounds() -> None:
    actions = BoxActions(np.array([-0.1]), np.array([0.3]), ("a",))
    for asked in np.linspace(-1.5, 1.5, 101, dtype=np.float32):
        native = actions.native(actions.executed(np.array([asked])))
        assert -0.1 <= native[0] <= 0.3


def test_that_discrete_actions_become_one_hot_and_have_the_values_of_the_task() -> None:
    actions = DiscreteActions(("a", "b", "c"), (5, 6, 7))
    executed = actions.executed(np.array([0.1, 0.2, 0.7], np.float32))
    assert executed.tolist() == [0.0, 0.0, 1.0] and executed.dtype == np.float32
    assert actions.native(executed) == 7


def test_that_a_time_step_does_not_share_memory_with_the_action_it_was_asked_for() -> None:
    asked = np.zeros(1, np.float32)
    executed = BOX.executed(asked)
    asked[0] = 1.0
    assert executed[0] == 0.0


def test_that_a_tick_can_be_changed_only_into_a_finite_one() -> None:
    with pytest.raises(EnvError):
        replace(Tick(1.0), reward=math.nan)
