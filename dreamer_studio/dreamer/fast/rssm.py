"""The RSSM with fewer, larger matrix products."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from dreamer_studio.dreamer import rssm
from dreamer_studio.dreamer.fast.filtering import Filter, Weights
from dreamer_studio.dreamer.hidden import PAPER
from dreamer_studio.dreamer.latent import LatentState, stack_states
from dreamer_studio.dreamer.rssm import MIN_STD, State


class RSSM(rssm.RSSM):
    """`rssm.RSSM`, with in-place activations and a filter that takes most work out of its loop over time."""

    def observe(
        self,
        embed: Tensor,
        action: Tensor,
        is_first: Tensor,
        noise: Tensor,
        prior_noise: Tensor | None = None,
        start: LatentState | None = None,
    ) -> tuple[LatentState, LatentState]:
        """Filter recorded sequences as `rssm.RSSM.observe` does.

        The first layer of the posterior reads the deterministic part and the embedding side by side. So the half that
        reads the embeddings is one large product before the loop, and all priors are one after it. `Filter` has only
        the hidden layers of the paper.
        """
        keep = 1.0 - is_first.to(action.dtype).unsqueeze(-1)
        action = action * keep
        deter_half, embed_half = torch.split(self.obs1.weight, [self.deter_size, embed.shape[-1]], 1)
        seen = F.linear(embed, embed_half, self.obs1.bias)
        state = self.initial(len(is_first)) if start is None else start
        if self.style == PAPER and not torch.compiler.is_compiling():
            posterior: LatentState = self._filtered(state, keep, action, seen, deter_half, noise)
        else:
            posterior = self._filtered_stepwise(state, keep, action, seen, deter_half, noise)
        return posterior, self.prior(posterior.deter, None if prior_noise is None else prior_noise.transpose(0, 1))

    def _filtered(
        self, start: LatentState, keep: Tensor, action: Tensor, seen: Tensor, deter_half: Tensor, noise: Tensor
    ) -> State:
        """Take the posterior step along the sequences with the gradient of `Filter`."""
        sequences = (part.transpose(0, 1) for part in (keep, action, seen))
        img1, gru, obs2 = self.img1, self.gru, self.obs2
        recurrent = gru.weight_ih, gru.bias_ih, gru.weight_hh, gru.bias_hh
        weights = Weights(img1.weight, img1.bias, *recurrent, deter_half, obs2.weight, obs2.bias)
        parts = Filter.apply(start.stoch, start.deter, *sequences, noise, *weights)  # type: ignore[no-untyped-call]
        return State(*parts)

    def _filtered_stepwise(
        self, start: LatentState, keep: Tensor, action: Tensor, seen: Tensor, deter_half: Tensor, noise: Tensor
    ) -> LatentState:
        """As `_filtered`, with autograd's gradient: for hidden layers of any style, and for compiled code."""
        stoch, deter = start.stoch, start.deter
        posteriors = []
        for t in range(len(noise)):
            kept = keep[:, t]
            deter = self._deter(stoch * kept, deter * kept, action[:, t])
            hidden = self.style.finish(F.linear(deter, deter_half) + seen[:, t], self.obs1_norm, in_place=True)
            state = self._state(self.obs2(hidden), deter, noise[t])
            stoch = state.stoch
            posteriors.append(state)
        return stack_states(posteriors, dim=1)

    def prior(self, deter: Tensor, noise: Tensor | None = None) -> LatentState:
        """As `rssm.RSSM.prior`, in place."""
        hidden = self.style.finish(self.img2(deter), self.img2_norm, in_place=True)
        return self._state(self.img3(hidden), deter, noise)

    def _deter_step(self, previous: LatentState, action: Tensor) -> Tensor:
        return self._deter(previous.stoch, previous.deter, action)

    def _deter(self, stoch: Tensor, deter: Tensor, action: Tensor) -> Tensor:
        """Take a step of ``img1`` and the GRU. torch's own GRU mixes formats in bfloat16, which takes longer."""
        hidden = self.style.finish(self.img1(torch.cat([stoch, action], -1)), self.img1_norm, in_place=True)
        gru = self.gru
        inner = F.linear(hidden, gru.weight_ih, gru.bias_ih).chunk(3, -1)
        outer = F.linear(deter, gru.weight_hh, gru.bias_hh).chunk(3, -1)
        reset, update = ((one + other).sigmoid_() for one, other in zip(inner[:2], outer[:2], strict=True))
        fresh = (inner[2] + reset * outer[2]).tanh_()
        return torch.lerp(fresh.to(deter.dtype), deter, update.to(deter.dtype))

    def _state(self, outputs: Tensor, deter: Tensor, noise: Tensor | None) -> LatentState:
        """As `rssm.RSSM._state`; over the short strided rows of a chunk softplus takes ten times as long."""
        mean, std = outputs.to(deter.dtype).chunk(2, -1)
        std = F.softplus(std.contiguous()) + MIN_STD
        return State(mean, std, mean if noise is None else mean + std * noise, deter)
