"""Help texts of the Compare workspace."""

from __future__ import annotations

from typing import Final

from dreamer_studio.studio.help.help import Help

_LAPSE: Final = (
    " In a time-lapse, each checkpoint is a point at its environment step: the mean error over the steps after the "
    "line, and the error at the cursor."
)

CHECKPOINTS: Final = Help(
    "Every checkpoint that the run keeps, with the environment step and the update at which it was saved. New ones "
    "appear as they are saved. (best) marks the checkpoint with the highest test return.",
    "Later is not always better: on cheetah-run with the preset laptop, ten episodes returned 216 at 95,000 steps, 124 "
    "at 100,000 and 68 at 105,000. But the best of many noisy tests is also the luckiest, so its return is biased "
    "upward: dreamer-studio eval RUN --checkpoint best plays new episodes.",
    "Tick two to six. Add run... lists the checkpoints of another run whose task has the same actions. Delete, or the "
    "button below, removes that run from the list.",
)
SIDE_BY_SIDE: Final = Help(
    "Real: the recorded frames. Below, one row for each checkpoint. All checkpoints see the same frames up to the "
    "line. After the line they follow the recorded actions with the same noise, so any difference comes only from what "
    "they learned. The noise differs if two runs have stochastic states of different sizes.",
    "Good: later rows stay with the real frames for longer. An early checkpoint draws blurred images that are never "
    "far wrong; a later one draws sharp images that may be out of step. One scene proves nothing.",
    "Choose other frames above, also bookmarks of hard moments. Time-lapse shows the scene by every checkpoint.",
)
AT_THE_CURSOR: Final = Help(
    "The real frame, and each checkpoint's image of it with the checkpoint's environment step and image error. Images "
    "are larger if there is room. The tooltip also has the reward.",
    "Look for the parts that the task depends on: are they there, and in the right place? The smaller error may belong "
    "to the more blurred image.",
    "In a time-lapse, Run through shows one checkpoint after the other beside the real frame, oldest first, three a "
    "second.",
)
IMAGE_ERROR: Final = Help(
    "Mean squared difference between a checkpoint's image and the real one: its reconstruction up to the upright line, "
    f"which marks the last frame that the checkpoint saw, and its open loop after the line.{_LAPSE}",
    "Lower is better. Fifteen steps after the last frame seen, open loops of our runs had 0.0011 (cartpole-swingup), "
    "0.0017 (cartpole-balance), 0.0028 (cheetah-run) and 0.014 (walker-walk) on random stretches (preset laptop, "
    "105,000 steps). One scene may be far from that.",
    "Compare the steps shortly after the line; later, every dream is out of step. Try several scenes.",
)
REWARD_ERROR: Final = Help(
    "Absolute difference between the predicted and the received reward. The upright line marks the last frame that the "
    f"checkpoint saw.{_LAPSE}",
    "Near 0 is good. A high error after the line only means that the model lost the movement; before the line, that "
    "the reward model is wrong. We have measured no usual range here.",
    "Choose a scene with a large reward, so that there is something to predict.",
)
GAUGES: Final = Help(
    "What the gauges of Trust say about the ticked checkpoints. The first column is the reference, with its numbers; "
    "the others show differences from it, with 95% intervals. All see the same test episodes from the same starts with "
    "the same noise, so hard episodes cancel. Gap, value and policy come from episodes that each checkpoint plays "
    "itself.",
    "Better or worse: the whole interval lies on one side of 0. Equal: the interval lies within a range that counts as "
    "negligible: for errors 0.97 dB, a factor of 1.25. Cannot tell: everything else. With eleven rows, an interval may "
    "miss the truth by chance.",
    "If many rows say cannot tell, play more episodes: dreamer-studio trust RUN --checkpoints A,B --episodes 16.",
)
OWN_RETURNS: Final = Help(
    "A cross for each checkpoint: the mean return of its own episodes over the steps of a dream, and the return that "
    "its dreams promise from the same frames, each with its 95% interval. Below, Spearman's correlation over the "
    "checkpoints of a run.",
    "Good: the crosses lie along the dashed line. Above the line, dreams promise more than the task gives. A "
    "correlation near 1 means that checkpoints whose dreams promise more also earn more. With fewer than four "
    "checkpoints, the correlation has no interval.",
    "Tick checkpoints from early to late. dreamer-studio trust RUN --checkpoints all compares all of them.",
)
