"""The action distributions, compared with torch's own and with numerical integration."""

from __future__ import annotations

import math

import pytest
import torch
from torch.distributions import Categorical, Independent, Normal, TanhTransform, TransformedDistribution, kl_divergence

from dreamer_studio.dreamer.distributions import (
    MODE_SAMPLES,
    BoundedNormal,
    OneHot,
    TanhNormal,
    normal_entropy,
    normal_kl,
    unit_normal_log_prob,
)
from dreamer_studio.dreamer.noise import NoiseSource


@pytest.fixture
def noise() -> NoiseSource:
    return NoiseSource(3)


def test_that_the_log_density_of_the_tanh_normal_matches_torch(noise: NoiseSource) -> None:
    ours = TanhNormal(noise.normal(6, 2).double(), noise.uniform(6, 2).double() + 0.1)
    base = Independent(Normal(ours.mean, ours.std), 1)
    drawn = noise.normal(6, 2).double()
    theirs = TransformedDistribution(base, [TanhTransform()]).log_prob(ours.sample(drawn))
    torch.testing.assert_close(ours.log_prob(drawn), theirs)


def test_that_the_log_density_of_the_tanh_normal_is_finite_where_tanh_saturates() -> None:
    far = TanhNormal(torch.full((1, 2), 30.0), torch.ones(1, 2))
    assert torch.isfinite(far.log_prob(torch.zeros(1, 2))).all()


def test_that_the_mode_is_the_likeliest_of_the_samples_of_each_row(noise: NoiseSource) -> None:
    distribution = TanhNormal(noise.normal(5, 3), noise.uniform(5, 3) + 0.5)
    drawn = noise.normal(MODE_SAMPLES, 5, 3)
    samples, scores = distribution.sample(drawn), distribution.log_prob(drawn)
    expected = [samples[int(scores[:, row].argmax()), row] for row in range(5)]
    assert len({int(scores[:, row].argmax()) for row in range(5)}) > 1  # else row 0's for all would pass
    assert torch.equal(distribution.mode(drawn), torch.stack(expected))


def test_that_the_entropy_estimate_converges_to_the_integral(noise: NoiseSource) -> None:
    distribution = TanhNormal(torch.tensor([0.3]), torch.tensor([0.8]))
    before = torch.linspace(-8, 8, 20001, dtype=torch.float64).unsqueeze(1)
    standard = (before - 0.3) / 0.8
    density = torch.exp(Normal(0.0, 1.0).log_prob(standard)).squeeze(1) / 0.8
    exact = torch.trapezoid(-density * distribution.log_prob(standard), before.squeeze(1)).item()
    assert distribution.entropy(noise.normal(100_000, 1)).mean().item() == pytest.approx(exact, abs=0.01)


def test_that_a_sample_of_the_tanh_normal_carries_gradients_to_mean_and_deviation(noise: NoiseSource) -> None:
    mean, std = torch.zeros(4, 2, requires_grad=True), torch.ones(4, 2, requires_grad=True)
    sample = TanhNormal(mean, std).sample(drawn := noise.normal(4, 2))
    slope = 1 - sample.detach().square()
    gradients = torch.autograd.grad(sample.sum(), [mean, std])
    torch.testing.assert_close(gradients, (slope, slope * drawn))


def test_that_the_entropy_of_a_tanh_normals_sample_carries_the_samples_gradient() -> None:
    mean, std = torch.tensor([[0.3]], requires_grad=True), torch.tensor([[0.8]], requires_grad=True)
    drawn = torch.tensor([[1.5]])
    gradients = torch.autograd.grad(TanhNormal(mean, std).entropy(drawn).sum(), [mean, std])
    slope = -2 * math.tanh(0.3 + 0.8 * 1.5)  # of ln(1 - tanh(b)^2) at b = mean + std noise
    torch.testing.assert_close(gradients, (torch.tensor([[slope]]), torch.tensor([[1 / 0.8 + slope * 1.5]])))


def test_that_a_bounded_normal_is_clipped_with_a_smaller_gradient_outside_its_bounds() -> None:
    mean, std = torch.tensor([0.5, 0.5, -0.9], requires_grad=True), torch.tensor([0.5, 0.5, 1.0], requires_grad=True)
    sample = BoundedNormal(mean, std).sample(torch.tensor([0.4, 2.0, -1.1]))  # 0.7, 1.5 and -2 before the clip
    torch.testing.assert_close(sample, torch.tensor([0.7, 1.0, -1.0]))
    gradients = torch.autograd.grad(sample.sum(), [mean, std])
    torch.testing.assert_close(gradients, (torch.tensor([1, 1 / 1.5, 0.5]), torch.tensor([0.4, 2 / 1.5, -0.55])))


