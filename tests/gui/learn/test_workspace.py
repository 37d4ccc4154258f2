"""The Learn workspace on made values."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from dreamer_studio.lessons.chapters import CHAPTERS
from dreamer_studio.paper.places import Place
from dreamer_studio.session import MakeUpdates, SlowDown, State
from dreamer_studio.studio.learn.covered_page import CoveredPage
from dreamer_studio.studio.learn.exploration_page import ExplorationPage
from dreamer_studio.studio.learn.gradient_page import GradientPage
from dreamer_studio.studio.learn.guess_box import SKIPPED
from dreamer_studio.studio.learn.held_page import HeldPage
from dreamer_studio.studio.learn.horizon_page import HorizonPage
from dreamer_studio.studio.learn.lambda_page import LambdaPage
from dreamer_studio.studio.learn.loop_page import LoopPage
from dreamer_studio.studio.learn.own_task_page import OwnTaskPage
from dreamer_studio.studio.learn.page import ChapterPage
from dreamer_studio.studio.learn.pages import PAGES
from dreamer_studio.studio.learn.paper.passage_row import LOOKING, NO_SOURCE
from dreamer_studio.studio.learn.promises_page import PromisesPage
from dreamer_studio.studio.learn.reconstruction_page import ReconstructionPage
from dreamer_studio.studio.learn.reward_page import RewardPage
from dreamer_studio.studio.learn.workspace import BEFORE, LearnWorkspace
from dreamer_studio.studio.theme import Theme
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.learn.messages import LearnRequest, LearnResult
from dreamer_studio.viewing.learn.messages.covered import CoveredRequest, CoveredResult
from dreamer_studio.viewing.learn.messages.exploration import ExplorationRequest, ExplorationResult
from dreamer_studio.viewing.learn.messages.gradient import GradientRequest, GradientResult
from dreamer_studio.viewing.learn.messages.held import HeldRequest, HeldResult
from dreamer_studio.viewing.learn.messages.horizon import HorizonRequest, HorizonResult
from dreamer_studio.viewing.learn.messages.loop import LoopRequest, LoopResult
from dreamer_studio.viewing.learn.messages.promises import PromisesRequest, PromisesResult
from dreamer_studio.viewing.learn.messages.reconstruction import ReconstructionRequest, ReconstructionResult
from dreamer_studio.viewing.learn.messages.reward import RewardRequest, RewardResult
from dreamer_studio.viewing.learn.messages.targets import LambdaRequest, LambdaResult
from dreamer_studio.viewing.learn.places import Places
from tests.support.idle_session import SPEC
from tests.support.made_values import made_status


@pytest.fixture
def channel() -> Channel[LearnRequest, LearnResult]:
    return Channel(visible=False)


@pytest.fixture
def places() -> Channel[None, Places]:
    return Channel()


@pytest.fixture
def workspace(
    theme: Theme, qtbot: QtBot, channel: Channel[LearnRequest, LearnResult], places: Channel[None, Places]
) -> Iterator[LearnWorkspace]:
    made = LearnWorkspace(theme, channel, places)
    qtbot.addWidget(made)
    made.resize(1280, 720)
    made.show()
    yield made


def answer(channel: Channel[LearnRequest, LearnResult], workspace: LearnWorkspace, update: int = 9) -> None:
    """Answer as the worker does."""
    workspace.refresh(made_status(update=update))
    taken = channel.take()
    assert taken is not None
    channel.answer(taken[0], made(taken[1], update), done=False)
    workspace.refresh(made_status(update=update))


def made(request: LearnRequest, update: int) -> LearnResult:
    """Return a scene of six black frames. The error of the trained model grows by the column."""
    real, origin = np.zeros((6, 64, 64, 3), np.uint8), FrameRef(False, 3, 10)
    trained = real + np.arange(6, dtype=np.uint8)[:, None, None, None]
    match request:
        case LoopRequest():
            return LoopResult(request, update, origin, real, np.full_like(real[:3], update), 1.0, float(update))
        case ReconstructionRequest():
            return ReconstructionResult(request, update, origin, real, trained, np.full_like(real, 127), 230)
        case CoveredRequest(covered=covered):
            kl = np.array([1.0, 2.0, np.nan, np.nan, 9.0, 3.0])
            return CoveredResult(request, update, origin, real, 2, min(covered, 2), trained, trained, kl, np.ones(6))
        case LambdaRequest():
            value, ones = np.full(6, 8.0), np.ones(5)
            returns = 6 * ones, 9 * ones, 3 * ones, ones, ones
            return LambdaResult(request, update, origin, real, real, np.ones(6), value, *returns)
        case HeldRequest(action=action):
            by_action, by_chance = real + np.uint8(10 * (action + 1)), real + np.uint8(2)
            return HeldResult(
                request, update, origin, real, action, by_action, real, by_chance, np.ones(6), np.zeros(6)
            )
        case RewardRequest():
            received = np.array([0.0, 0.1, 0.2, 0.3, 0.4, 0.5])
            return RewardResult(request, update, origin, real, received, received + 0.1 * np.arange(6))
        case HorizonRequest():
            images = np.zeros((45, 64, 64, 3), np.uint8)
            return HorizonResult(request, update, origin, real, images, np.ones(45), np.linspace(1, 0.1, 45), 15)
        case GradientRequest():
            gradient = np.array([[0.5, -0.1], [0.2, 0.0], [0.1, 0.0]])
            return GradientResult(request, update, origin, real, real[:3], np.full((3, 2), 0.25), gradient, 7.0)
        case ExplorationRequest(amount=amount):
            mode, used = np.zeros((6, 2)), 0.3 if amount is None else amount
            return ExplorationResult(request, update, origin, real, used, 0.3, mode, mode + used, discrete=False)
        case PromisesRequest(improvements=improvements):
            policy, improved = np.full(6, 0.5), np.full(6, 0.5 + improvements / 20)
            return PromisesResult(request, update, origin, real, real, real, policy, improved, 0.9, 100)
    raise AssertionError(request)


def page_of(workspace: LearnWorkspace) -> ReconstructionPage:
    workspace.show_chapter("reconstruction")
    assert isinstance(workspace.page, ReconstructionPage)
    return workspace.page


def test_that_the_loop_lights_what_the_training_does_and_its_boxes_open_chapters(
    workspace: LearnWorkspace, channel: Channel[LearnRequest, LearnResult], qtbot: QtBot
) -> None:
    page = show(workspace, channel, LoopPage)
    workspace.refresh(made_status(phase="imagination"))
    assert page.diagram.lit == {"prior", "actor", "reward", "value"}
    workspace.refresh(made_status(state=State.PAUSED, phase="imagination"))
    assert not page.diagram.lit
    qtbot.mouseClick(page.guess.skip, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(page.diagram.boxes["prior"], Qt.MouseButton.LeftButton)
    assert isinstance(workspace.page, CoveredPage)
    assert workspace.contents.progress.startswith("1 of")


def test_that_steps_are_offered_while_the_training_is_paused_and_show_the_dream_before_and_after(
    workspace: LearnWorkspace, channel: Channel[LearnRequest, LearnResult], qtbot: QtBot
) -> None:
    commands: list[object] = []
    workspace.commandWanted.connect(commands.append)
    page = show(workspace, channel, LoopPage)
    assert not any(button.isEnabled() for button in page.steps)
    workspace.refresh(made_status(state=State.PAUSED))
    qtbot.mouseClick(page.steps[2], Qt.MouseButton.LeftButton)
    page.slow.slider.setValue(3)
    assert commands == [MakeUpdates(1, "model"), SlowDown(300)]
    assert [row.name for row in page.strip.rows] == ["update 9"]
    taken = channel.generation
    channel.answer(taken, made(LoopRequest(0), 10), done=False)
    workspace.refresh(made_status(state=State.PAUSED, update=10, slow_ms=300))
    assert [row.name for row in page.strip.rows] == ["update 10", "before"]
    assert page.strip.rows[1].frames.max() == 9 and page.slow.value == 3


def test_that_nothing_is_asked_before_the_first_update_or_while_the_workspace_is_hidden(
    workspace: LearnWorkspace, channel: Channel[LearnRequest, LearnResult]
) -> None:
    workspace.refresh(made_status(update=0))
    assert not channel.asked
    assert BEFORE in _labels(workspace)
    workspace.hide()
    workspace.refresh(made_status(update=1))
    assert channel.take() is None


def test_that_the_models_rows_come_with_the_guess_and_the_answer_has_its_numbers(
    workspace: LearnWorkspace, channel: Channel[LearnRequest, LearnResult], qtbot: QtBot
) -> None:
    page = show(workspace, channel, ReconstructionPage)
    assert [row.name for row in page.strip.rows] == ["recorded"]
    qtbot.mouseClick(page.guess.choices[0], Qt.MouseButton.LeftButton)
    assert [row.name for row in page.strip.rows] == ["recorded", "untrained model", "model, update 9"]
    assert page.guess.outcome == "not quite"
    assert page.guess.verdict.startswith("Gray. ") and "0.2480" in page.guess.verdict and "230" in page.guess.verdict
    assert not any(button.isEnabled() for button in page.guess.choices)


def test_that_the_guess_can_be_skipped(
    workspace: LearnWorkspace, channel: Channel[LearnRequest, LearnResult], qtbot: QtBot
) -> None:
    page = page_of(workspace)
    qtbot.mouseClick(page.guess.skip, Qt.MouseButton.LeftButton)  # before the first result
    assert page.guess.choice == SKIPPED and not page.guess.verdict
    answer(channel, workspace)
    assert page.guess.verdict and not page.guess.outcome


def test_that_the_exercise_marks_the_chapter_as_done_once(
    workspace: LearnWorkspace, channel: Channel[LearnRequest, LearnResult], qtbot: QtBot
) -> None:
    told: list[tuple[str, object]] = []
    workspace.chosen.connect(lambda name, value: told.append((name, value)))
    page = show(workspace, channel, ReconstructionPage)
    page.strip.cursorMoved.emit(2)
    assert not told  # the user has not guessed
    qtbot.mouseClick(page.guess.choices[1], Qt.MouseButton.LeftButton)
    assert page.guess.outcome == "right"
    page.strip.cursorMoved.emit(2)
    assert page.outcome.startswith("Number 4 of 6; the worst is 6.")
    page.strip.cursorMoved.emit(5)
    assert page.outcome.startswith("This is the worst frame.")
    assert told == [("lessons_done", ("reconstruction",))]
    assert workspace.contents.progress == f"1 of {len(CHAPTERS)} done"


def test_that_another_scene_is_another_request_and_a_failure_says_why(
    workspace: LearnWorkspace, channel: Channel[LearnRequest, LearnResult], qtbot: QtBot
) -> None:
    show(workspace, channel, ReconstructionPage)
    qtbot.mouseClick(page_of(workspace).other_scene, Qt.MouseButton.LeftButton)
    workspace.refresh(made_status())
    taken = channel.take()
    assert taken is not None and taken[1].scene == 1
    channel.fail(taken[0], "The episode cannot be read.")
    workspace.refresh(made_status())
    assert "The episode cannot be read." in _labels(workspace)


def test_that_the_surprise_is_shown_with_the_guess_and_the_slider_covers_frames(
    workspace: LearnWorkspace, channel: Channel[LearnRequest, LearnResult], qtbot: QtBot
) -> None:
    page = show(workspace, channel, CoveredPage)
    assert len(page.strip.rows) == 3 and not page.surprise.isVisible()
    qtbot.mouseClick(page.guess.choices[1], Qt.MouseButton.LeftButton)
    assert page.surprise.isVisible() and page.guess.outcome == "right"
    assert "9.0 nats" in page.guess.verdict and "2.0 (median) to 3.0" in page.guess.verdict
    page.cover.slider.setValue(1)
    answer(channel, workspace)
    assert page.outcome.startswith("A still image would be as good: after 1 frames")
    assert workspace.contents.progress.startswith("1 of")


def test_that_lambda_moves_the_targets(
    workspace: LearnWorkspace, channel: Channel[LearnRequest, LearnResult], qtbot: QtBot
) -> None:
    page = show(workspace, channel, LambdaPage)
    assert not len(page.targets.series("lambda 0")[0])
    qtbot.mouseClick(page.guess.choices[0], Qt.MouseButton.LeftButton)
    assert page.guess.outcome == "right" and len(page.targets.series("lambda 0")[0]) == 5
    assert "8.00 for lambda 0 and by 2.00 for lambda 1" in page.guess.verdict
    page.slider.slider.setValue(10)
    answer(channel, workspace)
    assert "With lambda 0.50, the first target is 6.00. The targets are 2.00 away" in page.outcome


def test_that_holding_an_action_is_compared_with_chance_and_the_largest_difference_is_named(
    workspace: LearnWorkspace, channel: Channel[LearnRequest, LearnResult], qtbot: QtBot
) -> None:
    workspace.set_spec(dataclasses.replace(SPEC, action_size=2, action_names=("hip", "knee")))
    page = show(workspace, channel, HeldPage)
    assert [row.name for row in page.strip.rows] == ["does nothing"]
    qtbot.mouseClick(page.guess.choices[1], Qt.MouseButton.LeftButton)
    assert page.guess.outcome == "not quite" and "0.00154" in page.guess.verdict
    assert [row.name for row in page.strip.rows] == ["“hip” held", "does nothing"]
    page.choice.setCurrentIndex(1)
    page.choice.activated.emit(1)
    answer(channel, workspace)
    assert page.outcome.startswith("“knee” makes a difference of 0.00615; predicted rewards: 6.00 instead of 0.00.")
    page.choice.setCurrentIndex(0)
    answer(channel, workspace)
    assert page.outcome.endswith("The largest of the 2 so far: “knee”, 0.00615.")


def test_that_the_frame_with_the_highest_received_reward_is_the_answer(
    workspace: LearnWorkspace, channel: Channel[LearnRequest, LearnResult], qtbot: QtBot
) -> None:
    page = show(workspace, channel, RewardPage)
    assert sorted(mark.words for mark in page.strip.marks) == ["A", "B", "C"] and not page.rewards.isVisible()
    highest = next(mark.words for mark in page.strip.marks if mark.column == 5)
    qtbot.mouseClick(page.guess.choices["ABC".index(highest)], Qt.MouseButton.LeftButton)
    assert page.guess.outcome == "right" and f"{highest} 0.500 (1.000)" in page.guess.verdict
    page.strip.cursorMoved.emit(4)
    assert page.outcome.startswith("Number 2 of 6; the worst is 6. Its error is 0.400")


def test_that_the_horizon_says_how_much_is_the_value_models_word(
    workspace: LearnWorkspace, channel: Channel[LearnRequest, LearnResult], qtbot: QtBot
) -> None:
    page = show(workspace, channel, HorizonPage)
    qtbot.mouseClick(page.guess.choices[0], Qt.MouseButton.LeftButton)
    assert page.guess.outcome == "right" and "100% with 1, 92% with 5, 71% with 15, 10% with 45" in page.guess.verdict
    page.slider.slider.setValue(40)
    assert page.outcome.startswith("With horizon 40, the value model's estimates have a weight of 20%")
    assert [mark.column for mark in page.strip.marks] == [40]


def test_that_the_gradient_says_how_the_actions_of_a_step_should_change(
    workspace: LearnWorkspace, channel: Channel[LearnRequest, LearnResult], qtbot: QtBot
) -> None:
    workspace.set_spec(dataclasses.replace(SPEC, action_size=2, action_names=("hip", "knee")))
    page = show(workspace, channel, GradientPage)
    assert not page.sizes.isVisible()
    qtbot.mouseClick(page.guess.choices[0], Qt.MouseButton.LeftButton)
    assert page.guess.outcome == "right" and page.sizes.isVisible()
    page.strip.cursorMoved.emit(0)
    changes = "hip up from +0.25 (+0.500), knee down from +0.25 (-0.100)"
    assert page.outcome == f"Step 1: to raise the target of 7.00, change {changes}."


def test_that_promises_are_compared_with_the_highest_received_reward(
    workspace: LearnWorkspace, channel: Channel[LearnRequest, LearnResult], qtbot: QtBot
) -> None:
    page = show(workspace, channel, PromisesPage)
    assert [row.name for row in page.strip.rows] == ["the policy acts"] and not page.rewards.isVisible()
    qtbot.mouseClick(page.guess.choices[1], Qt.MouseButton.LeftButton)
    assert page.guess.outcome == "not quite" and "from 0.500 to 1.500" in page.guess.verdict
    page.slider.slider.setValue(4)
    answer(channel, workspace)
    assert page.guess.outcome == "right" and page.guess.verdict.startswith("They rise, but not so high.")
    assert page.outcome.startswith("With 4 improvements, the dream promises 4.20 in 6 steps instead of 3.00.")


def test_that_the_slider_begins_at_the_exploration_of_the_training_and_changes_it_here_only(
    workspace: LearnWorkspace, channel: Channel[LearnRequest, LearnResult], qtbot: QtBot
) -> None:
    workspace.set_spec(dataclasses.replace(SPEC, action_size=2, action_names=("hip", "knee")))
    page = show(workspace, channel, ExplorationPage)
    assert page.slider.value == 6 and not len(page.acted.series("with exploration")[0])
    qtbot.mouseClick(page.guess.choices[1], Qt.MouseButton.LeftButton)
    assert page.guess.outcome == "right" and "by 15% of their range" in page.guess.verdict
    page.slider.slider.setValue(20)
    answer(channel, workspace)
    assert page.outcome == (
        "With amount 1.00, actions move by 50% of their range, on average. The training uses 0.30 now."
    )


def test_that_the_last_chapter_leads_to_a_new_run_and_asks_no_worker(
    workspace: LearnWorkspace, channel: Channel[LearnRequest, LearnResult], qtbot: QtBot
) -> None:
    wanted: list[str] = []
    workspace.actionWanted.connect(wanted.append)
    workspace.set_spec(dataclasses.replace(SPEC, action_size=2, action_names=("hip", "knee")))
    answer(channel, workspace)
    workspace.contents.go_to(len(CHAPTERS) - 1)
    workspace.refresh(made_status())
    page = workspace.page
    assert isinstance(page, OwnTaskPage) and not channel.asked
    assert page.facts.value("Dreamer gives") == "numbers from -1 to 1: hip, knee"
    qtbot.mouseClick(page.guess.choices[0], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(page.new_run, Qt.MouseButton.LeftButton)
    assert page.guess.outcome == "right" and wanted == ["file.new"] and page.outcome


def test_that_an_answer_to_the_chapter_before_is_not_shown_in_the_next(
    workspace: LearnWorkspace, channel: Channel[LearnRequest, LearnResult]
) -> None:
    workspace.refresh(made_status())
    taken = channel.take()
    assert taken is not None
    channel.answer(taken[0], made(taken[1], 9), done=False)
    workspace.show_chapter("covered")
    workspace.refresh(made_status())
    assert workspace.page.result is None
    answer(channel, workspace)
    assert isinstance(workspace.page.result, CoveredResult)


Page = TypeVar("Page", bound=ChapterPage)


def show(workspace: LearnWorkspace, channel: Channel[LearnRequest, LearnResult], kind: type[Page]) -> Page:
    """Go to the chapter of a kind of page, and answer the page's request."""
    place = next(n for n, chapter in enumerate(CHAPTERS) if PAGES[chapter.key] is kind)
    workspace.contents.go_to(place)
    answer(channel, workspace)
    page = workspace.page
    assert isinstance(page, kind)
    return page


