"""Help texts of the Trust workspace. docs/trust.md has the formulas and their sources."""

from __future__ import annotations

from typing import Final

from dreamer_studio.studio.help.help import Help

_INTERVAL: Final = (
    "The band is the 95% interval over test episodes, from a bootstrap; the lines are the mean, the median and the "
    "quartiles of the starts."
)

HORIZON: Final = Help(
    "How much better the dream predicts the moving pixels than the last frame that it saw, in dB, at each dreamed "
    f"step. {_INTERVAL} The dream follows the recorded actions of test episodes that no update learned from.",
    "Good: the whole band stays above 0 dB as far as the training looks ahead, the dotted line. At 0 dB the dream is "
    "worth no more than the last seen frame. On the finished example the band stays above 0 for all 45 steps.",
    "If the band falls to 0 early, train longer, or look at Image loss and KL in Curves. Compare the dream with the "
    "recording in the Dream workspace.",
)
REWARD: Final = Help(
    "How much smaller the error of the predicted reward is than that of the best constant: 1 is perfect, 0 is worth "
    f"nothing. {_INTERVAL}",
    "Good: the whole band stays above 0 as far as the training looks ahead. Bad: the band reaches 0 earlier. Then the "
    "actor learns from rewards that are no better than a guess.",
    "Compare received and predicted in the scatter. If only few rows are rewarded, the model needs more of them: look "
    "at the exploration.",
)
ACTIONS: Final = Help(
    "Error of the dream with the actions of another start, divided by its error with the true actions, at each step. A "
    f"model that ignores actions gives exactly 1. {_INTERVAL}",
    "Good: the whole band is above 1. On the finished example the ratio over the training horizon is 2.95 (2.48 to "
    "3.38). Bad: 1, while the images are good: the dream continues by itself and ignores the policy.",
    "If actions are ignored, lower free_nats, or check in the Dream workspace whether a driven dream follows.",
)
POINTS: Final = Help(
    "Received rewards across, predicted ones up, one point a frame of the test episodes; the model has seen the frame. "
    "The line is a perfect prediction.",
    "Good: the points lie along the line. Bad: a flat cloud, which means that the model predicts about the same reward "
    "everywhere.",
    "If large rewards are predicted too small, the model has seen too few of them.",
)
PROMISES: Final = Help(
    "Three ratios with their 95% intervals. Dream: return of dreams over the real return from the same frames. Value "
    "against the task: value estimates over the returns that came. Value against dreams: value estimates over the "
    "returns of the model's own dreams. 1 is right.",
    "Good: the intervals lie within 0.8 and 1.25, the rule for equivalence. Bad: far above 1: the actor chases returns "
    "that do not come. Far below 1 fails too: the critic has not caught up. If the value agrees "
    "with its dreams but not with the task, the model is wrong, not the critic.",
    "If dreams promise too much, look at the reward stage first. If only the value is too high, lower value_lr.",
)
GAUGES: Final = Help(
    "Every gauge: its value, 95% interval, number of episodes and verdict. docs/trust.md has the formula and the "
    "source of each.",
    "Holds: the whole interval is better than the null and reaches beyond a negligible difference. Fails: the interval "
    "includes the null or is worse, and ends within a negligible difference. Cannot tell: any other interval, or fewer "
    "than four episodes.",
    "For narrower intervals, play more test episodes.",
)
HISTORY: Final = Help(
    "Image horizon and reward horizon at each judgment of this run, each with its 95% interval, beside the training "
    "horizon. A point is the last step at which the dream beats the last seen frame, or the best constant reward. The "
    "run folder keeps these judgments, including those of the command.",
    "Good: both horizons rise and end above the training horizon. No dream is longer than 45 steps, so 45 is the "
    "highest point. Bad: a horizon that stays below the training horizon, or falls again.",
    "Point at a judgment to read its numbers. Judgments of few episodes have wide intervals: play more test episodes.",
)
GAP_HISTORY: Final = Help(
    "Imagined return over real return at each judgment, with its 95% interval, and the KL of the training on the right "
    "axis: means over stretches of the log.",
    "Good: the ratio reaches 1 and stays there. Bad: a ratio that grows while the KL is low: the model feels sure, "
    "and promises more than the task gives. A policy that finds new places raises the KL again.",
    "If dreams promise too much, look at the reward stage. A judgment without test episodes of its policy has no "
    "point.",
)
STAGES: Final = Help(
    "Six questions in the order in which a dream is built, each with the verdict of its gauges on test episodes that "
    "no update learned from. Image: is a seen frame redrawn? One step: is the next frame right? Rollout: does the "
    "dream stay right as far as training looks, and obey the actions? Reward, value and policy: are rewards, promised "
    "returns and the policy's return right?",
    "Good: all six hold. Bad: a stage that fails; the sentence above has the numbers of the first. Later stages are "
    "gray, because they build on it. Cannot tell: the interval is too wide, or the test episodes cannot answer the "
    "question.",
    "Work on the first stage that fails. If a stage says cannot tell, play more test episodes.",
)
SPREAD: Final = Help(
    "Four futures sampled from the same frame along the recorded actions: how far their images lie apart, and how "
    "wrong the first one is, both as a root mean square of the colors, at each dreamed step. The caption has the rank "
    "correlation of spread and error over all steps of all starts, and how much larger it is than that of the step "
    "number alone, with 95% intervals over episodes.",
    "Good: the correlation is surely larger than that of the step number, so a wide spread warns of a wrong dream. "
    "Bad: no larger, so the spread only says that every dream gets worse with time. In one of our five runs, it "
    "was larger by 0.1.",
    "Trust the spread in Futures no more than this number allows. For a narrower interval, play more test episodes.",
)
BLIND: Final = Help(
    "The policy's mode plays the task, but sees only every k-th frame and lives on its dream in between. Each row is "
    "the share of the return above random actions that the policy keeps, with its 95% interval over eight seeds.",
    "Good: shares of 0.8 or more, which count as the whole return (the rule for equivalence). On the finished example "
    "the policy keeps 84% (69 to 95) of it seeing every 2nd frame, and 40% seeing every 45th. A task that pays for one "
    "steady action needs few frames, even with a poor model.",
    "If the share falls at once, look at Image horizon and Actions. The driving takes minutes, continues while you "
    "look at another workspace, and pauses while the window is hidden.",
)
KNOWS: Final = Help(
    "How well the model's features reveal each variable of the simulator, on episodes that the fit did not use: R2 "
    "with its 95% interval, the least known variable first. Only tasks that report their state have these numbers.",
    "Good: near 1. Near 0: the features do not hold the variable. Positions known but velocities not: the features do "
    "not remember earlier frames. A variable that few images show, such as the place of a runner, is known less.",
    "Play eight test episodes for useful intervals. The verdict in the list of gauges compares with untrained weights.",
)
