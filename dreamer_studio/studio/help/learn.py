"""Help texts of the Learn workspace."""

from __future__ import annotations

from typing import Final

from dreamer_studio.studio.help.help import Help

PAPER: Final = Help(
    "The equations of the paper that this chapter is about. Point at a symbol, or go from symbol to symbol with Left "
    "and Right: its meaning appears, and all formulas of the chapter show where else it occurs, such as in the prior.",
    "Good: you can say what each symbol is in the picture above. Nothing here depends on the run.",
    "Click an equation to see its code, and how the code differs from the paper.",
)
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
    "Good: low and even for a model that saw every frame. A peak means that the model did not expect the image.",
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
HELD: Final = Help(
    "Two dreams of 15 steps from the last frame of the scene, with the same noise. The upper one holds an action: a "
    "dimension at +1 with the others at 0, or one of the choices. The lower one does nothing, or holds another choice.",
    "Good: the body moves with the action. Bad: both dreams look the same, so the model ignores the action.",
    "Hold each action once. The gauge Actions of the Trust workspace measures this on whole test episodes.",
)
REWARD_SCENE: Final = Help(
    "A piece of a stored episode, with three marked frames.",
    "There is no good or bad here: these frames are recorded.",
    "Look at the body in each marked frame, and guess which one the task rewards most.",
)
REWARDS: Final = Help(
    "The reward that the environment gave for each frame of the scene, and the one that the reward model predicts from "
    "the posterior.",
    "Good: both lines rise and fall together. Bad: the prediction stays flat where the received reward moves.",
    "Click a frame of the scene to find its place in the plot.",
)
HORIZON: Final = Help(
    "The total weight of the value model's estimates in the target of the dream's first step, for each horizon. The "
    "rest of the target comes from dreamed rewards.",
    "A short horizon rests on the value model, a long one on a dream that may have left reality.",
    "Compare the weights of 5 and 15 steps, and look at how the dream ends after 45.",
)
GRADIENT: Final = Help(
    "How strongly the target of the first dreamed step depends on the actions of each step: the length of the "
    "gradient. The action model's weights change in this direction, summed over many dreams.",
    "Usual: large at the first steps, and smaller with distance. Bad: zero everywhere, so the policy cannot learn.",
    "Click a step of the dream to read the direction for each action.",
)
EXPLORATION_SCENE: Final = Help(
    "A piece of a stored episode. The newest policy chooses an action at each frame; nothing is executed.",
    "There is no good or bad here: these frames are recorded.",
    "Choose an action in the card below to see its values.",
)
EXPLORATION: Final = Help(
    "The policy's most likely action at each frame, as in tests, and a sample with exploration, as in training.",
    "Good: the sample strays around the policy's action. Bad: it stays at a bound, where noise has one side only.",
    "Move the slider. The setting is expl_amount; Settings... (F8) changes it in a running training.",
)
OWN_TASK: Final = Help(
    "What passes between Dreamer and the task of this run: the observation, the reward and the action.",
    "There is no good or bad here. A task is easier if everything that matters can be seen in 64 x 64 pixels.",
    "New run... offers all tasks that are installed, and takes a class of your own: gym:./my_env.py:Name-v0.",
)
LOOP: Final = Help(
    "The parts of Dreamer. The parts that the training uses now are lit. An action leads to the next image, a dreamed "
    "action to the next prior.",
    "There is no good or bad here.",
    "Slow the training down to follow the light. Pause the training to make single steps. Click a box for its chapter.",
)
BEFORE_AFTER: Final = Help(
    "A dream from the last frame of the scene, always with the same noise, so that only the weights change it. After a "
    "step, the lower row is the dream from before.",
    "Usual: an update of the world model changes the images, an update of the actor changes the actions, and an update "
    "of the value model changes neither.",
    "Pause the training and press World model only. The run keeps a note of updates that trained a single part.",
)
PROMISES: Final = Help(
    "Two dreams from the last frame of the scene, with the same noise. In the upper one, the policy acts. In the lower "
    "one, its actions were improved step by step along the gradient of the first target.",
    "Good: both look like the task. Bad: the lower one dissolves or shows an impossible pose, but promises rewards.",
    "Move the slider, and watch the last images.",
)
PROMISED: Final = Help(
    "The rewards that the reward model predicts in both dreams, and the highest reward that was received in the "
    "episode of the scene.",
    "Good: the predictions stay at or below what was received. Bad: they rise above all received rewards.",
    "The gauges of the Trust workspace compare predicted with received rewards on test episodes.",
)
