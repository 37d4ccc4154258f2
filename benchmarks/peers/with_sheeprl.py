"""sheeprl's update: its `train`, with the models and settings that its `main` makes for ``exp=dreamer_v1``."""

from __future__ import annotations

from typing import Any

import gymnasium
import hydra
import numpy as np
import torch
from lightning.fabric import Fabric
from omegaconf import OmegaConf
from sheeprl.algos.dreamer_v1.agent import build_agent
from sheeprl.algos.dreamer_v1.dreamer_v1 import train
from sheeprl.utils.utils import dotdict
from torch import Tensor

from benchmarks.peers import torch_peer
from benchmarks.peers.protocol import IMAGE_SIZE, Job, Sequences, Weights

_PRECISIONS = {"float32": "32-true", "bfloat16": "bf16-mixed"}


class Sheeprl:
    """sheeprl with or without torch.compile."""

    def __init__(self, job: Job, sequences: Sequences, *, compiled: bool) -> None:
        self.cfg = _settings(job, compiled)
        self.fabric = Fabric(accelerator="cpu", devices=1, precision=_PRECISIONS[job.precision])
        space = gymnasium.spaces.Dict({"rgb": gymnasium.spaces.Box(0, 255, (3, IMAGE_SIZE, IMAGE_SIZE), np.uint8)})
        self.modules = build_agent(self.fabric, [job.sizes.action], True, self.cfg, space)[:3]
        settings = (self.cfg.algo.world_model, self.cfg.algo.actor, self.cfg.algo.critic)
        optimizers = [
            hydra.utils.instantiate(setting.optimizer, params=module.parameters(), _convert_="all")
            for setting, module in zip(settings, self.modules, strict=True)
        ]
        self.optimizers = self.fabric.setup_optimizers(*optimizers)
        self.batch = _batch(sequences)

    def update(self) -> None:
        """Make an update without an aggregator: no metrics except those of the losses."""
        train(self.fabric, *self.modules, *self.optimizers, self.batch, None, self.cfg)

    def weights(self) -> Weights:
        """Copy all weights."""
        model, actor, value = (module.parameters() for module in self.modules)
        return torch_peer.weights_of(model=model, actor=actor, value=value)

    def about(self) -> dict[str, Any]:
        """Return threads and versions."""
        return torch_peer.about("sheeprl", "lightning")


def build(job: Job, sequences: Sequences) -> Sheeprl:
    """Build the peer for the worker."""
    return Sheeprl(job, sequences, compiled=job.implementation == "sheeprl-compiled")


def _settings(job: Job, compiled: bool) -> Any:
    overrides = [
        "exp=dreamer_v1",
        "env=dummy",
        "env.id=continuous_dummy",
        f"fabric.precision={_PRECISIONS[job.precision]}",
        f"algo.per_rank_batch_size={job.sizes.batch}",
        f"algo.per_rank_sequence_length={job.sizes.length}",
        f"algo.horizon={job.sizes.horizon}",
        f"algo.compile.enabled={compiled}",
        # hydra would name a run's folder after the time, but there is no run.
        "run_name=none",
    ]
    with hydra.initialize_config_module("sheeprl.configs", version_base="1.3"):
        cfg = hydra.compose("config", overrides)
    return dotdict(OmegaConf.to_container(cfg, resolve=True, throw_on_missing=False))


def _batch(sequences: Sequences) -> dict[str, Tensor]:
    """Return the batch in its replay's format: time first, all float32, images still 0 to 255."""
    reward = torch.from_numpy(sequences.reward).T[..., None].contiguous()
    image = torch.from_numpy(sequences.image).permute(1, 0, 4, 2, 3).float().contiguous()
    return {
        "rgb": image,
        "actions": torch.from_numpy(sequences.action).transpose(0, 1).contiguous(),
        "rewards": reward,
        "terminated": torch.zeros_like(reward),
        "truncated": torch.zeros_like(reward),
        "is_first": torch.zeros_like(reward),
    }
