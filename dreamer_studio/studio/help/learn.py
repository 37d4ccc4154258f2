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

COVERED: Final = Help(
    "The recorded frames, the reconstructions of a model that saw every frame, and the images of the same model with "
    "its eyes covered after the eighth frame. While they are covered, the model knows only the recorded actions.",
    "Good: the two lower rows look alike for 15 frames and more. Bad: the dream stands still, or shows another pose.",
    "Cover more frames. The gauge Image horizon of the Trust workspace measures the same on whole test episodes.",
)
SURPRISE: Final = Help(
    "How far each image moves the model from its prediction: the KL of the posterior, which knows the image, and the "
    "prior, which does not. Covered frames have no KL.",
    "Good: low and even for a model that saw every frame. A high value means that the model did not expect the image.",
    "Find the frame with the highest value in the recorded row: a contact, a fast turn, or the edge of the image.",
)
DREAM: Final = Help(
    "A dream of the training horizon that begins at the last frame of the scene. The policy acts.",
    "Good: the body moves as it does in the recorded frames. Bad: it dissolves, or stands still.",
    "Press Another scene to dream from elsewhere.",
)
TARGETS: Final = Help(
    "For each dreamed step, the value model's own estimate, and the target that the value model learns from. The "
    "dashed lines are the targets for lambda 0 and 1.",
    "Good: both lines are close together, so there is little left to learn. Early in a training they are far apart.",
    "Move lambda. With 0, a target is one reward and the next estimate; with 1, all rewards and the last estimate.",
)
