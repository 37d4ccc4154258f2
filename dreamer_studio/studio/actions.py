"""All actions and keys of the window as data. Menus, toolbar, tooltips, the list on F1 and the README's table use them.

Widgets that handle keys themselves look them up here (`widgets/keys.py`), in a scope of their own. Within a scope, each
key has one action.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final


class Scope(Enum):
    """Where the keys of an action work. The value is the heading on F1."""

    WINDOW = "Anywhere in the window"
    PLAYER = "In a dream, a comparison or an episode (click it first)"
    STEERING = "While you steer a dream"
    FUTURES = "In the list of futures"
    LATENTS = "In the list of latents"
    BRANCHES = "In the list of branches"
    PLOT = "In a plot"
    IMAGE = "In an image"
    CARD = "In an image or a plot"
    POINTS = "In Predicted and received"
    FACTS = "In the facts of the run"
    FORMULA = "In a formula"
    FIELD = "In a number box or a list of choices"
    REPLAY = "In the replay browser"
    BOOKMARKS = "In the list of bookmarks"
    CHECKPOINTS = "In the checkpoints to compare"
    RUNS = "In the list of runs"
    NEW_RUN = "On the page of a new run"
    PALETTE = "In the command palette"


class When(Enum):
    """The condition under which an action makes sense."""

    ALWAYS = "always"
    RUN = "a run is open"
    HOLDS = "the training, or playing, has stopped"
    GOES = "the training, or playing, is running or paused"
    TRAINS = "a training is running or paused"
    SAVES = "a checkpoint can be saved"


@dataclass(frozen=True)
class ActionSpec:
    """An action of the user.

    Attributes:
        id: name in the code, such as "run.pause".
        text: name in menus and on buttons; empty if the action has only keys of a widget.
        help: a sentence for tooltip, status bar and F1.
        keys: alternative keys, as Qt writes them ("Ctrl+S").
        scope: where the keys work.
        menu: the menu with the action, such as "Run" or "View/Theme"; empty if none.
        group: number of the action's group in its menu; a line separates groups.
        icon: name of a file in assets/icons without its ending; empty if none.
        when: the condition under which the action makes sense.
        checkable: whether the action switches something on and off.
        essential: whether the README's table has the action.
    """

    id: str
    text: str
    help: str
    keys: tuple[str, ...] = ()
    scope: Scope = Scope.WINDOW
    menu: str = ""
    group: int = 0
    icon: str = ""
    when: When = When.RUN
    checkable: bool = False
    essential: bool = False


def _key(id_: str, help_: str, *keys: str, scope: Scope, essential: bool = False) -> ActionSpec:
    """Make an action that has only keys of a widget."""
    return ActionSpec(id_, "", help_, keys, scope, essential=essential)


def _theme(scheme: str, text: str, help_: str) -> ActionSpec:
    """Make the action that uses a theme."""
    return ActionSpec(f"theme.{scheme}", text, help_, menu="View/Theme", group=1, when=When.ALWAYS, checkable=True)


_RUN: Final = (
    ActionSpec(
        "run.start",
        "Start",
        "Start or continue the training.",
        ("F5",),
        menu="Run",
        icon="start",
        when=When.HOLDS,
        essential=True,
    ),
    ActionSpec(
        "run.pause",
        "Pause",
        "Pause the training at the next safe point, or resume it; dreams continue.",
        ("F6",),
        menu="Run",
        icon="pause",
        when=When.GOES,
        essential=True,
    ),
    ActionSpec(
        "run.stop",
        "Stop",
        "Save a checkpoint and end the environments.",
        ("Shift+F5",),
        menu="Run",
        icon="stop",
        when=When.GOES,
        essential=True,
    ),
    ActionSpec(
        "run.one_update",
        "One update",
        "Make one update, then pause; environment steps that are due come first.",
        ("F7",),
        menu="Run",
        icon="step",
        when=When.TRAINS,
        essential=True,
    ),
    ActionSpec(
        "run.settings",
        "Settings...",
        "Change settings of the running training, and set rules that pause it.",
        ("F8",),
        menu="Run",
        group=1,
        when=When.SAVES,
        essential=True,
    ),
)

_FILE: Final = (
    ActionSpec(
        "file.new",
        "New run...",
        "Choose a task and train on it.",
        ("Ctrl+N",),
        menu="File",
        when=When.ALWAYS,
        essential=True,
    ),
    ActionSpec(
        "file.open",
        "Open run folder...",
        "Open the folder of a run.",
        ("Ctrl+O",),
        menu="File",
        when=When.ALWAYS,
        essential=True,
    ),
    ActionSpec(
        "film.open",
        "Open film...",
        "Watch the run that made a film, and dream as the film did.",
        menu="File",
        when=When.ALWAYS,
    ),
    ActionSpec("file.recent", "Recent", "Open a run that was open before.", menu="File", when=When.ALWAYS),
    ActionSpec(
        "file.close",
        "Close run",
        "Save the run and go back to the start page.",
        ("Ctrl+W",),
        menu="File",
        essential=True,
    ),
    ActionSpec(
        "file.new_window",
        "New window",
        "Open another window, on the start page.",
        ("Ctrl+Shift+N",),
        menu="File",
        when=When.ALWAYS,
    ),
    ActionSpec(
        "run.save",
        "Save checkpoint",
        "Save a checkpoint now.",
        ("Ctrl+S",),
        menu="File",
        group=1,
        icon="save",
        when=When.SAVES,
        essential=True,
    ),
    ActionSpec(
        "film.export",
        "Export...",
        "Export a film of the screen or of stored episodes.",
        ("Ctrl+E",),
        menu="File",
        group=1,
        icon="export",
        essential=True,
    ),
    ActionSpec(
        "film.keep",
        "Keep the last seconds",
        "Save the last seconds on show as a film in the run's dreams folder.",
        ("Ctrl+Shift+E",),
        menu="File",
        group=1,
        essential=True,
    ),
    ActionSpec(
        "film.seconds", "Seconds to keep...", "Set how many seconds the program keeps for a film.", menu="File", group=1
    ),
    ActionSpec(
        "scene.open", "Open scene...", "Open a scene and dream from it.", ("Ctrl+Shift+O",), menu="File", group=2
    ),
    ActionSpec(
        "scene.save",
        "Save scene...",
        "Save the recorded frame on show as a scene.",
        ("Ctrl+Shift+S",),
        menu="File",
        group=2,
    ),
    ActionSpec(
        "file.preferences",
        "Preferences...",
        "Set theme, text size, folders of runs and more.",
        ("Ctrl+,",),
        menu="File",
        group=3,
        when=When.ALWAYS,
    ),
    ActionSpec(
        "window.quit", "Quit", "Save and close.", ("Ctrl+Q",), menu="File", group=3, when=When.ALWAYS, essential=True
    ),
)

_EDIT: Final = (
    ActionSpec(
        "edit.undo",
        "Undo",
        "Take back what the status bar offers to undo, such as a removed bookmark or branch.",
        ("Ctrl+Z",),
        menu="Edit",
        essential=True,
    ),
)

_DREAM: Final = (
    ActionSpec(
        "dream.here",
        "Dream from here",
        "Dream from the newest frame, the frame under the cursor, or the frame held in the replay browser.",
        ("D",),
        menu="Dream",
        essential=True,
    ),
    ActionSpec(
        "dream.control",
        "Take control",
        "Act in the dream with the keys that the Control dock lists; Esc gives control back.",
        ("C",),
        menu="Dream",
        essential=True,
    ),
    ActionSpec(
        "dream.futures",
        "Imagine futures",
        "Imagine several futures of the frame under the cursor.",
        ("F",),
        menu="Dream",
        essential=True,
    ),
    ActionSpec(
        "dream.branch",
        "Branch here",
        "Start a branch of the dream at the frame under the cursor, and take control.",
        ("B",),
        menu="Dream",
        essential=True,
    ),
    ActionSpec(
        "dream.twin",
        "Reality twin",
        "Run the real environment beside the dream, with the same actions.",
        ("T",),
        menu="Dream",
        checkable=True,
        essential=True,
    ),
    ActionSpec(
        "dream.bookmark",
        "Bookmark this frame",
        "Bookmark the recorded frame on show.",
        ("Ctrl+B",),
        menu="Dream",
        essential=True,
    ),
    ActionSpec(
        "dream.shorter",
        "Shorter viewing horizon",
        "Show shorter dreams; learning does not change.",
        ("[",),
        menu="Dream",
        essential=True,
    ),
    ActionSpec(
        "dream.longer",
        "Longer viewing horizon",
        "Show longer dreams; learning does not change.",
        ("]",),
        menu="Dream",
        essential=True,
    ),
)

_TRUST: Final = (
    ActionSpec("trust.judge", "Judge now", "Judge the newest weights at once.", menu="Trust"),
    ActionSpec(
        "trust.play",
        "Play test episodes",
        "Play four more test episodes, and judge the weights on them too.",
        menu="Trust",
    ),
    ActionSpec(
        "trust.blind",
        "Drive blind",
        "Play the task while the policy sees fewer and fewer frames; takes minutes.",
        menu="Trust",
    ),
    ActionSpec(
        "trust.export",
        "Export figures and record...",
        "Write the judgment's figures, tables and record into a folder.",
        menu="Trust",
    ),
)

WORKSPACES: Final = {
    "live": "Live",
    "dream": "Dream",
    "compare": "Compare",
    "trust": "Trust",
    "curves": "Curves",
    "runs": "Runs",
    "learn": "Learn",
}
"""Titles of the workspaces by their keys, in the order of the tabs."""

_NUMBERS: Final = {"live": 1, "dream": 2, "compare": 3, "trust": 4, "curves": 5, "runs": 6, "learn": 7}
"""Ctrl and this number show the workspace."""

WITHOUT_RUN: Final = frozenset({"runs"})
"""Workspaces that the window can also show without an open run."""

_SENTENCES: Final = {
    "runs": "Go to the Runs workspace: all runs, averages over seeds, comparisons of groups.",
    "learn": "Go to the Learn workspace: how Dreamer works, explained on this run.",
}

_WORKSPACES: Final = tuple(
    ActionSpec(
        f"view.{key}",
        f"{title} workspace",
        _SENTENCES.get(key, f"Go to the {title} workspace."),
        (f"Ctrl+{_NUMBERS[key]}",),
        menu="View",
        when=When.ALWAYS if key in WITHOUT_RUN else When.RUN,
        essential=True,
    )
    for key, title in WORKSPACES.items()
)

_VIEW: Final = (
    ActionSpec("view.error", "Error map", "Show or hide the error map.", ("E",), menu="View", group=1, checkable=True),
    ActionSpec(
        "view.present",
        "Present",
        "Present the card with the focus on the full screen: with its partner, then alone; Esc returns.",
        ("F11",),
        menu="View",
        group=1,
        essential=True,
    ),
    ActionSpec(
        "text.larger",
        "Larger",
        "Make all text larger.",
        ("Ctrl++", "Ctrl+="),
        menu="View/Text size",
        group=1,
        when=When.ALWAYS,
        essential=True,
    ),
    ActionSpec(
        "text.smaller",
        "Smaller",
        "Make all text smaller.",
        ("Ctrl+-",),
        menu="View/Text size",
        group=1,
        when=When.ALWAYS,
        essential=True,
    ),
    ActionSpec(
        "text.usual",
        "Usual size",
        "Give all text its usual size.",
        ("Ctrl+0",),
        menu="View/Text size",
        group=1,
        when=When.ALWAYS,
    ),
    _theme("system", "Follow the system", "Use the colors of the desktop."),
    _theme("light", "Light", "Use light colors."),
    _theme("dark", "Dark", "Use dark colors."),
    _theme("contrast", "High contrast", "Use white and bright colors on black."),
    ActionSpec("view.run", "Facts", "Show or hide the Facts dock.", menu="View", group=1, checkable=True),
    ActionSpec(
        "view.replay",
        "Replay",
        "Show or hide the replay browser.",
        ("Ctrl+R",),
        menu="View",
        group=1,
        checkable=True,
        essential=True,
    ),
)

_HELP: Final = (
    ActionSpec(
        "palette.open",
        "Command palette...",
        "Find and use any action, run, task, setting, checkpoint or bookmark by typing a part of its name.",
        ("Ctrl+Shift+P",),
        menu="Help",
        when=When.ALWAYS,
        essential=True,
    ),
    ActionSpec(
        "help.guide",
        "Guide",
        "Read how to tell model, reward, critic and exploration apart.",
        menu="Help",
        when=When.ALWAYS,
    ),
    ActionSpec("help.glossary", "Glossary", "Look up a word of the window.", menu="Help", when=When.ALWAYS),
    ActionSpec(
        "help.paper",
        "Paper",
        "Read each equation of the paper beside the code that has it.",
        menu="Help",
        when=When.ALWAYS,
    ),
    ActionSpec(
        "help.keys",
        "Keys",
        "Show all keys, the guide, the glossary and the paper.",
        ("F1",),
        menu="Help",
        when=When.ALWAYS,
        essential=True,
    ),
    ActionSpec(
        "help.diagnostics",
        "Copy diagnostics",
        "Copy facts about the program and this computer, to send when you ask for help.",
        menu="Help",
        when=When.ALWAYS,
    ),
    ActionSpec("help.about", "About", "Show the version of this program and its paper.", menu="Help", when=When.ALWAYS),
)

_PLAYER: Final = (
    _key("player.play", "Play or hold (never the training).", "Space", scope=Scope.PLAYER, essential=True),
    _key("player.back", "Go one frame back.", "Left", scope=Scope.PLAYER, essential=True),
    _key("player.on", "Go one frame forward.", "Right", scope=Scope.PLAYER, essential=True),
    _key("player.far_back", "Go ten frames back.", "PgUp", scope=Scope.PLAYER, essential=True),
    _key("player.far_on", "Go ten frames forward.", "PgDown", scope=Scope.PLAYER, essential=True),
    _key("player.first", "Go to the first frame.", "Home", scope=Scope.PLAYER, essential=True),
    _key("player.last", "Go to the last frame.", "End", scope=Scope.PLAYER, essential=True),
)

_STEERING: Final = (
    _key("steer.1", "Hold the first dimension toward -1 or +1.", "Left", "Right", scope=Scope.STEERING),
    _key("steer.2", "Hold the second dimension toward -1 or +1.", "Down", "Up", scope=Scope.STEERING),
    _key("steer.3", "Hold the third dimension toward -1 or +1.", "A", "D", scope=Scope.STEERING),
    _key("steer.4", "Hold the fourth dimension toward -1 or +1.", "S", "W", scope=Scope.STEERING),
    _key("steer.5", "Hold the fifth dimension toward -1 or +1.", "F", "H", scope=Scope.STEERING),
    _key("steer.6", "Hold the sixth dimension toward -1 or +1.", "J", "L", scope=Scope.STEERING),
    _key("steer.7", "Hold the seventh dimension toward -1 or +1.", "K", "I", scope=Scope.STEERING),
    _key(
        "steer.choice",
        "Hold a choice; if there are only two, the arrows work too.",
        *"1234567890",
        scope=Scope.STEERING,
    ),
    _key("steer.latch", "Keep your action after you let go, until you press the key again.", "M", scope=Scope.STEERING),
    _key("steer.release", "Give control back.", "Esc", scope=Scope.STEERING),
)

_LISTS: Final = (
    _key("futures.left", "Go to the future on the left.", "Left", scope=Scope.FUTURES),
    _key("futures.right", "Go to the future on the right.", "Right", scope=Scope.FUTURES),
    _key("futures.up", "Go to the future above.", "Up", scope=Scope.FUTURES),
    _key("futures.down", "Go to the future below.", "Down", scope=Scope.FUTURES),
    _key("futures.take", "Turn the future into a branch.", "Return", "Enter", scope=Scope.FUTURES),
    _key("latents.previous", "Choose the dimension above.", "Up", scope=Scope.LATENTS),
    _key("latents.next", "Choose the dimension below.", "Down", scope=Scope.LATENTS),
    _key("latents.less", "Move the dimension down by 0.1 deviations, with Shift by 1.", "Left", scope=Scope.LATENTS),
    _key("latents.more", "Move the dimension up by 0.1 deviations, with Shift by 1.", "Right", scope=Scope.LATENTS),
    _key("latents.restore", "Restore the dimension.", "Del", "Backspace", scope=Scope.LATENTS),
    _key("branches.show", "Show the branch.", "Return", "Space", scope=Scope.BRANCHES),
    _key("branches.rename", "Rename the branch.", "F2", scope=Scope.BRANCHES),
    _key("branches.remove", "Remove the branch.", "Del", scope=Scope.BRANCHES),
    _key("replay.dream", "Dream from the held frame.", "Return", "Enter", scope=Scope.REPLAY),
    _key("replay.play", "Play or hold the episode.", "Space", scope=Scope.REPLAY),
    _key("replay.back", "Go one frame back.", "Left", scope=Scope.REPLAY),
    _key("replay.on", "Go one frame forward.", "Right", scope=Scope.REPLAY),
    _key("bookmarks.note", "Edit the note of the bookmark.", "F2", scope=Scope.BOOKMARKS),
    _key("bookmarks.remove", "Remove the bookmark.", "Del", scope=Scope.BOOKMARKS),
    _key(
        "checkpoints.drop",
        "Remove the run of the selected row from the list, if you added it.",
        "Del",
        scope=Scope.CHECKPOINTS,
    ),
    _key("runs.open", "Resume the run, or watch one that trains.", "Return", "Enter", scope=Scope.RUNS),
    _key("runs.rename", "Rename the run.", "F2", scope=Scope.RUNS),
    _key("runs.tick", "Tick or untick the run for Compare; on a group, all its runs.", "Space", scope=Scope.RUNS),
    _key("runs.fold", "Hide the runs of the group.", "Left", scope=Scope.RUNS),
    _key("runs.unfold", "Show the runs of the group.", "Right", scope=Scope.RUNS),
    _key("runs.trash", "Move the run to the trash.", "Del", scope=Scope.RUNS),
    _key("runs.back", "Go from all runs back to the start page.", "Esc", scope=Scope.RUNS),
    _key("new_run.list", "Go from the search to the list of tasks.", "Down", "PgDown", scope=Scope.NEW_RUN),
    _key("new_run.start", "Start the run and train.", "Ctrl+Return", scope=Scope.NEW_RUN),
    _key("new_run.cancel", "Go back without a new run.", "Esc", scope=Scope.NEW_RUN),
    _key("palette.up", "Go to the row above.", "Up", scope=Scope.PALETTE),
    _key("palette.down", "Go to the row below.", "Down", scope=Scope.PALETTE),
    _key("palette.far_up", "Go a page up.", "PgUp", scope=Scope.PALETTE),
    _key("palette.far_down", "Go a page down.", "PgDown", scope=Scope.PALETTE),
    _key("palette.run", "Use the row, and close the palette.", "Return", "Enter", scope=Scope.PALETTE),
    _key("palette.close", "Close the palette, and return to where you were.", "Esc", scope=Scope.PALETTE),
    _key("plot.follow", "Follow the data.", "0", scope=Scope.PLOT),
    _key("plot.hold", "Hold the axes.", "H", scope=Scope.PLOT),
    _key("plot.fit", "Fit the values in sight, and hold the axes.", "Y", scope=Scope.PLOT),
    _key("plot.zoom_in", "Zoom in.", "+", "=", scope=Scope.PLOT),
    _key("plot.zoom_out", "Zoom out.", "-", scope=Scope.PLOT),
    _key("plot.left", "Move the crosshair to the previous sample.", "Left", scope=Scope.PLOT),
    _key("plot.right", "Move the crosshair to the next sample.", "Right", scope=Scope.PLOT),
    _key("plot.copy", "Copy the values.", "Ctrl+C", scope=Scope.PLOT),
    _key("image.copy", "Copy the image.", "Ctrl+C", scope=Scope.IMAGE),
    _key(
        "card.enlarge",
        "Enlarge the card, or return it to its place; a double-click does too.",
        "Return",
        "Enter",
        scope=Scope.CARD,
    ),
    _key("card.restore", "Return the enlarged card to its place.", "Esc", scope=Scope.CARD),
    _key("points.smaller", "Go to the point with the next smaller error.", "Right", "Down", scope=Scope.POINTS),
    _key("points.larger", "Go to the point with the next larger error.", "Left", "Up", scope=Scope.POINTS),
    _key("points.open", "Dream from the frame of the point.", "Return", "Enter", scope=Scope.POINTS),
    _key("facts.previous", "Select the fact above.", "Up", scope=Scope.FACTS),
    _key("facts.next", "Select the fact below.", "Down", scope=Scope.FACTS),
    _key("formula.previous", "Go to the symbol to the left.", "Left", scope=Scope.FORMULA),
    _key("formula.next", "Go to the symbol to the right.", "Right", scope=Scope.FORMULA),
    _key("formula.open", "Show or hide what the formula says.", "Return", "Enter", scope=Scope.FORMULA),
    _key("field.enter", "Use the typed value, and return to the image.", "Return", "Enter", scope=Scope.FIELD),
    _key("field.cancel", "Restore the value, and return to the image.", "Esc", scope=Scope.FIELD),
)

ACTIONS: Final = (*_FILE, *_EDIT, *_RUN, *_DREAM, *_TRUST, *_WORKSPACES, *_VIEW, *_HELP, *_PLAYER, *_STEERING, *_LISTS)
"""All actions, in the order of the menus."""

_WRITTEN: Final = {"PgUp": "Page Up", "PgDown": "Page Down", "Del": "Delete", "Return": "Enter"}


def action(id_: str) -> ActionSpec:
    """Return an action by its id.

    Raises:
        KeyError: there is no such action.
    """
    return _BY_ID[id_]


@functools.cache
def window_keys() -> frozenset[str]:
    """Return the keys that work anywhere in the window."""
    return frozenset(key for spec in ACTIONS if spec.scope is Scope.WINDOW for key in spec.keys)


def in_words(spec: ActionSpec) -> str:
    """Return the keys of an action as text for the user, such as "Page Up" or "Del, Backspace"."""
    return ", ".join(dict.fromkeys(_WRITTEN.get(key, key) for key in spec.keys))


def tooltip(spec: ActionSpec) -> str:
    """Return the help of an action, followed by its keys."""
    sentence = spec.help.removesuffix(".")
    return f"{sentence} ({in_words(spec)})" if spec.keys else sentence


def key_table(specs: Iterable[ActionSpec]) -> str:
    """Return the essential actions as a table in Markdown."""
    rows = [f"| {spec.help.removesuffix('.')} | {in_words(spec)} |" for spec in specs if spec.essential]
    return "\n".join(["| to | press |", "|---|---|", *rows])


_BY_ID: Final = {spec.id: spec for spec in ACTIONS}
