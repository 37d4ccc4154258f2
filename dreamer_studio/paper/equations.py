"""The numbered equations of the paper."""

from __future__ import annotations

from typing import Final

from dreamer_studio.paper.passage import Passage, Section

_DYNAMICS = Section(
    "Equation 1: latent dynamics",
    "Section 2",
    (
        Passage(
            "Eq. 1, representation model",
            "The state follows from the state and the action before it and from the observation now: the posterior.",
            "p_θ(s_t | s_{t−1}, a_{t−1}, o_t)",
        ),
        Passage(
            "Eq. 1, transition model",
            "The state follows from the state and the action before it alone, so the model can dream: the prior.",
            "q_θ(s_t | s_{t−1}, a_{t−1})",
        ),
        Passage(
            "Eq. 1, reward model",
            "The reward follows from the state: a normal distribution with standard deviation 1.",
            "q_θ(r_t | s_t)",
        ),
    ),
)

_BEHAVIOR_MODELS = Section(
    "Equation 2: action and value model",
    "Section 3",
    (
        Passage("Eq. 2, action model", "The policy chooses an action at each imagined state.", "a_τ ∼ q_φ(a_τ | s_τ)"),
        Passage(
            "Eq. 2, value model",
            "The value of a state is the discounted reward that the policy can expect from there on.",
            "v_ψ(s_τ) ≈ E_{q_φ, q_θ}(Σ_{τ=t}^{t+H} γ^{τ−t} r_τ)",
        ),
    ),
)

_SAMPLING = Section(
    "Equation 3: reparameterized action",
    "Section 3",
    (
        Passage(
            "Eq. 3",
            "A sampled action is a smooth function of noise and the network's outputs, so gradients pass through it.",
            "a_τ = tanh(μ_φ(s_τ) + σ_φ(s_τ) ε), ε ∼ Normal(0, I)",
            differs="Tasks with choices have one-hot actions instead: see categorical actions of appendix A.",
        ),
    ),
)

_ESTIMATES = (
    Section(
        "Equation 4: sum of rewards",
        "Section 3",
        (
            Passage(
                "Eq. 4",
                "The simplest value estimate adds up the imagined rewards and ignores all beyond the horizon.",
                "V_R(s_τ) ≐ E_{q_θ, q_φ}(Σ_{n=τ}^{t+H} r_n)",
                absent="Only the paper's ablation without a value model uses this estimate.",
            ),
        ),
    ),
    Section(
        "Equation 5: k-step value estimate",
        "Section 3",
        (
            Passage(
                "Eq. 5",
                "This estimate adds up k discounted rewards and asks the value model for all that follows.",
                "V_N^k(s_τ) ≐ E_{q_θ, q_φ}(Σ_{n=τ}^{h−1} γ^{n−τ} r_n + γ^{h−τ} v_ψ(s_h)), h = min(τ+k, t+H)",
                differs="No code computes these estimates one by one: the recursion for Eq. 6 mixes them as it goes.",
            ),
        ),
    ),
    Section(
        "Equation 6: lambda-return",
        "Section 3",
        (
            Passage(
                "Eq. 6",
                "The lambda-return averages the estimates for all k; longer ones weigh less, by a factor λ a step.",
                "V_λ(s_τ) ≐ (1 − λ) Σ_{n=1}^{H−1} λ^{n−1} V_N^n(s_τ) + λ^{H−1} V_N^H(s_τ)",
                differs=(
                    "A recursion from the last imagined state backwards gives the same numbers. The start state has no "
                    "estimate, and the last state is only the bootstrap: H imagined states give H − 1 estimates. With "
                    "`pcont`, the model predicts the discount of each step."
                ),
            ),
        ),
    ),
)

_WEIGHTED = (
    "The sum is a mean over states and starts. As in the author's code, the weight of each state is the product of the "
    "discounts before it"
)

