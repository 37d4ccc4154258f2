"""The bookmarks file of a run, which a user may have written or damaged."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dreamer_studio.replay.bookmarks import (
    MOST_BYTES,
    Bookmark,
    BookmarkError,
    read_bookmarks,
    with_bookmark,
    with_found,
    without_bookmark,
    write_bookmarks,
)

BY_HAND = Bookmark(3, 14, note="h\u00e9, <b>look</b>\n\N{PILE OF POO}")
FOUND = Bookmark(0, 7, "kl", value=35.25, update=1200)

OTHER_WINDOW = """
import sys
from pathlib import Path
from dreamer_studio.replay.bookmarks import write_bookmarks
print("ready", flush=True)
for _ in range(300):
    write_bookmarks(Path(sys.argv[1]), ())
"""


def test_that_bookmarks_are_read_back_unchanged_and_no_other_file_is_left(tmp_path: Path) -> None:
    path = tmp_path / "bookmarks.json"
    assert read_bookmarks(path) == ()
    write_bookmarks(path, (BY_HAND, FOUND))
    assert read_bookmarks(path) == (BY_HAND, FOUND)
    assert [each.name for each in tmp_path.iterdir()] == ["bookmarks.json"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "7",
        "[" * 100_000,
        '{"bookmarks": 3}',
        '{"bookmarks": [{"episode": -1, "index": 2}]}',
        '{"bookmarks": [{"episode": 1.5, "index": 2}]}',
        '{"bookmarks": [{"episode": 1, "index": "2"}]}',
        '{"bookmarks": [{"episode": 1, "index": 2, "kind": "other"}]}',
        '{"bookmarks": [{"episode": 1, "index": 2, "value": NaN}]}',
        '{"bookmarks": [{"episode": 1, "index": 2, "run": "rm"}]}',
        f'{{"bookmarks": [{{"episode": 1, "index": 2, "note": "{"x" * 3000}"}}]}}',
        f'{{"bookmarks": [{{"episode": 1, "index": 2, "\\n{"x" * 5000}": 1}}]}}',
        " " * (MOST_BYTES + 1),
    ],
)
def test_that_an_invalid_file_is_refused_in_one_line(tmp_path: Path, content: str) -> None:
    path = tmp_path / "bookmarks.json"
    path.write_text(content)
    with pytest.raises(BookmarkError, match=r"^bookmarks\.json [^\n]{10,400}$"):
        read_bookmarks(path)


@pytest.mark.parametrize("kind", ["pipe", "link", "folder"])
def test_that_a_pipe_a_link_or_a_folder_is_refused_without_opening_it(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "bookmarks.json"
    write_bookmarks(tmp_path / "elsewhere.json", (BY_HAND,))
    {
        "pipe": lambda: os.mkfifo(path),
        "link": lambda: path.symlink_to("elsewhere.json"),
        "folder": path.mkdir,
    }[kind]()
    with pytest.raises(BookmarkError, match=r"^bookmarks\.json is (a link|not an ordinary file)"):
        read_bookmarks(path)


def test_that_an_unreadable_folder_does_not_count_as_a_damaged_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        read_bookmarks(tmp_path / "file" / "bookmarks.json")


def test_that_a_frame_has_at_most_one_bookmark_of_each_kind_and_its_note_can_be_changed() -> None:
    twice = with_bookmark(with_bookmark((FOUND,), BY_HAND), BY_HAND)
    assert twice == (FOUND, BY_HAND)
    noted = Bookmark(0, 7, "kl", "the cart hits the wall", 35.25, 1200)
    assert with_bookmark(twice, noted) == (noted, BY_HAND)
    assert without_bookmark((noted, BY_HAND), FOUND) == (BY_HAND,)


def test_that_new_search_results_replace_older_ones_without_a_note() -> None:
    noted = Bookmark(5, 9, "reward", "kept", 2.0, 10)
    newer = Bookmark(8, 9, "reward", value=3.0, update=20)
    again = Bookmark(5, 9, "reward", value=2.5, update=20)
    assert with_found((FOUND, BY_HAND, noted), (newer, again)) == (BY_HAND, noted, newer)


def test_that_two_windows_on_one_run_may_write_at_the_same_time(tmp_path: Path) -> None:
    path = tmp_path / "bookmarks.json"
    command = [sys.executable, "-c", OTHER_WINDOW, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as other:
        assert other.stdout is not None and other.stderr is not None
        other.stdout.readline()
        while other.poll() is None:
            write_bookmarks(path, (BY_HAND,))
            assert read_bookmarks(path) in ((BY_HAND,), ())
        assert (other.returncode, other.stderr.read()) == (0, b"")
    assert [each.name for each in tmp_path.iterdir()] == ["bookmarks.json"]
