"""The world model: representation, transition, observation, reward and pcont models, and their common loss.

Sources: Sec. 4, Eq. 9 and 10 and Algorithm 1 ("dynamics learning") of the paper; the author's ``dreamer.py`` lines
157-177. B batch, T length, A actions, F = S + D features.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dreamer_studio.arrays import FRAME_SHAPE
from dreamer_studio.config import Config
from dreamer_studio.dreamer.batch import Batch
from dreamer_studio.dreamer.distributions import LOG_SQRT_2PI, unit_normal_log_prob
from dreamer_studio.dreamer.hidden import Hidden
from dreamer_studio.dreamer.latent import LatentState
from dreamer_studio.dreamer.noise import UpdateNoise
from dreamer_studio.dreamer.parts import PLAIN, Parts
from dreamer_studio.dreamer.remedies import KLBalance, Scale, every_nth


@dataclass(frozen=True, eq=False)
class WorldModelOutput:
    """The result of one pass over a batch.

    Attributes:
        posterior, prior: (B, T, .).
        embed: (B, T, E).
        reward_mean: (B, T), on the task's scale.
        loss, image_log_prob, reward_log_prob, pcont_log_prob: scalars, means over B and T, in nats.
        kl, kl_clipped: KL(posterior || prior) before and after its clip, scalars. A balanced KL has the clip of the
            prior.
        frame_losses: (B, T), the loss of each frame in nats, before the clip and without constants; NaN where
            `decode_every` leaves out the image; no gradient.
    """

    posterior: LatentState
    prior: LatentState
    embed: Tensor
    reward_mean: Tensor
    loss: Tensor
    image_log_prob: Tensor
    reward_log_prob: Tensor
    pcont_log_prob: Tensor | None
    kl: Tensor
    kl_clipped: Tensor
    frame_losses: Tensor

    def metrics(self) -> dict[str, Tensor]:
        """Return the scalars for the log, still on the device.

        The losses of image and reward leave out the Gaussian constant (11,291.92 and 0.919 nats): no model can reduce
        it, and beside it a curve looks frozen.
        """
        constant = unit_normal_log_prob(torch.zeros(()), torch.zeros(())).item()
        metrics = {
            "model_loss": self.loss,
            "image_loss": constant * math.prod(FRAME_SHAPE) - self.image_log_prob,
            "reward_loss": constant - self.reward_log_prob,
            "kl": self.kl,
            "kl_clipped": self.kl_clipped,
            "prior_entropy": self.prior.entropy().mean(),
            "posterior_entropy": self.posterior.entropy().mean(),
        }
        if self.pcont_log_prob is not None:
            metrics["pcont_loss"] = -self.pcont_log_prob
        return {name: value.detach() for name, value in metrics.items()}


class WorldModel(nn.Module):
    """Encoder, RSSM, decoder, reward head and, if the config has `pcont`, a pcont head.

    Attributes:
        scale: the scale on which the reward model and the agent's value model predict.
    """

    def __init__(self, config: Config, action_size: int, parts: Parts = PLAIN) -> None:
        super().__init__()
        self.configure(config)
        self.scale = Scale(config.symlog)
        style = Hidden(config.activation, config.layer_norm)
        self.encoder = parts.encoder(config.cnn_depth)
        self.rssm = parts.rssm(
            action_size,
            self.encoder.embed_size,
            stoch=config.stoch_size,
            deter=config.deter_size,
            hidden=config.hidden_size,
            style=style,
        )
        feat_size = self.rssm.feat_size
        self.decoder = parts.decoder(feat_size, config.cnn_depth)
        # paper: Eq. 1, reward model
        # paper: Appendix A, dense layers
        self.reward = parts.head(feat_size, 2, config.num_units, hidden=style)
        # paper: Appendix A, dense layers
        self.pcont = parts.head(feat_size, 3, config.num_units, hidden=style) if config.pcont else None

    def configure(self, config: Config) -> None:
        """Take over the settings of the loss, which may change in mid-run."""
        self.free_nats = config.free_nats
        self.kl_scale = config.kl_scale
        self.image_scale = config.image_scale
        self.decode_every = config.decode_every
        self.balance = KLBalance.of(config)
        self.pcont_scale = config.pcont_scale
        self.discount = config.discount

    def forward(self, batch: Batch, noise: UpdateNoise) -> WorldModelOutput:
        """Compute the loss -J_REC over a batch.

        loss = kl_scale max(mean KL(posterior || prior), free_nats) - image_scale mean log p(image) - mean log p(reward)
        [- pcont_scale mean log p(pcont)]. The clip comes after the mean over batch and time, as in the author's code.
        The paper has no image_scale. On request, `KLBalance` replaces the first term, and `decode_every` takes the mean
        over every Nth image.
        """
        image = self.encoder.preprocess(batch.image)
        embed = self.encoder.embed(image)
        # paper: Algorithm 1, compute states
        posterior, prior = self.rssm.observe(embed, batch.action, batch.is_first, noise.posterior, noise.prior)
        feat = posterior.feat
        reward_output = self.reward(feat)
        image_log_prob, image_losses = self._image_log_prob(feat, image)
        # paper: Eq. 10, rewards
        reward_log_probs = unit_normal_log_prob(reward_output, self.scale.learned(batch.reward))
        reward_log_prob = reward_log_probs.mean()
        pcont_log_prob = self._pcont_log_prob(feat, batch.discount)
        # paper: Eq. 10, dynamics
        kls = posterior.kl(prior).sum(-1)
        kl = kls.mean()
        kl_loss, kl_clipped = self._kl_loss(posterior, prior, kl)
        kl_weight = self.kl_scale if self.balance is None else self.balance.scale
        # paper: Eq. 10, objective
        loss = kl_loss - self.image_scale * image_log_prob - reward_log_prob
        if pcont_log_prob is not None:
            loss = loss - pcont_log_prob
        return WorldModelOutput(
            posterior,
            prior,
            embed,
            self.scale.predicted(reward_output),
            loss,
            image_log_prob,
            reward_log_prob,
            pcont_log_prob,
            kl,
            kl_clipped,
            self.image_scale * image_losses - reward_log_probs.detach() - LOG_SQRT_2PI + kl_weight * kls.detach(),
        )

    def predict_pcont(self, feat: Tensor) -> Tensor:
        """Return the predicted discount (...) at features (..., F): the mean of the head, or the constant without one.

        The head is the author's ``pcont``.
        """
        if self.pcont is None:
            return feat.new_full(feat.shape[:-1], self.discount)
        # paper: Appendix A, predicted discount
        return torch.sigmoid(self.pcont(feat))

    def _image_log_prob(self, feat: Tensor, image: Tensor) -> tuple[Tensor, Tensor]:
        """Return the mean log-density of the images that `decode_every` chooses, and the loss (B, T) of each image.

        The mean has the same weight in the loss for any number of images. The loss of an image left out is NaN.
        """
        if self.decode_every == 1:
            return self.decoder.log_prob(feat, image)
        chosen = every_nth(feat.shape[1], self.decode_every)
        log_prob, decoded = self.decoder.log_prob(feat[:, chosen], image[:, chosen])
        losses = decoded.new_full(feat.shape[:2], math.nan)
        losses[:, chosen] = decoded
        return log_prob, losses

    def _kl_loss(self, posterior: LatentState, prior: LatentState, kl: Tensor) -> tuple[Tensor, Tensor]:
        """Return the KL's part of the loss, and the clipped KL; those of `KLBalance.loss` on request."""
        if self.balance is not None:
            return self.balance.loss(posterior, prior)
        # paper: Appendix A, KL regularizer
        kl_clipped = kl.clamp_min(self.free_nats)
        return self.kl_scale * kl_clipped, kl_clipped

    def _pcont_log_prob(self, feat: Tensor, discount: Tensor) -> Tensor | None:
        """Return pcont_scale times the mean Bernoulli log-probability of the soft label discount * data.discount."""
        if self.pcont is None:
            return None
        # paper: Appendix A, predicted discount
        target = self.discount * discount
        return -self.pcont_scale * F.binary_cross_entropy_with_logits(self.pcont(feat), target)