_OBJECTIVES = (
    Section(
        "Equation 7: objective of the action model",
        "Section 3",
        (
            Passage(
                "Eq. 7",
                "The action model learns to choose actions that lead through states with high lambda-returns.",
                "max_φ E_{q_θ, q_φ}(Σ_{τ=t}^{t+H} V_λ(s_τ))",
                differs=f"{_WEIGHTED}; a terminal start has the weight 0, which is our addition.",
            ),
        ),
    ),
    Section(
        "Equation 8: objective of the value model",
        "Section 3",
        (
            Passage(
                "Eq. 8",
                "The value model learns to predict the lambda-return, which is held fixed.",
                "min_ψ E_{q_θ, q_φ}(Σ_{τ=t}^{t+H} ½ ‖v_ψ(s_τ) − V_λ(s_τ)‖^2)",
                differs=f"{_WEIGHTED}. The loss is minus a normal log-density, so it has a constant more.",
            ),
        ),
    ),
)

_WORLD_MODEL = (
    Section(
        "Equation 9: models for reconstruction",
        "Section 4",
        (
            Passage(
                "Eq. 9, representation model",
                "As in Eq. 1; convolutions turn the observation into an embedding.",
                "p_θ(s_t | s_{t−1}, a_{t−1}, o_t)",
            ),
            Passage(
                "Eq. 9, observation model",
                "The image follows from the state: transposed convolutions draw its mean.",
                "q_θ(o_t | s_t)",
            ),
            Passage("Eq. 9, reward model", "As in Eq. 1.", "q_θ(r_t | s_t)", same="Eq. 1, reward model"),
            Passage(
                "Eq. 9, transition model",
                "As in Eq. 1.",
                "q_θ(s_t | s_{t−1}, a_{t−1})",
                same="Eq. 1, transition model",
            ),
        ),
    ),
    Section(
        "Equation 10: objective of the world model",
        "Section 4",
        (
            Passage(
                "Eq. 10, objective",
                "The world model learns to redraw images and to predict rewards, with states that it could foresee.",
                "J_REC ≐ E_{p_θ}(Σ_t (J_O^t + J_R^t + J_D^t)) + const",
                differs="The loss is minus this, as a mean over batch and time. With `pcont` it has one term more.",
            ),
            Passage("Eq. 10, observations", "The log-density of the image that was seen.", "J_O^t ≐ ln q_θ(o_t | s_t)"),
            Passage("Eq. 10, rewards", "The log-density of the reward that was received.", "J_R^t ≐ ln q_θ(r_t | s_t)"),
            Passage(
                "Eq. 10, dynamics",
                "The KL from posterior to prior: how much the observation surprised the model.",
                "J_D^t ≐ −β KL(p_θ(s_t | s_{t−1}, a_{t−1}, o_t) ‖ q_θ(s_t | s_{t−1}, a_{t−1}))",
                differs="Free nats clip the mean KL over batch and time from below, not the KL of each step.",
            ),
        ),
    ),
    Section(
        "Equations 11 and 12: contrastive estimation",
        "Section 4",
        (
            Passage(
                "Eq. 11",
                "Instead of the image from the state, a state model predicts the state from the image.",
                "q_θ(s_t | o_t)",
                absent="The paper compares reconstruction with contrastive estimation; only reconstruction is here.",
            ),
            Passage(
                "Eq. 12",
                "The objective of Eq. 10, with a term that tells apart the states of the images in a batch.",
                "J_NCE ≐ E(Σ_t (J_S^t + J_R^t + J_D^t)), J_S^t ≐ ln q_θ(s_t | o_t) − ln(Σ_{o′} q_θ(s_t | o′))",
                absent="See Eq. 11.",
            ),
        ),
    ),
)

EQUATIONS: Final = (_DYNAMICS, _BEHAVIOR_MODELS, _SAMPLING, *_ESTIMATES, *_OBJECTIVES, *_WORLD_MODEL)
"""All numbered equations of sections 2 to 4."""
