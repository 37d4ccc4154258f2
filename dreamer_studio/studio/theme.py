"""One palette for widgets and plots, light and dark, and the object that announces its changes."""

from dataclasses import dataclass
from string import Template
from typing import ClassVar, Final, Literal, get_args

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from dreamer_studio.resources import asset_path
from dreamer_studio.viewing.role import Role

Scheme = Literal["system", "light", "dark", "contrast"]


@dataclass(frozen=True)
class Palette:
    """The colors of one scheme, each as `#rrggbb`.

    `text`, `muted` and all roles have a contrast of at least 4.5 : 1 (WCAG AA) on `ground`, `surface` and `raised`, so
    each of them may color text.
    """

    name: Literal["light", "dark", "contrast"]
    ground: str  # behind the cards
    surface: str  # of cards and plots
    raised: str  # of buttons and key hints
    border: str
    text: str
    muted: str
    accent: str  # selection, focus and the main button
    on_accent: str  # text on `accent`
    real: str
    model: str
    dream: str
    error: str
    ok: str
    warn: str

    def of(self, role: Role) -> str:
        """Return the color of a role as `#rrggbb`."""
        return self.muted if role is Role.NEUTRAL else str(getattr(self, role.value))


LIGHT = Palette(
    name="light",
    ground="#f3f4f6",
    surface="#ffffff",
    raised="#eceef1",
    border="#d5d9e0",
    text="#1b1e24",
    muted="#57606e",
    accent="#1466a8",
    on_accent="#ffffff",
    real="#945800",
    model="#1466a8",
    dream="#7a3fb5",
    error="#b9352a",
    ok="#24732f",
    warn="#80600a",
)

DARK = Palette(
    name="dark",
    ground="#17191e",
    surface="#1e2128",
    raised="#2a2e37",
    border="#343944",
    text="#e6e8ec",
    muted="#a0a7b4",
    accent="#58a9ec",
    on_accent="#10141a",
    real="#e8a44c",
    model="#58a9ec",
    dream="#b98eea",
    error="#f0776b",
    ok="#6cc070",
    warn="#e3bd55",
)

CONTRAST = Palette(
    name="contrast",
    ground="#000000",
    surface="#000000",
    raised="#1c1c1c",
    border="#ffffff",
    text="#ffffff",
    muted="#d8d8d8",
    accent="#ffe600",
    on_accent="#000000",
    real="#ffb000",
    model="#5ec8ff",
    dream="#e0a8ff",
    error="#ff8f80",
    ok="#6fe38a",
    warn="#ffe600",
)

DRESSED: Final = "dressed"
"""The property of a window that wears the style sheet."""

# Styles that Fusion cannot take from a QPalette: cards, flat toolbars, boxes to tick, underlined tabs.
_STYLE = Template("""
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: 4px; }
Card { background: $surface; border: 1px solid $border; border-radius: 6px; }
Card[accent="true"] { border-color: $dream; }
PalettePopup { background: $surface; border: 1px solid $muted; border-radius: 8px; }
HelpPopup, HealthList { background: $surface; border: 1px solid $muted; }
QMenuBar { background: $surface; }
QMenuBar::item { background: transparent; padding: 4px 9px; border-radius: 4px; }
QMenuBar::item:selected { background: $raised; }
QToolBar { background: $surface; border: none; border-bottom: 1px solid $border; padding: 6px; spacing: 6px; }
QToolBar::separator { background: $border; width: 1px; margin: 4px 6px; }
QToolBar QToolButton { background: $raised; border: 1px solid transparent; border-radius: 5px;
    padding: 4px 9px; }
QToolBar[compact="true"] QToolButton { padding: 4px 5px; }
QToolBar[compact="true"] { spacing: 3px; }
QToolBar QToolButton:hover { border-color: $muted; }
QToolBar QToolButton:focus { border-color: $accent; }
QToolBar QToolButton:pressed, QToolBar QToolButton:checked { background: $border; }
QToolBar QToolButton:disabled { color: $muted; background: transparent; }
QToolBar QToolButton[primary="true"]:enabled { background: $accent; color: $on_accent; }
QToolBar QToolButton#qt_toolbar_ext_button { padding: 0; min-width: 18px; background: $raised; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QPushButton { background: $raised; border: 1px solid $border; border-radius: 5px; padding: 4px 12px; }
QPushButton:hover { border-color: $muted; }
QPushButton:focus { border-color: $accent; }
QPushButton:pressed, QPushButton:checked { background: $border; }
QPushButton:disabled { color: $muted; }
QPushButton[primary="true"]:enabled { background: $accent; color: $on_accent; border-color: $accent; }
QPushButton[primary="true"]:enabled:hover, QPushButton[primary="true"]:enabled:focus { border-color: $text; }
QCheckBox::indicator:unchecked, QListView::indicator:unchecked { background: $surface; border: 1px solid $muted;
    border-radius: 2px; }
QRadioButton::indicator { width: 12px; height: 12px; border: 1px solid $muted; border-radius: 7px;
    background: $surface; }
QRadioButton::indicator:checked { border-color: $accent; background: qradialgradient(cx: 0.5, cy: 0.5, fx: 0.5, fy: 0.5,
    radius: 0.5, stop: 0 $accent, stop: 0.55 $accent, stop: 0.6 $surface, stop: 1 $surface); }
QTabWidget::pane { border: none; }
QTabBar { qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: $muted; padding: 7px 14px; border: none;
    border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:hover, QTabBar::tab:focus { color: $text; }
QDockWidget { titlebar-close-icon: url("$docks/close-$ground_kind.svg");
    titlebar-normal-icon: url("$docks/float-$ground_kind.svg"); }
QDockWidget::title { background: $surface; padding: 6px 8px; border-bottom: 1px solid $border; }
QMainWindow::separator { background: $border; width: 1px; height: 1px; }
QStatusBar { background: $surface; border-top: 1px solid $border; }
QStatusBar::item { border: none; }
""")