def test_that_each_chapter_gets_the_code_of_its_equations_whenever_it_is_opened(
    workspace: LearnWorkspace, places: Channel[None, Places]
) -> None:
    workspace.refresh(made_status(update=0))
    taken = places.take()
    assert taken is not None
    workspace.contents.go_to([chapter.key for chapter in CHAPTERS].index("reconstruction"))
    first = workspace.page.paper
    assert first is not None and first.rows[0].note == LOOKING
    place = Place("Eq. 6", Path("dreamer/behavior.py"), "lambda_return", 87, "last = reward[t]")
    places.answer(taken[0], {"Eq. 6": (place,)})
    workspace.refresh(made_status(update=0))
    assert first.rows[0].note == NO_SOURCE
    workspace.contents.go_to([chapter.key for chapter in CHAPTERS].index("lambda"))
    card = workspace.page.paper
    assert card is not None and [row.place for row in card.rows[0].places] == [place]
    workspace.refresh(made_status(update=0))
    assert places.take() is None


def test_that_a_source_that_cannot_be_read_is_said_in_place_of_the_code(
    workspace: LearnWorkspace, places: Channel[None, Places]
) -> None:
    workspace.refresh(made_status(update=0))
    taken = places.take()
    assert taken is not None
    places.fail(taken[0], "The source code cannot be read.")
    workspace.refresh(made_status(update=0))
    workspace.contents.go_to([chapter.key for chapter in CHAPTERS].index("reconstruction"))
    card = workspace.page.paper
    assert card is not None and {row.note for row in card.rows} == {"The source code cannot be read."}


def _labels(workspace: LearnWorkspace) -> list[str]:
    return [label.text() for label in workspace.findChildren(QLabel)]
