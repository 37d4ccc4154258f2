"""torchrl's update: its losses, modules and imagination environment, in the order of its example script."""

from __future__ import annotations

from typing import Any

import torch
from tensordict import TensorDict
from tensordict.nn import InteractionType, TensorDictModule, TensorDictSequential
from torch import Tensor, nn
from torchrl.data import Bounded, Composite, Unbounded
from torchrl.envs import DreamerEnv
from torchrl.modules import (
    MLP,
    DreamerActor,
    ObsDecoder,
    ObsEncoder,
    RSSMPosterior,
    RSSMPrior,
    RSSMRollout,
    SafeModule,
    SafeProbabilisticModule,
    SafeProbabilisticTensorDictSequential,
    TanhNormal,
    WorldModelWrapper,
)
from torchrl.objectives import DreamerActorLoss, DreamerModelLoss, DreamerValueLoss

from benchmarks.peers import torch_peer
from benchmarks.peers.protocol import Job, Sequences, Weights

_STOCH, _DETER, _UNITS = 30, 200, 400
_STATE = ["state", "belief"]
_NEXT_STATE = [("next", "state"), ("next", "belief")]


class Torchrl:
    """torchrl's three losses, each followed by its optimizer."""

    def __init__(self, job: Job, sequences: Sequences) -> None:
        action = Bounded(-1.0, 1.0, (job.sizes.action,))
        prior = RSSMPrior(action, hidden_dim=_DETER, rnn_hidden_dim=_DETER, state_dim=_STOCH)
        reward = MLP(_STOCH + _DETER, 1, depth=2, num_cells=_UNITS, activation_class=nn.ELU)
        value_net = MLP(_STOCH + _DETER, 1, depth=3, num_cells=_UNITS, activation_class=nn.ELU)
        self.model = _world_model(prior, reward)
        self.actor = _actor(action)
        self.value = TensorDictModule(value_net, in_keys=_STATE, out_keys=["state_value"])
        self.batch = _batch(sequences)
        with torch.no_grad():  # lazy layers take their sizes from the first data
            self.actor(self.model(self.batch.copy()))
        self.model_loss = DreamerModelLoss(self.model, delayed_clamp=True)
        self.actor_loss = DreamerActorLoss(
            self.actor, self.value, _imagination(prior, reward, action), imagination_horizon=job.sizes.horizon
        )
        self.actor_loss.make_value_estimator(gamma=0.99, lmbda=0.95)
        self.value_loss = DreamerValueLoss(self.value, gamma=0.99)
        rates = {self.model: 6e-4, self.actor: 8e-5, self.value: 8e-5}
        self.optimizers = {
            module: torch.optim.Adam(module.parameters(), lr=rate, eps=1e-7) for module, rate in rates.items()
        }
        self.autocast = torch.autocast("cpu", torch.bfloat16, enabled=job.precision == "bfloat16")

    def update(self) -> None:
        """Make an update."""
        with self.autocast:
            losses, data = self.model_loss(self.batch)
        self._step(self.model, losses["loss_model_kl"] + losses["loss_model_reco"] + losses["loss_model_reward"])
        with self.autocast:
            losses, data = self.actor_loss(data.reshape(-1))
        self._step(self.actor, losses["loss_actor"])
        with self.autocast:
            losses, _ = self.value_loss(data)
        self._step(self.value, losses["loss_value"])

    def weights(self) -> Weights:
        """Copy all weights."""
        return torch_peer.weights_of(
            model=self.model.parameters(), actor=self.actor.parameters(), value=self.value.parameters()
        )

    def about(self) -> dict[str, Any]:
        """Return threads and versions."""
        return torch_peer.about("torchrl", "tensordict")

    def _step(self, module: nn.Module, loss: Tensor) -> None:
        optimizer = self.optimizers[module]
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(module.parameters(), 100.0)
        optimizer.step()


def build(job: Job, sequences: Sequences) -> Torchrl:
    """Build the peer for the worker."""
    return Torchrl(job, sequences)


def _world_model(prior: nn.Module, reward: nn.Module) -> WorldModelWrapper:
    rollout = RSSMRollout(
        TensorDictModule(
            prior,
            in_keys=[*_STATE, "action"],
            out_keys=[("next", "prior_mean"), ("next", "prior_std"), "_", ("next", "belief")],
        ),
        TensorDictModule(
            RSSMPosterior(hidden_dim=_DETER, state_dim=_STOCH),
            in_keys=[("next", "belief"), ("next", "encoded_latents")],
            out_keys=[("next", "posterior_mean"), ("next", "posterior_std"), ("next", "state")],
        ),
    )
    transition = TensorDictSequential(
        TensorDictModule(ObsEncoder(), in_keys=[("next", "pixels")], out_keys=[("next", "encoded_latents")]),
        rollout,
        TensorDictModule(ObsDecoder(), in_keys=_NEXT_STATE, out_keys=[("next", "reco_pixels")]),
    )
    return WorldModelWrapper(transition, TensorDictModule(reward, in_keys=_NEXT_STATE, out_keys=[("next", "reward")]))


def _actor(action: Bounded) -> SafeProbabilisticTensorDictSequential:
    network = DreamerActor(action.shape[0], depth=4, num_cells=_UNITS)
    return SafeProbabilisticTensorDictSequential(
        SafeModule(
            network,
            in_keys=_STATE,
            out_keys=["loc", "scale"],
            spec=Composite(loc=Unbounded(action.shape), scale=Unbounded(action.shape)),
        ),
        SafeProbabilisticModule(
            in_keys=["loc", "scale"],
            out_keys=["action"],
            default_interaction_type=InteractionType.RANDOM,
            distribution_class=TanhNormal,
            distribution_kwargs={"tanh_loc": True},
            spec=Composite(action=action),
        ),
    )


def _imagination(prior: nn.Module, reward: nn.Module, action: Bounded) -> DreamerEnv:
    world_model = WorldModelWrapper(
        TensorDictModule(prior, in_keys=[*_STATE, "action"], out_keys=["_", "_", *_STATE]),
        TensorDictModule(reward, in_keys=_STATE, out_keys=["reward"]),
    )
    env = DreamerEnv(world_model, prior_shape=torch.Size([_STOCH]), belief_shape=torch.Size([_DETER]))
    env.observation_spec = Composite(state=Unbounded((_STOCH,)), belief=Unbounded((_DETER,)))
    env.state_spec = env.observation_spec.clone()
    env.action_spec = action
    env.reward_spec = Unbounded((1,))
    return env


def _batch(sequences: Sequences) -> TensorDict:
    """Return the batch in its replay's format: float32 images in [0, 1], channels first; sequences start from zeros."""
    shape = sequences.reward.shape
    image = torch.from_numpy(sequences.image).permute(0, 1, 4, 2, 3).float().div(255).contiguous()
    following = TensorDict({"pixels": image, "reward": torch.from_numpy(sequences.reward)[..., None]}, shape)
    state = {"state": torch.zeros(*shape, _STOCH), "belief": torch.zeros(*shape, _DETER)}
    return TensorDict({**state, "action": torch.from_numpy(sequences.action), "next": following}, shape)