def test_that_mode_and_entropy_of_a_bounded_normal_are_exact(noise: NoiseSource) -> None:
    mean, std = noise.uniform(4, 3), noise.uniform(4, 3) + 0.1
    std.requires_grad_()
    distribution, drawn = BoundedNormal(mean, std), noise.normal(MODE_SAMPLES, 4, 3)
    assert torch.equal(distribution.mode(drawn), mean)
    entropy = distribution.entropy(drawn)
    torch.testing.assert_close(entropy, Independent(Normal(mean, std), 1).entropy())
    (gradient,) = torch.autograd.grad(entropy.sum(), [std])
    torch.testing.assert_close(gradient, 1 / std.detach())


def test_that_one_hot_samples_are_one_hot_and_follow_the_softmax(noise: NoiseSource) -> None:
    logits = torch.tensor([0.0, 1.0, -1.0])
    samples = OneHot(logits.expand(20_000, 3)).sample(noise.gumbel(20_000, 3))
    assert torch.equal(samples.sum(-1).round(), torch.ones(20_000))
    assert torch.equal(samples.max(-1).values.round(), torch.ones(20_000))
    torch.testing.assert_close(samples.mean(0), logits.softmax(-1), atol=0.015, rtol=0)


def test_that_a_one_hot_sample_passes_the_gradient_of_the_probabilities_through(noise: NoiseSource) -> None:
    logits = noise.normal(4, 3).requires_grad_()
    worth = noise.normal(4, 3)
    (ours,) = torch.autograd.grad((OneHot(logits).sample(noise.gumbel(4, 3)) * worth).sum(), [logits])
    (expected,) = torch.autograd.grad((logits.softmax(-1) * worth).sum(), [logits])
    assert expected.abs().max() > 0.1
    torch.testing.assert_close(ours, expected)


def test_that_one_hot_mode_and_entropy_are_exact(noise: NoiseSource) -> None:
    logits = noise.normal(4, 3)
    distribution = OneHot(logits)
    assert torch.equal(distribution.mode(noise.gumbel(4, 3)).argmax(-1), logits.argmax(-1))
    torch.testing.assert_close(distribution.entropy(noise.gumbel(4, 3)), Categorical(logits=logits).entropy())


def test_that_normal_densities_divergences_and_entropies_match_torch(noise: NoiseSource) -> None:
    mean, other = noise.normal(5, 4), noise.normal(5, 4)
    std, other_std = noise.uniform(5, 4) + 0.1, noise.uniform(5, 4) + 0.1
    p, q = Independent(Normal(mean, std), 1), Independent(Normal(other, other_std), 1)
    torch.testing.assert_close(normal_kl(mean, std, other, other_std).sum(-1), kl_divergence(p, q))
    each = kl_divergence(Normal(mean, std), Normal(other, other_std))
    torch.testing.assert_close(normal_kl(mean, std, other, other_std), each)
    torch.testing.assert_close(normal_entropy(std), p.entropy())
    unit = Independent(Normal(mean, torch.ones(5, 4)), 1)
    torch.testing.assert_close(unit_normal_log_prob(mean, other).sum(-1), unit.log_prob(other))


def test_that_drawing_noise_does_not_touch_the_process_wide_stream() -> None:
    before = torch.get_rng_state()
    source = NoiseSource(0)
    first = [source.normal(3), source.uniform(3), source.gumbel(3), source.action("discrete", 3)]
    assert torch.equal(torch.get_rng_state(), before)
    again = NoiseSource(0)
    assert all(torch.equal(a, b) for a, b in zip(first[:2], [again.normal(3), again.uniform(3)], strict=True))


def test_that_a_stream_goes_on_from_a_state_taken_earlier(noise: NoiseSource) -> None:
    noise.normal(5)
    state = noise.state()
    expected = noise.gumbel(4)
    noise.restore(state)
    assert torch.equal(noise.gumbel(4), expected)


def test_that_gumbel_noise_is_finite_and_has_the_right_mean(noise: NoiseSource) -> None:
    drawn = noise.gumbel(100_000)
    assert torch.isfinite(drawn).all()
    assert drawn.mean().item() == pytest.approx(0.5772, abs=0.02)
    assert drawn.var().item() == pytest.approx(math.pi**2 / 6, abs=0.05)
