"""The symbols of the paper, and what the code and the glossary call them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dreamer_studio.paper.notation import FUNCTIONS, Item, parse, plain


@dataclass(frozen=True)
class Symbol:
    """A symbol of the paper.

    Attributes:
        text: as in formulas, without indices: "s" for every s_t, but "V_λ" with the label that belongs to its name.
        meaning: what it stands for.
        code: its name in the code; empty if the code has no name for it.
        glossary: its word in the glossary; empty if the glossary has none.
    """

    text: str
    meaning: str
    code: str = ""
    glossary: str = ""


SYMBOLS: Final = (
    Symbol("s", "latent state at a time step", "LatentState, feat", "latents"),
    Symbol("o", "observation: the image of a frame", "image", "observation"),
    Symbol("a", "action; the code's action[t] leads to image[t], so it is the paper's a of step t − 1", "action", ""),
    Symbol("r", "reward on arriving in a state", "reward", "reward"),
    Symbol("t", "time step of an episode, or the one at which imagination starts", "t", "agent step"),
    Symbol("τ", "time step of an imagined trajectory", "step", "agent step"),
    Symbol("n", "summation index: a time step in Eq. 4 and 5, a number of steps in Eq. 6"),
    Symbol("k", "number of steps before an estimate bootstraps; in Algorithm 1, where a sequence starts"),
    Symbol("h", "time step of the value that an estimate bootstraps from"),
    Symbol("H", "imagination horizon: number of imagined steps", "horizon", "training horizon"),
    Symbol("θ", "weights of the world model", "Agent.world_model", "world model"),
    Symbol("φ", "weights of the action model", "Agent.actor", "action model"),
    Symbol("ψ", "weights of the value model", "Agent.value", "value model"),
    Symbol("p_θ", "representation model, which sees the observation", "RSSM.obs_step", "posterior"),
    Symbol("q_θ", "transition, reward or observation model, which do not see it", "RSSM.img_step", "prior"),
    Symbol("q_φ", "action model: a distribution of actions at a state", "Actor", "actor"),
    Symbol("v_ψ", "value model: the reward expected from a state on", "value_model", "value"),
    Symbol("μ_φ", "mean of an action before the tanh", "mean"),
    Symbol("σ_φ", "standard deviation of an action before the tanh", "std"),
    Symbol("ε", "standard normal noise", "noise"),
    Symbol("I", "identity matrix: each dimension of the noise is independent"),
    Symbol("γ", "discount", "discount, pcont", "discount"),
    Symbol("λ", "weight of longer estimates in V_λ: 0 looks one step ahead, 1 to the horizon", "disclam"),
    Symbol("V_R", "value estimate: the sum of imagined rewards"),
    Symbol("V_N", "value estimate: some rewards, then the value model", "", ""),
    Symbol("V_λ", "value estimate: an average of all V_N", "returns", "lambda-return"),
    Symbol("E", "expectation, here a mean over samples", "mean()"),
    Symbol("J_REC", "objective of the world model with reconstruction", "WorldModelOutput.loss", ""),
    Symbol("J_NCE", "objective of the world model with contrastive estimation"),
    Symbol("J_O", "its term for observations", "image_log_prob", "image loss"),
    Symbol("J_R", "its term for rewards", "reward_log_prob"),
    Symbol("J_D", "its term for dynamics", "kl_loss", "KL"),
    Symbol("J_S", "its term for states, in place of that for observations"),
    Symbol("KL", "Kullback-Leibler divergence, in nats", "kl", "KL"),
    Symbol("β", "weight of the KL", "kl_scale"),
    Symbol("𝒟", "dataset: all stored episodes", "EpisodeStore", "replay"),
    Symbol("S", "number of episodes with random actions", "prefill", "prefill"),
    Symbol("C", "updates between two episodes", "train_steps", "update"),
    Symbol("c", "number of an update between two episodes"),
    Symbol("B", "sequences in a batch", "batch_size", "batch"),
    Symbol("L", "length of a sequence", "batch_length"),
    Symbol("T", "length of an episode"),
    Symbol("α", "learning rate", "model_lr, actor_lr, value_lr"),
)
"""All symbols, in the order in which a reader meets them."""

_BY_TEXT: Final = {symbol.text: symbol for symbol in SYMBOLS}


def symbol_of(item: Item) -> Symbol | None:
    """Return the symbol that a part of a formula shows; None for an operator, a number or a function.

    Raises:
        KeyError: the part is a letter that `SYMBOLS` lacks.
    """
    if item.inside is not None or item.text in FUNCTIONS or item.text == "Σ" or not item.text.isalpha():
        return None
    named = f"{item.text}_{plain(item.sub)}"
    return _BY_TEXT.get(named) or _BY_TEXT[item.text]


def symbols_of(formula: str) -> tuple[Symbol, ...]:
    """Return the symbols of a formula, each once, in their order.

    Raises:
        KeyError: a letter of the formula is in no symbol.
    """
    return tuple(dict.fromkeys(_found(parse(formula))))


def _found(items: tuple[Item, ...]) -> Iterator[Symbol]:
    for item in items:
        symbol = symbol_of(item)
        if symbol is not None:
            yield symbol
        if symbol is None or "_" not in symbol.text:  # else the script below belongs to the name
            yield from _found(item.sub)
        yield from _found(item.sup)
        yield from _found(item.inside or ())
