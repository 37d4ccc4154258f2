"""Help texts of the Learn workspace."""

from __future__ import annotations

from typing import Final

from dreamer_studio.studio.help.help import Help

RECONSTRUCTION: Final = Help(
    "A piece of a stored episode, and the images that the decoder draws from the posteriors of its frames. The models "
    "see all of these frames and take every action from the record.",
    "Good: you can see the body, and every pose. Bad: the same blurred image in all columns.",
    "Watch the lower row while the training runs, or compare checkpoints in the Compare workspace.",
)
