"""The tasks of this machine."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from dreamer_studio.studio.shell.palette.items import PaletteItem
from dreamer_studio.viewing.channel import Channel

if TYPE_CHECKING:  # loaded by the worker that lists the tasks
    from dreamer_studio.envs import TaskInfo
    from dreamer_studio.viewing.new_run.messages import TaskSurvey


class TaskItems:
    """Opens New run with a task.

    Args:
        survey: the list of tasks.
        choose: opens New run with the task of this name.
    """

    def __init__(self, survey: Channel[None, TaskSurvey], choose: Callable[[str], object]) -> None:
        self._survey, self._choose = survey, choose
        self._made: tuple[TaskSurvey | None, tuple[PaletteItem, ...]] = (None, ())

    def items(self) -> Iterator[PaletteItem]:
        """Return the tasks; none before they are listed."""
        survey = self._survey.result
        if survey is not self._made[0]:
            self._made = survey, () if survey is None else tuple(map(self._item, survey.tasks))
        yield from self._made[1]

    def _item(self, info: TaskInfo) -> PaletteItem:
        return PaletteItem(
            f"task:{info.task}",
            "Task",
            info.task,
            place=info.note.removesuffix(info.problem).rstrip("; "),
            detail="Choose the task for a new run.",
            reason=info.problem,
            run=functools.partial(self._choose, info.task),
        )
