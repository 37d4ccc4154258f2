"""Read a window, and use its tabs and boxes, as a person does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.widgets.banner import BannerStack
from dreamer_studio.studio.widgets.card import Card


def card(widget: QWidget, title: str = "") -> Card:
    """Return the card with that title, or the only one."""
    (found,) = (each for each in widget.findChildren(Card) if title in {"", each.accessibleName()})
    return found


def banners(window: QWidget) -> list[str]:
    """Return the texts of all banners on show."""
    return [banner.text for stack in window.findChildren(BannerStack) for banner in stack.banners]


def activate(bot: QtBot, window: QWidget) -> None:
    """Make a window the active one, as a click on its title does."""
    window.activateWindow()
    bot.waitUntil(window.isActiveWindow, timeout=60_000)


def open_tab(bot: QtBot, widget: QWidget, title: str) -> None:
    """Click the tab with that title."""
    bar, place = next(
        (bar, place)
        for bar in widget.findChildren(QTabBar)
        for place in range(bar.count())
        if bar.tabText(place) == title
    )
    bot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(place).center())


def choose(widget: QWidget, name: str, text: str) -> None:
    """Choose a line of the box with that name, as a person does."""
    (box,) = (box for box in widget.findChildren(QComboBox) if box.accessibleName() == name)
    box.setCurrentText(text)
    box.activated.emit(box.currentIndex())