class Theme(QObject):
    """The current palette. Painted widgets take a theme in their constructor and restyle on `changed`."""

    changed: ClassVar[Signal] = Signal(Palette)

    def __init__(self, app: QApplication, scheme: Scheme) -> None:
        super().__init__(app)
        self._app = app
        self._scheme = _checked(scheme)
        self._palette: Palette | None = None
        app.setStyle("Fusion")
        self._hints = app.styleHints()  # kept, because the binding deletes the hints on contrast with it
        self._hints.colorSchemeChanged.connect(self._refresh)
        self._wants_contrast = False
        if hasattr(self._hints, "accessibility"):  # from Qt 6.10 on
            self._accessibility = self._hints.accessibility()
            self._accessibility.contrastPreferenceChanged.connect(self._follow_contrast)
            self._wants_contrast = self._accessibility.contrastPreference() is Qt.ContrastPreference.HighContrast
        self.set_scheme(scheme)

    @property
    def palette(self) -> Palette:
        """Return the current palette."""
        assert self._palette is not None
        return self._palette

    @property
    def scheme(self) -> Scheme:
        """Return the chosen scheme; `"system"` follows the desktop, in high contrast too."""
        return self._scheme

    def set_scheme(self, scheme: Scheme) -> None:
        """Switch to the light, dark or high-contrast scheme, or to the desktop's.

        Raises:
            ValueError: If `scheme` is not one of the four.
        """
        self._scheme = _checked(scheme)
        # Tell Qt as well, so that title bars and native dialogs follow where the platform allows.
        schemes = Qt.ColorScheme
        wanted = {"system": schemes.Unknown, "light": schemes.Light, "dark": schemes.Dark, "contrast": schemes.Dark}
        self._app.styleHints().setColorScheme(wanted[scheme])
        self._refresh()

    def dress(self, target: QApplication | QWidget) -> None:
        """Give a window our style sheet, now and after every change. Its dialogs and tooltips inherit the sheet.

        They inherit from their parents. So a menu needs a parent, `QToolTip.showText` needs the widget, and a
        `QDialogButtonBox` needs its dialog from the start, because it chooses the icons of its buttons when it is made.
        Make the box after the fields of the dialog: Tab visits children in the order in which the dialog got them.

        If the application wears the sheet, Qt styles a whole subtree again each time a parent adopts the subtree. That
        took a third of the time to open a run. So only tests of single widgets dress the application.
        """
        target.setProperty(DRESSED, True)
        target.setStyleSheet(_style_sheet(self.palette))

    def _follow_contrast(self, preference: "Qt.ContrastPreference") -> None:  # the name is missing before Qt 6.10
        self._wants_contrast = preference is Qt.ContrastPreference.HighContrast
        self._refresh()

    def _refresh(self) -> None:
        palette = self._wanted_palette()
        if palette == self._palette:
            return
        self._palette = palette
        self._app.setPalette(_qt_palette(palette))
        self._app.setPalette(_menu_palette(palette), "QMenu")  # type: ignore[arg-type]  # the stub says bytes
        fonts = own_fonts(self._app)
        for target in _dressed(self._app):
            target.setStyleSheet(_style_sheet(palette))
        for widget, font in fonts:
            widget.setFont(font)
        self.changed.emit(palette)

    def _wanted_palette(self) -> Palette:
        if self._scheme == "contrast" or (self._scheme == "system" and self._wants_contrast):
            return CONTRAST
        if self._scheme == "system":  # a desktop without a preference counts as light, as in Qt itself
            dark = self._app.styleHints().colorScheme() is Qt.ColorScheme.Dark
            return DARK if dark else LIGHT
        return DARK if self._scheme == "dark" else LIGHT


