import pytest

from dreamer_studio.envs import episode_seed


def test_that_seeds_are_reproducible_and_fit_32_bits() -> None:
    # Written down, because a change of the derivation would change every run that is resumed.
    assert episode_seed(0, 0, "train") == 4088532484
    assert 0 <= episode_seed(123, 45, "view") < 2**32


def test_that_runs_episodes_and_streams_do_not_share_seeds() -> None:
    seeds = {
        episode_seed(run, episode, stream)
        for run in range(5)
        for episode in range(100)
        for stream in ("train", "eval", "view")
    }
    assert len(seeds) == 5 * 100 * 3


def test_that_negative_numbers_are_refused() -> None:
    with pytest.raises(ValueError):
        episode_seed(-1, 0, "train")
    with pytest.raises(ValueError):
        episode_seed(0, -1, "train")
