"""Files are read in bounded pieces, and never through links."""

from __future__ import annotations

from pathlib import Path

import pytest

from dreamer_studio.files import UnfitFileError, read_end


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
