"""``study run --on ray`` without the extra, and with an address at which there is no cluster."""

from __future__ import annotations

import contextlib
import importlib.util
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from dreamer_studio.cli import main
from tests.support.studies import write_study


def test_that_a_missing_extra_is_named_with_the_line_that_installs_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_study(tmp_path)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert main(["study", "run", str(tmp_path / "file.toml"), "--on", "ray"]) == 2
    assert capsys.readouterr().err == 'dreamer-studio: Ray is not installed: pip install "dreamer-studio[ray]"\n'
    assert not (tmp_path / "try").exists()


@contextlib.contextmanager
def closed_port() -> Iterator[int]:
    """Yield a port of this machine on which nothing listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@pytest.mark.parametrize("address", ["host", "host:http", ":6379", "host:65536", "ray://host:6379"])
def test_that_another_text_than_an_address_is_refused_and_nothing_is_written(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_study(tmp_path)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: True)
    assert main(["study", "run", str(tmp_path / "file.toml"), "--on", "ray", "--address", address]) == 2
    assert capsys.readouterr().err == (
        f"dreamer-studio: {address} is not an address of a Ray cluster: write HOST:PORT, usually HOST:6379\n"
    )
    assert not (tmp_path / "try").exists()


def test_that_a_cluster_that_does_not_answer_is_named_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_study(tmp_path)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: True)
    with closed_port() as port:
        address = f"127.0.0.1:{port}"
        assert main(["study", "run", str(tmp_path / "file.toml"), "--on", "ray", "--address", address]) == 2
    said = capsys.readouterr().err
    assert (
        said.startswith(f"dreamer-studio: nothing answers at {address} (") and "has the cluster been started?" in said
    )
    assert not (tmp_path / "try").exists()
