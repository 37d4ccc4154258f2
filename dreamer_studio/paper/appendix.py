"""What appendix A of the paper says about networks, learning and environments."""

from __future__ import annotations

from typing import Final

from dreamer_studio.paper.passage import Passage, Section

_NETWORKS = Section(
    "Networks",
    "Appendix A",
    (
        Passage(
            "Appendix A, convolutions",
            "Encoder and decoder are the convolutional networks of World Models (Ha and Schmidhuber, 2018).",
        ),
        Passage("Appendix A, RSSM", "The dynamics are the recurrent state-space model of PlaNet (arXiv 1811.04551)."),
        Passage(
            "Appendix A, dense layers",
            "All other networks have three dense layers of 300 ELU units.",
            differs=(
                "As in the author's code, layers have 400 units: two layers in the reward model, three in the value "
                "and the pcont model, four in the action model."
            ),
        ),
        Passage("Appendix A, latent distribution", "The stochastic part of a state has 30 independent Gaussians."),
        Passage(
            "Appendix A, action distribution",
            "The mean is 5 tanh of the output, the deviation a softplus; the tanh of Eq. 3 follows.",
            differs="As in the author's code, the softplus is shifted: the deviation begins near 5.",
        ),
    ),
)

_LEARNING = Section(
    "Learning",
    "Appendix A",
    (
        Passage("Appendix A, batches", "A batch has 50 sequences of length 50."),
        Passage(
            "Appendix A, optimizers",
            "Adam learns with the rates 0.0006 (world model), 0.00008 (value model) and 0.00008 (action model).",
        ),
        Passage("Appendix A, gradient clipping", "A gradient with a norm above 100 is scaled down to that norm."),
        Passage("Appendix A, KL regularizer", "The KL has the weight β = 1 and is clipped below 3 free nats."),
        Passage("Appendix A, horizon", "Imagination looks H = 15 steps ahead."),
        Passage("Appendix A, value estimates", "The discount γ is 0.99, and λ is 0.95."),
        Passage(
            "Appendix A, nothing more",
            "Latent overshooting, an entropy bonus and target networks were not necessary.",
            absent="None of them is there by default. Settings can switch on an entropy bonus and a slow value model.",
        ),
    ),
)

_ENVIRONMENT = Section(
    "Environment",
    "Appendix A",
    (
        Passage(
            "Appendix A, random episodes",
            "Training begins with S = 5 episodes of random actions.",
            differs="The setting counts environment steps: 5,000, which are 5 episodes of 1,000 steps.",
        ),
        Passage(
            "Appendix A, collecting",
            "Episodes alternate with 100 updates.",
            differs="As in the author's code, 100 updates follow each 1,000 environment steps.",
        ),
        Passage(
            "Appendix A, exploration noise",
            "Normal noise with deviation 0.3 is added to the mode of the action model.",
            differs="As in the author's code, the noise is added to a sample; the sum is clipped to [−1, 1].",
        ),
        Passage("Appendix A, action repeat", "Each action lasts two environment steps in all tasks."),
    ),
)

_DISCRETE = Section(
    "Discrete control",
    "Appendix A",
    (
        Passage(
            "Appendix A, categorical actions",
            "The action model predicts logits, and gradients pass straight through the sample.",
        ),
        Passage(
            "Appendix A, epsilon greedy",
            "A random action is taken with a probability that falls from 0.4 to 0.1 over 200,000 updates.",
            differs="As in the author's code, the probability is halved again and again, down to a lower bound.",
        ),
        Passage(
            "Appendix A, bounded rewards",
            "Rewards are learned through tanh.",
            differs="`clip_rewards=tanh` switches this on.",
        ),
        Passage(
            "Appendix A, predicted discount",
            "A binary classifier learns the discount: γ where the episode goes on, 0 where it has ended.",
            differs="`pcont` switches this on.",
        ),
    ),
)

APPENDIX: Final = (_NETWORKS, _LEARNING, _ENVIRONMENT, _DISCRETE)
"""The statements of appendix A that code implements, by topic."""
