import pytest

from tests.unit.training.toy import ToyWorld


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> ToyWorld:
    toy = ToyWorld()
    toy.install(monkeypatch)
    return toy