def apply_theme(app: QApplication, scheme: Scheme = "system") -> Theme:
    """Give an application our look. With the scheme `"system"`, follow the desktop's changes.

    Call it once; later changes go through `Theme.set_scheme`.

    Args:
        app: The application; it owns the theme.
        scheme: `"light"`, `"dark"`, `"contrast"`, or `"system"` to follow the desktop.

    Returns:
        The theme, for the constructors of the widgets.

    Raises:
        ValueError: If `scheme` is not one of the four.
    """
    return Theme(app, scheme)


def own_fonts(app: QApplication) -> list[tuple[QWidget, QFont]]:
    """Return all widgets that have a font of their own, with the font.

    Setting a style sheet gives each widget below the font that it had when it was first shown. Set the returned fonts
    again afterwards.
    """
    for widget in app.allWidgets():
        widget.ensurePolished()  # a widget that is polished later loses its font then
    own = (widget for widget in app.allWidgets() if widget.testAttribute(Qt.WidgetAttribute.WA_SetFont))
    return [(widget, widget.font()) for widget in own]


def style_again(app: QApplication) -> None:
    """Set each style sheet again: styled widgets keep their font until they are styled again."""
    for target in _dressed(app):
        target.setStyleSheet(target.styleSheet())


def _dressed(app: QApplication) -> list[QApplication | QWidget]:
    everything: list[QApplication | QWidget] = [app, *app.topLevelWidgets()]
    return [target for target in everything if target.property(DRESSED)]


def _checked(scheme: Scheme) -> Scheme:
    if scheme not in get_args(Scheme):
        raise ValueError(f"scheme must be one of {', '.join(get_args(Scheme))}, not {scheme!r}")
    return scheme


def _style_sheet(colors: Palette) -> str:
    ground_kind = "light" if colors.name == "light" else "dark"
    return _STYLE.substitute(vars(colors), docks=asset_path("docks").as_posix(), ground_kind=ground_kind)


def _menu_palette(colors: Palette) -> QPalette:
    """Return the palette of menus, in which the edges of boxes to tick are visible: Fusion derives them from Window."""
    palette = _qt_palette(colors)
    palette.setColor(QPalette.ColorRole.Window, QColor(colors.muted).lighter(127))
    return palette


def _qt_palette(colors: Palette) -> QPalette:
    groups: dict[QPalette.ColorRole, str] = {
        QPalette.ColorRole.Window: colors.ground,
        QPalette.ColorRole.WindowText: colors.text,
        QPalette.ColorRole.Base: colors.surface,
        QPalette.ColorRole.AlternateBase: colors.raised,
        QPalette.ColorRole.Text: colors.text,
        QPalette.ColorRole.PlaceholderText: colors.muted,
        QPalette.ColorRole.Button: colors.raised,
        QPalette.ColorRole.ButtonText: colors.text,
        QPalette.ColorRole.BrightText: colors.error,
        QPalette.ColorRole.ToolTipBase: colors.raised,
        QPalette.ColorRole.ToolTipText: colors.text,
        QPalette.ColorRole.Highlight: colors.accent,
        QPalette.ColorRole.HighlightedText: colors.on_accent,
        QPalette.ColorRole.Accent: colors.accent,
        QPalette.ColorRole.Link: colors.model,
        QPalette.ColorRole.LinkVisited: colors.dream,
    }
    palette = QPalette(QColor(colors.raised), QColor(colors.ground))  # derives the bevel shades
    for role, color in groups.items():
        palette.setColor(role, QColor(color))
    disabled = QPalette.ColorGroup.Disabled
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(disabled, role, QColor(colors.muted))
    palette.setColor(disabled, QPalette.ColorRole.Highlight, QColor(colors.border))
    return palette
