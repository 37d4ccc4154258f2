"""Help texts of the Live workspace."""

from __future__ import annotations

from typing import Final

from dreamer_studio.studio.help.help import Help

OBSERVATION: Final = Help(
    "The newest frame of the training episode as the agent sees it: 64 x 64 pixels.",
    "Good: you can tell from this image alone what to do next. Bad: it is black, does not change, or hides something "
    "that matters; the agent sees no more than you do here. At first the movements are random, and that is right.",
    "If the image is wrong, stop, and use Check task on the page of a new run. Press Enter to enlarge the image.",
)
RECONSTRUCTION: Final = Help(
    "The decoder's image of the posterior. The model saw this very frame, so the image shows what the model keeps of "
    "the frame, not what it can predict. The caption names the update of the weights.",
    "A gray blur at first is normal. On walker-walk with the preset laptop, the body's pose could be recognized after "
    "6,370 steps (436 updates); small and thin parts come last. Bad: after many updates, something that the task "
    "depends on is still missing, such as cartpole's pole.",
    "Compare Image loss in the curves: while the loss falls, wait. If it no longer falls and a part is missing, "
    "a smaller weight of the KL may bring it back: on cartpole-swingup, a kl_scale of 0.1 in place of 1 did.",
)
ERROR: Final = Help(
    "Absolute difference of observation and reconstruction: mean of the three colors, amplified four times. The scale "
    "is fixed: black is 0, and the brightest color is 0.25 of the full range or more.",
    "Good: dark, with thin lines along the edges. Bad: a whole limb or object lights up. At 105,000 steps with the "
    "preset laptop, the image losses of our runs correspond to a mean square between 0.00003 (CartPole-v1) and 0.0025 "
    "(walker-walk).",
    "E hides and shows this image. A single bad frame means little: Find, among the bookmarks (Ctrl+R), lists the "
    "frames with the worst reconstruction.",
)
DREAM: Final = Help(
    "An imagined rollout: starting from one live frame, the model carries on by itself, and the policy chooses the "
    "actions. The model sees nothing more, so reward and value are predictions.",
    "Good: the body keeps its shape and moves as it does in reality. Bad: it melts, stands still, or flickers after a "
    "few steps. In the first minutes all dreams are blurred. In all four tasks that we checked (preset laptop, 105,000 "
    "steps), an open loop was closer to reality after 15 steps than the last frame kept still.",
    "D opens this moment in the Dream workspace, where you can step through it, act yourself, or run reality beside it "
    "(T). Here, Space plays and holds, the arrows step, Page Up and Page Down step ten.",
)
REWARD: Final = Help(
    "Received: the task's reward for each agent step, summed over the action repeat. Predicted: the reward model on "
    "frames that it saw. In the dream: the reward model on dreamed states. If the model learns squashed rewards "
    "(clip_rewards), the received rewards are squashed here too. Faint: the last finished episode, until the running "
    "one is longer.",
    "Good: predicted lies on received. The two had a correlation of 0.83 to 0.97 at 105,000 steps in the four tasks "
    "that we checked (preset laptop). Bad: predicted is flat, or misses the high rewards; then the actor learns to "
    "want something else.",
    "When the episode reaches the steps of the dream, compare violet with received. If they part, press D and then T: "
    "reality with the dream's own actions.",
)
VALUE: Final = Help(
    "The critic's guess of all reward still to come, counted from this step on; later reward weighs less. Dashed: on "
    "frames it saw. Violet: on frames it dreamed. Came: the reward that really came from this step on; each further "
    "step is discounted once more. Dots: only a part of it, because the episode goes on or was cut, and more than "
    "5 % of the weight is on rewards that are not recorded. No guess fills the gap. Faint: the last finished episode, "
    "until the running one is longer.",
    "Good: the guess lies near came, somewhat above it, since the episode was played with exploration. In four runs "
    "with the preset laptop at 105,000 steps, the guess was 0.7 to 1.7 times what came. Bad: several times as much, or "
    "rising while the returns stand still: the critic believes its own dreams.",
    "Look at Imagined value in the curves for the whole training. In a dream, drive the body into trouble (C): the "
    "value should fall.",
)
