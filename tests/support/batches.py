"""Made-up sequences."""

import torch

from dreamer_studio.dreamer.batch import Batch


def random_batch(size: int = 2, length: int = 4, action_size: int = 3) -> Batch:
    """Make a batch of random images. An episode begins at the first row of each sequence, and none ends."""
    generator = torch.Generator().manual_seed(7)
    is_first = torch.zeros(size, length, dtype=torch.bool)
    is_first[:, 0] = True
    return Batch(
        image=torch.randint(0, 256, (size, length, 64, 64, 3), generator=generator, dtype=torch.uint8),
        action=torch.rand(size, length, action_size, generator=generator) * 2 - 1,
        reward=torch.randn(size, length, generator=generator),
        discount=torch.ones(size, length),
        is_first=is_first,
        is_terminal=torch.zeros(size, length, dtype=torch.bool),
    )
