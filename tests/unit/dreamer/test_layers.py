"""The fast forms of layers are the layers."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.distributions import Independent, Normal

from dreamer_studio.dreamer import conv, heads
from dreamer_studio.dreamer.conv import Decoder, Encoder, in_blocks, to_model_range
from dreamer_studio.dreamer.heads import DenseHead


def plain_decoder(decoder: Decoder, feat: Tensor) -> Tensor:
    """The author's layers one after the other."""
    x = decoder.dense(feat)[:, :, None, None]
    for deconv in (decoder.deconv1, decoder.deconv2, decoder.deconv3):
        x = F.relu(deconv(x))
    mean: Tensor = decoder.deconv4(x).permute(0, 2, 3, 1)
    return mean


def make(count: int) -> tuple[Decoder, Tensor, Tensor]:
    torch.manual_seed(0)
    decoder = Decoder(12, 3)
    for parameter in decoder.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    image = torch.randint(0, 256, (count, 64, 64, 3), dtype=torch.uint8)
    return decoder, torch.randn(count, 12), image


FEW_AND_MANY = pytest.mark.parametrize("count", [5, 20], ids=["few", "so-many-that-two-layers-are-joined"])


@FEW_AND_MANY
def test_that_the_decoder_is_the_author_s_layers(count: int) -> None:
    decoder, feat, _ = make(count)
    assert len(decoder._products(count)) == (2 if count == 5 else 1)
    torch.testing.assert_close(decoder(feat), plain_decoder(decoder, feat))


@FEW_AND_MANY
def test_that_the_log_density_and_its_gradients_are_those_of_a_normal_around_the_decoder_s_means(count: int) -> None:
    decoder, feat, image = make(count)
    parameters = list(decoder.parameters())
    log_prob = decoder.log_prob(feat, in_blocks(image))
    normal = Independent(Normal(plain_decoder(decoder, feat), 1.0), 3)
    expected = normal.log_prob(to_model_range(image)).mean()
    torch.testing.assert_close(log_prob, expected)
    for ours, theirs in zip(
        torch.autograd.grad(log_prob, parameters), torch.autograd.grad(expected, parameters), strict=True
    ):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4 * theirs.abs().max().item())


def test_that_the_encoder_is_the_author_s_layers_and_so_are_its_gradients() -> None:
    torch.manual_seed(0)
    encoder, image = Encoder(3), torch.randint(0, 256, (5, 64, 64, 3), dtype=torch.uint8)
    parameters = list(encoder.parameters())
    embed = encoder(image)
    x = to_model_range(image).permute(0, 3, 1, 2)
    for layer in (encoder.conv1, encoder.conv2, encoder.conv3, encoder.conv4):
        x = F.relu(layer(x))
    expected = x.permute(0, 2, 3, 1).flatten(1)
    torch.testing.assert_close(embed, expected)
    weight = torch.randn_like(embed)
    ours, theirs = (torch.autograd.grad((each * weight).sum(), parameters) for each in (embed, expected))
    torch.testing.assert_close(ours, theirs)


def test_that_pictures_in_groups_are_the_pictures_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    decoder, feat, image = make(7)
    encoder = Encoder(3)

    def everything() -> tuple[Tensor, ...]:
        return encoder(image), decoder(feat), decoder.log_prob(feat, in_blocks(image))

    expected = everything()
    monkeypatch.setattr(conv, "FRAMES_AT_ONCE", 3)  # the last group is a smaller one
    for ours, theirs in zip(everything(), expected, strict=True):
        torch.testing.assert_close(ours, theirs)


def test_that_a_head_s_rows_in_groups_are_the_rows_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    head, feat = DenseHead(4, 2, 5), torch.randn(2, 4, 4)
    expected = head(feat)
    monkeypatch.setattr(heads, "ROWS_AT_ONCE", 3)  # the last group is a smaller one
    torch.testing.assert_close(head(feat), expected)


@pytest.mark.parametrize("at_once", [2500, 3], ids=["at-once", "in-groups"])
def test_that_a_head_s_scalars_and_gradients_are_those_of_its_layers(
    monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(heads, "ROWS_AT_ONCE", at_once)
    torch.manual_seed(0)
    head, feat = DenseHead(4, 2, 5), torch.randn(2, 4, 4, requires_grad=True)
    weights, one, other = list(head.parameters()), torch.randn(2, 4), torch.randn(2, 4)
    plain, through = head(feat), head.for_features(feat)
    for_features, for_weights = head.for_features_and_weights(feat)
    for scalars in (through, for_features, for_weights):
        torch.testing.assert_close(scalars, plain)
    of_weights = torch.autograd.grad(for_weights, weights, other, retain_graph=True)
    torch.testing.assert_close(of_weights, torch.autograd.grad(plain, weights, other, retain_graph=True))
    of_feat = torch.autograd.grad(plain, feat, one)
    torch.testing.assert_close(torch.autograd.grad(for_features, feat, one), of_feat)
    torch.testing.assert_close(torch.autograd.grad(through, feat, one), of_feat)
