"""What was asked for becomes what is."""

from pathlib import Path

from dreamer_studio.envs import build_config
from dreamer_studio.session import Quit, Session
from tests.support.toy import ToyWorld, toy_config, toy_trainer


def test_that_an_open_training_says_what_it_runs_on_and_where(world: ToyWorld, tmp_path: Path) -> None:
    asked = build_config("gym:CartPole-v1", "laptop")
    session = Session(lambda: toy_trainer(tmp_path / "run"), asked, tmp_path / "asked", "auto", paused=True)
    answer = session.submit(Quit(save=False))
    session.run()
    assert answer.done()
    status = session.status.get()
    assert (status.config, status.folder, status.device) == (toy_config(), tmp_path / "run", "cpu")
