"""Each test of this folder that asks for latents runs with Gaussian and with discrete ones."""

from __future__ import annotations

import pytest

from tests.support.agents import DISCRETE_LATENTS, GAUSSIAN_LATENTS, Latents


@pytest.fixture(params=[GAUSSIAN_LATENTS, DISCRETE_LATENTS], ids=["gaussian-latents", "discrete-latents"])
def latents(request: pytest.FixtureRequest) -> Latents:
    """The kind of latents that a test runs with."""
    kind: Latents = request.param
    return kind
