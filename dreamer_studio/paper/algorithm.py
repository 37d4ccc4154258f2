"""Algorithm 1 of the paper, line by line."""

from __future__ import annotations

from typing import Final

from dreamer_studio.paper.passage import Passage, Section

_ONE_STEP = (
    "As in the author's code, world model, action model and value model take their steps together, after all three "
    "gradients were computed with the weights from before the update."
)

_BEGINNING = Section(
    "Beginning",
    "Algorithm 1",
    (
        Passage(
            "Algorithm 1, seed episodes",
            "Fill the dataset 𝒟 with S episodes of random actions.",
            differs="The prefill counts environment steps, as in the author's code, and ends with a whole episode.",
        ),
        Passage("Algorithm 1, initial weights", "Draw the weights θ, φ and ψ at random."),
        Passage(
            "Algorithm 1, until converged",
            "Repeat everything below.",
            differs="Training ends after a given number of environment steps.",
        ),
        Passage(
            "Algorithm 1, update steps",
            "Make C updates after each episode.",
            "c = 1, …, C",
            differs=(
                "Updates are due after a number of environment steps, as in the author's code, and `pretrain` updates "
                "once after the prefill. Only the preset `paper` makes them in blocks; others spread them evenly."
            ),
        ),
    ),
)

_DYNAMICS = Section(
    "Dynamics learning",
    "Algorithm 1",
    (
        Passage(
            "Algorithm 1, draw sequences",
            "Draw B sequences of L steps from the dataset.",
            "{(a_t, o_t, r_t)}_{t=k}^{k+L} ∼ 𝒟",
            differs="A sequence may continue beyond the end of an episode into another one; there the state is reset.",
        ),
        Passage(
            "Algorithm 1, compute states",
            "Compute the posteriors along each sequence.",
            "s_t ∼ p_θ(s_t | s_{t−1}, a_{t−1}, o_t)",
        ),
        Passage(
            "Algorithm 1, update the world model",
            "Take a gradient step of θ for the objective of Eq. 10.",
            differs=_ONE_STEP,
        ),
    ),
)

_BEHAVIOR = Section(
    "Behavior learning",
    "Algorithm 1",
    (
        Passage(
            "Algorithm 1, imagine trajectories",
            "From each posterior, imagine H steps with the transition model and the action model.",
            "{(s_τ, a_τ)}_{τ=t}^{t+H}",
            differs="A setting may start from every Nth posterior only. With `pcont`, the last one is no start.",
        ),
        Passage(
            "Algorithm 1, predict rewards and values",
            "Predict the mean reward and the value of each imagined state.",
            "E(q_θ(r_τ | s_τ)),\u2003v_ψ(s_τ)",
        ),
        Passage("Algorithm 1, compute value estimates", "Compute the lambda-returns of Eq. 6.", "V_λ(s_τ)"),
        Passage(
            "Algorithm 1, update the action model",
            "Take a gradient step of φ that raises the lambda-returns.",
            "φ ← φ + α ∇_φ Σ_{τ=t}^{t+H} V_λ(s_τ)",
            differs="Adam takes the step. See the update of the world model.",
        ),
        Passage(
            "Algorithm 1, update the value model",
            "Take a gradient step of ψ that brings the values nearer to the lambda-returns.",
            "ψ ← ψ − α ∇_ψ Σ_{τ=t}^{t+H} ½ ‖v_ψ(s_τ) − V_λ(s_τ)‖^2",
            differs="Adam takes the step. See the update of the world model.",
        ),
    ),
)

_INTERACTION = Section(
    "Environment interaction",
    "Algorithm 1",
    (
        Passage("Algorithm 1, reset", "Begin an episode.", "o_1 ← env.reset()"),
        Passage(
            "Algorithm 1, time steps",
            "Repeat the next four lines for each step of the episode.",
            "t = 1, …, T",
            differs="Updates may come between two steps of an episode.",
        ),
        Passage(
            "Algorithm 1, compute the state",
            "Compute the posterior from the one before, the executed action and the new image.",
            "s_t ∼ p_θ(s_t | s_{t−1}, a_{t−1}, o_t)",
        ),
        Passage(
            "Algorithm 1, compute the action",
            "Draw an action from the action model.",
            "a_t ∼ q_φ(a_t | s_t)",
            differs="A test takes the mode of the distribution instead.",
        ),
        Passage("Algorithm 1, explore", "Add exploration noise to the action."),
        Passage(
            "Algorithm 1, step",
            "Execute the action; the environment answers with a reward and the next image.",
            "r_t, o_{t+1} ← env.step(a_t)",
            differs="An action is executed `action_repeat` times, and the rewards are added up.",
        ),
        Passage(
            "Algorithm 1, add experience",
            "Add the episode to the dataset.",
            "𝒟 ← 𝒟 ∪ {(o_t, a_t, r_t)_{t=1}^T}",
        ),
    ),
)

ALGORITHM: Final = (_BEGINNING, _DYNAMICS, _BEHAVIOR, _INTERACTION)
"""All lines of Algorithm 1, by their phase."""
