"""The diagnostics that a user copies into a request for help."""

from __future__ import annotations

from pathlib import Path

import pytest

from dreamer_studio import diagnostics
from dreamer_studio.diagnostics import without_paths

HOME = Path("/home/ada")
RUN = HOME / "my runs" / "walker-1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/home/ada/my runs/walker-1/episodes/e-3.npy.zst is damaged", "<run>/episodes/e-3.npy.zst is damaged"),
        ("in /home/ada/my runs/walker-1", "in <run>"),
        ("/home/ada/secret/thesis.tex: gone", "~/.../thesis.tex: gone"),
        ("[Errno 2] No such file: '/mnt/lab disk/ada/x.npy'", "[Errno 2] No such file: '.../x.npy'"),
        ('  File "/opt/lab/tool.py", line 3, in act', '  File ".../tool.py", line 3, in act'),
        (r"C:\Users\ada\runs\a.gif", ".../a.gif"),
        ("error:/srv/data/ada/x", "error:.../x"),
        ("gym:ALE/Pong-v5, 12 steps/s, 3 / 4, https://example.org/a/b", None),
        ("/home/ada", "~"),
        ("/home/adam/thesis", ".../thesis"),
    ],
)
def test_that_no_path_from_outside_the_run_is_left(text: str, expected: str | None) -> None:
    assert without_paths(text, RUN, HOME) == (text if expected is None else expected)


def test_that_a_traceback_still_names_the_module() -> None:
    line = f'File "{diagnostics.__file__}", line 3'
    assert without_paths(line, RUN, HOME) == 'File "dreamer_studio/diagnostics.py", line 3'
