"""Trust on a run that is paused, and on a run that continues; tests/journeys/test_watched_run.py has a watched one."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from dreamer_studio.replay import keep_test
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.session import State
from dreamer_studio.studio.trust.workspace import TrustWorkspace
from tests.support.episodes import grown
from tests.support.made_run import made_episode
from tests.support.studio import PATIENCE_MS, Studio


def test_that_a_run_is_judged_while_it_is_paused_and_while_it_goes_on_and_the_cost_is_in_the_status_bar(
    studio: Studio,
) -> None:
    bot, trust = studio.bot, studio.window.run.tabs.of(TrustWorkspace)
    keep_test(RunFolder(studio.status.folder).tests, 5, 0, [grown(made_episode(number)) for number in range(4)])
    (thread,) = (each for each in studio.window.run.threads.viewing if each.objectName() == "trust")
    before = thread.processor_seconds
    bot.keyClick(studio.window, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    bot.waitUntil(trust.export.isEnabled, timeout=PATIENCE_MS)
    result = studio.channels.trust.result
    assert studio.status.state is State.PAUSED and result is not None and result.report is not None
    assert "Update 5 \N{MIDDLE DOT} 4 test episodes" in trust.facts and " ago in " in trust.facts
    assert thread.processor_seconds - before > result.seconds / 2  # the overhead in the status bar counts this thread
    studio.press_f6_for("Resume")
    step = studio.status.step
    trust.judge_now.click()
    bot.waitUntil(lambda: studio.channels.trust.result is not result and not _working(studio), timeout=PATIENCE_MS)
    studio.wait_for(lambda status: status.state is State.RUNNING and status.step > step)
    labels = studio.window.statusBar().findChildren(QLabel)
    bot.waitUntil(lambda: any(label.text().startswith("overhead: at most ") for label in labels), timeout=PATIENCE_MS)


def test_that_trust_is_used_by_keyboard_alone(studio: Studio) -> None:
    bot, trust = studio.bot, studio.window.run.tabs.of(TrustWorkspace)
    keep_test(RunFolder(studio.status.folder).tests, 5, 0, [grown(made_episode(number)) for number in range(4)])
    studio.press(Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    bot.waitUntil(trust.export.isEnabled, timeout=PATIENCE_MS)
    assert QApplication.focusWidget() is trust.verdict
    for _ in range(40):
        if QApplication.focusWidget() is trust.cards.points:
            break
        studio.press(Qt.Key.Key_Tab)
        if QApplication.focusWidget() is trust.judge_now:
            studio.press(Qt.Key.Key_Space)
            assert QApplication.focusWidget() is trust.judge_now
            bot.waitUntil(lambda: QApplication.focusWidget() is trust.verdict, timeout=PATIENCE_MS)
            bot.waitUntil(trust.judge_now.isEnabled, timeout=PATIENCE_MS)
            trust.play.setFocus()
    assert QApplication.focusWidget() is trust.cards.points
    studio.press(Qt.Key.Key_F11)  # the window presents the card
    studio.press(Qt.Key.Key_F11)
    studio.press(Qt.Key.Key_Right)
    studio.press(Qt.Key.Key_Return)
    bot.waitUntil(lambda: studio.channels.scene.result is not None, timeout=PATIENCE_MS)
    scene = studio.channels.scene.result
    assert scene is not None and scene.origin.test is not None and scene.origin.test.update == 5


def test_that_the_actions_of_the_menu_and_the_palette_show_trust_and_judge(studio: Studio) -> None:
    keep_test(RunFolder(studio.status.folder).tests, 5, 0, [grown(made_episode(number)) for number in range(4)])
    actions = studio.window.action_set
    actions["trust.blind"].trigger()
    trust = studio.window.run.tabs.of(TrustWorkspace)
    assert trust.isVisible()
    studio.bot.waitUntil(trust.export.isEnabled, timeout=PATIENCE_MS)
    first = studio.channels.trust.generation
    actions["trust.judge"].trigger()
    assert studio.channels.trust.generation == first + 1
    actions["trust.blind"].trigger()
    assert studio.channels.blind.asked
    trust.cards.blind.cancel.click()
    studio.bot.waitUntil(lambda: not studio.channels.blind.asked, timeout=PATIENCE_MS)


def _working(studio: Studio) -> bool:
    result = studio.channels.trust.result
    return result is not None and bool(result.progress)
