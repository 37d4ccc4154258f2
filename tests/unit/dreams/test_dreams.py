"""The viewer's rollouts equal those of training."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.fast import Learner
from dreamer_studio.dreamer.latent import LatentState
from dreamer_studio.dreamer.noise import ActionKind, NoiseSource
from dreamer_studio.dreams.dream import decode, dream
from dreamer_studio.dreams.films import FilmRequest, Source, film_from_replay
from dreamer_studio.dreams.open_loop import open_loop
from dreamer_studio.dreams.tracker import Tracker
from dreamer_studio.envs import build_config
from dreamer_studio.export.film import Kind
from dreamer_studio.parts import result_of
from dreamer_studio.replay import EpisodeIndex, EpisodeList, EpisodeStore, ReplayError
from tests.support.agents import CONFIG, Latents, random_states
from tests.support.batches import random_batch
from tests.support.episodes import make_episode

HORIZON = 4


class GivenNoise(NoiseSource):
    """Hands out prepared noise in order."""

    def __init__(self, *drawn: Tensor) -> None:
        super().__init__(0)
        self._drawn = list(drawn)

    def normal(self, *shape: int) -> Tensor:
        drawn = self._drawn.pop(0)
        assert drawn.shape == shape
        return drawn

    def gumbel(self, *shape: int) -> Tensor:
        return self.normal(*shape)


@pytest.mark.parametrize("kind", ["continuous", "discrete"])
def test_that_a_dream_is_the_rollout_that_training_learns_from(latents: Latents, kind: ActionKind) -> None:
    agent, batch = latents.agent(kind), random_batch()
    learner = Learner(agent, CONFIG)
    noise = learner.draw_noise(batch, HORIZON, NoiseSource(1))
    model, behavior = result_of(learner.gradients(batch, noise))
    start = model.posterior.map(lambda part: part.detach().flatten(0, 1))
    dreamed = dream(agent, start, HORIZON, GivenNoise(noise.imagination, *noise.action))
    for ours, theirs in (
        (dreamed.states.feat, behavior.feat),
        (dreamed.action, behavior.action),
        (dreamed.reward, behavior.reward),
        (dreamed.value, behavior.value),
    ):
        assert torch.equal(ours, theirs.detach())
        assert not ours.requires_grad


def test_that_a_dream_by_the_mode_takes_the_likeliest_actions_and_does_not_touch_the_process_wide_stream(
    latents: Latents,
) -> None:
    agent = latents.agent("discrete")
    before = torch.get_rng_state()
    start = random_states(agent, 20)
    modes = dream(agent, start, HORIZON, NoiseSource(2), "mode")
    samples = dream(agent, start, HORIZON, NoiseSource(2))
    assert torch.equal(torch.get_rng_state(), before)
    assert not torch.equal(modes.action, samples.action)
    likeliest = agent.actor.outputs(start.feat).argmax(-1)
    assert torch.equal(modes.action[0].argmax(-1), likeliest)


def test_that_decoding_many_frames_gives_the_decoders_image_of_each(latents: Latents) -> None:
    agent = latents.agent()
    feat = NoiseSource(3).normal(5, 7, agent.feat_size)
    pictures = decode(agent, feat)
    mean = agent.world_model.decoder(feat[4, 6:]).detach()
    assert pictures.shape == (5, 7, 64, 64, 3) and pictures.dtype == np.uint8
    expected = ((mean[0] + 0.5) * 255).round().clamp(0, 255).numpy()
    assert np.abs(pictures[4, 6].astype(int) - expected).max() <= 1


def open_loop_of(agent: Agent, image: Tensor, action: Tensor, context: int) -> LatentState:
    size, length = action.shape[:2]
    noise = agent.noise(NoiseSource(4), length, size)
    return open_loop(agent, image, action, context, noise[:context], noise[context:])


def test_that_an_open_loop_sees_only_the_context_and_follows_the_recorded_actions(latents: Latents) -> None:
    agent, batch = latents.agent(), random_batch(size=2, length=6)
    seen = open_loop_of(agent, batch.image, batch.action, 3)
    blind = batch.image.clone()
    blind[:, 3:] = 0
    assert torch.equal(open_loop_of(agent, blind, batch.action, 3).feat, seen.feat)
    blind[:, 2:] = 0
    assert not torch.equal(open_loop_of(agent, blind, batch.action, 3).feat, seen.feat)
    other = batch.action.clone()
    other[:, 4] += 0.5
    moved = open_loop_of(agent, batch.image, other, 3).feat != seen.feat
    assert moved.flatten(2).any(-1).any(0).tolist() == [False] * 4 + [True] * 2


def test_that_an_open_loop_with_the_whole_sequence_as_context_is_a_reconstruction(latents: Latents) -> None:
    agent, batch = latents.agent(), random_batch(size=2, length=5)
    states = open_loop_of(agent, batch.image, batch.action, 5)
    posterior = agent.filter(batch.image, batch.action, agent.noise(NoiseSource(4), 5, 2))
    assert torch.equal(states.feat, posterior.feat)


def test_that_the_tracker_keeps_the_same_posterior_as_the_agent(latents: Latents) -> None:
    agent, episode = latents.agent(actions=2), make_episode(0, 6)
    tracker, noise = Tracker(NoiseSource(6)), NoiseSource(6)
    for number in (0, 1):  # a new episode begins with a new posterior
        state = None
        for t in range(6):
            image, action = episode.image[t], episode.action[t]
            step = tracker.observe(agent, number, t, image, action, float(episode.reward[t]))
            state = agent.observe(state, torch.from_numpy(action)[None], torch.from_numpy(image)[None], noise)
            assert tracker.posterior is not None and torch.equal(tracker.posterior.feat, state.feat)
            assert step.value == pytest.approx(agent.value(state.feat).item(), rel=1e-5)
            assert (step.episode, step.index, step.reward) == (number, t, episode.reward[t])
            assert step.kl > 0


def film_source(latents: Latents, folder: Path, *rows: int) -> tuple[Source, EpisodeList]:
    store = EpisodeStore(folder, 2**24)
    for number, count in enumerate(rows):
        store.add(make_episode(number, count))
    episodes = EpisodeIndex(folder, 0).refresh()
    config = build_config("gym:Toy-v0", "tiny")
    return Source(latents.agent(actions=2), torch.device("cpu"), config, 120, 7, folder.parent / "toy"), episodes


def test_that_a_film_has_the_recorded_sequences_beside_those_of_the_model(latents: Latents, tmp_path: Path) -> None:
    source, episodes = film_source(latents, tmp_path, 12, 9, 4)
    film = film_from_replay(source, episodes, FilmRequest("open-loop", 8, context=3, count=2, seed=1))
    assert film.real is not None and film.reward is not None
    assert film.model.shape == film.real.shape == (2, 8, 64, 64, 3)
    assert (film.context, film.step, film.update, film.kind) == (3, 120, 7, "open-loop")
    np.testing.assert_array_equal(film.action[..., 0], film.real[:, :, 0, 0, 0])
    again = film_from_replay(source, episodes, FilmRequest("open-loop", 8, context=3, count=2, seed=1))
    assert np.array_equal(again.model, film.model)


def test_that_an_imagined_film_has_no_real_frames_and_another_action_at_each_step(
    latents: Latents, tmp_path: Path
) -> None:
    source, episodes = film_source(latents, tmp_path, 12, 9)
    film = film_from_replay(source, episodes, FilmRequest("imagined", 20, context=5, count=3))
    assert film.real is None and film.reward is None
    assert film.model.shape == (3, 20, 64, 64, 3)
    assert film.action.shape == (3, 20, 2) and film.value.shape == film.reward_predicted.shape == (3, 20)
    assert len({film.action[0, t].tobytes() for t in range(20)}) == 20


@pytest.mark.parametrize(("kind", "length"), [("reconstruction", 9), ("open-loop", 9)])
def test_that_a_film_is_no_longer_than_the_longest_episode(
    latents: Latents, tmp_path: Path, kind: Kind, length: int
) -> None:
    source, episodes = film_source(latents, tmp_path, 9, 4)
    film = film_from_replay(source, episodes, FilmRequest(kind, 50))
    assert film.model.shape[1] == length
    assert film.context == (length if kind == "reconstruction" else 5)


def test_that_a_film_leaves_out_damaged_episodes_until_none_is_left(latents: Latents, tmp_path: Path) -> None:
    source, episodes = film_source(latents, tmp_path, 9, 9)
    damaged, sound = sorted(tmp_path.iterdir())
    damaged.write_bytes(b"no episode")
    film = film_from_replay(source, episodes, FilmRequest("reconstruction", 9, count=8))
    assert film.real is not None and set(film.real[:, 0, 0, 0, 1].tolist()) == {1}
    sound.write_bytes(b"no episode")
    with pytest.raises(ReplayError, match="not a readable episode"):
        film_from_replay(source, episodes, FilmRequest("reconstruction", 9))


def test_that_a_context_that_leaves_nothing_to_predict_is_refused(latents: Latents, tmp_path: Path) -> None:
    source, episodes = film_source(latents, tmp_path, 9)
    with pytest.raises(ValueError, match="a context of 9 leaves nothing to predict of 9 frames"):
        film_from_replay(source, episodes, FilmRequest("open-loop", 50, context=9))


@pytest.mark.parametrize(
    ("kind", "frame", "length"), [("imagined", 2, 6), ("open-loop", 2, 3), ("reconstruction", 5, 0)]
)
def test_that_a_film_knows_its_run_and_the_frame_it_dreams_from(
    latents: Latents, tmp_path: Path, kind: Kind, frame: int, length: int
) -> None:
    source, episodes = film_source(latents, tmp_path, 9, 12)
    film = film_from_replay(source, episodes, FilmRequest(kind, length=6, context=3, count=2, seed=5))
    recipe = film.recipe
    assert recipe is not None and recipe.scene is not None and recipe.sequences is not None
    assert (recipe.kind, recipe.task, recipe.preset, recipe.run) == (kind, "gym:Toy-v0", "tiny", "toy")
    assert (recipe.weights[0].update, recipe.weights[0].step) == (7, 120)
    episode, first = recipe.sequences.begins[0]
    assert (recipe.scene.episode, recipe.scene.frame, recipe.scene.length) == (episode, first + frame, length)
    assert recipe.scene.seed == recipe.sequences.seed == 5 and len(recipe.sequences.begins) == 2
    shown = film.model if film.real is None else film.real
    if film.real is not None:
        place = episodes.place(episode)
        assert place is not None
        np.testing.assert_array_equal(shown[0], episodes.get(place, first, 6).image)
