"""The optimizer without torch's compiler."""

import inspect
from typing import Any

import torch


class Adam(torch.optim.Adam):
    """`torch.optim.Adam`, whose calls do not import torch's compiler.

    torch wraps these methods so that a compiled function passes over them. The first call of a wrapper imports the
    compiler, which takes about a second and 75 MB. No compiled function of ours contains an optimizer.
    """

    add_param_group = inspect.unwrap(torch.optim.Adam.add_param_group)
    load_state_dict = inspect.unwrap(torch.optim.Adam.load_state_dict)
    state_dict = inspect.unwrap(torch.optim.Adam.state_dict)
    zero_grad = inspect.unwrap(torch.optim.Adam.zero_grad)
    _step_with_gradients = inspect.unwrap(torch.optim.Adam.step)

    def step(self, closure: Any = None) -> Any:
        """Take one step with the gradients of the parameters."""
        with torch.no_grad():
            return self._step_with_gradients(closure)
