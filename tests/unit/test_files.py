"""Files are read in bounded pieces, and never through links."""

from __future__ import annotations

from pathlib import Path

import pytest

from dreamer_studio.files import UnfitFileError, read_end, read_json_object, write_json


@pytest.mark.parametrize(("content", "end"), [(b"", b""), (b"short", b"short"), (b"x" * 5000 + b"the end", b"the end")])
def test_that_only_the_end_of_a_file_is_read(content: bytes, end: bytes, tmp_path: Path) -> None:
    path = tmp_path / "train.log"
    path.write_bytes(content)
    assert read_end(path, 7) == end


def test_that_the_end_of_a_link_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "train.log").symlink_to(tmp_path / "secret")
    with pytest.raises(UnfitFileError, match="is a link"):
        read_end(tmp_path / "train.log", 7)


def test_that_an_object_is_read_back_from_json(tmp_path: Path) -> None:
    path = tmp_path / "label.json"
    write_json(path, {"name": "walker"})
    assert path.read_text() == '{\n  "name": "walker"\n}\n'
    assert read_json_object(path, 100) == {"name": "walker"}


@pytest.mark.parametrize("content", [b"", b"[1]", b"{", b"\xff", b"[" * 90, b'{"name": "%b"}' % (b"x" * 100)])
def test_that_a_file_without_a_small_object_is_read_as_an_empty_one(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "label.json"
    assert read_json_object(path, 100) == {}
    path.write_bytes(content)
    assert read_json_object(path, 100) == {}
