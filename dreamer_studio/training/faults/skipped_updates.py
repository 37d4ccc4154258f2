"""What becomes of numbers that are not finite: an update is skipped, after some in a row comes a pause."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from dreamer_studio.config import Config
from dreamer_studio.runs.checkpoint import list_checkpoints
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.training.errors import NotFiniteError

MOST_SKIPPED = 5
"""Updates in a row; the next batch is another, so that one bad batch passes."""


class SkippedUpdates:
    """Counts updates that were skipped since the last one that was made.

    Attributes:
        in_a_row: how many.
        stuck: whether there were too many, and none was made since: what the weights have come to is not worth saving.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.in_a_row = 0
        self.stuck = False
        self._folder = folder

    def count(self) -> int:
        """One more; returns how many in a row that makes."""
        self.in_a_row += 1
        return self.in_a_row

    def forget(self) -> None:
        """An update was made."""
        self.in_a_row, self.stuck = 0, False

    def check(self, names: tuple[str, ...], config: Config) -> None:
        """Give up where there were too many.

        Args:
            names: what was not finite, ``model_loss`` or ``actor_grad_norm``, say.
            config: its rates of learning are the first thing to lower.

        Raises:
            NotFiniteError: counting begins anew, so that a person can try again.
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
        """Refuse to save what nobody should go on from.

        Raises:
            NotFiniteError: training is `stuck`, or one of the tensors (weights, optimizers) is not finite.
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
