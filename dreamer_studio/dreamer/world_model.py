"""The world model: representation, transition, observation, reward and pcont models, and their common loss.

Source: the author's ``dreamer.py`` lines 157-177. B batch, T length, A actions, F = S + D features.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dreamer_studio.config import IMAGE_SIZE, Config
from dreamer_studio.dreamer.batch import Batch
from dreamer_studio.dreamer.conv import Decoder, Encoder, in_blocks
from dreamer_studio.dreamer.distributions import normal_entropy, normal_kl, unit_normal_log_prob
from dreamer_studio.dreamer.heads import DenseHead
from dreamer_studio.dreamer.noise import UpdateNoise
from dreamer_studio.dreamer.rssm import RSSM, State


@dataclass(frozen=True, eq=False)
class WorldModelOutput:
    """What one pass over a batch gives; scalars are means over B and T, in nats."""

    posterior: State
    prior: State
    embed: Tensor
    reward_mean: Tensor
    loss: Tensor
    image_log_prob: Tensor
    reward_log_prob: Tensor
    pcont_log_prob: Tensor | None
    kl: Tensor
    kl_clipped: Tensor

    def metrics(self) -> dict[str, Tensor]:
        """Scalars for the log, on the device still.

        The losses of picture and reward are given without the Gaussian constant (11,291.92 and 0.919 nats), which no
        model can reduce and beside which a curve looks frozen; the KL both before and after its clip.
        """
        constant = unit_normal_log_prob(torch.zeros(()), torch.zeros(())).item()
        metrics = {
            "model_loss": self.loss,
            "image_loss": constant * IMAGE_SIZE * IMAGE_SIZE * 3 - self.image_log_prob,
            "reward_loss": constant - self.reward_log_prob,
            "kl": self.kl,
            "kl_clipped": self.kl_clipped,
            "prior_entropy": normal_entropy(self.prior.std).mean(),
            "posterior_entropy": normal_entropy(self.posterior.std).mean(),
        }
        if self.pcont_log_prob is not None:
            metrics["pcont_loss"] = -self.pcont_log_prob
        return {name: value.detach() for name, value in metrics.items()}


class WorldModel(nn.Module):
    """Encoder, RSSM, decoder, reward head and, where the task's episodes end for a reason, pcont head."""

    def __init__(self, config: Config, action_size: int) -> None:
        super().__init__()
        self.configure(config)
        self.encoder = Encoder(config.cnn_depth)
        self.rssm = RSSM(
            action_size,
            self.encoder.embed_size,
            stoch=config.stoch_size,
            deter=config.deter_size,
            hidden=config.hidden_size,
        )
        feat_size = self.rssm.feat_size
        self.decoder = Decoder(feat_size, config.cnn_depth)
        self.reward = DenseHead(feat_size, 2, config.num_units)
        self.pcont = DenseHead(feat_size, 3, config.num_units) if config.pcont else None

    def configure(self, config: Config) -> None:
        """Take over the settings of the loss, which may change in mid-run."""
        self.free_nats = config.free_nats
        self.kl_scale = config.kl_scale
        self.pcont_scale = config.pcont_scale
        self.discount = config.discount

    def forward(self, batch: Batch, noise: UpdateNoise) -> WorldModelOutput:
        """The pass over a batch with its loss.

        loss = kl_scale max(mean KL(posterior || prior), free_nats) - mean log p(image) - mean log p(reward)
        [- pcont_scale mean log p(pcont)]: the clip comes after the mean over batch and time.
        """
        blocks = in_blocks(batch.image)
        embed = self.encoder.embed(blocks)
        posterior, prior = self.rssm.observe(embed, batch.action, batch.is_first, noise.posterior, noise.prior)
        feat = posterior.feat
        reward_mean = self.reward(feat)
        image_log_prob = self.decoder.log_prob(feat, blocks)
        reward_log_prob = unit_normal_log_prob(reward_mean, batch.reward).mean()
        pcont_log_prob = self._pcont_log_prob(feat, batch.discount)
        kl = normal_kl(posterior.mean, posterior.std, prior.mean, prior.std).mean()
        kl_clipped = kl.clamp_min(self.free_nats)
        loss = self.kl_scale * kl_clipped - image_log_prob - reward_log_prob
        if pcont_log_prob is not None:
            loss = loss - pcont_log_prob
        return WorldModelOutput(
            posterior,
            prior,
            embed,
            reward_mean,
            loss,
            image_log_prob,
            reward_log_prob,
            pcont_log_prob,
            kl,
            kl_clipped,
        )

    def predict_pcont(self, feat: Tensor) -> Tensor:
        """Predicted discount (...) at features (..., F): the head's mean, or the constant without a head."""
        if self.pcont is None:
            return torch.full(feat.shape[:-1], self.discount, device=feat.device)
        return torch.sigmoid(self.pcont(feat))

    def _pcont_log_prob(self, feat: Tensor, discount: Tensor) -> Tensor | None:
        """pcont_scale times the mean Bernoulli log-probability of the soft label discount * data.discount."""
        if self.pcont is None:
            return None
        target = self.discount * discount
        return -self.pcont_scale * F.binary_cross_entropy_with_logits(self.pcont(feat), target)
