"""Help texts of the Dream workspace."""

from __future__ import annotations

from typing import Final

from dreamer_studio.studio.help.help import Help

_NO_RANGE: Final = "We have measured no usual range here."

STRIP: Final = Help(
    "Real: the recorded frames. Model saw it: reconstructions of the frames that the model saw, filtered from the "
    "first frame on. Dreamed: what the model imagines after the line, without seeing more. Error: the absolute "
    "difference to the first row, amplified four times. Gray: the dream got here by other actions than the first row, "
    "so part of this error is not the model's.",
    "Good: the error stays dark for the training horizon, 15 steps with paper and laptop, because the actor learns "
    "from dreams of that length. Bad: it lights up within five steps, or the dream stands still. Our runs with the "
    "preset laptop followed walker for some ten steps, and cheetah, CartPole-v1 and cartpole-balance for some thirty.",
    "To see the model's error alone, let the dream act as recorded, or switch the twin on (T). Drag the violet line to "
    "give the model more or fewer frames, and the gray line for a longer or shorter dream.",
)
MODEL_FRAME: Final = Help(
    "The model's image of the frame under the cursor. Before the strip's line, the model saw the frame, and the image "
    "is a reconstruction. After the line, the model sees nothing, and the image is a dream.",
    "Good: the same pose as in the comparison, even if blurred. Bad: another pose, or a body that comes apart. "
    f"{_NO_RANGE}",
    "Click the image, then step with the arrows. C takes control: from here on your keys act.",
)
COMPARISON_FRAME: Final = Help(
    "The same step in the comparison: the recorded frame of the episode (real), the reality twin, or the branch that "
    "you compare. After the line, the model did not see the recorded frame. Mean square: the error of the model's "
    "image, colors from 0 to 1. “Other actions”: the dream got here by other actions than the episode, so the error is "
    "not the model's alone.",
    "The two images should agree as long as the actions agree. Where the actions differ, a difference is no fault.",
    "T shows reality with the dream's own actions, so that every difference is the model's.",
)
REWARD: Final = Help(
    "Received: the task's reward. Predicted: the reward model on frames that the model saw. In the dream: the reward "
    "model on dreamed states.",
    "Good: the dream's line lies on received while the actions are the same. Bad: the images agree and the lines do "
    "not; that is the reward model. The correlation of predicted and received was 0.83 to 0.97 at 105,000 steps in the "
    "four tasks that we checked (preset laptop).",
    "Choose acts: as recorded, so that received and dreamed can be compared. Move the cursor along the plot.",
)
VALUE: Final = Help(
    "The critic's guess of all reward still to come, counted from this step on; later reward weighs less. Dashed: on "
    "frames it saw. Violet: on frames it dreamed. Came: the reward that really came from this step on in the episode; "
    "each further step is discounted once more. Dots: only a part of it, because the episode goes on, was cut, or "
    "its record ends, and more than 5% of the weight is on rewards that are not recorded. No guess fills the gap.",
    "Good: near came. In four runs with the preset laptop at 105,000 steps, the guess was 0.7 to 1.7 times what came. "
    "Bad: far above it, or it stays high while the body falls. What came belongs to the episode's actions; the dream "
    "may act otherwise.",
    "Drive the dream into trouble (C), and watch whether the value falls.",
)
SURPRISE: Final = Help(
    "KL of posterior and prior: how much a frame surprised the model. A dream has no frames, and so no KL.",
    "Peaks belong where the unexpected happens, such as a fall or a touch. The means at the end of our runs were "
    "between 1.9 nats (CartPole-v1) and 32 (walker-walk), with the preset laptop at 105,000 steps. Bad: as high on "
    "every quiet frame; then the model does not predict the movement.",
    "Go to a peak, and press D there: does the dream foresee it from five steps before?",
)
ACTION: Final = Help(
    "The action that led to each step, in the episode and in the dream. Where you drive, a line shows what the policy "
    "would have done. The box above the plots chooses a dimension, or all of them: then each has a row of colors, from "
    "blue (-1) over the background (0) to orange (+1). Full color is an action at its limit.",
    "Actions that jump between the limits are usual: in four runs with the preset laptop at 105,000 steps, 68 to 95% "
    "of the policy's modes were at a limit. Bad: one limit, without a change, while the returns are poor.",
    "Futures with What if (F) show whether other actions would have been better.",
)
PREDICTED_END: Final = Help(
    "The chance, as the model sees it, that the episode is over at a step: 1 minus the predicted discount, as a share "
    "of the run's discount. Over: 1 where the episode really reached a terminal state; a time limit is no such end. "
    "Runs with pcont off predict no ends.",
    "Near 0 all along, and 1 at a real end, is good. Steps of a dream after the chance has risen weigh little for the "
    f"actor. Bad: high without an end, or low where the task ends. {_NO_RANGE}",
    "Dream toward a real end, with acts: as recorded. A larger pcont_scale gives the ends more weight.",
)
ACTIONS_TAKEN: Final = Help(
    "The actions executed in the newest 20 stored episodes, exploration and random prefill included. "
    "Continuous actions: one histogram for each dimension, from -1 on the left to 1 on the right, and the share of "
    "steps at the limits (0.99 or more, or -0.99 or less; the outermost bars, in another color, hold a bit "
    "more). Choices: how often each was made.",
    "A broad histogram explores. Most steps at the limits are usual for an agent that switches between extremes, but "
    "all steps at one limit, or one choice only, mean that it tries nothing else. The modes of our policies were at a "
    "limit in 68 to 95% of the steps (four tasks, preset laptop, 105,000 steps).",
    "Raise expl_amount (Run > Settings), or look at the policy's entropy in the curves.",
)
IMAGE_GAP: Final = Help(
    "Mean squared difference between the model's image and the comparison's frame, per step. Gray: the dream got here "
    "by other actions than the comparison, so part of the difference is not the model's.",
    "Low and flat is good. Fifteen steps after the last frame seen, open loops of our runs had 0.0011 "
    "(cartpole-swingup), 0.0017 (cartpole-balance), 0.0028 (cheetah-run) and 0.014 (walker-walk); the last frame kept "
    "still had 0.0026, 0.0024, 0.0062 and 0.022 (preset laptop, 105,000 steps). Bad: a jump within the first steps.",
    "The step at which the gap opens tells how far you can trust a training horizon. To see the model's error alone, "
    "let the dream act as recorded, or switch the twin on (T).",
)
REWARD_GAP: Final = Help(
    "The reward that the model predicts, minus the reward that the comparison received or predicts, per step. Gray: "
    "other actions, as in the image error.",
    "Around 0 is good. Bad: above 0 for many steps; the actor then dreams of rewards that reality does not pay. "
    f"{_NO_RANGE}",
    "Compare with Image error: if the images agree and the rewards do not, it is the reward model.",
)
FUTURES: Final = Help(
    "Futures of one frame. All are dreams: the model sees none of the coming frames. Samples: the same policy with "
    "other noise each time. What if: the same noise with other actions, held for some steps before the policy "
    "continues; best first. The number is the imagined return: the lambda-return that the actor learns to maximize.",
    "Good: in What if, the policy is at or near the top, and the others differ. Bad: all returns are the same (model "
    f"or critic ignore the actions), or another row beats the policy by far. {_NO_RANGE}",
    "Click a future to turn it into a branch. State and Policy set what is left to chance.",
)
BRANCHES: Final = Help(
    "The dream and its branches. The branch that you leave keeps its later frames. Reward is the sum of the predicted "
    "rewards after the context. Compare shows the selected branch beside the current one and marks the step at which "
    "they differ.",
    "Good: another action leads to another branch. Bad: the branches look the same whatever you do; then the model "
    f"does not use the actions. {_NO_RANGE}",
    "Take control of a dream (C) to start a branch, or press B to start one at the frame under the cursor. Click a "
    "branch to show it, double-click to rename it.",
)
PRACTICE: Final = Help(
    "Three imagined rollouts from which the actor and the value model learned in an update; three others at most once "
    "a second. Each starts at a frame of the batch, which the model saw; no environment has shown the rest. The "
    "weights before that update imagined the rollouts and decode them here. The lambda-return is the target of the "
    "critic and the goal of the actor. The weight is the product of the predicted discounts before a step; it is 0 "
    "throughout if the start is terminal. The last step only closes the lambda-return.",
    "Good: the value follows the lambda-return, and the images look like the task. Bad: images that no episode could "
    f"show, with high rewards: the actor learns to exploit them. {_NO_RANGE}",
    "Click a row, or a column in the plots. Hold keeps the current rollouts.",
)
LATENTS: Final = Help(
    "The stochastic dimensions of the frame under the cursor. Each axis counts deviations of the prior, which knows "
    "the past but not this frame (violet, one deviation to each side). Where the model saw the frame, blue is the "
    "posterior, and the rows are sorted by how much this frame changed the model's mind (KL). A dream has no "
    "posterior; its rows are sorted by the prior's deviations. The ring is the sample that the model drew.",
    "Good: a few dimensions carry most of the KL, and moving them changes the image in a way that makes sense. Bad: "
    f"no dimension changes anything. {_NO_RANGE}",
    "Drag a ring, or press Left and Right (with Shift, a whole deviation), and the decoder draws the frame with your "
    "number; the deterministic part stays. Double-click or press Delete to restore it. Dream on makes a branch from "
    "the edited frame. All edits of one frame use the same noise, so their dreams differ only by the edits.",
)
MAP: Final = Help(
    "The features of this scene's episode on a plane. The model looks at up to 500 frames before and 500 after the "
    "scene, with the weights of this dream. The axes are the two directions in which the features vary most: principal "
    "components of sample and deterministic part together, as all heads read them. Violet is the dream's path. The "
    "dotted line is its context, which the model filtered from the context's first frame only.",
    "Good: the dream's path stays on the episode's. A gait is a ring. Bad: the path leaves for a region without any "
    "frame; distrust the value there. Points that are close on the plane may be far apart in the other directions. The "
    "caption says how much of the variation the map shows.",
    "Click a point to go to its frame; a click on a frame outside the strip dreams from it.",
)
