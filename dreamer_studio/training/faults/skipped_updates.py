"""Counts updates with numbers that are not finite; after several in a row the training pauses."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from dreamer_studio.config import Config
from dreamer_studio.runs.checkpoint_names import list_checkpoints
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.training.errors import NotFiniteError

MOST_SKIPPED = 5
"""Skipped updates in a row before the pause. Each has another batch, so one bad batch does not pause the training."""


class SkippedUpdates:
    """Counts the updates skipped since the last one that was made.

    Attributes:
        in_a_row: skipped updates in a row.
        stuck: whether there were too many, and none was made since: then the weights are not worth saving.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.in_a_row = 0
        self.stuck = False
        self._folder = folder

    def count(self) -> int:
        """Count a skipped update; returns the new `in_a_row`."""
        self.in_a_row += 1
        return self.in_a_row

    def forget(self) -> None:
        """Start counting from 0: an update was made."""
        self.in_a_row, self.stuck = 0, False

    def check(self, names: tuple[str, ...], config: Config) -> None:
        """Give up if there were too many.

        Args:
            names: what was not finite, such as ``model_loss`` or ``actor_grad_norm``.
            config: has the learning rates, one of which the message proposes to halve.

        Raises:
            NotFiniteError: there were too many. Counting restarts, so that the user can try again.
        """
        if self.in_a_row < MOST_SKIPPED:
            return
        skipped, self.in_a_row, self.stuck = self.in_a_row, 0, True
        rate = f"{names[0].partition('_')[0]}_lr"
        raise NotFiniteError(
            f"{skipped} updates in a row were skipped because {', '.join(names)} were not finite. {self._way_back()}; "
            f"a lower rate may help: --run {self._folder.path} --set {rate}={getattr(config, rate) / 2:g}",
            can_go_back=bool(list_checkpoints(self._folder.checkpoints)),
        )

    def check_saving(self, tensors: Mapping[str, Tensor]) -> None:
        """Refuse to save a state that nobody should go on from.

        Raises:
            NotFiniteError: training is `stuck`, or a tensor (of weights or optimizers) is not finite.
        """
        wrong = next((name for name, value in tensors.items() if not value.isfinite().all()), None)
        if wrong is None and not self.stuck:
            return
        why = f"{wrong} is not finite" if wrong is not None else "the last updates were not finite"
        raise NotFiniteError(
            f"No checkpoint was written: {why}. {self._way_back()}",
            can_go_back=bool(list_checkpoints(self._folder.checkpoints)),
        )

    def _way_back(self) -> str:
        newest = list_checkpoints(self._folder.checkpoints)[-1:]
        return f"The last good checkpoint is {newest[0].name}" if newest else "There is no checkpoint to go back to"
