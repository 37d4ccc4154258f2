"""All sources of the palette's items. A new source needs a line here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dreamer_studio.studio.shell.flow.pages import Pages
from dreamer_studio.studio.shell.flow.run_flow import RunFlow
from dreamer_studio.studio.shell.palette.items import Provider
from dreamer_studio.studio.shell.palette.providers.action_items import ActionItems
from dreamer_studio.studio.shell.palette.providers.preference_items import PreferenceItems
from dreamer_studio.studio.shell.palette.providers.run_items import RunItems
from dreamer_studio.studio.shell.palette.providers.run_on_show import BookmarkItems, CheckpointItems, SettingItems
from dreamer_studio.studio.shell.palette.providers.task_items import TaskItems
from dreamer_studio.studio.shell.settings import SettingsFile
from dreamer_studio.studio.shell.window import StudioWindow
from dreamer_studio.viewing.palette.messages import PaletteChannels


def make_providers(
    window: StudioWindow, settings: SettingsFile, flow: RunFlow, pages: Pages, channels: PaletteChannels
) -> Sequence[Provider]:
    """Return the sources, in the order of their items."""

    def on_show() -> Path | None:
        return window.run.session.status.get().folder if window.has_run else None

    def recent() -> tuple[Path, ...]:
        return tuple(map(Path, settings.current.recent))

    return (
        ActionItems(window.action_set, window),
        RunItems(channels.runs, recent, on_show, flow.open_folder),
        CheckpointItems(window, channels.checkpoints),
        BookmarkItems(window),
        SettingItems(window),
        PreferenceItems(settings, pages.preferences.show),
        TaskItems(channels.tasks, pages.choose_task),
    )
