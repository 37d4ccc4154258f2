"""Help texts of the curves. benchmarks/learning/usual.py prints the figures; a test compares them with the results."""

from __future__ import annotations

from typing import Final

from dreamer_studio.studio.help.help import Help

_ENDS: Final = "Our runs with the preset laptop had, at 105,000 steps: "

RETURN: Final = Help(
    "Undiscounted return of each training episode, with exploration noise, and of each test, without noise in a "
    "separate environment. Point at a return to see how the episode ended: terminated (the task reached a terminal "
    "state), truncated (the task stopped the episode) or cut (by time_limit or the safety bound). If the author of "
    "DreamerV1 published test returns for this task, the plot shows their mean and standard deviation; the button "
    "names the source.",
    "Good: the tests rise above the prefill, in jumps and with relapses. On walker-walk with the preset laptop, two "
    "seeds had tests of 24 and 83 at 5,000 steps, and 173 and 160 over ten episodes at 105,000. Bad: returns below "
    "those of the prefill for a long time, or one and the same return again and again. A single test says little: the "
    "next one may be half or double.",
    "Wait while Image loss falls. If returns fall although it is calm, look at Entropy and Imagined value.",
)
IMAGE_LOSS: Final = Help(
    "Minus the log-probability of the images, without the Gaussian constant of 11,291.92 nats, which no model can "
    "reduce. This is half the squared error, summed over the image.",
    "Lower is better: fast at first, then slowly. How low depends on how much of the image moves. "
    f"{_ENDS}0.2 (CartPole-v1), 1.7 (cartpole-balance), 2.4 (cartpole-swingup), 4 (cheetah-run), 11 (walker-stand), "
    "15 and 16 (walker-walk). A slow rise later is usual when the policy reaches new situations.",
    "Use the logarithmic axis. If the loss stands still high above a similar run, compare the reconstruction in Live: "
    "what is missing in it?",
)
KL: Final = Help(
    "Mean KL of posterior and prior, before the clip: how much the frames surprise the model. Below the free nats, the "
    "loss does not push the KL any lower.",
    "Neither high nor low is good by itself: it is high where the task is hard to predict. "
    f"{_ENDS}1.9 (CartPole-v1), 2.7 (cartpole-swingup), 4.3 (cartpole-balance), 5.1 (cheetah-run), 17 (walker-stand), "
    "28 and 32 (walker-walk). Bad: it stays below the free nats. Then nothing teaches the model to predict. This "
    "happened with 3 free nats on cartpole-swingup: the dreams ignored the actions.",
    "Below the free nats: lower free_nats (Run > Settings). To see where the surprise is, open Surprise in the Dream "
    "workspace, or Find among the bookmarks.",
)
SPEED: Final = Help(
    "Environment steps (left axis) and updates (right axis) per second while training, pauses left out, averaged over "
    "half a minute.",
    "It depends on your machine. The prefill is fast, because nothing is learned yet; then the updates set the pace. "
    "Our runs with the preset laptop took 40 to 89 minutes for 105,000 steps on two cores. Bad: it falls during a run "
    "although nothing else has changed.",
    "Close other programs, and look at the overhead in the status bar. A minimized window computes no images.",
)
REWARD_LOSS: Final = Help(
    "Minus the log-probability of the rewards, without the constant. This is half the squared error.",
    "Lower is better, but a task with rare rewards is low by itself. "
    f"{_ENDS}0.0029 (cheetah-run), 0.0037 (CartPole-v1), 0.0042 (walker-stand), 0.0092 (cartpole-balance), 0.013 and "
    "0.024 (walker-walk), 0.016 (cartpole-swingup). It rises when the policy finds larger rewards. Bad: high, while "
    "the returns stand still.",
    "Compare predicted and received in the Reward plot. Find, among the bookmarks, lists the frames with the largest "
    "error.",
)
ACTOR_AND_VALUE: Final = Help(
    "Actor loss: minus the discounted lambda-return of imagined rollouts. Value loss: minus the log-probability of "
    "those returns under the value model, constant included.",
    "The actor's line should fall, because the imagined returns rise. The value's line has no good height: it grows "
    f"with the returns. {_ENDS}value losses of 1.6 (walker-stand), 2.3 (cheetah-run), 2.9 and 3.1 (walker-walk), 3.2 "
    "(cartpole-swingup), 7.9 (cartpole-balance), 147 (CartPole-v1). Bad: a value loss that explodes; on walker-walk "
    "with the preset paper, it rose from 1.4 to 14,570 by 17,000 steps, and was back at 2 by 21,000.",
    "Read it together with Imagined value and Return, not alone.",
)
IMAGINED_VALUE: Final = Help(
    "Mean value estimate and lambda-return of the imagined rollouts from which the actor learns.",
    "Good: it rises with the returns, and both lines stay together. "
    f"{_ENDS}33 and 54 (walker-walk), 41 (cartpole-swingup), 47 (cheetah-run), 51 (walker-stand), 57 "
    "(cartpole-balance), 171 (CartPole-v1). With a discount of 0.99, no value can be more than 100 times the largest "
    "reward of an agent step. Bad: it rises while the returns stand still or fall.",
    "Compare the guess with came in the Value plot of an episode. A lower value_lr slows the critic down.",
)
ENTROPY: Final = Help(
    "Entropy of the policy in imagined rollouts, and of prior and posterior.",
    "The policy's entropy falls as it becomes sure. For discrete actions it is between 0 (always the same choice) and "
    "the logarithm of their number, 0.69 for two. For continuous actions it grows with the number of dimensions and "
    "may be negative; that of a bounded normal (action_dist) lies between -0.88 and 1.42 nats for each action. "
    f"{_ENDS}-54 and -50 (walker-walk), -54 (cheetah-run), -49 (walker-stand), -8.9 "
    "(cartpole-swingup), -6 (cartpole-balance), 0.13 (CartPole-v1). Bad: at its lowest while the returns are poor; the "
    "policy tries nothing new any more.",
    "If it fell too early: a lower actor_lr, more expl_amount, or an entropy_scale above 0. Actions in the Dream "
    "workspace shows what the policy does.",
)
GRADIENT_NORMS: Final = Help(
    "Global norm of each optimizer's gradient before it is clipped.",
    "Good: noisy around a steady height. A norm above grad_clip (100 in our presets) is cut to that length. Bad: one "
    "line climbs without end; on walker-walk with the preset paper, the value's norm rose from 3 to 68,000 while its "
    "estimates ran away.",
    "Look at the curve of the part whose norm rises. A lower learning rate of that part makes smaller steps.",
)


OF_REMEDIES: Final = {
    "return_range": Help(
        "Running mean of the range of the imagined returns, from their 5th to their 95th percentile. With the setting "
        "norm_returns, the actor's returns are divided by the range, or by return_limit if that is larger.",
        "It begins at 0 and follows the returns within some hundred updates, more slowly with a larger return_decay. "
        "Below return_limit it has no effect. We have no usual values yet.",
        "Compare it with the lambda-return in Imagined value.",
    ),
}
"""Metrics that only the log of a run with a remedy has."""


def metric(name: str) -> Help:
    """Return the help text of any metric of the log."""
    if name in OF_REMEDIES:
        return OF_REMEDIES[name]
    return Help(
        f"The metric {name} of the log, as it is written. docs/run-folder.md describes the log.",
        "We have no usual range for a single metric of the log.",
        "Lay another run over it (Add run, in the Curves workspace), and compare at the same step.",
    )
