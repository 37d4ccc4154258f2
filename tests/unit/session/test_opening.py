"""The status and the episodes of a session after its training has opened."""

from pathlib import Path

from dreamer_studio.envs import build_config
from dreamer_studio.session import Quit, Session
from tests.support.toy import ToyWorld, finish, toy_config, toy_trainer


def test_that_an_open_training_says_what_it_runs_on_and_where(world: ToyWorld, tmp_path: Path) -> None:
    asked = build_config("gym:CartPole-v1", "laptop")
    session = Session(lambda: toy_trainer(tmp_path / "run"), asked, tmp_path / "asked", "auto", paused=True)
    answer = session.submit(Quit(save=False))
    session.run()
    assert answer.done()
    status = session.status.get()
    assert (status.config, status.folder, status.device) == (toy_config(), tmp_path / "run", "cpu")


def test_that_the_stored_episodes_are_those_of_the_folder_that_is_open(world: ToyWorld, tmp_path: Path) -> None:
    """A new run asked for device "auto" is named before it is known that there is CUDA, which has another preset."""
    store = finish(toy_trainer(tmp_path / "run")).store
    session = Session(lambda: toy_trainer(tmp_path / "run"), toy_config(), tmp_path / "asked", "auto", paused=True)
    assert len(session.episodes.as_of((0, -1))) == 0
    session.submit(Quit(save=False))
    session.run()
    status = session.status.get()
    listed = session.episodes.as_of((status.replay_episodes, status.replay_newest))
    assert listed.numbers.tolist() == store.numbers.tolist() != []
